// SPDX-License-Identifier: Apache-2.0
#include "verify/consequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock::verify {

namespace {

using ledger::Entry;
using ledger::Kind;

// How cause and effect must hang together for the one to explain the other.
enum class Link : std::uint8_t {
  same,    // both are about the same resource
  owner,   // the effect is about what the cause's resource belongs to (flow context -> callout)
  member,  // the effect is about something that belongs to the cause's resource
  memory,  // the effect is about the memory block behind the cause's resource
  any,     // the effect follows whatever the cause was about
};

struct Explains {
  std::string_view cause;
  std::string_view effect;
  Link link;
};

constexpr std::array table = {
    // A context that is still there: its callout answers BUSY, stays registered, and is called in
    // freed code.
    Explains{"FLOW-02", "FLOW-01", Link::same},
    Explains{"FLOW-02", "CALLOUT-01", Link::owner},
    Explains{"FLOW-02", "UNLOAD-01", Link::owner},
    Explains{"FLOW-02", "UNLOAD-03", Link::any},
    Explains{"FLOW-02", "POOL-01", Link::memory},
    Explains{"FLOW-02", "POOL-03", Link::memory},
    Explains{"FLOW-01", "CALLOUT-01", Link::owner},
    Explains{"FLOW-01", "UNLOAD-01", Link::owner},
    Explains{"FLOW-01", "POOL-01", Link::memory},
    Explains{"FLOW-01", "UNLOAD-03", Link::any},
    // A callout that stays: why it stayed is the nearer mistake.
    Explains{"CALLOUT-01", "UNLOAD-01", Link::same},
    Explains{"CALLOUT-02", "UNLOAD-01", Link::same},
    Explains{"UNLOAD-08", "UNLOAD-01", Link::same},
    Explains{"UNLOAD-08", "MGMT-01", Link::same},
    Explains{"UNLOAD-08", "MGMT-02", Link::same},
    Explains{"UNLOAD-08", "UNLOAD-03", Link::any},
    Explains{"CALLOUT-01", "UNLOAD-03", Link::any},
    Explains{"CALLOUT-02", "UNLOAD-03", Link::any},
    Explains{"UNLOAD-01", "UNLOAD-03", Link::any},
    Explains{"UNLOAD-03", "DEVICE-08", Link::same},  // a registration that was called, too late
    Explains{"LOAD-01", "UNLOAD-03", Link::any},
    Explains{"LOAD-01", "LOAD-02", Link::member},
    Explains{"LOAD-02", "LOAD-02", Link::member},  // a dynamic session keeps its objects
    Explains{"LOAD-02", "UNLOAD-03", Link::same},
    // Code that runs on, or is still due.
    Explains{"THREAD-02", "THREAD-01", Link::same},
    Explains{"THREAD-01", "UNLOAD-05", Link::same},
    Explains{"THREAD-02", "UNLOAD-05", Link::same},
    Explains{"THREAD-03", "UNLOAD-05", Link::same},
    Explains{"THREAD-05", "UNLOAD-05", Link::same},
    Explains{"INJECT-04", "UNLOAD-05", Link::same},
    Explains{"THREAD-01", "UNLOAD-03", Link::any},
    Explains{"THREAD-02", "UNLOAD-03", Link::any},
    Explains{"THREAD-03", "UNLOAD-03", Link::any},
    Explains{"THREAD-04", "UNLOAD-03", Link::any},
    Explains{"THREAD-05", "UNLOAD-03", Link::any},
    Explains{"UNLOAD-05", "UNLOAD-03", Link::any},
    Explains{"UNLOAD-05", "CRASH-01", Link::any},  // it runs on, and its data is gone as well
    Explains{"INJECT-04", "UNLOAD-03", Link::any},
    // An injection under way keeps its handle and its packet.
    Explains{"INJECT-04", "INJECT-01", Link::owner},
    Explains{"INJECT-04", "NBL-01", Link::any},
    Explains{"INJECT-04", "POOL-01", Link::any},
    // A session that stays keeps what belongs to it.
    Explains{"MGMT-03", "MGMT-01", Link::member},
    Explains{"MGMT-03", "MGMT-02", Link::member},
    Explains{"MGMT-01", "MGMT-02", Link::any},
    // Why it stayed.
    Explains{"MGMT-04", "MGMT-02", Link::same},
    Explains{"MGMT-06", "MGMT-01", Link::any},
    Explains{"MGMT-06", "MGMT-02", Link::any},
    Explains{"MGMT-06", "MGMT-04", Link::any},
    Explains{"MGMT-06", "UNLOAD-04", Link::any},
    Explains{"MGMT-06", "UNLOAD-08", Link::any},
    Explains{"MGMT-06", "UNLOAD-10", Link::any},
    Explains{"MGMT-08", "MGMT-01", Link::same},
    Explains{"MGMT-08", "MGMT-02", Link::same},
    Explains{"MGMT-08", "MGMT-03", Link::same},
    Explains{"MGMT-08", "MGMT-08", Link::member},  // a session, and what was added in it
    // Memory: the damage explains the crash it led to.
    Explains{"POOL-02", "CRASH-01", Link::any},
    Explains{"POOL-04", "POOL-03", Link::same},
    // A lock that raises IRQL and is kept keeps IRQL raised.
    Explains{"LOCK-01", "IRQL-02", Link::any},
    // What the unload routine waits for may itself wait.
    Explains{"UNLOAD-04", "HANG-01", Link::any},
    // The device object that keeps a driver of Plug and Play.
    Explains{"DEVICE-01", "UNLOAD-06", Link::same},
    Explains{"WDF-04", "UNLOAD-06", Link::same},
    // A deferred unload that never came is the same story.
    Explains{"UNLOAD-06", "UNLOAD-04", Link::any},
    // What the first life left behind is what the second one trips over.
    Explains{"UNLOAD-01", "UNLOAD-10", Link::any},
    Explains{"CALLOUT-01", "UNLOAD-10", Link::any},
    Explains{"CALLOUT-02", "UNLOAD-10", Link::any},
    Explains{"UNLOAD-08", "UNLOAD-10", Link::any},
    Explains{"FLOW-01", "UNLOAD-10", Link::any},
    Explains{"FLOW-02", "UNLOAD-10", Link::any},
    Explains{"DEVICE-01", "UNLOAD-10", Link::any},
    Explains{"DEVICE-03", "UNLOAD-10", Link::any},
    Explains{"MGMT-01", "UNLOAD-10", Link::any},
    Explains{"MGMT-02", "UNLOAD-10", Link::any},
    Explains{"MGMT-03", "UNLOAD-10", Link::any},
};

bool lies_in_block(const Entry& block, std::uint64_t address) {
  return block.kind == Kind::pool_block && address - block.key < block.a;
}

bool linked(const ledger::Ledger& ledger, const Finding& cause, const Finding& effect, Link link) {
  if (link == Link::any) return true;
  if (cause.subject == 0 || effect.subject == 0) return false;
  const Entry& from = ledger.entry(cause.subject);
  switch (link) {
    case Link::same:
      return cause.subject == effect.subject;
    case Link::owner:
      return from.related == effect.subject;
    case Link::member:
      return ledger.entry(effect.subject).related == cause.subject;
    default:
      return lies_in_block(ledger.entry(effect.subject), from.b);
  }
}

// The rows for a pair of rules; few pairs have any.
std::vector<const Explains*> rows_for(const RuleInfo& cause, const RuleInfo& effect) {
  std::vector<const Explains*> rows;
  for (const Explains& row : table) {
    if (row.cause == cause.id && row.effect == effect.id) rows.push_back(&row);
  }
  return rows;
}

// Looks each pair of rules up once: a run can have thousands of findings of a few rules.
class Relations {
 public:
  [[nodiscard]] bool explains(const ledger::Ledger& ledger, const Finding& cause,
                              const Finding& effect) {
    auto [known, is_new] = rows_.try_emplace({cause.rule, effect.rule});
    if (is_new) known->second = rows_for(*cause.rule, *effect.rule);
    return std::ranges::any_of(known->second, [&](const Explains* row) {
      return linked(ledger, cause, effect, row->link);
    });
  }

