// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/filter_checks.h"

#include <algorithm>
#include <bit>

#include "wfp/engine/compatibility.h"
#include "wfp/engine/security_descriptor.h"

namespace drydock::wfp {
namespace {

using enum FwpStatus;

// A reference must not point to what may vanish first.
bool lives_long_enough(const ObjectHead& referred, const Adder& adder) {
  if (referred.lifetime == Lifetime::dynamic_session)
    return referred.owner == adder.session && adder.lifetime == Lifetime::dynamic_session;
  return referred.lifetime >= adder.lifetime;
}

template <class T>
FwpStatus check_reference(const Guid& key, FwpStatus missing, const Adder& adder,
                          const Store& store) {
  const auto* entry = store.all<T>().find(key);
  if (!entry) return missing;
  return lives_long_enough(*entry->object, adder) ? success : lifetime_mismatch;
}

bool is_filter_action(Action action) {
  switch (action) {
    case Action::block:
    case Action::permit:
    case Action::callout_terminating:
    case Action::callout_inspection:
    case Action::callout_unknown:
      return true;
    default:
      return false;
  }
}

FwpStatus check_action(const FilterSpec& spec, const Layer& layer, const Adder& adder,
                       const Store& store) {
  if (!is_filter_action(spec.action)) return invalid_action_type;
  const FwpStatus fits = adder.recorded ? success : check_action_fits(spec, layer);
  if (fits != success) return fits;
  if (!names_callout(spec.action)) return success;
  const auto* entry = store.all<CalloutObject>().find(spec.callout);
  if (!entry) return callout_not_found;
  if (entry->object->spec.layer != spec.layer) return incompatible_layer;
  return lives_long_enough(*entry->object, adder) ? success : lifetime_mismatch;
}

FwpStatus check_flags(const FilterSpec& spec, const Adder& adder) {
  using namespace filter_flag;
  const auto has = [&](std::uint32_t flag) { return (spec.flags & flag) != 0; };
  if ((spec.flags & ~all) != 0) return invalid_flags;
  if (has(disabled) && !adder.recorded) return invalid_flags;
  if (has(persistent) && has(boot_time)) return invalid_flags;
  if ((has(persistent) || has(boot_time)) && adder.lifetime == Lifetime::dynamic_session) {
    return invalid_flags;
  }
  if (has(permit_if_callout_unregistered) && spec.action == Action::callout_inspection) {
    return invalid_flags;
  }
  return success;
}

FwpStatus check_weight(const Value& weight) {
  const bool legal = weight.type == DataType::empty || weight.type == DataType::uint64 ||
                     (weight.type == DataType::uint8 && weight.bits <= 15);
  return legal ? success : invalid_weight;
}

bool has_order(DataType type) {
  return is_integer(type) || type == DataType::byte_array16 || type == DataType::byte_blob ||
         type == DataType::unicode_string;
}

bool accepts(DataType type, MatchType match) {
  switch (match) {
    case MatchType::equal:
      return type != DataType::range;
    case MatchType::greater:
    case MatchType::less:
    case MatchType::greater_or_equal:
    case MatchType::less_or_equal:
      return has_order(type);
    case MatchType::range:
      return type == DataType::range;
    case MatchType::flags_all_set:
    case MatchType::flags_any_set:
    case MatchType::flags_none_set:
      return is_unsigned_integer(type);
    case MatchType::equal_case_insensitive:
      return type == DataType::unicode_string;
    case MatchType::not_equal:
      return has_order(type) || type == DataType::v4_addr_mask || type == DataType::v6_addr_mask ||
             type == DataType::empty;
    case MatchType::prefix:
    case MatchType::not_prefix:
      return type == DataType::byte_blob || type == DataType::unicode_string;
  }
  return false;
}

bool has_field_type(const Field& field, const Value& value) {
  const bool address = field.kind == FieldKind::address;
  switch (value.type) {
    case DataType::empty:
      return true;
    case DataType::v4_addr_mask:
      return address && field.type == DataType::uint32;
    case DataType::v6_addr_mask:
      return address && field.type == DataType::byte_array16;
    case DataType::security_descriptor:
      return field.type == DataType::token_access_information ||
             field.type == DataType::token_information || field.type == DataType::sid;
    case DataType::range:
      return has_order(field.type) && value.bounds.size() == 2 &&
             value.bounds[0].type == field.type && value.bounds[1].type == field.type;
    default:
      return value.type == field.type && field.type != DataType::token_access_information &&
             field.type != DataType::token_information;
  }
}

bool is_ordered(const Value& range) {
  const Value& low = range.bounds[0];
  const Value& high = range.bounds[1];
  if (is_signed_integer(low.type)) {
    return static_cast<std::int64_t>(low.bits) <= static_cast<std::int64_t>(high.bits);
  }
  if (is_integer(low.type)) return low.bits <= high.bits;
  return !std::ranges::lexicographical_compare(high.bytes, low.bytes);
}

// Ones, then zeros: 0x18 is a prefix length where a mask belongs.
bool is_net_mask(std::uint32_t mask) {
  return std::countl_one(mask) + std::countr_zero(mask) >= 32;
}

FwpStatus check_content(const Value& value) {
  switch (value.type) {
    case DataType::v4_addr_mask:
      return is_net_mask(static_cast<std::uint32_t>(value.bits >> 32)) ? success : invalid_net_mask;
    case DataType::byte_array16:
      return value.bytes.size() == 16 ? success : null_pointer;
    case DataType::byte_array6:
      return value.bytes.size() == 6 ? success : null_pointer;
    case DataType::v6_addr_mask:
      return value.bits <= 128 ? success : out_of_bounds;
    case DataType::security_descriptor:
      return value.bytes.empty() ? zero_length_array : check_security(value.bytes);
    case DataType::byte_blob:
    case DataType::unicode_string:
    case DataType::sid:
      return value.bytes.empty() ? zero_length_array : success;
    default:
      return success;
  }
}

FwpStatus check_conditions(const FilterSpec& spec, const Layer& layer) {
  for (const FilterCondition& condition : spec.conditions) {
    const auto index = field_index(layer, condition.field);
    if (!index) return condition_not_found;
    const FwpStatus status = check_condition(layer.fields[*index], condition);
    if (status != success) return status;
  }
  return success;
}

FwpStatus check_context(const FilterSpec& spec, const Layer& layer, const Adder& adder,
                        const Store& store) {
  if ((spec.flags & filter_flag::has_provider_context) == 0) return success;
  const FwpStatus found = check_reference<ProviderContext>(
      spec.provider_context, provider_context_not_found, adder, store);
  if (found != success || adder.recorded) return found;
  const auto& context = *store.all<ProviderContext>().find(spec.provider_context)->object;
  return check_context_fits(spec, layer, context.spec);
}

constexpr bool is_high_surrogate(char16_t unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}
constexpr bool is_low_surrogate(char16_t unit) {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

bool is_control(char16_t unit) {
  return unit < u' ' && unit != u'\t' && unit != u'\n' && unit != u'\r';
}

// Valid UTF-16 that can be shown.
bool is_text(std::u16string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_control(text[i]) || is_low_surrogate(text[i])) return false;
    if (!is_high_surrogate(text[i])) continue;
    if (++i == text.size() || !is_low_surrogate(text[i])) return false;
  }
  return true;
}

FwpStatus check_text(std::u16string_view text, const Adder& adder) {
  return adder.recorded || is_text(text) ? success : invalid_parameter;
}

FwpStatus check_display(const DisplayData& display, const Adder& adder) {
  if (!display.name) return null_display_name;
  const FwpStatus name = check_text(*display.name, adder);
  return name == success ? check_text(display.description, adder) : name;
}

FwpStatus check_provider_of(const std::optional<Guid>& provider, const Adder& adder,
                            const Store& store) {
  if (!provider) return success;
  return check_reference<Provider>(*provider, provider_not_found, adder, store);
}

// `recorded_only`: flags that Windows tells and nobody may ask for.
FwpStatus check_object_flags(std::uint32_t flags, std::uint32_t legal, std::uint32_t recorded_only,
                             const Adder& adder) {
  if (adder.recorded) legal |= recorded_only;
  return (flags & ~legal) == 0 ? success : invalid_flags;
}

// Enumerators that a caller may have taken out of the air.
FwpStatus check_enumerators(const FilterCondition& condition) {
  const auto type = condition.value.type;
  const bool known =
      type <= DataType::byte_array6 || (type >= DataType::v4_addr_mask && type <= DataType::range);
  return known && condition.match <= MatchType::not_prefix ? success : invalid_enumerator;
}

// The first status that is not success.
template <class... Checks>
FwpStatus first_failure(const Checks&... checks) {
  FwpStatus status = success;
  static_cast<void>(((status = checks(), status == success) && ...));
  return status;
}

}  // namespace

