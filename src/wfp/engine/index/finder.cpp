// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/finder.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>

namespace drydock::wfp::index {
namespace {

// The bits that a prefix of so many fixes, as two words of lanes. Up to 255, which stands in blocks
// that nothing matches.
constexpr auto prefix_masks = [] {
  std::array<std::array<std::uint64_t, 2>, 256> masks{};
  for (unsigned length = 1; length <= 128; ++length) {
    masks[length][0] = ~std::uint64_t{0} << (length < 64 ? 64 - length : 0);
    if (length > 64) masks[length][1] = ~std::uint64_t{0} << (128 - length);
  }
  return masks;
}();

#if defined(__x86_64__)
namespace v4 {
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), \
                             apply_to = function)
#define CAN_GATHER
#include "wfp/engine/index/finder.inc"
#undef CAN_GATHER
#pragma clang attribute pop
bool runs_here() {
  return __builtin_cpu_supports("x86-64-v4");
}
}  // namespace v4

namespace v3 {
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "wfp/engine/index/finder.inc"
#pragma clang attribute pop
bool runs_here() {
  return __builtin_cpu_supports("x86-64-v3");
}
}  // namespace v3
#endif

namespace plain {
// NOLINTNEXTLINE(readability-duplicate-include): that is its purpose
#include "wfp/engine/index/finder.inc"
bool runs_here() {
  return true;
}
}  // namespace plain

constexpr Finder all[] = {
#if defined(__x86_64__)
    {"AVX-512", v4::runs_here, v4::first, v4::firsts, v4::some, v4::first_of_each,
     v4::firsts_of_each},
    {"AVX2", v3::runs_here, v3::first, v3::firsts, v3::some, v3::first_of_each, v3::firsts_of_each},
#endif
    {"plain", plain::runs_here, plain::first, plain::firsts, plain::some, plain::first_of_each,
     plain::firsts_of_each},
};

}  // namespace

std::span<const Finder> finders() {
  return all;
}

const Finder& best_finder() {
  static const Finder& best =
      *std::ranges::find_if(all, [](const Finder& finder) { return finder.runs_here(); });
  return best;
}

}  // namespace drydock::wfp::index
