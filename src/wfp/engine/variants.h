// SPDX-License-Identifier: Apache-2.0
// What public sources leave open about the filter engine, as switches. The defaults are the
// project's choices; a run records the set it used.
#pragma once

#include <cstddef>
#include <cstdint>

namespace drydock::wfp {

struct Variants {
  // E-1: when an add reports a key that is taken.
  enum class AddChecks : std::uint8_t { as_listed, key_first };
  // E-2: order in which a closing session's dynamic objects are deleted.
  enum class CloseOrder : std::uint8_t { newest_first, oldest_first };
  // E-3: a callout refuses a filter at commit.
  enum class RefusedAtCommit : std::uint8_t { undo_transaction, drop_that_filter };
  // E-5: sublayers of equal weight, filters of equal weight.
  enum class Ties : std::uint8_t { ascending, descending };
  // E-10: what an automatic weight sums up over the fields that a filter restricts.
  enum class AutoWeight : std::uint8_t { importance_and_precision, restricted_fields };
  // E-11: NOT_EQUAL beside other conditions on the same field.
  enum class NotEqualInGroup : std::uint8_t { or_as_others, and_with_others };

  AddChecks add_checks = AddChecks::as_listed;
  CloseOrder close_order = CloseOrder::newest_first;
  RefusedAtCommit refused_at_commit = RefusedAtCommit::undo_transaction;
  bool notify_sets_context = true;  // E-4
  Ties ties = Ties::ascending;
  bool stop_after_hard_block = false;      // E-6
  bool callout_hard_permit_counts = true;  // E-7
  AutoWeight auto_weight = AutoWeight::importance_and_precision;
  NotEqualInGroup not_equal_in_group = NotEqualInGroup::or_as_others;
  bool empty_satisfies_not_equal = true;  // E-11
  bool string_prefix_is_suffix =
      true;  // E-12: strings compare as DNS names, from the end, whole labels
  bool missing_callout_blocks_hard = false;

  std::size_t most_sublayers = 65536;
  std::size_t most_callouts = 100000;

  friend bool operator==(const Variants&, const Variants&) = default;
};

}  // namespace drydock::wfp
