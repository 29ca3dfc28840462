// SPDX-License-Identifier: Apache-2.0
// The values of filter conditions as people write them: 443, "TCP", "10.0.0.0/8", a range, a path.
// What a text means follows from the field that it is compared with.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "policy/json_tree.h"
#include "wfp/engine/layers.h"
#include "wfp/engine/value.h"

namespace drydock::policy {

// For people, on one line: "10.0.0.0/8", "1000-2000", "\device\...\app.exe".
std::string value_text(const wfp::Field& field, const wfp::Value& value);

// A text that stands alone, as on a command line: all but ranges and empty values. Error: what
// would be right.
Result<wfp::Value> parse_value(const wfp::Field& field, std::string_view text);

nlohmann::ordered_json value_to_json(const wfp::Field& field, const wfp::Value& value);
// Error: what would be right, without a place.
Result<wfp::Value> value_from_json(const wfp::Field& field, const JsonValue& json);

}  // namespace drydock::policy
