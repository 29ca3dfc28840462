// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/access_check.h"

#include <algorithm>
#include <cstring>

#include "wfp/engine/classify.h"
#include "wfp/engine/security_descriptor.h"

namespace drydock::wfp {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint32_t match_filter = 0x1;        // FWP_ACTRL_MATCH_FILTER
constexpr std::uint32_t generic_all = 0x10000000;  // GENERIC_ALL
constexpr std::uint32_t group_enabled = 0x4;       // SE_GROUP_ENABLED
constexpr std::uint32_t group_deny_only = 0x10;    // SE_GROUP_USE_FOR_DENY_ONLY
constexpr std::uint8_t inherit_only = 0x8;         // INHERIT_ONLY_ACE
constexpr std::uint8_t access_allowed = 0;         // ACCESS_ALLOWED_ACE_TYPE
constexpr std::uint8_t access_denied = 1;          // ACCESS_DENIED_ACE_TYPE
constexpr std::size_t acl_header = 8;
constexpr std::size_t ace_header = 8;  // with the mask

struct Entry {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t mask = 0;
  Bytes rest = {};  // of a plain entry: the SID
};

// Cuts the first entry off; nothing: the list is damaged.
std::optional<Entry> take_entry(Bytes& list) {
  if (list.size() < ace_header) return std::nullopt;
  std::uint16_t size = 0;
  Entry entry{.type = list[0], .flags = list[1]};
  std::memcpy(&size, list.data() + 2, sizeof(size));
  std::memcpy(&entry.mask, list.data() + 4, sizeof(entry.mask));
  if (size < ace_header || size > list.size()) return std::nullopt;
  entry.rest = list.subspan(ace_header, size - ace_header);
  list = list.subspan(size);
  return entry;
}

// A token's SID is as long as its second byte says: it must say the same before the rest is read.
bool same_sid(const std::uint8_t* sid, Bytes other) {
  constexpr std::size_t revision_and_count = 2;
  return std::memcmp(sid, other.data(), revision_and_count) == 0 &&
         std::memcmp(sid, other.data(), other.size()) == 0;
}

// The user's own entry counts whatever its attributes, unless it is for denials only.
bool counts(const SidAndAttributes& entry, bool is_user, bool for_denial) {
  if ((entry.attributes & group_deny_only) != 0) return for_denial;
  return is_user || (entry.attributes & group_enabled) != 0;
}

bool holds_sid(std::span<const SidAndAttributes> sids, Bytes sid, bool for_denial) {
  const std::size_t size = sid_size(sid);
  if (size == 0) return false;
  for (std::size_t i = 0; i < sids.size(); ++i) {
    if (sids[i].sid != nullptr && counts(sids[i], i == 0, for_denial) &&
        same_sid(sids[i].sid, sid.first(size))) {
      return true;
    }
  }
  return false;
}

bool speaks_of_matching(const Entry& entry) {
  return (entry.flags & inherit_only) == 0 && (entry.mask & (match_filter | generic_all)) != 0;
}

bool needs_more_than_sids(const Entry& entry) {
  constexpr std::uint8_t last_with_object = 8;
  constexpr std::uint8_t last_with_condition = 12;
  const bool object = entry.type == 5 || entry.type == 6 || entry.type == last_with_object;
  return object || (entry.type > last_with_object && entry.type <= last_with_condition);
}

std::optional<bool> walk(Bytes dacl, std::span<const SidAndAttributes> sids) {
  std::uint16_t count = 0;
  std::memcpy(&count, dacl.data() + 4, sizeof(count));
  Bytes list = dacl.subspan(acl_header);
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto entry = take_entry(list);
    if (!entry) return std::nullopt;
    if (!speaks_of_matching(*entry)) continue;
    if (needs_more_than_sids(*entry)) return std::nullopt;
    if (entry->type == access_allowed && holds_sid(sids, entry->rest, false)) return true;
    if (entry->type == access_denied && holds_sid(sids, entry->rest, true)) return false;
  }
  return false;
}

std::span<const SidAndAttributes> sids_of(const SidHashView* hash) {
  if (hash == nullptr || hash->sids == nullptr) return {};
  return {hash->sids, hash->sid_count};
}

}  // namespace

std::optional<Token> token_of(const ValueView& value, SidAndAttributes& alone) {
  if (value.raw == 0) return std::nullopt;
  switch (value.type) {
    case DataType::sid:
      alone = {value.bytes, group_enabled};
      return Token{.sids = {&alone, 1}, .restricted_sids = {}};
    case DataType::token_information: {
      const auto& shown = *static_cast<const TokenInformationView*>(value.token_information);
      return Token{
          .sids = {shown.sids, shown.sids == nullptr ? 0 : shown.sid_count},
          .restricted_sids = {shown.restricted_sids,
                              shown.restricted_sids == nullptr ? 0 : shown.restricted_sid_count}};
    }
    case DataType::token_access_information: {
      if (value.blob->size < sizeof(TokenAccessInformationView) || value.blob->data == nullptr)
        return std::nullopt;
      TokenAccessInformationView shown{};
      std::memcpy(&shown, value.blob->data, sizeof(shown));
      return Token{.sids = sids_of(shown.sids), .restricted_sids = sids_of(shown.restricted_sids)};
    }
    default:
      return std::nullopt;
  }
}

std::optional<bool> may_match(Bytes descriptor, const Token& token) {
  const auto parts = view_security(descriptor);
  if (!parts) return std::nullopt;
  if (!parts->dacl || parts->dacl->empty()) return true;
  const auto allowed = walk(*parts->dacl, token.sids);
  if (!allowed || !*allowed || token.restricted_sids.empty()) return allowed;
  return walk(*parts->dacl, token.restricted_sids);
}

std::optional<bool> CalloutInvoker::token_passes(Bytes security_descriptor,
                                                 const ValueView& token) {
  SidAndAttributes alone{};
  const auto shown = token_of(token, alone);
  return shown ? may_match(security_descriptor, *shown) : std::nullopt;
}

}  // namespace drydock::wfp
