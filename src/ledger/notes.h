// SPDX-License-Identifier: Apache-2.0
// What the subsystems saw and rules may ask about: plain observations, each with its place and call
// stack. Whether one is a finding is for verify/ to say; a subsystem only ever writes a note down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/ledger.h"

namespace drydock::ledger {

enum class NoteKind : std::uint8_t {
  wrong_irql,                 // name: export; a: IRQL at the call, b: documented maximum, or the
                              // minimum when a is below it
  irql_changed,               // name: callback; a: IRQL at entry, b: at return
  lock_held_at_return,        // name: callback; entry: lock; a: lock address
  pool_bad_free,              // a: address, b: BadFree; entry: the block, if any (also a freed one)
  pool_corrupted,             // entry: block; a: machine::Corruption
  callout_registered,         // entry: callout; a: NTSTATUS, b: callout id
  callout_unregistered,       // entry: callout, if known; a: NTSTATUS, b: callout id
  callback_after_unregister,  // name: callback; entry: the released callout
  flow_context_associated,    // entry: flow_context; a: NTSTATUS
  flow_context_removed,       // FwpsFlowRemoveContext0 returned; entry: flow_context if any; a:
                              // NTSTATUS, b: flow id
  injection_handle_dead,      // name: export; entry: the destroyed handle, if known; a: handle
  transaction_left_open,      // name: export; entry: the engine session that was closed with it
  management_status,   // name: export; a: NTSTATUS of a failed management call; entry: object if
                       // known
  management_deleted,  // name: export; entry: the object that a call deleted
  made_in_service_callback,  // entry: the engine session or object that a callback about the
                             // state of the base filtering engine made
  unload_deferred,           // entry: what holds the device (file_object, irp, work_item...)
  wait_for_thread,           // a wait was satisfied by a thread object; entry: system_thread
  wait_for_event,  // a wait was satisfied by an event that a driver thread had set; entry: that
                   // system_thread
  fiber_in_image,  // at return of unload: another fiber is inside the image; a: fiber, b:
                   // CallbackKind
  call_into_gone_image,   // a: address, b: CallbackKind; entry: the registration that led there, if
                          // known
  object_name_collision,  // name: object name; a: NTSTATUS
  blocked_forever,  // a: CallbackKind, b: 0, or the virtual time (100 ns) at which the run was
                    // over; name: what it waits for; entry: the object, if known
  stream_misused,   // a: StreamMisuse, b: flow id; entry: callout
  pend_misused,     // name: export or layer; a: PendMisuse, b: NTSTATUS if any; entry: what was
                    // misused, if known (also one that is over)
};

enum class StreamMisuse : std::uint8_t {
  asks_again,        // NEED_MORE_DATA although no more can come
  mixes_editing,     // edits inline and out of band in one direction
  late_injection,    // into a stream that is closed, aborted or unknown
  continues_itself,  // FwpsStreamContinue0 inside its own classifyFn
};

enum class PendMisuse : std::uint8_t {
  completed_again,    // an operation or classify that is completed already, or none
  not_pendable,       // asked after the classifyFn that it is about has returned
  refusal_ignored,    // refused, and the classifyFn returned as if it had been pended
  not_blocked,        // pended, but the classifyFn did not return BLOCK (and ABSORB)
  handle_unknown,     // a classify handle that is released already, or none
  data_not_acquired,  // applied twice, or never acquired
};

enum class BadFree : std::uint8_t { already_freed, not_pool, wrong_tag };

struct Note {
  NoteKind kind = NoteKind::wrong_irql;
  machine::DriverId driver = machine::no_driver;
  machine::FiberId fiber = 0;
  EventSeq seq = 0;
  EntryId entry = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  StackId stack = 0;
  std::string name;
};

// Moments of a driver's life, in the order in which they come.
enum class Moment : std::uint8_t {
  driver_entry_called,
  driver_entry_returned,  // a: NTSTATUS
  unload_requested,
  unload_called,
  unload_returned,
  image_gone,
};

const char* moment_name(Moment moment);

struct MomentRecord {
  Moment moment = Moment::driver_entry_called;
  machine::DriverId driver = machine::no_driver;
  EventSeq seq = 0;
  machine::VirtualTime time;
  std::uint64_t a = 0;
};

}  // namespace drydock::ledger