FwpStatus check_security(std::span<const std::uint8_t> descriptor) {
  return descriptor.empty() || is_whole(descriptor) ? success : invalid_security_descriptor;
}

FwpStatus check_provider(const ProviderSpec& spec, const Adder& adder) {
  return first_failure([&] { return check_display(spec.display, adder); },
                       [&] { return check_text(spec.service_name, adder); },
                       [&] { return check_security(spec.security); },
                       [&] {
                         return check_object_flags(spec.flags, persistent_flag,
                                                   provider_disabled_flag, adder);
                       });
}

FwpStatus check_provider_context(const ProviderContextSpec& spec, const Adder& adder,
                                 const Store& store) {
  return first_failure(
      [&] { return check_display(spec.display, adder); },
      [&] { return check_security(spec.security); },
      [&] { return spec.type < provider_context_types ? success : invalid_enumerator; },
      [&] { return check_provider_of(spec.provider, adder, store); },
      [&] {
        return check_object_flags(spec.flags, persistent_flag | context_downlevel_flag, 0, adder);
      });
}

FwpStatus check_sublayer(const SubLayerSpec& spec, const Adder& adder, const Store& store) {
  return first_failure([&] { return check_display(spec.display, adder); },
                       [&] { return check_security(spec.security); },
                       [&] { return check_provider_of(spec.provider, adder, store); },
                       [&] { return check_object_flags(spec.flags, persistent_flag, 0, adder); });
}

