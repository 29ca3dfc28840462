// SPDX-License-Identifier: Apache-2.0
// What a classifyFn is shown at one layer: the memory for it, kept and filled again for every
// indication, and the facts it is filled from. Two tables fill it: values (layer_values.cpp) and
// metadata (layer_metadata.cpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "fwpsk.h"
#include "net/mac_frame.h"
#include "net/step.h"
#include "wfp/engine/layer_id.h"
#include "wfp/kernel/callouts.h"
#include "wfp/kernel/operations.h"

namespace drydock::net {

// Lies in the kernel arena: drivers follow the pointers between its parts.
struct LayerInput {
  static constexpr std::size_t most_fields = 48;

  std::array<FWP_VALUE0, most_fields> values;
  FWP_BYTE_ARRAY16 local, remote, embedded_remote;
  FWP_BYTE_ARRAY6 interface_mac, local_mac, remote_mac;
  UINT64 interface_luid, forward_luid;
  FWPS_INCOMING_METADATA_VALUES0 metadata;
  FWPS_STREAM_DATA0 stream_data;
  FWPS_STREAM_CALLOUT_IO_PACKET0 stream;
};

// A step as the kernel knows it.
struct Indicated {
  const Step& step;
  wfp::LayerId layer{};
  wfp::FlowId flow = wfp::FlowId::none;      // only where metadata show it (has_flow_handle)
  std::uint64_t first_endpoint = 0;          // endpoint handles of this traffic begin behind it
  FWP_BYTE_BLOB* app_id = nullptr;           // null: no process known
  FWP_BYTE_BLOB* user = nullptr;             // its token; null: no process known
  std::uint64_t completion = 0;              // completionHandle
  FWPS_DISCARD_METADATA0 discard{};          // discard layers
  std::optional<EthernetHeader> frame = {};  // MAC layers
  std::optional<MacAddress> interface_mac = {};
  wfp::OperationOwner* owner = nullptr;  // of what a callout holds up
  // Redirect layers: the request that a callout applied; null: none.
  const void* redirected = nullptr;
};

// Every field of the layer in its place; FWP_EMPTY where the step does not tell.
std::span<const FWP_VALUE0> fill_values(const Indicated& indicated, LayerInput& input);
// Exactly the metadata that the layer has and the step tells, each with its bit.
void fill_metadata(const Indicated& indicated, LayerInput& input);

}  // namespace drydock::net
