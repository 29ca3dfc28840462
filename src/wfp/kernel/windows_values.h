// SPDX-License-Identifier: Apache-2.0
// Engine values as drivers see them.
#pragma once

#include "fwpmtypes.h"
#include "wfp/engine/objects.h"
#include "wfp/kernel/kernel_blocks.h"

namespace drydock::wfp {

// FWP_VALUE0 and FWP_CONDITION_VALUE0 have one layout; the latter has more types.
FWP_CONDITION_VALUE0 to_windows_condition(const Value& value, KernelBlocks& blocks);
FWP_VALUE0 to_windows_value(const Value& value, KernelBlocks& blocks);
FWP_VALUE0 to_windows_weight(std::uint64_t weight, KernelBlocks& blocks);
FWP_BYTE_BLOB to_windows_blob(std::span<const std::uint8_t> bytes, KernelBlocks& blocks);
FWPM_DISPLAY_DATA0 to_windows_display(const DisplayData& display, KernelBlocks& blocks);
GUID* to_windows_key(const std::optional<Guid>& key, KernelBlocks& blocks);

// Every version of FWPM_PROVIDER_CONTEXT has this layout for the contexts that drivers make.
FWPM_PROVIDER_CONTEXT0* to_windows_provider_context(const ProviderContext& context,
                                                    KernelBlocks& blocks);

}  // namespace drydock::wfp
