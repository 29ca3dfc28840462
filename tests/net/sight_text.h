// SPDX-License-Identifier: Apache-2.0
// The fields that a callout sees, as text: to be held against tables that people can read.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "net/host_path_run.h"

namespace drydock::net::testing {

inline std::string utf16_text(const FWP_BYTE_BLOB& blob) {
  std::string text;
  for (UINT32 i = 0; i + 1 < blob.size; i += 2) {
    if (blob.data[i] != 0) text += static_cast<char>(blob.data[i]);
  }
  return text;
}

// NET_LUIDs as "type/index"; "-" stands for FWP_EMPTY.
inline std::string text_of(const wfp::Field& field, const FWP_VALUE0& value) {
  const std::string_view name = field.condition->name;
  switch (value.type) {
    case FWP_EMPTY:
      return "-";
    case FWP_UINT8:
      return fmt::format("{}", value.uint8);
    case FWP_UINT16:
      return fmt::format("{}", value.uint16);
    case FWP_UINT32:
      if (field.kind == wfp::FieldKind::address) return IpAddress::from_v4(value.uint32).text();
      if (field.kind == wfp::FieldKind::flags) return fmt::format("{:#x}", value.uint32);
      return fmt::format("{}", value.uint32);
    case FWP_UINT64:
      if (name.ends_with("INTERFACE"))
        return fmt::format("{}/{}", *value.uint64 >> 48, *value.uint64 >> 24 & 0xffffff);
      return fmt::format("{}", *value.uint64);
    case FWP_BYTE_ARRAY6_TYPE:
      return fmt::format("{:02x}", fmt::join(value.byteArray6->byteArray6, ":"));
    case FWP_BYTE_ARRAY16_TYPE:
      return IpAddress::from_v6(std::to_array(value.byteArray16->byteArray16)).text();
    case FWP_BYTE_BLOB_TYPE:
      return utf16_text(*value.byteBlob);
    case FWP_TOKEN_ACCESS_INFORMATION_TYPE:
      return "token";
    default:
      return fmt::format("type {}", static_cast<int>(value.type));
  }
}

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
