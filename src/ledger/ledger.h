// SPDX-License-Identifier: Apache-2.0
// Who owns what, and since when. Entries are never removed during a run: a released entry remembers
// when it was released, so a rule can ask, after the run, what was alive at any moment of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/event_stream.h"
#include "ledger/flat_index.h"
#include "ledger/stacks.h"
#include "ledger/walks.h"
#include "machine/fiber.h"
#include "machine/frames.h"
#include "machine/types.h"

namespace drydock::ledger {

enum class Kind : std::uint8_t {
  pool_block,
  lookaside_list,
  callout,  // a callout's registered functions (Fwps)
  flow_context,
  injection_handle,
  injection,        // one packet under way; released when its completionFn has returned
  net_buffer_list,  // allocated or cloned by the driver
  net_buffer_list_pool,
  engine_session,     // FwpmEngineOpen0
  management_object,  // Fwpm provider, sublayer, callout or filter added by the driver
  device,
  symbolic_link,
  system_thread,
  dpc,               // queued or running
  timer,             // set
  work_item,         // queued or running
  work_item_object,  // IoAllocateWorkItem
  lock,              // held
  mdl,
  callback,     // process notify and other registrations
  file_object,  // an application's open handle to a device
  irp,
  wdf_object,
  event_object,
  registry_key,
  bfe_subscription,
  held_stream,       // stream data or a FIN that a callout keeps from going on
  pended_operation,  // FwpsPendOperation0 or FwpsPendClassify0 without its completion
  classify_handle,
  layer_data,  // FwpsAcquireWritableLayerDataPointer0 without its apply
  redirect_handle,
  engine_memory,    // handed out by an Fwpm call, until FwpmFreeMemory0
  timer_object,     // ExAllocateTimer, set or not
  error_log_entry,  // IoAllocateErrorLogEntry, until it is written or freed
  count,
};

const char* kind_name(Kind kind);

// What a management_object is: its `a`. Its `b` is the run-time id (filter, callout), its `related`
// the session entry when the object is dynamic.
enum class ManagedKind : std::uint8_t { provider, provider_context, sublayer, callout, filter };

const char* managed_kind_name(ManagedKind kind);

// Index into the ledger, from 1; 0 is "no entry".
using EntryId = std::uint32_t;

struct Entry {
  Kind kind = Kind::pool_block;
  machine::DriverId owner = machine::no_driver;
  machine::FiberId fiber = 0;  // who acquired it
  EntryId related = 0;         // flow context -> callout, injection -> handle, callout -> device
  std::uint64_t key = 0;       // address or id, unique among the live entries of a kind
  std::uint64_t a = 0;         // by kind, see describe(): size, layer, status...
  std::uint64_t b = 0;
  StackId stack = 0;  // of the acquiring call
  EventSeq acquired = 0;
  EventSeq released = 0;  // 0: still alive
  StackId release_stack = 0;
  machine::CallbackKind released_in = machine::CallbackKind::other;  // the innermost one, then
  std::string name;  // as the driver would call it: tag, device name, callout key; may be empty

  [[nodiscard]] bool alive() const { return released == 0; }
  [[nodiscard]] bool alive_at(EventSeq moment) const {
    return acquired <= moment && (released == 0 || released > moment);
  }
};

// What to write down about a new resource, beyond kind and key.
struct Details {
  std::string name = {};
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  EntryId related = 0;
};

// The driver whose code runs on the fiber: the one that the kernel called last, unless that has
// called another one's code itself, which has called back.
machine::DriverId running_driver(const machine::Fiber& fiber);

class Ledger {
 public:
  explicit Ledger(EventStream& events) : events_(events) { entries_.reserve(64); }

  // Stacks are captured from the running fiber; the owner is the driver whose code runs.
  EntryId acquire(Kind kind, std::uint64_t key, Details details = {});
  // The live entry's end; 0 when there is none (the caller decides what that means).
  EntryId release(Kind kind, std::uint64_t key);
  void release(EntryId id);

  // The live entry, or 0.
  [[nodiscard]] EntryId find(Kind kind, std::uint64_t key) const;
  // The newest entry with this key, alive or not, or 0.
  [[nodiscard]] EntryId find_latest(Kind kind, std::uint64_t key) const;
  [[nodiscard]] const Entry& entry(EntryId id) const { return entries_[id - 1]; }
  [[nodiscard]] Entry& entry(EntryId id) { return entries_[id - 1]; }
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
  // Id of an element of entries().
  [[nodiscard]] EntryId id_of(const Entry& entry) const {
    return static_cast<EntryId>(&entry - entries_.data()) + 1;
  }
  [[nodiscard]] std::size_t count_alive(Kind kind, machine::DriverId owner) const;

  StackTable& stacks() { return stacks_; }
  [[nodiscard]] const StackTable& stacks() const { return stacks_; }
  // The running fiber's driver frames, innermost first.
  StackId capture();
  // The same of a fiber that is not running.
  StackId capture(const machine::Fiber& fiber);

 private:
  EventStream& events_;
  StackTable stacks_;
  Walks walks_;
  std::vector<Entry> entries_;
  FlatIndex latest_;
};

}  // namespace drydock::ledger
