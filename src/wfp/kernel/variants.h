// SPDX-License-Identifier: Apache-2.0
// What public sources leave open about the lifetime of callouts, flow contexts and injections, as
// switches. The defaults are the project's choices; a run records the set it used. The engine's own
// are in wfp/engine/variants.h.
#pragma once

#include <cstdint>

namespace drydock::wfp {

struct LifecycleVariants {
  // unregistering while a callback of the callout runs.
  enum class UnregisterWhileRunning : std::uint8_t { wait, device_busy, in_use };
  // a callout that could not be unregistered because of its flow contexts.
  enum class AfterBusy : std::uint8_t { refuse_contexts, stop_classify, as_before };
  // removing a context that a flow's end or an earlier removal has taken already.
  enum class RemoveTooLate : std::uint8_t { unsuccessful, success, pending };
  // contexts of one flow that ends.
  enum class DeleteOrder : std::uint8_t { registration, any };

  // E-16: data that wait for a callout (NEED_MORE_DATA, DEFER) whose stream filter is deleted.
  enum class StreamOrphans : std::uint8_t { stuck, dropped, permitted };
  // A fault seen on real systems: notifyFn hears of a deleted filter never, or after the call that
  // deleted it (engine section 3.6).
  enum class NotifyDelete : std::uint8_t { in_order, dropped, late };

  UnregisterWhileRunning unregister_while_running = UnregisterWhileRunning::wait;
  AfterBusy after_busy = AfterBusy::refuse_contexts;
  bool pending_delete_comes_late =
      false;  // up to 10 s after the last classify instead of at its end
  RemoveTooLate remove_too_late = RemoveTooLate::unsuccessful;
  bool wrong_irql_is_refused = false;     // STATUS_NOT_SUPPORTED instead of going on
  bool bfe_unsubscribe_waits = true;
  bool callout_references_device = true;
  DeleteOrder delete_order = DeleteOrder::registration;
  bool complete_comes_late = false;       // E-14: a completed operation is decided anew on a worker
  bool redirect_once_per_socket = false;  // E-13: not once for each peer
  bool apply_permits = false;  // E-15: FwpsApplyModifiedLayerData0 sets PERMIT, in the classify
  bool injected_datagrams_go_down = false;  // E-17: no DATAGRAM_DATA for those sent at transport
  StreamOrphans stream_orphans = StreamOrphans::stuck;
  bool classify_out_kept = false;  // E-8: callouts see what the one before them left
  NotifyDelete notify_delete = NotifyDelete::in_order;

  friend bool operator==(const LifecycleVariants&, const LifecycleVariants&) = default;
};

}  // namespace drydock::wfp
