// SPDX-License-Identifier: Apache-2.0
#include "explore/replay.h"

#include <fmt/format.h>

namespace drydock::explore {

std::optional<std::string> Replay::divergence() const {
  if (first_difference_ != 0) {
    return fmt::format("at or before question {} of {} the run asked something else than recorded",
                       first_difference_, recorded_.questions);
  }
  if (asked_ != recorded_.questions) {
    return fmt::format("the run asked {} questions, the recorded one {}", asked_,
                       recorded_.questions);
  }
  if (hash_.value() != recorded_.check) {
    return "after the last recorded answer the run asked something else than recorded";
  }
  return std::nullopt;
}

}  // namespace drydock::explore
