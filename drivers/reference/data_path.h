// SPDX-License-Identifier: Apache-2.0
// The callbacks the reference drivers share. Connections are counted and permitted; every flow gets
// a context that counts its bytes; streams are looked at; datagrams are absorbed and re-injected.
#pragma once

#include "drivers/reference/ioctl.h"
#include "drivers/reference/layers.h"
#include "kit/callout_driver.h"
#include "kit/classify.h"

namespace reference {

struct DataPath : kit::DataPath {
  DataPath() = default;

  UINT32 callout_of(DataLayer layer) const { return callouts[static_cast<ULONG>(layer)]; }

  UINT32 callouts[data_layer_count] = {};  // 0: the driver has none at this layer
  volatile LONG64 authorised = 0;
  volatile LONG64 flows_seen = 0;
  volatile LONG64 bytes_of_ended_flows = 0;
};

// The one running instance, set before the first callout is registered and for as long as one is.
// (A filter's context would be an alternative to this variable, but an administrator can add
// filters too, and give them any context.)
inline DataPath* running = nullptr;

inline ReferenceStatistics statistics() {
  return {running->authorised, running->flows_seen, running->bytes_of_ended_flows,
          running->packets.injected(), running->packets.refused()};
}

class Flow : public kit::FlowContext {
 public:
  ~Flow() override { InterlockedExchangeAdd64(&running->bytes_of_ended_flows, bytes_); }

  static void count(UINT64 flow_context, SIZE_T bytes) {
    if (flow_context == 0) return;  // established before the driver was loaded
    Flow& flow = *static_cast<Flow*>(kit::FlowContext::from(flow_context));
    InterlockedExchangeAdd64(&flow.bytes_, static_cast<LONG64>(bytes));
  }

 private:
  volatile LONG64 bytes_ = 0;
};

inline NTSTATUS NTAPI notify(FWPS_CALLOUT_NOTIFY_TYPE, const GUID*, FWPS_FILTER1*) {
  return STATUS_SUCCESS;
}

// ALE_AUTH_CONNECT and ALE_AUTH_RECV_ACCEPT.
inline void NTAPI authorise(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*,
                            void*, const void*, const FWPS_FILTER1* filter, UINT64,
                            FWPS_CLASSIFY_OUT0* out) {
  InterlockedIncrement64(&running->authorised);
  if (kit::may_decide(*out)) kit::permit(*filter, *out);
}

inline void follow_flow(UINT64 flow, const DataLayerOfFlow& data) {
  const UINT32 callout = running->callout_of(data.layer);
  if (callout == 0) return;
  kit::Owned<kit::FlowContext> context(new Flow);
  if (!context) return;
  const NTSTATUS status = running->flows.associate(kit::move(context), flow, data.id, callout);
  if (status == STATUS_SUCCESS) InterlockedIncrement64(&running->flows_seen);
}

// ALE_FLOW_ESTABLISHED.
template <class Layer>
void NTAPI flow_established(const FWPS_INCOMING_VALUES0* values,
                            const FWPS_INCOMING_METADATA_VALUES0* metadata, void*, const void*,
                            const FWPS_FILTER1*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  if (FWPS_IS_METADATA_FIELD_PRESENT(metadata, FWPS_METADATA_FIELD_FLOW_HANDLE)) {
    const UINT8 protocol = values->incomingValue[Layer::protocol].value.uint8;
    if (protocol == IPPROTO_TCP) follow_flow(metadata->flowHandle, Layer::stream);
    if (protocol == IPPROTO_UDP) follow_flow(metadata->flowHandle, Layer::datagram);
  }
  kit::pass_on(*out);
}

// STREAM.
inline void NTAPI inspect_stream(const FWPS_INCOMING_VALUES0*,
                                 const FWPS_INCOMING_METADATA_VALUES0*, void* data, const void*,
                                 const FWPS_FILTER1*, UINT64 flow_context,
                                 FWPS_CLASSIFY_OUT0* out) {
  auto* indication = static_cast<FWPS_STREAM_CALLOUT_IO_PACKET0*>(data);
  if (indication != nullptr) {
    if (indication->streamData != nullptr) {
      Flow::count(flow_context, indication->streamData->dataLength);
    }
    indication->streamAction = FWPS_STREAM_ACTION_NONE;
  }
  kit::pass_on(*out);
}

inline SIZE_T data_length(const NET_BUFFER_LIST& list) {
  SIZE_T length = 0;
  for (NET_BUFFER* buffer = NET_BUFFER_LIST_FIRST_NB(&list); buffer != nullptr;
       buffer = NET_BUFFER_NEXT_NB(buffer)) {
    length += NET_BUFFER_DATA_LENGTH(buffer);
  }
  return length;
}

template <class Layer>
kit::Owned<kit::Packet> packet_from(NET_BUFFER_LIST* list, const FWPS_INCOMING_VALUES0& values,
                                    const FWPS_INCOMING_METADATA_VALUES0& metadata) {
  const FWPS_INCOMING_VALUE0* value = values.incomingValue;
  if (value[Layer::direction].value.uint32 == FWP_DIRECTION_INBOUND) {
    return kit::Packet::inbound(list, metadata, Layer::family,
                                value[Layer::interface_index].value.uint32,
                                value[Layer::sub_interface_index].value.uint32);
  }
  const typename Layer::Address remote(value[Layer::remote_address].value);
  return kit::Packet::outbound(list, metadata, Layer::family, remote.bytes());
}

// DATAGRAM_DATA: every datagram takes the way over the packet queue, once.
template <class Layer>
void NTAPI reinject_datagram(const FWPS_INCOMING_VALUES0* values,
                             const FWPS_INCOMING_METADATA_VALUES0* metadata, void* data,
                             const void*, const FWPS_FILTER1* filter, UINT64 flow_context,
                             FWPS_CLASSIFY_OUT0* out) {
  auto* list = static_cast<NET_BUFFER_LIST*>(data);
  const bool ours = list != nullptr && running->injection.injected(list);
  if (list != nullptr && !ours) Flow::count(flow_context, data_length(*list));
  if (!kit::may_decide(*out)) return;
  kit::permit(*filter, *out);
  if (list == nullptr || ours) return;
  kit::Owned<kit::Packet> packet = packet_from<Layer>(list, *values, *metadata);
  if (packet && running->packets.push(packet)) kit::absorb(*out);
}

}  // namespace reference
