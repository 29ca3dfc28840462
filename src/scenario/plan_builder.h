// SPDX-License-Identifier: Apache-2.0
// From what a user gives to what a run takes: captures become steps, names become numbers.
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"
#include "scenario/inputs.h"

namespace drydock::scenario {

// Errors, one line each: a capture that cannot be read or that holds no packet of the local
// addresses, an address or an attachment that is none.
Result<Plan> build_plan(const Inputs& inputs);

// What the packets of a capture are to the simulated host; with the capture itself if told to
// `keep` it. `interfaces`: of the host; the input says which addresses are its own. Errors: as
// build_plan.
Result<Traffic> read_traffic(const CaptureInput& input, bool keep,
                             const net::LocalHost& interfaces = {});

// "KEY@LAYER": a callout's key and the name of a layer, with or without FWPM_LAYER_ or
// FWPS_LAYER_ before it, in any case.
Result<Attachment> parse_attachment(std::string_view text);

// The step before which most flows are alive; the first such one.
std::size_t busiest_step(std::span<const net::Step> steps);

}  // namespace drydock::scenario
