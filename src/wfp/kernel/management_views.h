// SPDX-License-Identifier: Apache-2.0
// Managed objects as the FwpmXGet functions hand them out.
#pragma once

#include "fwpmk.h"
#include "wfp/engine/engine.h"
#include "wfp/kernel/kernel_blocks.h"

namespace drydock::wfp {

FWPM_PROVIDER0* to_windows_object(const Provider& provider, KernelBlocks& blocks);
FWPM_PROVIDER_CONTEXT0* to_windows_object(const ProviderContext& context, KernelBlocks& blocks);
FWPM_SUBLAYER0* to_windows_object(const SubLayer& sublayer, KernelBlocks& blocks);
FWPM_CALLOUT0* to_windows_object(const CalloutObject& callout, KernelBlocks& blocks);
FWPM_FILTER0* to_windows_object(const Filter& filter, KernelBlocks& blocks);
FWPM_LAYER0* to_windows_object(const Layer& layer, KernelBlocks& blocks);
FWPM_SESSION0* to_windows_object(const SessionInfo& session, KernelBlocks& blocks);

}  // namespace drydock::wfp
