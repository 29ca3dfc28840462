// SPDX-License-Identifier: Apache-2.0
// The classify input of a step, with the fields that a person set put in place.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "machine/kernel_arena.h"
#include "net/layer_input.h"
#include "net/step.h"
#include "net/tokens.h"
#include "wfp/engine/layers.h"
#include "wfp/engine/value.h"

namespace drydock::policy {

// One at a time with a user: the token lies where a machine's kernel has its own.
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

  // Memory for the token of the program's user.
  struct Account {
    machine::KernelArena arena;
    net::Tokens tokens{arena};
  };

  std::unique_ptr<net::LayerInput> input_;
  std::unique_ptr<Account> account_;  // null: no user is known
  std::vector<wfp::ValueView> views_;
  std::deque<wfp::BlobView> blobs_;
  std::vector<std::uint8_t> app_id_;
};

}  // namespace drydock::policy
