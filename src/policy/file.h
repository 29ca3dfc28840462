// SPDX-License-Identifier: Apache-2.0
// A policy file of any form that can be read: JSON or netsh's XML, told apart by how it begins.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "policy/policy.h"

namespace drydock::policy {

struct PolicyFile {
  Policy policy;
  std::vector<std::string> skipped;  // one line each; only with skip_unknown
  std::vector<std::string> notes;
};

// Whatever is in it goes into an engine: that was tried. Error: one line, with `name` and the line
// at fault. With `skip_unknown`, objects that are not known or that an engine refuses are left out
// and listed instead.
Result<PolicyFile> read_policy(std::span<const std::byte> content, const std::string& name,
                               bool skip_unknown = false);

}  // namespace drydock::policy
