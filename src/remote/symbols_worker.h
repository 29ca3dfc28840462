// SPDX-License-Identifier: Apache-2.0
// Names for places in drivers, for who asks: one question, one answer. A process of its own, for
// the one in which drivers run may not start the tools that know.
#pragma once

namespace drydock::remote {

// The process's exit code.
int answer_symbols();

}  // namespace drydock::remote
