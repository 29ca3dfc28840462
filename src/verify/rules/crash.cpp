// SPDX-License-Identifier: Apache-2.0
// MEM, CRASH and HANG: bug checks, and waits without an end. MEM names the cases with a known
// cause; CRASH-01 is every other one that no rule accounts for.
#include <fmt/format.h>

#include "base/status_names.h"
#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

constexpr std::uint32_t unexpected_kernel_mode_trap = 0x7F;
constexpr std::uint64_t double_fault = 8;
constexpr std::uint32_t kernel_security_check_failure = 0x139;
constexpr std::uint64_t corrupt_list_entry = 3;

bool is_stack_exhaustion(const machine::BugCheck& stop) {
  return stop.code == unexpected_kernel_mode_trap && stop.parameters[0] == double_fault;
}

bool is_list_corruption(const machine::BugCheck& stop) {
  return stop.code == kernel_security_check_failure && stop.parameters[0] == corrupt_list_entry;
}

Finding crash(const RunView& run, const RuleInfo& rule, const machine::BugCheck& stop) {
  Finding finding{.rule = &rule, .severity = rule.severity, .driver = run.life.driver};
  finding.what = fmt::format("{}: {}", describe_bugcheck(stop.code), stop.what);
  finding.found_at = stop.stack;
  finding.seq = run.record.events().last();
  return finding;
}

void mem_02(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto* stop = run.bug_check();
  if (stop != nullptr && is_stack_exhaustion(*stop)) findings.push_back(crash(run, rule, *stop));
}

void mem_04(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto* stop = run.bug_check();
  if (stop != nullptr && is_list_corruption(*stop)) findings.push_back(crash(run, rule, *stop));
}

bool told_by_another_rule(const RunView& run, const machine::BugCheck& stop) {
  bool told = stop.memory != 0 || is_stack_exhaustion(stop) || is_list_corruption(stop);
  run.each_note(ledger::NoteKind::call_into_gone_image, [&](const ledger::Note&) { told = true; });
  return told ||
         (stop.from_driver_request && run.moment(ledger::Moment::unload_called) && !run.returned());
}

void crash_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  const auto* stop = run.bug_check();
  if (stop != nullptr && !told_by_another_rule(run, *stop))
    findings.push_back(crash(run, rule, *stop));
}

// DriverEntry and callbacks that wait for what never comes; the unload routine is UNLOAD-04's.
void hang_01(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(ledger::NoteKind::blocked_forever, [&](const ledger::Note& note) {
    const auto callback = static_cast<machine::CallbackKind>(note.a);
    const bool may_end = note.b != 0 && callback != machine::CallbackKind::driver_entry;
    if (callback == machine::CallbackKind::unload || may_end) return;
    findings.push_back(about(run, rule, note,
                             fmt::format("A {} of the driver waits for {} and {}.",
                                         machine::callback_name(callback), note.name,
                                         note.b == 0 ? "nothing is left that could end the wait"
                                                     : "has not returned after an hour")));
  });
}

}  // namespace

std::span<const Rule> crash() {
  static const Rule table[] = {
      {{"MEM-02", "Driver stack exhausted", Severity::error,
        "The guard page below every kernel stack.", "0x7F/8",
        "Break the recursion; put large locals into pool.", "fort issue 47"},
       mem_02},
      {{"MEM-04", "List integrity", Severity::error,
        "Fast fail 3 of the list macros: Flink and Blink of neighbours do not agree.", "0x139/3",
        "Unlink each element once, under the lock that guards the list.",
        "AdguardForWindows issue 853"},
       mem_04},
      {{"CRASH-01", "Driver stops the machine", Severity::error,
        "A bug check that no other rule accounts for.", "the bug check named", "Look at the stack.",
        "Windows driver documentation: Bug Check Code Reference"},
       crash_01},
      {{"HANG-01", "Driver waits for ever", Severity::error,
        "A fiber is blocked in DriverEntry or a callback of the driver, and no event is left that "
        "can wake it; or DriverEntry has not returned after an hour of virtual time.",
        "a hung thread; at raised IRQL 0x133",
        "Look at what the stack waits for, and who was to signal it.",
        "Windows driver documentation: Bug Check 0x133"},
       hang_01},
  };
  return table;
}

}  // namespace drydock::verify::rules
