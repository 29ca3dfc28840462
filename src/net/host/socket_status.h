// SPDX-License-Identifier: Apache-2.0
// Answers of sockets that no driver sees, and so no header of Windows' needs to name.
#pragma once

#include "ntstatus.h"

namespace drydock::net {

inline constexpr auto status_not_connected =
    static_cast<NTSTATUS>(0xc0000140);  // STATUS_INVALID_CONNECTION
inline constexpr auto status_no_such_address =
    static_cast<NTSTATUS>(0xc0000207);  // STATUS_INVALID_ADDRESS_COMPONENT

}  // namespace drydock::net
