// SPDX-License-Identifier: Apache-2.0
// Whom the machine's applications talk to, as a test says it.
#pragma once

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "net/host/far_network.h"

namespace drydock::remote {

// Errors: an address that is none, or of another family; a datagram that is too long.
Result<net::FarServer> server_of(const nlohmann::json& server);
Result<net::FarClient> client_of(const nlohmann::json& client);

net::Protocol protocol_of(const nlohmann::json& name);

}  // namespace drydock::remote
