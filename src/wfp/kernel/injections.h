// SPDX-License-Identifier: Apache-2.0
// Injection handles and the packets that drivers send or deliver on their own. Spec: engine section
// 12, lifecycle section 12.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "fwpsk.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "wfp/kernel/callouts.h"
#include "wfp/kernel/variants.h"
#include "wfp/kernel/workers.h"

namespace drydock::wfp {

// Where a packet enters the stack.
enum class InjectionPoint : std::uint8_t {
  network_send,       // at its IP header, to OUTBOUND_IPPACKET
  network_receive,    // at its IP header, to INBOUND_IPPACKET
  transport_send,     // at its transport header, to OUTBOUND_TRANSPORT
  transport_receive,  // at its IP header, to INBOUND_IPPACKET and up
  forward,            // at its IP header, to no layer
  stream,             // payload, into a connection below the callout
  mac_send,           // at its MAC header, to the layer that the driver names and on down
  mac_receive,        // at its MAC header, to the layer that the driver names and on up
};
inline constexpr std::size_t injection_points = 8;

const char* injection_point_name(InjectionPoint point);

struct Injection {
  InjectionPoint point = InjectionPoint::network_send;
  ADDRESS_FAMILY family = 0;
  UINT32 flags = 0;
  COMPARTMENT_ID compartment{};
  IF_INDEX interface_index = 0;
  IF_INDEX sub_interface_index = 0;
  UINT16 layer = 0;  // mac_send and mac_receive: FWPS_LAYER_...
  UINT64 endpoint = 0;
  const UCHAR* remote_address =
      nullptr;  // transport_send; the driver's memory, valid until completion
  NET_BUFFER_LIST* list = nullptr;
  // Streams
  FlowId flow = FlowId::none;
  CalloutId callout = CalloutId::none;
  UINT32 stream_flags = 0;      // FWPS_STREAM_FLAG_...
  std::size_t data_length = 0;  // of the whole chain that counts

  machine::DriverId driver = machine::no_driver;
  std::uint64_t handle = 0;
  std::uint64_t context = 0;  // what FwpsQueryPacketInjectionState0 gives back
  FWPS_INJECT_COMPLETE0 completion = nullptr;
  void* completion_context = nullptr;
  ledger::EntryId entry = 0;
  std::size_t place = 0;  // among those under way
};

// By whom a packet has been injected, as FwpsQueryPacketInjectionState0 tells.
struct InjectionMark {
  std::uint64_t handle = 0;
  std::uint64_t context = 0;
  std::uint64_t previously = 0;  // the handle that had injected it before
};

// What becomes of an injected packet: the network path. One without streams knows no connection.
class InjectionSink {
 public:
  virtual ~InjectionSink() = default;
  // At DISPATCH_LEVEL on a kernel fiber. The result becomes the list's Status; STATUS_PENDING:
  // Injections::finish() will tell, until then `injection` stays.
  virtual NTSTATUS deliver(const Injection& injection) = 0;
  // Takes data and flags of a whole chain for a stream, in the order of the calls; deliver() for
  // each list comes later. STATUS_NOT_FOUND: no such connection; STATUS_DATA_NOT_ACCEPTED: that
  // direction is closed. Unless it succeeds nothing has happened.
  virtual NTSTATUS take_stream(const Injection& injection);
  // Lets data that the callout deferred come to it again, soon. STATUS_NOT_FOUND: no such
  // connection; STATUS_INVALID_DEVICE_REQUEST: nothing is deferred.
  virtual NTSTATUS continue_stream(FlowId flow, CalloutId callout);
};

class Injections {
 public:
  static constexpr auto slot = machine::Slot::injection;

  Injections(machine::Machine& machine, Workers& workers, Callouts& callouts,
             const LifecycleVariants& variants)
      : machine_(machine), workers_(workers), callouts_(callouts), variants_(variants) {}
  Injections(const Injections&) = delete;
  Injections& operator=(const Injections&) = delete;

  // Without one every packet vanishes successfully.
  void set_sink(InjectionSink* sink) { sink_ = sink; }

  NTSTATUS create(ADDRESS_FAMILY family, UINT32 types, HANDLE* handle);
  // Waits until every completionFn has returned.
  NTSTATUS destroy(HANDLE handle);
  // Each list of the chain becomes one injection with a completion of its own.
  // STATUS_FWP_INJECT_HANDLE_STALE: no such handle, or not for this;
  // STATUS_FWP_INJECT_HANDLE_CLOSING: it is being destroyed; STATUS_INVALID_PARAMETER. Unless it
  // succeeds nothing has happened. `name`: the export, for notes.
  NTSTATUS inject(const char* name, HANDLE handle, const Injection& request);
  // Engine section 11.4. STATUS_FWP_NULL_POINTER: no completion function; otherwise as inject() and
  // InjectionSink::take_stream(). A chain of none, for a disconnect alone, has no completion.
  NTSTATUS inject_stream(HANDLE handle, const Injection& request, UINT16 layer);
  // STATUS_FWP_CALLOUT_NOT_FOUND, STATUS_INVALID_PARAMETER (no stream layer), else as
  // InjectionSink::continue_stream().
  NTSTATUS continue_stream(FlowId flow, CalloutId callout, UINT16 layer);
  // The end of a delivery that was pending; from any fiber, returns at once.
  void finish(const Injection& injection, NTSTATUS status);
  FWPS_PACKET_INJECTION_STATE state_of(HANDLE handle, const NET_BUFFER_LIST* list, HANDLE* context);

  [[nodiscard]] std::uint32_t under_way() const { return under_way_; }
  // Adds "injected POINT" to the record's counters.
  void fold_counts(ledger::Counters& counters) const;

 private:
  struct Handle {
    ADDRESS_FAMILY family = 0;
    UINT32 types = 0;
    ledger::EntryId entry = 0;
    std::uint32_t outstanding = 0;
    bool closing = false;
    machine::Fiber* waiter = nullptr;
  };

  [[nodiscard]] bool refuses_irql() const;
  Handle* find(const char* name, HANDLE handle);
  [[nodiscard]] NTSTATUS check(const Handle& handle, const Injection& request) const;
  [[nodiscard]] NTSTATUS check_stream(const Injection& request, UINT16 layer) const;
  void accept_chain(Handle& handle, const Injection& request);
  void accept(Handle& handle, const Injection& request, NET_BUFFER_LIST* list);
  void arrive(std::size_t index);
  [[nodiscard]] NTSTATUS completion_fault(const Injection& injection) const;
  void complete(Injection& injection, NTSTATUS status);
  void end(std::size_t index, NTSTATUS status);

  machine::Machine& machine_;
  Workers& workers_;
  Callouts& callouts_;
  const LifecycleVariants& variants_;
  InjectionSink* sink_ = nullptr;
  std::unordered_map<std::uint64_t, Handle> handles_;  // looked up, never walked
  std::deque<Injection> store_;
  std::vector<std::size_t> free_;
  std::uint64_t next_number_ = 1;
  std::uint32_t under_way_ = 0;
  std::array<std::uint64_t, injection_points> counts_{};
};

InjectionMark mark_of(const Injection& injection);
// Lets `list`, which the network path made for an injected packet, be known as injected:
// FwpsQueryPacketInjectionState0 answers for it as for the driver's own list.
void mark_injected(NET_BUFFER_LIST* list, const InjectionMark& mark);

}  // namespace drydock::wfp
