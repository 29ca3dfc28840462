// SPDX-License-Identifier: Apache-2.0
// The classify input of a step, with the fields that a person set put in place.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "net/layer_input.h"
#include "net/step.h"
#include "wfp/engine/layers.h"
#include "wfp/engine/value.h"

namespace drydock::policy {

class StepValues {
 public:
  StepValues(const net::Step& step, wfp::LayerId layer, const std::map<Guid, wfp::Value>& fields);
  StepValues(const StepValues&) = delete;
  StepValues& operator=(const StepValues&) = delete;
  ~StepValues() = default;

  // In the order of the layer's fields.
  [[nodiscard]] std::span<const wfp::ValueView> views() const { return views_; }

 private:
  wfp::ValueView keep(const wfp::Value& value);

  std::unique_ptr<net::LayerInput> input_;
  std::vector<wfp::ValueView> views_;
  std::deque<wfp::BlobView> blobs_;
  std::vector<std::uint8_t> app_id_;
};

}  // namespace drydock::policy
