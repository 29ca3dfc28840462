// SPDX-License-Identifier: Apache-2.0
// Injection handles, injecting, and NET_BUFFER_LISTs by way of the platform: from Windows arguments
// to injections.h and the lists of ndis.
#include <array>

#include "ndis/lists.h"
#include "wfp/kernel/exports.h"
#include "wfp/kernel/injections.h"
#include "wfp/kernel/ip_header.h"

namespace drydock::wfp {
namespace {

using machine::Irql;

Injections& injections() {
  return machine::Machine::current()->get<Injections>();
}

NTSTATUS create_handle(ADDRESS_FAMILY family, UINT32 flags, HANDLE* handle) {
  return injections().create(family, flags, handle);
}

NTSTATUS destroy_handle(HANDLE handle) {
  return injections().destroy(handle);
}

// What every injecting function has.
Injection packet(InjectionPoint point, HANDLE context, UINT32 flags, NET_BUFFER_LIST* list,
                 FWPS_INJECT_COMPLETE0 completion, HANDLE completion_context) {
  Injection injection;
  injection.point = point;
  injection.flags = flags;
  injection.list = list;
  injection.context = reinterpret_cast<std::uint64_t>(context);
  injection.completion = completion;
  injection.completion_context = completion_context;
  return injection;
}

NTSTATUS network_send(HANDLE handle, HANDLE context, UINT32 flags, COMPARTMENT_ID compartment,
                      NET_BUFFER_LIST* list, FWPS_INJECT_COMPLETE0 completion,
                      HANDLE completion_context) {
  Injection injection =
      packet(InjectionPoint::network_send, context, flags, list, completion, completion_context);
  injection.compartment = compartment;
  return injections().inject("FwpsInjectNetworkSendAsync0", handle, injection);
}

NTSTATUS network_receive(HANDLE handle, HANDLE context, UINT32 flags, COMPARTMENT_ID compartment,
                         IF_INDEX interface_index, IF_INDEX sub_interface_index,
                         NET_BUFFER_LIST* list, FWPS_INJECT_COMPLETE0 completion,
                         HANDLE completion_context) {
  Injection injection =
      packet(InjectionPoint::network_receive, context, flags, list, completion, completion_context);
  injection.compartment = compartment;
  injection.interface_index = interface_index;
  injection.sub_interface_index = sub_interface_index;
  return injections().inject("FwpsInjectNetworkReceiveAsync0", handle, injection);
}

NTSTATUS forward(HANDLE handle, HANDLE context, UINT32 flags, ADDRESS_FAMILY family,
                 COMPARTMENT_ID compartment, IF_INDEX interface_index, NET_BUFFER_LIST* list,
                 FWPS_INJECT_COMPLETE0 completion, HANDLE completion_context) {
  Injection injection =
      packet(InjectionPoint::forward, context, flags, list, completion, completion_context);
  injection.family = family;
  injection.compartment = compartment;
  injection.interface_index = interface_index;
  return injections().inject("FwpsInjectForwardAsync0", handle, injection);
}

// FWPS_TRANSPORT_SEND_PARAMS1 begins as version 0 does.
template <class Parameters>
NTSTATUS transport_send(HANDLE handle, HANDLE context, UINT64 endpoint, UINT32 flags,
                        Parameters* parameters, ADDRESS_FAMILY family, COMPARTMENT_ID compartment,
                        NET_BUFFER_LIST* list, FWPS_INJECT_COMPLETE0 completion,
                        HANDLE completion_context) {
  Injection injection =
      packet(InjectionPoint::transport_send, context, flags, list, completion, completion_context);
  injection.family = family;
  injection.compartment = compartment;
  injection.endpoint = endpoint;
  if (parameters != nullptr) injection.remote_address = parameters->remoteAddress;
  return injections().inject("FwpsInjectTransportSendAsync", handle, injection);
}

NTSTATUS transport_receive(HANDLE handle, HANDLE context, PVOID, UINT32 flags,
                           ADDRESS_FAMILY family, COMPARTMENT_ID compartment,
                           IF_INDEX interface_index, IF_INDEX sub_interface_index,
                           NET_BUFFER_LIST* list, FWPS_INJECT_COMPLETE0 completion,
                           HANDLE completion_context) {
  Injection injection = packet(InjectionPoint::transport_receive, context, flags, list, completion,
                               completion_context);
  injection.family = family;
  injection.compartment = compartment;
  injection.interface_index = interface_index;
  injection.sub_interface_index = sub_interface_index;
  return injections().inject("FwpsInjectTransportReceiveAsync0", handle, injection);
}

NTSTATUS inject_frame(const char* name, HANDLE handle, UINT16 layer, IF_INDEX interface_index,
                      Injection injection) {
  injection.layer = layer;
  injection.interface_index = interface_index;
  return injections().inject(name, handle, injection);
}

NTSTATUS mac_send(HANDLE handle, HANDLE context, UINT32 flags, UINT16 layer,
                  IF_INDEX interface_index, NDIS_PORT_NUMBER, NET_BUFFER_LIST* list,
                  FWPS_INJECT_COMPLETE completion, HANDLE completion_context) {
  return inject_frame(
      "FwpsInjectMacSendAsync0", handle, layer, interface_index,
      packet(InjectionPoint::mac_send, context, flags, list, completion, completion_context));
}

NTSTATUS mac_receive(HANDLE handle, HANDLE context, UINT32 flags, UINT16 layer,
                     IF_INDEX interface_index, NDIS_PORT_NUMBER, NET_BUFFER_LIST* list,
                     FWPS_INJECT_COMPLETE completion, HANDLE completion_context) {
  return inject_frame(
      "FwpsInjectMacReceiveAsync0", handle, layer, interface_index,
      packet(InjectionPoint::mac_receive, context, flags, list, completion, completion_context));
}

FWPS_PACKET_INJECTION_STATE injection_state(HANDLE handle, const NET_BUFFER_LIST* list,
                                            HANDLE* context) {
  return injections().state_of(handle, list, context);
}

NTSTATUS allocate_list(NDIS_HANDLE pool, USHORT context_size, USHORT context_back_fill, MDL* chain,
                       ULONG data_offset, SIZE_T data_length, NET_BUFFER_LIST** list) {
  if (list == nullptr) return STATUS_INVALID_PARAMETER;
  *list = ndis::make_list_with_buffer(pool, context_size, context_back_fill,
                                      {chain, data_offset, data_length});
  return *list == nullptr ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

void free_list(NET_BUFFER_LIST* list) {
  ndis::drop_list(list, "FwpsFreeNetBufferList0");
}

NTSTATUS allocate_clone(NET_BUFFER_LIST* original, NDIS_HANDLE list_pool, NDIS_HANDLE, ULONG flags,
                        NET_BUFFER_LIST** list) {
  if (list == nullptr) return STATUS_INVALID_PARAMETER;
  // Clones of the platform always share their original's MDLs.
  *list = ndis::make_clone(original, list_pool, flags | NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
  return *list == nullptr ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

void free_clone(NET_BUFFER_LIST* list, ULONG) {
  ndis::drop_clone(list, "FwpsFreeCloneNetBufferList0");
}

void reference_list(NET_BUFFER_LIST* list, BOOLEAN) {
  if (ndis::ListRecord* record = ndis::record_of(list)) ++record->references;
}

void dereference_list(NET_BUFFER_LIST* list, BOOLEAN) {
  ndis::ListRecord* record = ndis::record_of(list);
  if (record != nullptr && record->references != 0) --record->references;
}

NTSTATUS construct_header(NET_BUFFER_LIST* list, ULONG present_header, ADDRESS_FAMILY family,
                          const UCHAR* source, const UCHAR* destination, IPPROTO protocol, UINT64,
                          const WSACMSGHDR*, ULONG, UINT32, PVOID, IF_INDEX, IF_INDEX) {
  if (list == nullptr) return STATUS_INVALID_PARAMETER;
  return construct_ip_header(
      *list, {family, source, destination, static_cast<std::uint8_t>(protocol), present_header});
}

constexpr std::uint64_t no_resources = 0xc000009a;  // STATUS_INSUFFICIENT_RESOURCES

#define FALLIBLE_ROW(name, implementation) \
  FWPKCLNT_ROW(name, (implementation), .may_fail = true, .failure = no_resources)

}  // namespace

ExportRows injection_exports() {
  static const std::array rows{
      FWPKCLNT_ROW(FwpsInjectionHandleCreate0, create_handle, .max_irql = Irql::passive,
                   .may_fail = true, .failure = no_resources),
      FWPKCLNT_ROW(FwpsInjectionHandleDestroy0, destroy_handle, .max_irql = Irql::passive),
      FALLIBLE_ROW(FwpsInjectNetworkSendAsync0, network_send),
      FALLIBLE_ROW(FwpsInjectNetworkReceiveAsync0, network_receive),
      FALLIBLE_ROW(FwpsInjectForwardAsync0, forward),
      FALLIBLE_ROW(FwpsInjectTransportSendAsync0, transport_send<FWPS_TRANSPORT_SEND_PARAMS0>),
      FALLIBLE_ROW(FwpsInjectTransportSendAsync1, transport_send<FWPS_TRANSPORT_SEND_PARAMS1>),
      FALLIBLE_ROW(FwpsInjectTransportReceiveAsync0, transport_receive),
      FALLIBLE_ROW(FwpsInjectMacSendAsync0, mac_send),
      FALLIBLE_ROW(FwpsInjectMacReceiveAsync0, mac_receive),
      FWPKCLNT_ROW(FwpsQueryPacketInjectionState0, injection_state),
      FALLIBLE_ROW(FwpsAllocateNetBufferAndNetBufferList0, allocate_list),
      FWPKCLNT_ROW(FwpsFreeNetBufferList0, free_list),
      FALLIBLE_ROW(FwpsAllocateCloneNetBufferList0, allocate_clone),
      FWPKCLNT_ROW(FwpsFreeCloneNetBufferList0, free_clone),
      FWPKCLNT_ROW(FwpsReferenceNetBufferList0, reference_list),
      FWPKCLNT_ROW(FwpsDereferenceNetBufferList0, dereference_list),
      FALLIBLE_ROW(FwpsConstructIpHeaderForTransportPacket0, construct_header),
  };
  return rows;
}

}  // namespace drydock::wfp
