// SPDX-License-Identifier: Apache-2.0
// For drivers only: placement new. A driver that wants the others writes them itself.
#pragma once

#include "stddef.h"

namespace std {
struct nothrow_t {
  explicit nothrow_t() = default;
};
inline constexpr nothrow_t nothrow{};
enum class align_val_t : size_t {};
}  // namespace std

#ifndef __PLACEMENT_NEW_INLINE
#define __PLACEMENT_NEW_INLINE
inline void* operator new(size_t, void* place) noexcept {
  return place;
}
inline void operator delete(void*, void*) noexcept {}
#endif
#ifndef __PLACEMENT_VEC_NEW_INLINE
#define __PLACEMENT_VEC_NEW_INLINE
inline void* operator new[](size_t, void* place) noexcept {
  return place;
}
inline void operator delete[](void*, void*) noexcept {}
#endif
