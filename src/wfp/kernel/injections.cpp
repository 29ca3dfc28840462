// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/injections.h"

#include <string>
#include <utility>

#include "ledger/callback.h"
#include "ndis/data.h"
#include "ndis/lists.h"

namespace drydock::wfp {

using ledger::Kind;
using ledger::NoteKind;

namespace {

constexpr UINT32 usual_types =
    FWPS_INJECTION_TYPE_STREAM | FWPS_INJECTION_TYPE_TRANSPORT | FWPS_INJECTION_TYPE_FORWARD;
constexpr std::size_t handle_size = 16;  // what a handle points to; nothing is in it

struct PointTraits {
  const char* name;
  UINT32 type;  // that the handle must have
};
constexpr std::array<PointTraits, injection_points> points{{
    {"network send", FWPS_INJECTION_TYPE_NETWORK},
    {"network receive", FWPS_INJECTION_TYPE_NETWORK},
    {"transport send", FWPS_INJECTION_TYPE_TRANSPORT},
    {"transport receive", FWPS_INJECTION_TYPE_TRANSPORT},
    {"forward", FWPS_INJECTION_TYPE_FORWARD},
    {"stream", FWPS_INJECTION_TYPE_STREAM},
    {"MAC send", FWPS_INJECTION_TYPE_L2},
    {"MAC receive", FWPS_INJECTION_TYPE_L2},
}};

const PointTraits& traits_of(InjectionPoint point) {
  return points[std::to_underlying(point)];
}

// How late a packet arrives; the first is the usual.
constexpr std::array delays{machine::microseconds(0), machine::microseconds(20),
                            machine::milliseconds(1), machine::milliseconds(200)};

std::uint64_t number_of(HANDLE handle) {
  return reinterpret_cast<std::uint64_t>(handle);
}

bool is_stream_layer(UINT16 layer) {
  return layer == FWPS_LAYER_STREAM_V4 || layer == FWPS_LAYER_STREAM_V6;
}

constexpr UINT32 sends = 0xffff'0000;  // FWPS_STREAM_FLAG_SEND...
constexpr UINT32 disconnects =
    FWPS_STREAM_FLAG_SEND_DISCONNECT | FWPS_STREAM_FLAG_RECEIVE_DISCONNECT;
constexpr UINT32 aborts = FWPS_STREAM_FLAG_SEND_ABORT | FWPS_STREAM_FLAG_RECEIVE_ABORT;

// One direction, and a disconnect says which.
bool are_stream_flags(UINT32 flags) {
  const bool sent = (flags & FWPS_STREAM_FLAG_SEND) != 0;
  const bool received = (flags & FWPS_STREAM_FLAG_RECEIVE) != 0;
  if (sent == received || (flags & aborts) != 0) return false;
  return (flags & (sent ? ~sends : sends)) == 0;
}

std::size_t bytes_in(const NET_BUFFER_LIST* chain) {
  std::size_t bytes = 0;
  for (; chain != nullptr; chain = chain->Next) {
    for (const NET_BUFFER* buffer = chain->FirstNetBuffer; buffer != nullptr;
         buffer = buffer->Next) {
      bytes += ndis::described_bytes(*buffer);
    }
  }
  return bytes;
}

bool is_mac(InjectionPoint point) {
  return point == InjectionPoint::mac_send || point == InjectionPoint::mac_receive;
}

bool is_mac_layer(UINT16 layer) {
  return (layer >= FWPS_LAYER_INBOUND_MAC_FRAME_ETHERNET &&
          layer <= FWPS_LAYER_OUTBOUND_MAC_FRAME_NATIVE) ||
         layer == FWPS_LAYER_INBOUND_MAC_FRAME_NATIVE_FAST ||
         layer == FWPS_LAYER_OUTBOUND_MAC_FRAME_NATIVE_FAST;
}

// The stack's own frames, as a callout was shown them.
bool all_of_the_stack(const NET_BUFFER_LIST* chain) {
  for (; chain != nullptr; chain = chain->Next) {
    const ndis::ListRecord* record = ndis::record_of(chain);
    if (record == nullptr || record->kind != ndis::ListKind::stack) return false;
  }
  return true;
}

void mark(ndis::ListRecord& record, const Injection& injection) {
  if (record.injected_by != injection.handle) record.previously_by = record.injected_by;
  record.injected_by = injection.handle;
  record.injection_context = injection.context;
}

// The list's Status on the way through a worker's task, beside its place.
constexpr unsigned status_bits = 32;

}  // namespace

const char* injection_point_name(InjectionPoint point) {
  return traits_of(point).name;
}

// The driver may have freed its list meanwhile.
InjectionMark mark_of(const Injection& injection) {
  const ndis::ListRecord* record = ndis::record_of(injection.list);
  if (record == nullptr) return {injection.handle, injection.context, 0};
  return {record->injected_by, record->injection_context, record->previously_by};
}

void mark_injected(NET_BUFFER_LIST* list, const InjectionMark& mark) {
  ndis::ListRecord* record = ndis::record_of(list);
  if (record == nullptr) return;
  if (record->injected_by != mark.handle) record->previously_by = record->injected_by;
  if (mark.previously != 0) record->previously_by = mark.previously;
  record->injected_by = mark.handle;
  record->injection_context = mark.context;
}

NTSTATUS InjectionSink::take_stream(const Injection&) {
  return STATUS_NOT_FOUND;
}

NTSTATUS InjectionSink::continue_stream(FlowId, CalloutId) {
  return STATUS_NOT_FOUND;
}

bool Injections::refuses_irql() const {
  return variants_.wrong_irql_is_refused && machine_.irql() != machine::Irql::passive;
}

NTSTATUS Injections::create(ADDRESS_FAMILY family, UINT32 types, HANDLE* handle) {
  if (refuses_irql()) return STATUS_NOT_SUPPORTED;
  const bool network_of_no_family =
      (types & FWPS_INJECTION_TYPE_NETWORK) != 0 && family == WDK_AF_UNSPEC;
  if (handle == nullptr || network_of_no_family) return STATUS_INVALID_PARAMETER;
  auto* token = machine_.memory().kernel.allocate(handle_size);
  const auto number = reinterpret_cast<std::uint64_t>(token);
  Handle& made = handles_[number];
  made.family = family;
  made.types = types == 0 ? usual_types : types;
  made.entry = ledger::record().ledger().acquire(Kind::injection_handle, number,
                                                 {.name = {}, .a = made.types, .b = family});
  *handle = token;
  return STATUS_SUCCESS;
}

// Null when there is none; a handle that was one is worth a note. The memory behind a handle is not
// used again.
Injections::Handle* Injections::find(const char* name, HANDLE handle) {
  const auto found = handles_.find(number_of(handle));
  if (found != handles_.end()) return &found->second;
  auto& record = ledger::record();
  const ledger::EntryId entry =
      record.ledger().find_latest(Kind::injection_handle, number_of(handle));
  if (entry != 0) record.note(NoteKind::injection_handle_dead, entry, number_of(handle), 0, name);
  return nullptr;
}

NTSTATUS Injections::destroy(HANDLE handle) {
  if (refuses_irql()) return STATUS_NOT_SUPPORTED;
  Handle* found = find("FwpsInjectionHandleDestroy0", handle);
  if (found == nullptr) return STATUS_FWP_INJECT_HANDLE_STALE;
  if (found->closing) return STATUS_FWP_INJECT_HANDLE_CLOSING;
  found->closing = true;
  while (found->outstanding != 0) {
    found->waiter = &machine_.running();
    machine_.block("injections to complete", found->entry);
  }
  ledger::record().ledger().release(found->entry);
  handles_.erase(number_of(handle));
  return STATUS_SUCCESS;
}

NTSTATUS Injections::check(const Handle& handle, const Injection& request) const {
  if (handle.closing) return STATUS_FWP_INJECT_HANDLE_CLOSING;
  if ((handle.types & traits_of(request.point).type) == 0) return STATUS_FWP_INJECT_HANDLE_STALE;
  const bool bare_disconnect = (request.stream_flags & disconnects) != 0;
  const bool list_missing = request.list == nullptr && !bare_disconnect;
  const bool needs_completion = !is_mac(request.point) || !all_of_the_stack(request.list);
  if (list_missing || (request.completion == nullptr && needs_completion))
    return STATUS_INVALID_PARAMETER;
  if (is_mac(request.point) && !is_mac_layer(request.layer)) return STATUS_INVALID_PARAMETER;
  const bool other_family = request.family != WDK_AF_UNSPEC && handle.family != WDK_AF_UNSPEC &&
                            request.family != handle.family;
  if (other_family) return STATUS_INVALID_PARAMETER;
  for (NET_BUFFER_LIST* list = request.list; list != nullptr; list = list->Next) {
    const ndis::ListRecord* record = ndis::record_of(list);
    if (record == nullptr || record->under_way) return STATUS_INVALID_PARAMETER;
  }
  return STATUS_SUCCESS;
}

NTSTATUS Injections::inject(const char* name, HANDLE handle, const Injection& request) {
  Handle* found = find(name, handle);
  if (found == nullptr) return STATUS_FWP_INJECT_HANDLE_STALE;
  const NTSTATUS checked = check(*found, request);
  if (checked != STATUS_SUCCESS) return checked;
  Injection injection = request;
  injection.handle = number_of(handle);
  if (injection.family == WDK_AF_UNSPEC) injection.family = found->family;
  accept_chain(*found, injection);
  // The completion may come before the call returns.
  machine_.switch_point();
  return STATUS_SUCCESS;
}

void Injections::accept_chain(Handle& handle, const Injection& request) {
  for (NET_BUFFER_LIST* list = request.list; list != nullptr;) {
    NET_BUFFER_LIST* next = std::exchange(list->Next, nullptr);
    accept(handle, request, list);
    list = next;
  }
}

NTSTATUS Injections::check_stream(const Injection& request, UINT16 layer) const {
  if (!are_stream_flags(request.stream_flags) || !is_stream_layer(layer)) {
    return STATUS_INVALID_PARAMETER;
  }
  if (callouts_.find(request.callout) == nullptr) return STATUS_FWP_CALLOUT_NOT_FOUND;
  return request.data_length > bytes_in(request.list) ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

NTSTATUS Injections::inject_stream(HANDLE handle, const Injection& request, UINT16 layer) {
  if (request.completion == nullptr) return STATUS_FWP_NULL_POINTER;
  Handle* found = find("FwpsStreamInjectAsync0", handle);
  if (found == nullptr) return STATUS_FWP_INJECT_HANDLE_STALE;
  NTSTATUS status = check(*found, request);
  if (status == STATUS_SUCCESS) status = check_stream(request, layer);
  if (status == STATUS_SUCCESS && sink_ != nullptr) status = sink_->take_stream(request);
  if (status != STATUS_SUCCESS) return status;
  Injection injection = request;
  injection.handle = number_of(handle);
  accept_chain(*found, injection);
  machine_.switch_point();
  return STATUS_SUCCESS;
}

NTSTATUS Injections::continue_stream(FlowId flow, CalloutId callout, UINT16 layer) {
  if (!is_stream_layer(layer)) return STATUS_INVALID_PARAMETER;
  if (callouts_.find(callout) == nullptr) return STATUS_FWP_CALLOUT_NOT_FOUND;
  return sink_ != nullptr ? sink_->continue_stream(flow, callout) : STATUS_NOT_FOUND;
}

void Injections::accept(Handle& handle, const Injection& request, NET_BUFFER_LIST* list) {
  if (free_.empty()) {
    free_.push_back(store_.size());
    store_.emplace_back();
  }
  const std::size_t index = free_.back();
  free_.pop_back();
  Injection& injection = store_[index];
  injection = request;
  injection.list = list;
  injection.place = index;
  injection.driver = machine_.running().driver;
  injection.entry = ledger::record().ledger().acquire(Kind::injection, next_number_++,
                                                      {.name = injection_point_name(request.point),
                                                       .a = std::to_underlying(request.point),
                                                       .b = reinterpret_cast<std::uint64_t>(list),
                                                       .related = handle.entry});
  ndis::ListRecord& record = *ndis::record_of(list);
  record.under_way = true;
  mark(record, injection);
  ++handle.outstanding;
  ++under_way_;
  ++counts_[std::to_underlying(request.point)];

  const auto run = [](void* self, std::uint64_t which) {
    static_cast<Injections*>(self)->arrive(which);
  };
  const Workers::Task task{run, this, index};
  const auto delay =
      delays[machine_.choices().choose(machine::Question::completion_delay, delays.size())];
  if (delay.ticks == 0) {
    workers_.post(task);
  } else {
    workers_.post_at(machine_.now() + delay, task);
  }
}

void Injections::arrive(std::size_t index) {
  Injection& injection = store_[index];
  // A list that its driver freed meanwhile is not there to deliver.
  const bool there = ndis::record_of(injection.list) != nullptr;
  NTSTATUS status = completion_fault(injection);
  if (status == STATUS_SUCCESS && there && sink_ != nullptr) status = sink_->deliver(injection);
  if (status != STATUS_PENDING) end(index, status);
}

void Injections::end(std::size_t index, NTSTATUS status) {
  complete(store_[index], status);
  free_.push_back(index);
}

// From a thread of the stack's, at DISPATCH_LEVEL, as all completions come.
void Injections::finish(const Injection& injection, NTSTATUS status) {
  const auto run = [](void* self, std::uint64_t what) {
    static_cast<Injections*>(self)->end(what >> status_bits,
                                        static_cast<NTSTATUS>(what & UINT32_MAX));
  };
  workers_.post(
      {run, this, std::uint64_t{injection.place} << status_bits | static_cast<UINT32>(status)});
}

// A packet may be lost below everything that a driver sees; its completion tells. Data of a stream
// are taken when they are injected.
NTSTATUS Injections::completion_fault(const Injection& injection) const {
  static constexpr std::array faults{STATUS_SUCCESS, STATUS_DATA_NOT_ACCEPTED,
                                     STATUS_INSUFFICIENT_RESOURCES, STATUS_NETWORK_UNREACHABLE};
  machine::Choices& choices = machine_.choices();
  if (!choices.injects_faults() || injection.point == InjectionPoint::stream) return STATUS_SUCCESS;
  return faults[choices.choose(machine::Question::fault, faults.size())];
}

void Injections::complete(Injection& injection, NTSTATUS status) {
  if (ndis::ListRecord* record = ndis::record_of(injection.list)) {
    record->under_way = false;
    injection.list->Status = status;
  }
  // An original may go without.
  if (injection.completion != nullptr) {
    ledger::call_driver({.kind = machine::CallbackKind::completion,
                         .driver = injection.driver,
                         .entry = injection.entry,
                         .values = {std::to_underlying(injection.point), 0}},
                        injection.completion, injection.completion_context, injection.list,
                        BOOLEAN{1});
  }
  ledger::record().ledger().release(injection.entry);
  --under_way_;
  Handle& handle = handles_.at(injection.handle);
  if (--handle.outstanding == 0 && handle.waiter != nullptr) {
    machine_.make_ready(*std::exchange(handle.waiter, nullptr));
  }
}

FWPS_PACKET_INJECTION_STATE Injections::state_of(HANDLE handle, const NET_BUFFER_LIST* list,
                                                 HANDLE* context) {
  if (context != nullptr) *context = nullptr;
  const ndis::ListRecord* record = list == nullptr ? nullptr : ndis::record_of(list);
  if (find("FwpsQueryPacketInjectionState0", handle) == nullptr || record == nullptr ||
      record->injected_by == 0) {
    return FWPS_PACKET_NOT_INJECTED;
  }
  const bool by_self = record->injected_by == number_of(handle);
  if (by_self && context != nullptr) *context = reinterpret_cast<HANDLE>(record->injection_context);
  if (by_self) return FWPS_PACKET_INJECTED_BY_SELF;
  return record->previously_by == number_of(handle) ? FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF
                                                    : FWPS_PACKET_INJECTED_BY_OTHER;
}

void Injections::fold_counts(ledger::Counters& counters) const {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) counters.values[std::string("injected ") + points[i].name] += counts_[i];
  }
}

}  // namespace drydock::wfp
