// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/windows_specs.h"

#include <algorithm>
#include <string>

#include "wfp/kernel/guid_cast.h"

namespace drydock::wfp {
namespace {

using enum FwpStatus;

constexpr std::uint32_t longest_blob = 1 << 20;
constexpr std::uint32_t most_conditions = 1 << 14;
constexpr std::size_t longest_text = 1 << 14;

// wchar_t of the Windows header is 16 bits wide on Windows alone.
std::u16string text_of(const void* text) {
  const auto* begin = static_cast<const char16_t*>(text);
  if (begin == nullptr) return {};
  std::size_t length = 0;
  while (length < longest_text && begin[length] != 0) ++length;
  return {begin, length};
}

DisplayData display_of(const FWPM_DISPLAY_DATA0& display) {
  DisplayData data;
  if (display.name != nullptr) data.name = text_of(display.name);
  data.description = text_of(display.description);
  return data;
}

std::optional<Guid> key_of(const GUID* key) {
  return key == nullptr ? std::nullopt : std::optional(from_windows(*key));
}

FwpResult<std::vector<std::uint8_t>> bytes_of(const FWP_BYTE_BLOB& blob) {
  if (blob.size > longest_blob) return std::unexpected(invalid_parameter);
  if (blob.size != 0 && blob.data == nullptr) return std::unexpected(null_pointer);
  return std::vector<std::uint8_t>(blob.data, blob.data + blob.size);
}

bool is_pointer(DataType type) {
  switch (type) {
    case DataType::empty:
    case DataType::uint8:
    case DataType::uint16:
    case DataType::uint32:
    case DataType::int8:
    case DataType::int16:
    case DataType::int32:
    case DataType::float32:
      return false;
    default:
      return true;
  }
}

bool is_blob(DataType type) {
  return type == DataType::byte_blob || type == DataType::security_descriptor ||
         type == DataType::token_access_information;
}

FwpStatus check_readable(const ValueView& value) {
  if (is_pointer(value.type) && value.raw == 0) return null_pointer;
  if (is_blob(value.type)) {
    if (value.blob->size > longest_blob) return invalid_parameter;
    if (value.blob->size != 0 && value.blob->data == nullptr) return null_pointer;
  }
  if (value.type != DataType::range) return success;
  for (const ValueView& bound : {value.range->low, value.range->high}) {
    if (bound.type == DataType::range) return type_mismatch;
    const FwpStatus status = check_readable(bound);
    if (status != success) return status;
  }
  return success;
}

template <class WindowsValue>
FwpResult<Value> value_of(const WindowsValue& value) {
  static_assert(sizeof(ValueView) == sizeof(WindowsValue));
  const auto view = std::bit_cast<ValueView>(value);
  const FwpStatus status = check_readable(view);
  if (status != success) return std::unexpected(status);
  return Value::copy_of(view);
}

FwpStatus read_conditions(UINT32 count, const FWPM_FILTER_CONDITION0* conditions,
                          std::vector<FilterCondition>& out) {
  if (count > most_conditions) return invalid_parameter;
  if (count != 0 && conditions == nullptr) return null_pointer;
  out.reserve(count);
  for (UINT32 i = 0; i < count; ++i) {
    auto value = value_of(conditions[i].conditionValue);
    if (!value) return value.error();
    out.push_back({from_windows(conditions[i].fieldKey),
                   static_cast<MatchType>(conditions[i].matchType), std::move(*value)});
  }
  return success;
}

std::optional<Guid> unless_zero(const GUID& key) {
  const Guid wanted = from_windows(key);
  return wanted.is_zero() ? std::nullopt : std::optional(wanted);
}

}  // namespace

FwpResult<ProviderSpec> provider_spec(const FWPM_PROVIDER0* provider) {
  if (provider == nullptr) return std::unexpected(null_pointer);
  auto data = bytes_of(provider->providerData);
  if (!data) return std::unexpected(data.error());
  return ProviderSpec{.key = from_windows(provider->providerKey),
                      .display = display_of(provider->displayData),
                      .flags = provider->flags,
                      .data = std::move(*data),
                      .service_name = text_of(provider->serviceName)};
}

FwpResult<ProviderContextSpec> provider_context_spec(const FWPM_PROVIDER_CONTEXT0* context) {
  if (context == nullptr) return std::unexpected(null_pointer);
  ProviderContextSpec spec{.key = from_windows(context->providerContextKey),
                           .display = display_of(context->displayData),
                           .flags = context->flags,
                           .provider = key_of(context->providerKey),
                           .type = static_cast<std::uint32_t>(context->type),
                           .data = {}};
  auto provider_data = bytes_of(context->providerData);
  if (!provider_data) return std::unexpected(provider_data.error());
  spec.provider_data = std::move(*provider_data);
  if (context->type != FWPM_GENERAL_CONTEXT) return spec;
  if (context->dataBuffer == nullptr) return std::unexpected(null_pointer);
  auto data = bytes_of(*context->dataBuffer);
  if (!data) return std::unexpected(data.error());
  spec.data = std::move(*data);
  return spec;
}

FwpResult<SubLayerSpec> sublayer_spec(const FWPM_SUBLAYER0* sublayer) {
  if (sublayer == nullptr) return std::unexpected(null_pointer);
  auto provider_data = bytes_of(sublayer->providerData);
  if (!provider_data) return std::unexpected(provider_data.error());
  return SubLayerSpec{
      .key = from_windows(sublayer->subLayerKey),
      .display = display_of(sublayer->displayData),
      .flags = sublayer->flags & 0xffff,  // older callers leave the upper half unset
      .provider = key_of(sublayer->providerKey),
      .weight = sublayer->weight,
      .provider_data = std::move(*provider_data)};
}

FwpResult<CalloutSpec> callout_spec(const FWPM_CALLOUT0* callout) {
  if (callout == nullptr) return std::unexpected(null_pointer);
  auto provider_data = bytes_of(callout->providerData);
  if (!provider_data) return std::unexpected(provider_data.error());
  return CalloutSpec{.key = from_windows(callout->calloutKey),
                     .display = display_of(callout->displayData),
                     .flags = callout->flags,
                     .provider = key_of(callout->providerKey),
                     .layer = from_windows(callout->applicableLayer),
                     .provider_data = std::move(*provider_data)};
}

FwpResult<FilterSpec> filter_spec(const FWPM_FILTER0* filter) {
  if (filter == nullptr) return std::unexpected(null_pointer);
  if (filter->reserved != nullptr) return std::unexpected(reserved);
  FilterSpec spec{.key = from_windows(filter->filterKey),
                  .display = display_of(filter->displayData),
                  .flags = filter->flags,
                  .provider = key_of(filter->providerKey),
                  .provider_data = {},
                  .layer = from_windows(filter->layerKey),
                  .sublayer = from_windows(filter->subLayerKey),
                  .weight = {},
                  .conditions = {},
                  .action = static_cast<Action>(filter->action.type),
                  .callout = {},
                  .provider_context = {}};
  auto data = bytes_of(filter->providerData);
  if (!data) return std::unexpected(data.error());
  spec.provider_data = std::move(*data);
  auto weight = value_of(filter->weight);
  if (!weight) return std::unexpected(weight.error());
  spec.weight = std::move(*weight);
  const FwpStatus conditions =
      read_conditions(filter->numFilterConditions, filter->filterCondition, spec.conditions);
  if (conditions != success) return std::unexpected(conditions);
  if (names_callout(spec.action)) spec.callout = from_windows(filter->action.calloutKey);
  if ((spec.flags & filter_flag::has_provider_context) != 0) {
    spec.provider_context = from_windows(filter->providerContextKey);
  } else {
    spec.raw_context = filter->rawContext;
  }
  return spec;
}

FwpResult<SessionSpec> session_spec(const FWPM_SESSION0* session) {
  constexpr std::uint32_t system_process = 4;  // drivers' sessions belong to it
  SessionSpec spec{.process_id = system_process, .user_name = u"SYSTEM", .kernel_mode = true};
  if (session == nullptr) return spec;
  if ((session->flags & ~std::uint32_t{FWPM_SESSION_FLAG_DYNAMIC | FWPM_SESSION_FLAG_RESERVED}) !=
      0) {
    return std::unexpected(invalid_flags);
  }
  spec.dynamic = (session->flags & FWPM_SESSION_FLAG_DYNAMIC) != 0;
  if (session->txnWaitTimeoutInMSec != 0) spec.transaction_wait_ms = session->txnWaitTimeoutInMSec;
  spec.key = from_windows(session->sessionKey);
  spec.display = display_of(session->displayData);
  return spec;
}

FwpResult<ProviderContextTemplate> enum_template(
    const FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0* wanted) {
  if (wanted == nullptr) return ProviderContextTemplate{};
  return ProviderContextTemplate{.provider = key_of(wanted->providerKey),
                                 .type = static_cast<std::uint32_t>(wanted->providerContextType)};
}

FwpResult<SubLayerTemplate> enum_template(const FWPM_SUBLAYER_ENUM_TEMPLATE0* wanted) {
  if (wanted == nullptr) return SubLayerTemplate{};
  return SubLayerTemplate{.provider = key_of(wanted->providerKey)};
}

FwpResult<CalloutTemplate> enum_template(const FWPM_CALLOUT_ENUM_TEMPLATE0* wanted) {
  if (wanted == nullptr) return CalloutTemplate{};
  return CalloutTemplate{.provider = key_of(wanted->providerKey),
                         .layer = unless_zero(wanted->layerKey)};
}

FwpResult<FilterTemplate> enum_template(const FWPM_FILTER_ENUM_TEMPLATE0* wanted) {
  if (wanted == nullptr) return FilterTemplate{};
  FilterTemplate result{.provider = key_of(wanted->providerKey),
                        .layer = from_windows(wanted->layerKey),
                        .type = static_cast<FilterTemplate::Type>(wanted->enumType),
                        .flags = wanted->flags,
                        .action_mask = wanted->actionMask,
                        .callout = key_of(wanted->calloutKey)};
  if (wanted->providerContextTemplate != nullptr)
    result.provider_context = *enum_template(wanted->providerContextTemplate);
  const FwpStatus conditions =
      read_conditions(wanted->numFilterConditions, wanted->filterCondition, result.conditions);
  if (conditions != success) return std::unexpected(conditions);
  return result;
}

}  // namespace drydock::wfp
