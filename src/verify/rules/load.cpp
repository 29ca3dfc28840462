// SPDX-License-Identifier: Apache-2.0
// LOAD: a DriverEntry that fails must leave nothing behind, for its unload routine is not called.
#include <fmt/format.h>

#include <array>

#include "base/status_names.h"
#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Entry;
using ledger::EntryId;
using ledger::Kind;

std::optional<ledger::EventSeq> failed_entry(const RunView& run) {
  if (run.loaded()) return std::nullopt;
  const auto moment = run.moment(ledger::Moment::driver_entry_returned);
  return moment ? std::optional(moment->seq) : std::nullopt;
}

void load_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto failed = failed_entry(run);
  if (!failed) return;
  run.each_alive(Kind::callout, *failed, [&](EntryId id, const Entry& entry) {
    findings.push_back(
        about(run, rule, id,
              fmt::format("DriverEntry failed with {} and left callout {} registered.",
                          describe_status(run.life.entry_status), entry.key)));
  });
}

constexpr std::array left_behind = {
    Kind::injection_handle,
    Kind::redirect_handle,
    Kind::net_buffer_list,
    Kind::net_buffer_list_pool,
    Kind::engine_session,
    Kind::management_object,
    Kind::device,
    Kind::symbolic_link,
    Kind::system_thread,
    Kind::dpc,
    Kind::timer,
    Kind::work_item,
    Kind::work_item_object,
    Kind::callback,
    Kind::pool_block,
    Kind::lookaside_list,
    Kind::mdl,
    Kind::registry_key,
    Kind::bfe_subscription,
    Kind::engine_memory,
    Kind::timer_object,
    Kind::error_log_entry,
};

void load_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto failed = failed_entry(run);
  if (!failed) return;
  for (const Kind kind : left_behind) {
    run.each_alive(kind, *failed, [&](EntryId id, const Entry& entry) {
      const std::string name = entry.name.empty() ? "" : fmt::format(" {}", entry.name);
      findings.push_back(about(
          run, rule, id,
          fmt::format("DriverEntry failed with {} and left a {}{} behind.",
                      describe_status(run.life.entry_status), ledger::kind_name(kind), name)));
    });
  }
}

}  // namespace

std::span<const Rule> load() {
  static const Rule table[] = {
      {{"LOAD-01", "DriverEntry failed with callouts registered", Severity::error,
        "The ledger holds callout functions of this image when DriverEntry returns a failure.",
        "crash at the next classify",
        "Unregister what was registered on every failure path of DriverEntry.",
        "Windows driver documentation: DriverEntry; observed in public drivers"},
       load_01},
      {{"LOAD-02", "DriverEntry failed with other resources left", Severity::error,
        "The same for handles, devices, links, callbacks, threads, pool, sessions and what is left "
        "in the filtering engine.",
        "0xC4/0x62, 0xCE, 0xC4/0xDD",
        "Undo in reverse order on every failure path of DriverEntry; the unload routine is not "
        "called.",
        "windows-driver-docs issue 1623"},
       load_02},
  };
  return table;
}

}  // namespace drydock::verify::rules