 private:
  std::map<std::pair<const RuleInfo*, const RuleInfo*>, std::vector<const Explains*>> rows_;
};

}  // namespace

void fold_consequences(const ledger::Ledger& ledger, Findings& findings) {
  constexpr std::size_t none = SIZE_MAX;
  Relations relations;
  std::vector<std::size_t> cause_of(findings.size(), none);
  for (std::size_t effect = 0; effect < findings.size(); ++effect) {
    for (std::size_t cause = 0; cause < findings.size() && cause_of[effect] == none; ++cause) {
      if (cause != effect && relations.explains(ledger, findings[cause], findings[effect]))
        cause_of[effect] = cause;
    }
  }
  Findings roots;
  std::vector<std::size_t> place(findings.size(), none);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (cause_of[i] != none) continue;
    place[i] = roots.size();
    roots.push_back(findings[i]);
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (cause_of[i] == none) continue;
    std::size_t root = cause_of[i];
    while (cause_of[root] != none) root = cause_of[root];
    // What leads to an error is one.
    roots[place[root]].severity = std::min(roots[place[root]].severity, findings[i].severity);
    roots[place[root]].consequences.push_back(
        fmt::format("{}: {}", findings[i].rule->id, findings[i].what));
  }
  findings = std::move(roots);
}

}  // namespace drydock::verify
