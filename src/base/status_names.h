// SPDX-License-Identifier: Apache-2.0
// Names for the NTSTATUS and bug check codes that a callout driver meets, so that messages speak as
// Windows does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace drydock {

// "STATUS_DEVICE_BUSY"; empty for a status that the table does not hold.
std::string_view status_name(std::uint32_t status);

// "KMODE_EXCEPTION_NOT_HANDLED"; empty for a code that the table does not hold.
std::string_view bugcheck_name(std::uint32_t code);

// For messages: "STATUS_DEVICE_BUSY (0x80000011)", or the number alone when it has no name here.
std::string describe_status(std::uint32_t status);

// For messages: "DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xD1)", or "bug check 0xABC" when it has no name
// here.
std::string describe_bugcheck(std::uint32_t code);

}  // namespace drydock
