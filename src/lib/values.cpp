// SPDX-License-Identifier: Apache-2.0
// Values, and how they are printed: what a test framework shows when an assertion fails.
#include <algorithm>
#include <ostream>

#include <drydock/drydock.h>

#include "base/status_names.h"

namespace drydock::inline v1 {
namespace {

const char* name_of(Outcome outcome) {
  if (outcome == Outcome::clean) return "CLEAN";
  return outcome == Outcome::findings ? "FINDINGS" : "INCONCLUSIVE";
}

void print(std::ostream& out, const char* title, const Stack& stack) {
  for (const Frame& frame : stack) out << "\n  " << title << "  " << frame;
}

}  // namespace

Bytes bytes(std::initializer_list<unsigned> values) {
  Bytes made;
  made.reserve(values.size());
  for (const unsigned value : values) {
    if (value > 0xff) throw Error(std::to_string(value) + " is no byte");
    made.push_back(static_cast<std::byte>(value));
  }
  return made;
}

std::ostream& operator<<(std::ostream& out, Status status) {
  return out << describe_status(status.value);
}

std::ostream& operator<<(std::ostream& out, const Frame& frame) {
  if (frame.function.empty()) {
    const auto flags = out.flags();
    out << frame.module << "+0x" << std::hex << frame.rva;
    out.flags(flags);
  } else {
    out << frame.function << (frame.inlined ? " (inlined)" : "");
  }
  if (!frame.file.empty()) out << "  " << frame.file;
  if (frame.line != 0) out << ":" << frame.line;
  return out;
}

std::ostream& operator<<(std::ostream& out, const Resource& resource) {
  out << resource.kind;
  if (!resource.name.empty()) out << " " << resource.name;
  if (resource.size != 0) out << " of " << resource.size << " bytes";
  out << " of " << resource.driver;
  print(out, "acquired", resource.acquired_at);
  return out;
}

std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  out << finding.rule << " of " << finding.driver << ": " << finding.what;
  if (finding.times > 1) out << " (" << finding.times << " times)";
  print(out, "acquired", finding.acquired_at);
  print(out, "found", finding.found_at);
  for (const std::string& consequence : finding.consequences) out << "\n  so also  " << consequence;
  return out;
}

std::ostream& operator<<(std::ostream& out, Outcome outcome) {
  return out << name_of(outcome);
}

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  out << verdict.outcome;
  if (!verdict.why_inconclusive.empty()) out << ": " << verdict.why_inconclusive;
  if (!verdict.bug_check.empty()) out << "\nThe machine stopped: " << verdict.bug_check;
  for (const Finding& finding : verdict.findings) out << "\n" << finding;
  return out;
}

std::ostream& operator<<(std::ostream& out, const Trace& trace) {
  return out << trace.hash << " after " << trace.events << " events and " << trace.now.count()
             << " x 100 ns";
}

}  // namespace drydock::inline v1
