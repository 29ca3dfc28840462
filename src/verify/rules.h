// SPDX-License-Identifier: Apache-2.0
// Every rule Drydock checks, in the order of docs/rules.md, and the tables they come from: one file
// of verify/rules/ per group.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "verify/run_view.h"

namespace drydock::verify {

namespace rules {
std::span<const Rule> unload();
std::span<const Rule> load();
std::span<const Rule> callout();
std::span<const Rule> flow();
std::span<const Rule> inject();
std::span<const Rule> pend();
std::span<const Rule> stream();
std::span<const Rule> management();
std::span<const Rule> pool();
std::span<const Rule> device();
std::span<const Rule> thread();
std::span<const Rule> framework();
std::span<const Rule> discipline();  // IRQL and locks
std::span<const Rule> crash();
}  // namespace rules

const std::vector<const Rule*>& all_rules();
// nullptr for an unknown id. Case does not matter.
const Rule* find_rule(std::string_view id);

}  // namespace drydock::verify
