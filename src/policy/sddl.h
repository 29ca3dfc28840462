// SPDX-License-Identifier: Apache-2.0
// Security descriptors as text (SDDL), as netsh and administrators write them. Only what filter
// conditions hold is known: owner, group and a discretionary list of allow and deny entries, as
// [MS-DTYP] 2.4.6 and 2.5.1 describe them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "policy/text.h"

namespace drydock::policy {

// A self-relative security descriptor. Error: what in the text is not known.
Result<Bytes> parse_sddl(std::string_view text);

// The text that parse_sddl() turns into exactly these bytes; nothing when there is none.
std::optional<std::string> sddl_text(ByteView descriptor);

}  // namespace drydock::policy