FwpStatus check_callout(const CalloutSpec& spec, const Adder& adder, const Store& store) {
  constexpr std::uint32_t legal =
      callout_persistent_flag | callout_uses_provider_context_flag | callout_registration_flags;
  return first_failure(
      [&] { return check_display(spec.display, adder); },
      [&] { return check_security(spec.security); },
      [&] { return find_layer(spec.layer) != nullptr ? success : layer_not_found; },
      [&] { return check_provider_of(spec.provider, adder, store); },
      [&] { return check_object_flags(spec.flags, legal, callout_registered_flag, adder); });
}

FwpStatus check_condition(const Field& field, const FilterCondition& condition) {
  const FwpStatus known = check_enumerators(condition);
  if (known != success) return known;
  if (!has_field_type(field, condition.value)) return type_mismatch;
  if (!accepts(condition.value.type, condition.match)) return match_type_mismatch;
  if (condition.value.type != DataType::range) return check_content(condition.value);
  const FwpStatus low = check_content(condition.value.bounds[0]);
  if (low != success) return low;
  const FwpStatus high = check_content(condition.value.bounds[1]);
  if (high != success) return high;
  return is_ordered(condition.value) ? success : invalid_range;
}

FwpStatus check_filter(const FilterSpec& spec, const Adder& adder, const Store& store) {
  const Layer* layer = find_layer(spec.layer);
  return first_failure(
      [&] { return check_display(spec.display, adder); },
      [&] { return check_security(spec.security); },
      [&] { return layer ? success : layer_not_found; },
      [&] { return check_reference<SubLayer>(spec.sublayer, sublayer_not_found, adder, store); },
      [&] { return check_provider_of(spec.provider, adder, store); },
      [&] { return check_action(spec, *layer, adder, store); },
      [&] { return check_context(spec, *layer, adder, store); },
      [&] { return check_flags(spec, adder); }, [&] { return check_weight(spec.weight); },
      [&] { return check_conditions(spec, *layer); });
}

}  // namespace drydock::wfp
