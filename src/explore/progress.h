// SPDX-License-Identifier: Apache-2.0
// How far a worker is, in memory that it shares with its supervisor: readable at any time, and also
// when the worker is no more.
#pragma once

#include <atomic>
#include <cstdint>

namespace drydock::explore {

struct Progress {
  std::atomic<std::uint64_t> run = 0;           // the one under way
  std::atomic<std::uint64_t> finished = 0;      // since the worker started
  std::atomic<std::uint64_t> distinct = 0;      // different trace hashes among them
  std::atomic<std::uint64_t> inconclusive = 0;  // runs without a verdict
  std::atomic<bool> stop = false;               // said by the supervisor: real traffic is to end
};

}  // namespace drydock::explore
