// SPDX-License-Identifier: Apache-2.0
#include "verify/run_view.h"

#include <array>

namespace drydock::verify {

const char* severity_name(Severity severity) {
  static constexpr std::array names = {"error", "warning", "note"};
  return names[static_cast<std::size_t>(severity)];
}

std::optional<ledger::EventSeq> RunView::returned() const {
  const auto found = moment(ledger::Moment::unload_returned);
  return found ? std::optional(found->seq) : std::nullopt;
}

const machine::BugCheck* RunView::bug_check() const {
  const auto* found = stop ? std::get_if<machine::BugCheck>(&*stop) : nullptr;
  return found != nullptr && found->driver == life.driver ? found : nullptr;
}

void RunView::each_alive(
    ledger::Kind kind, ledger::EventSeq moment,
    const std::function<void(ledger::EntryId, const ledger::Entry&)>& visit) const {
  for (const ledger::Entry& entry : ledger().entries()) {
    if (entry.kind == kind && entry.owner == life.driver && entry.alive_at(moment)) {
      visit(ledger().id_of(entry), entry);
    }
  }
}

void RunView::each_note(ledger::NoteKind kind,
                        const std::function<void(const ledger::Note&)>& visit) const {
  for (const ledger::Note& note : record.notes()) {
    if (note.kind == kind && note.driver == life.driver) visit(note);
  }
}

bool ends_in_safety(const ledger::Entry& work_item, ledger::EventSeq moment) {
  return work_item.kind == ledger::Kind::work_item && work_item.b != 0 && work_item.b <= moment;
}

Finding about(const RunView& run, const RuleInfo& rule, ledger::EntryId subject, std::string what) {
  Finding finding{
      .rule = &rule, .severity = rule.severity, .driver = run.life.driver, .what = std::move(what)};
  finding.subject = subject;
  if (subject != 0) {
    finding.acquired_at = run.ledger().entry(subject).stack;
    finding.seq = run.ledger().entry(subject).acquired;
  }
  return finding;
}

Finding about(const RunView& run, const RuleInfo& rule, const ledger::Note& note,
              std::string what) {
  Finding finding = about(run, rule, note.entry, std::move(what));
  finding.found_at = note.stack;
  finding.seq = note.seq;
  return finding;
}

}  // namespace drydock::verify
