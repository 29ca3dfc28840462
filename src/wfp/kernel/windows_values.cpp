// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/windows_values.h"

#include <bit>

#include "wfp/kernel/guid_cast.h"

namespace drydock::wfp {
namespace {

template <class T>
T* pointer_to(T value, KernelBlocks& blocks) {
  T* place = blocks.make<T>();
  *place = value;
  return place;
}

FWP_V4_ADDR_AND_MASK* v4_mask(std::uint64_t bits, KernelBlocks& blocks) {
  return pointer_to(
      FWP_V4_ADDR_AND_MASK{static_cast<UINT32>(bits), static_cast<UINT32>(bits >> 32)}, blocks);
}

FWP_V6_ADDR_AND_MASK* v6_mask(const Value& value, KernelBlocks& blocks) {
  auto* mask = blocks.make<FWP_V6_ADDR_AND_MASK>();
  std::memcpy(mask->addr, value.bytes.data(), std::min(value.bytes.size(), sizeof(mask->addr)));
  mask->prefixLength = static_cast<UINT8>(value.bits);
  return mask;
}

FWP_RANGE0* range(const Value& value, KernelBlocks& blocks) {
  auto* bounds = blocks.make<FWP_RANGE0>();
  bounds->valueLow = to_windows_value(value.bounds[0], blocks);
  bounds->valueHigh = to_windows_value(value.bounds[1], blocks);
  return bounds;
}

std::u16string_view text_of(const Value& value) {
  return {reinterpret_cast<const char16_t*>(value.bytes.data()),
          value.bytes.size() / sizeof(char16_t)};
}

}  // namespace

FWP_CONDITION_VALUE0 to_windows_condition(const Value& value, KernelBlocks& blocks) {
  FWP_CONDITION_VALUE0 result{};
  result.type = static_cast<FWP_DATA_TYPE>(value.type);
  switch (value.type) {
    case DataType::empty:
      break;
    case DataType::uint64:
    case DataType::int64:
    case DataType::double64:
      result.uint64 = pointer_to<UINT64>(value.bits, blocks);
      break;
    case DataType::byte_array16:
    case DataType::byte_array6:
    case DataType::sid:
      result.byteArray16 = blocks.copy<FWP_BYTE_ARRAY16>(value.bytes);
      break;
    case DataType::byte_blob:
    case DataType::security_descriptor:
    case DataType::token_access_information:
      result.byteBlob = pointer_to(to_windows_blob(value.bytes, blocks), blocks);
      break;
    case DataType::unicode_string:
      result.unicodeString = blocks.text<std::remove_pointer_t<LPWSTR>>(text_of(value));
      break;
    case DataType::v4_addr_mask:
      result.v4AddrMask = v4_mask(value.bits, blocks);
      break;
    case DataType::v6_addr_mask:
      result.v6AddrMask = v6_mask(value, blocks);
      break;
    case DataType::range:
      if (value.bounds.size() == 2) result.rangeValue = range(value, blocks);
      break;
    case DataType::token_information:
      break;  // opaque to the engine: a null pointer
    default:
      result.uint32 = static_cast<UINT32>(value.bits);
  }
  return result;
}

FWP_VALUE0 to_windows_value(const Value& value, KernelBlocks& blocks) {
  static_assert(sizeof(FWP_VALUE0) == sizeof(FWP_CONDITION_VALUE0));
  return std::bit_cast<FWP_VALUE0>(to_windows_condition(value, blocks));
}

FWP_VALUE0 to_windows_weight(std::uint64_t weight, KernelBlocks& blocks) {
  FWP_VALUE0 value{};
  value.type = FWP_UINT64;
  value.uint64 = pointer_to<UINT64>(weight, blocks);
  return value;
}

FWP_BYTE_BLOB to_windows_blob(std::span<const std::uint8_t> bytes, KernelBlocks& blocks) {
  if (bytes.empty()) return {};
  return {static_cast<UINT32>(bytes.size()), blocks.copy(bytes)};
}

FWPM_DISPLAY_DATA0 to_windows_display(const DisplayData& display, KernelBlocks& blocks) {
  FWPM_DISPLAY_DATA0 result{};
  if (display.name) result.name = blocks.text<wchar_t>(*display.name);
  if (!display.description.empty()) result.description = blocks.text<wchar_t>(display.description);
  return result;
}

GUID* to_windows_key(const std::optional<Guid>& key, KernelBlocks& blocks) {
  return key ? pointer_to(to_windows(*key), blocks) : nullptr;
}

FWPM_PROVIDER_CONTEXT0* to_windows_provider_context(const ProviderContext& context,
                                                    KernelBlocks& blocks) {
  auto* result = blocks.make<FWPM_PROVIDER_CONTEXT0>();
  result->providerContextKey = to_windows(context.spec.key);
  result->displayData = to_windows_display(context.spec.display, blocks);
  result->flags = context.spec.flags;
  result->providerKey = to_windows_key(context.spec.provider, blocks);
  result->providerData = to_windows_blob(context.spec.provider_data, blocks);
  result->type = static_cast<FWPM_PROVIDER_CONTEXT_TYPE>(context.spec.type);
  if (result->type == FWPM_GENERAL_CONTEXT) {
    result->dataBuffer = pointer_to(to_windows_blob(context.spec.data, blocks), blocks);
  }
  result->providerContextId = context.id;
  return result;
}

}  // namespace drydock::wfp
