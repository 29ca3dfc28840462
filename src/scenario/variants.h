// SPDX-License-Identifier: Apache-2.0
// The choices that public sources leave open, by the names that scenario files use for them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::scenario {

// One alternative to a default: "E-6:stop-at-hard-block" chooses it.
struct Variant {
  std::string_view choice;  // "E-6"; notify-delete is a fault rather than a choice
  std::string_view name;
  std::string_view meaning;  // for people
  void (*choose)(wfp::KernelOptions& options);
};

std::span<const Variant> variants();

// The defaults with the named alternatives in their place. An error says which names there are.
Result<wfp::KernelOptions> options_with(std::span<const std::string> names);

}  // namespace drydock::scenario
