// SPDX-License-Identifier: Apache-2.0
// STREAM: what a callout may answer at a stream layer, and when.
#include <utility>

#include "verify/rules.h"

namespace drydock::verify::rules {

namespace {

using ledger::Note;
using ledger::NoteKind;
using ledger::StreamMisuse;

template <StreamMisuse Misuse>
void find_misuse(const RunView& run, const RuleInfo& rule, Findings& findings) {
  run.each_note(NoteKind::stream_misused, [&](const Note& note) {
    if (note.a == std::to_underlying(Misuse)) {
      findings.push_back(about(run, rule, note, std::string(rule.title) + "."));
    }
  });
}

}  // namespace

std::span<const Rule> stream() {
  static const Rule table[] = {
      {{"STREAM-01", "A callout asked for more stream data when no more can come",
        Severity::warning,
        "NEED_MORE_DATA in answer to the end of a stream, to NO_MORE_DATA or to "
        "BUFFER_LIMIT_REACHED.",
        "the connection is reset",
        "Permit or block what is there; the end of a stream comes without data.",
        "Windows driver documentation: FWPS_STREAM_CALLOUT_IO_PACKET0, FWPS_CLASSIFY_OUT0"},
       find_misuse<StreamMisuse::asks_again>},
      {{"STREAM-02", "A stream was edited inline and out of band in one direction",
        Severity::warning,
        "Per flow and direction: data let through by classifyFn, and injections from outside of "
        "it.",
        "data arrive in another order than meant",
        "Block all data of the direction from the first byte on and inject them, or inject only "
        "inside classifyFn.",
        "Windows driver documentation: Stream Inspection"},
       find_misuse<StreamMisuse::mixes_editing>},
      {{"STREAM-04", "FwpsStreamContinue0 was called inside the callout's own classifyFn",
        Severity::warning, "The running fiber at the call.", "undefined",
        "Call it from a DPC, a work item or a thread.",
        "Windows driver documentation: FwpsStreamContinue0"},
       find_misuse<StreamMisuse::continues_itself>},
  };
  return table;
}

}  // namespace drydock::verify::rules
