// SPDX-License-Identifier: Apache-2.0
// What a driver asks the engine for, read out of its FWPM structures. A null pointer where one is
// needed is STATUS_FWP_NULL_POINTER; a size no honest caller has is INVALID_PARAMETER.
#pragma once

#include "fwpmk.h"
#include "wfp/engine/engine.h"

namespace drydock::wfp {

FwpResult<ProviderSpec> provider_spec(const FWPM_PROVIDER0* provider);
// All versions of FWPM_PROVIDER_CONTEXT agree in what is read here.
FwpResult<ProviderContextSpec> provider_context_spec(const FWPM_PROVIDER_CONTEXT0* context);
FwpResult<SubLayerSpec> sublayer_spec(const FWPM_SUBLAYER0* sublayer);
FwpResult<CalloutSpec> callout_spec(const FWPM_CALLOUT0* callout);
FwpResult<FilterSpec> filter_spec(const FWPM_FILTER0* filter);
FwpResult<SessionSpec> session_spec(const FWPM_SESSION0* session);

// A null template fits everything.
FwpResult<ProviderContextTemplate> enum_template(
    const FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0* wanted);
FwpResult<SubLayerTemplate> enum_template(const FWPM_SUBLAYER_ENUM_TEMPLATE0* wanted);
FwpResult<CalloutTemplate> enum_template(const FWPM_CALLOUT_ENUM_TEMPLATE0* wanted);
FwpResult<FilterTemplate> enum_template(const FWPM_FILTER_ENUM_TEMPLATE0* wanted);

}  // namespace drydock::wfp
