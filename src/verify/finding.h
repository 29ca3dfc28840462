// SPDX-License-Identifier: Apache-2.0
// What a rule says about a run. Text is for people; ids, entries and stacks are for reports and for
// telling causes from consequences.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ledger.h"

namespace drydock::verify {

enum class Severity : std::uint8_t { error, warning, note };

const char* severity_name(Severity severity);

// One row of docs/rules.md.
struct RuleInfo {
  std::string_view id;  // "FLOW-01"
  std::string_view title;
  Severity severity = Severity::error;
  std::string_view checked;   // what is looked at, and when
  std::string_view windows;   // what Windows would most likely show
  std::string_view advice;    // what to do about it
  std::string_view evidence;  // where it is documented
};

struct Finding {
  const RuleInfo* rule = nullptr;
  Severity severity = Severity::error;
  machine::DriverId driver = machine::no_driver;
  std::string what = {};            // one sentence, with the driver's own names
  ledger::EntryId subject = 0;      // the resource in question, 0 if none
  ledger::EventSeq seq = 0;         // when it became a finding
  ledger::StackId acquired_at = 0;  // where the subject was acquired
  ledger::StackId found_at = 0;     // where it became a finding
  bool accepted = false;            // known; does not count
  std::uint32_t times = 1;          // how many like it: same rule, same places
  std::vector<std::string> consequences =
      {};  // other rules that this one explains: "UNLOAD-01: ..."
};

}  // namespace drydock::verify
