// SPDX-License-Identifier: Apache-2.0
// The hot loops of a lookup, compiled for several instruction sets and chosen by what the processor
// has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "wfp/engine/index/tree.h"

namespace drydock::wfp::index {

// A slot for each sublayer of the layer, in evaluation order; the others are no_slot.
using SlotOfEach = std::array<std::uint32_t, most_sublayers>;
using CandidateOfEach = std::array<Candidate, most_sublayers>;

struct Planted {
  Tree tree;
  Candidate first;                // none in it is before this
  CandidateOfEach first_of_each;  // the same for each sublayer
};

struct Search {
  const Planted* trees;
  std::size_t count;
  Format format;
  // All candidates of a sublayer are not before its start and before its end.
  CandidateOfEach starts;
  CandidateOfEach ends;
};

inline constexpr std::size_t most_found = 16;

// What is found are candidates: the index knows which need no further check. A lesser slot is
// earlier in evaluation order; no_slot means none.
struct Finder {
  std::string_view name;
  bool (*runs_here)();
  std::uint32_t (*first)(const Search& search, const Key& key);
  // The first of each sublayer.
  void (*firsts)(const Search& search, const Key& key, SlotOfEach& slots);
  // The first slots from `from` on, ascending, at most most_found of them; returns how many. A slot
  // may be there twice.
  std::size_t (*some)(const Search& search, const Key& key, std::uint32_t from,
                      std::uint32_t* slots);
  // As `first` and `firsts`, for all keys (one to most_in_burst), with their memory accesses
  // overlapped.
  void (*first_of_each)(const Search& search, std::span<const Key> keys, std::uint32_t* slots);
  void (*firsts_of_each)(const Search& search, std::span<const Key> keys, SlotOfEach* slots);
};

inline constexpr std::size_t most_in_burst = 32;

// All there are, the best for this processor first; the last runs everywhere.
[[nodiscard]] std::span<const Finder> finders();
[[nodiscard]] const Finder& best_finder();

}  // namespace drydock::wfp::index
