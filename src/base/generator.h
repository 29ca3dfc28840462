// SPDX-License-Identifier: Apache-2.0
// Numbers that look like chance and follow from a seed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace drydock {

// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint32_t next32() { return static_cast<std::uint32_t>(next() >> 32); }
  // In [0, limit), limit > 0. Biased by less than limit / 2^64.
  std::size_t below(std::size_t limit) {
    return static_cast<std::size_t>((static_cast<unsigned __int128>(next()) * limit) >> 64);
  }
  bool one_in(std::uint32_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace drydock
