// SPDX-License-Identifier: Apache-2.0
// A filtering policy as plain data: what a file holds and what goes into an engine. Objects keep
// the line they were read from, so that whatever is wrong with one can be shown where it stands.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "wfp/engine/engine.h"
#include "wfp/engine/object_set.h"

namespace drydock::policy {

// Lines of the objects in each list of an ObjectSet, from 1. Empty when they are not known.
struct ObjectLines {
  std::vector<std::uint32_t> providers;
  std::vector<std::uint32_t> provider_contexts;
  std::vector<std::uint32_t> sublayers;
  std::vector<std::uint32_t> callouts;
  std::vector<std::uint32_t> filters;
};

struct Policy {
  std::string name;  // of its file, for messages
  wfp::ObjectSet objects;
  ObjectLines lines;
};

// Adds everything in one transaction: all of it or, with an error that names file, line and
// Windows' status, nothing.
Result<void> apply(const Policy& policy, wfp::Engine& engine);

// "file:12: filter 'no mail': STATUS_FWP_SUBLAYER_NOT_FOUND: the sublayer it names is not there".
std::string describe(const Policy& policy, const wfp::ImportRefusal& refusal);

// "STATUS_FWP_TYPE_MISMATCH: the value's type is not the field's".
std::string explained(wfp::FwpStatus status);

}  // namespace drydock::policy
