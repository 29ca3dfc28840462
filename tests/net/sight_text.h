// SPDX-License-Identifier: Apache-2.0
// The fields that a callout sees, as text: to be held against tables that people can read.
#pragma once

#include <string>
#include <vector>

#include "net/field_text.h"
#include "net/host_path_run.h"

namespace drydock::net::testing {

// "NAME=value", in the order of the layer; those that are empty are left out.
inline std::vector<std::string> fields_of(const Sight& sight) {
  const auto fields = sight.layer().fields;
  EXPECT_EQ(sight.values.valueCount, fields.size());
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string value = text_of(fields[i], sight.values.incomingValue[i].value);
    std::string_view name = fields[i].condition->name;
    name.remove_prefix(std::string_view("FWPM_CONDITION_").size());
    if (value != "-") texts.push_back(fmt::format("{}={}", name, value));
  }
  return texts;
}

// The bytes that a layer's first NET_BUFFER begins with.
inline Bytes data_of(const Sight& sight) {
  if (sight.list() == nullptr) return {};
  const NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
  Bytes bytes(buffer.DataLength);
  EXPECT_EQ(ndis::copy_out(buffer, 0, std::as_writable_bytes(std::span(bytes))), bytes.size());
  return bytes;
}

}  // namespace drydock::net::testing
