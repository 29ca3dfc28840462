// SPDX-License-Identifier: Apache-2.0
// A clone of a datagram that a classify function has absorbed, with everything needed to inject it
// later: the values of the classification are gone by then.
#pragma once

#include "data_start.h"
#include "injection_handle.h"
#include "pool.h"

namespace kit {

class Packet : public Pooled<'tkaP'> {
 public:
  Packet(const Packet&) = delete;
  Packet& operator=(const Packet&) = delete;
  _IRQL_requires_max_(DISPATCH_LEVEL) ~Packet() {
    if (clone_ != nullptr) FwpsFreeCloneNetBufferList0(clone_, 0);
  }

  // From an outbound indication, whose data start at the transport header, where a send injection
  // wants them. `remote_address` is in network order. Null: cannot be cloned now.
  _IRQL_requires_max_(DISPATCH_LEVEL) static Owned<Packet> outbound(
      NET_BUFFER_LIST* original, const FWPS_INCOMING_METADATA_VALUES0& metadata,
      ADDRESS_FAMILY family, const UCHAR* remote_address) {
    const bool has_control_data = has(metadata, FWPS_METADATA_FIELD_TRANSPORT_CONTROL_DATA) &&
                                  metadata.controlData != nullptr;
    const ULONG control_bytes = has_control_data ? metadata.controlDataLength : 0;
    Owned<Packet> packet(new (TrailingBytes{control_bytes}) Packet(metadata, family));
    if (!packet || !has(metadata, FWPS_METADATA_FIELD_TRANSPORT_ENDPOINT_HANDLE)) return {};
    packet->endpoint_ = metadata.transportEndpointHandle;
    packet->keep_send_arguments(metadata, remote_address, control_bytes);
    return clone(move(packet), original);
  }

  // From an inbound indication, whose data start at the payload; a receive injection wants them to
  // start at the IP header. Null: cannot be cloned now, or the headers are not there.
  _IRQL_requires_max_(DISPATCH_LEVEL) static Owned<Packet> inbound(
      NET_BUFFER_LIST* original, const FWPS_INCOMING_METADATA_VALUES0& metadata,
      ADDRESS_FAMILY family, IF_INDEX interface_index, IF_INDEX sub_interface_index) {
    constexpr UINT32 headers =
        FWPS_METADATA_FIELD_IP_HEADER_SIZE | FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE;
    NET_BUFFER* buffer = NET_BUFFER_LIST_FIRST_NB(original);
    if (!has(metadata, headers) || NET_BUFFER_NEXT_NB(buffer) != nullptr) return {};
    Owned<Packet> packet(new Packet(metadata, family));
    if (!packet) return {};
    packet->receives_ = true;
    packet->interface_ = interface_index;
    packet->sub_interface_ = sub_interface_index;
    const RetreatedDataStart at_ip_header(buffer,
                                          metadata.ipHeaderSize + metadata.transportHeaderSize);
    if (!at_ip_header.succeeded()) return {};
    return clone(move(packet), original);
  }

  // Hands the packet to the stack, which gives it back to completed(). Refused: it is freed, the
  // datagram lost, as datagrams may be.
  _IRQL_requires_max_(DISPATCH_LEVEL) static NTSTATUS
      inject(Owned<Packet> packet, const InjectionHandle& handle) {
    const NTSTATUS status =
        packet->receives_ ? packet->inject_receive(handle) : packet->inject_send(handle);
    if (NT_SUCCESS(status)) packet.release();
    return status;
  }

 private:
  friend class PacketQueue;

  Packet(const FWPS_INCOMING_METADATA_VALUES0& metadata, ADDRESS_FAMILY family) : family_(family) {
    if (has(metadata, FWPS_METADATA_FIELD_COMPARTMENT_ID)) {
      compartment_ = static_cast<COMPARTMENT_ID>(metadata.compartmentId);
    }
  }

  static bool has(const FWPS_INCOMING_METADATA_VALUES0& metadata, UINT32 fields) {
    return FWPS_IS_METADATA_FIELD_PRESENT(&metadata, fields);
  }

  // The stack reads them until the injection has completed, so they live in the packet; the control
  // data behind it.
  void keep_send_arguments(const FWPS_INCOMING_METADATA_VALUES0& metadata,
                           const UCHAR* remote_address, ULONG control_bytes) {
    memcpy(remote_address_, remote_address, family_ == AF_INET ? 4 : 16);
    send_.remoteAddress = remote_address_;
    if (has(metadata, FWPS_METADATA_FIELD_REMOTE_SCOPE_ID)) {
      send_.remoteScopeId = metadata.remoteScopeId;
    }
    if (control_bytes != 0) {
      send_.controlData = reinterpret_cast<WSACMSGHDR*>(this + 1);
      send_.controlDataLength = control_bytes;
      memcpy(send_.controlData, metadata.controlData, control_bytes);
    }
  }

  static Owned<Packet> clone(Owned<Packet> packet, NET_BUFFER_LIST* original) {
    const NTSTATUS status =
        FwpsAllocateCloneNetBufferList0(original, nullptr, nullptr, 0, &packet->clone_);
    if (!NT_SUCCESS(status)) return {};
    return packet;
  }

  NTSTATUS inject_send(const InjectionHandle& handle) {
    return FwpsInjectTransportSendAsync0(handle.get(), nullptr, endpoint_, 0, &send_, family_,
                                         compartment_, clone_, &completed, this);
  }

  NTSTATUS inject_receive(const InjectionHandle& handle) {
    return FwpsInjectTransportReceiveAsync0(handle.get(), nullptr, nullptr, 0, family_,
                                            compartment_, interface_, sub_interface_, clone_,
                                            &completed, this);
  }

  // May run before the inject call has returned.
  _IRQL_requires_max_(DISPATCH_LEVEL) static void NTAPI
      completed(void* context, NET_BUFFER_LIST*, BOOLEAN) {
    delete static_cast<Packet*>(context);
  }

  LIST_ENTRY link_ = {};
  NET_BUFFER_LIST* clone_ = nullptr;
  UINT64 endpoint_ = 0;
  FWPS_TRANSPORT_SEND_PARAMS0 send_ = {};
  UCHAR remote_address_[16] = {};
  ADDRESS_FAMILY family_;
  COMPARTMENT_ID compartment_ = UNSPECIFIED_COMPARTMENT_ID;
  IF_INDEX interface_ = 0;
  IF_INDEX sub_interface_ = 0;
  bool receives_ = false;
};

}  // namespace kit
