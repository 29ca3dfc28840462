// SPDX-License-Identifier: Apache-2.0
// What happens when a machine has used up what there is of something: the run ends as inconclusive,
// for no driver is to blame and Windows has more.
#pragma once

#include <cstddef>

namespace drydock::machine {

// "`who` needs more than `limit` `unit`". Does not return to a fiber; where none runs, the run ends
// at the next chance, and the caller goes on from its reserve.
void exhausted(const char* who, std::size_t limit, const char* unit);

}  // namespace drydock::machine
