// SPDX-License-Identifier: Apache-2.0
// A field's value as text: to be held against tables that people can read.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string>

#include "fwpsk.h"
#include "net/packet.h"
#include "wfp/engine/layers.h"

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

}  // namespace drydock::net::testing
