// SPDX-License-Identifier: Apache-2.0
// From the Windows GUID to ours and back: the same 16 bytes.
#pragma once

#include <bit>

#include "base/guid.h"
#include "guiddef.h"

namespace drydock::wfp {

inline Guid from_windows(const GUID& guid) {
  return std::bit_cast<Guid>(guid);
}

inline GUID to_windows(const Guid& guid) {
  return std::bit_cast<GUID>(guid);
}

}  // namespace drydock::wfp
