// SPDX-License-Identifier: Apache-2.0
#include "scenario/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace drydock::scenario {
namespace {

using Engine = wfp::Variants;
using Lifecycle = wfp::LifecycleVariants;
using Options = wfp::KernelOptions;

constexpr std::array table = {
    Variant{"E-1", "key-first", "an add reports a taken key before anything else",
            [](Options& all) { all.engine.add_checks = Engine::AddChecks::key_first; }},
    Variant{"E-2", "oldest-first", "a closing dynamic session deletes its objects oldest first",
            [](Options& all) { all.engine.close_order = Engine::CloseOrder::oldest_first; }},
    Variant{"E-3", "drop-that-filter", "a filter that notifyFn refuses at a commit is left out",
            [](Options& all) {
              all.engine.refused_at_commit = Engine::RefusedAtCommit::drop_that_filter;
            }},
    Variant{"E-4", "context-not-taken", "what notifyFn writes into the filter's context is lost",
            [](Options& all) { all.engine.notify_sets_context = false; }},
    Variant{"E-5", "reversed", "equal weights: sublayer keys and filter ids descending",
            [](Options& all) { all.engine.ties = Engine::Ties::descending; }},
    Variant{"E-6", "stop-at-hard-block", "sublayers below a hard block are not evaluated",
            [](Options& all) { all.engine.stop_after_hard_block = true; }},
    Variant{"E-7", "callout-permit-is-soft", "a callout's hard permit does not clear the right",
            [](Options& all) { all.engine.callout_hard_permit_counts = false; }},
    Variant{"E-8", "classify-out-kept", "one classifyOut for all callouts of a classification",
            [](Options& all) { all.lifecycle.classify_out_kept = true; }},
    Variant{"E-10", "by-number-of-conditions", "automatic weights count restricted fields only",
            [](Options& all) { all.engine.auto_weight = Engine::AutoWeight::restricted_fields; }},
    Variant{"E-11", "not-equal-is-and", "NOT_EQUAL restricts beside others on the same field",
            [](Options& all) {
              all.engine.not_equal_in_group = Engine::NotEqualInGroup::and_with_others;
            }},
    Variant{"E-11", "empty-is-not-different", "a value that is empty fails NOT_EQUAL",
            [](Options& all) { all.engine.empty_satisfies_not_equal = false; }},
    Variant{"E-12", "true-prefix", "PREFIX compares strings from their beginning",
            [](Options& all) { all.engine.string_prefix_is_suffix = false; }},
    Variant{"E-13", "once-per-socket", "a socket's connect redirection is not asked for each peer",
            [](Options& all) { all.lifecycle.redirect_once_per_socket = true; }},
    Variant{"E-14", "late", "a completed operation is decided anew on a worker, later",
            [](Options& all) { all.lifecycle.complete_comes_late = true; }},
    Variant{"E-15", "apply-permits", "applying modified layer data sets PERMIT",
            [](Options& all) { all.lifecycle.apply_permits = true; }},
    Variant{"E-16", "dropped", "stream data that waited for a deleted filter are dropped",
            [](Options& all) { all.lifecycle.stream_orphans = Lifecycle::StreamOrphans::dropped; }},
    Variant{
        "E-16", "permitted", "stream data that waited for a deleted filter go on",
        [](Options& all) { all.lifecycle.stream_orphans = Lifecycle::StreamOrphans::permitted; }},
    Variant{"E-17", "straight-down", "datagrams sent at the transport layer skip DATAGRAM_DATA",
            [](Options& all) { all.lifecycle.injected_datagrams_go_down = true; }},
    Variant{"X-1", "device-busy", "unregistering a callout that runs answers DEVICE_BUSY",
            [](Options& all) {
              all.lifecycle.unregister_while_running =
                  Lifecycle::UnregisterWhileRunning::device_busy;
            }},
    Variant{"X-1", "in-use", "unregistering a callout that runs answers FWP_IN_USE",
            [](Options& all) {
              all.lifecycle.unregister_while_running = Lifecycle::UnregisterWhileRunning::in_use;
            }},
    Variant{"X-2", "stop-classify", "after DEVICE_BUSY the callout is not called any more",
            [](Options& all) { all.lifecycle.after_busy = Lifecycle::AfterBusy::stop_classify; }},
    Variant{"X-2", "as-before", "DEVICE_BUSY changes nothing",
            [](Options& all) { all.lifecycle.after_busy = Lifecycle::AfterBusy::as_before; }},
    Variant{"X-4", "late", "a pending flowDeleteFn comes up to ten seconds later",
            [](Options& all) { all.lifecycle.pending_delete_comes_late = true; }},
    Variant{
        "X-5", "success", "removing a context too late answers success",
        [](Options& all) { all.lifecycle.remove_too_late = Lifecycle::RemoveTooLate::success; }},
    Variant{
        "X-5", "pending", "removing a context too late answers PENDING",
        [](Options& all) { all.lifecycle.remove_too_late = Lifecycle::RemoveTooLate::pending; }},
    Variant{"X-7", "not-supported", "calls above their documented IRQL answer NOT_SUPPORTED",
            [](Options& all) { all.lifecycle.wrong_irql_is_refused = true; }},
    Variant{"X-8", "hard", "a missing callout blocks hard",
            [](Options& all) { all.engine.missing_callout_blocks_hard = true; }},
    Variant{"X-9", "does-not-wait", "ending a BFE subscription waits for no callback",
            [](Options& all) { all.lifecycle.bfe_unsubscribe_waits = false; }},
    Variant{"X-10", "no-reference", "a callout does not reference its device",
            [](Options& all) { all.lifecycle.callout_references_device = false; }},
    Variant{"X-11", "any", "flow contexts of one flow are deleted in any order",
            [](Options& all) { all.lifecycle.delete_order = Lifecycle::DeleteOrder::any; }},
    Variant{"notify-delete", "drop", "notifyFn does not hear of filters that are deleted",
            [](Options& all) { all.lifecycle.notify_delete = Lifecycle::NotifyDelete::dropped; }},
    Variant{"notify-delete", "delay", "notifyFn hears of deleted filters later, from a worker",
            [](Options& all) { all.lifecycle.notify_delete = Lifecycle::NotifyDelete::late; }},
};

std::string name_of(const Variant& variant) {
  return fmt::format("{}:{}", variant.choice, variant.name);
}

std::string all_names() {
  std::string names;
  for (const Variant& variant : table) {
    fmt::format_to(std::back_inserter(names), "{}{}", names.empty() ? "" : ", ", name_of(variant));
  }
  return names;
}

}  // namespace

std::span<const Variant> variants() {
  return table;
}

Result<wfp::KernelOptions> options_with(std::span<const std::string> names) {
  wfp::KernelOptions options;
  for (const std::string& name : names) {
    const auto* variant =
        std::ranges::find_if(table, [&](const Variant& row) { return name_of(row) == name; });
    if (variant == table.end())
      return failure(fmt::format("'{}' is no variant; known are {}", name, all_names()));
    variant->choose(options);
  }
  return options;
}

}  // namespace drydock::scenario
