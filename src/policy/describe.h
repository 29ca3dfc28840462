// SPDX-License-Identifier: Apache-2.0
// Filters and their conditions in a person's words, and a store as a listing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wfp/engine/engine.h"
#include "wfp/engine/layers.h"

namespace drydock::policy {

// "IP_REMOTE_PORT".
std::string_view short_name(const wfp::Field& field);
// "is 25", "is not TCP", "is in 1000-2000", "has any of IS_LOOPBACK".
std::string test_text(const wfp::Field& field, const wfp::FilterCondition& condition);
// "IP_REMOTE_PORT is 25 or 26" for each field that the filter restricts.
std::vector<std::string> condition_texts(const wfp::Layer& layer, const wfp::FilterSpec& filter);
// "BLOCK", "PERMIT hard", "CALLOUT_TERMINATING by FWPM_CALLOUT_...".
std::string action_text(const wfp::FilterSpec& filter);
// Quoted; a made-up word for a filter without a name.
std::string name_text(const wfp::DisplayData& display);

// The filters of a layer in the order in which classification meets them (E-5).
std::vector<std::shared_ptr<const wfp::Filter>> in_order(const wfp::Engine& engine,
                                                         wfp::LayerId layer);

// "3 filters, 1 callout, 2 sublayers".
std::string count_text(const wfp::ObjectSet& objects);

struct ListingOptions {
  const wfp::Layer* layer = nullptr;  // null: all
  bool verbose = false;               // keys, providers, flags, weights as asked for
};
std::string listing(const wfp::Engine& engine, const ListingOptions& options);

}  // namespace drydock::policy
