// SPDX-License-Identifier: Apache-2.0
#include "net/tokens.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace drydock::net {
namespace {

constexpr std::string_view local_system = "S-1-5-18";
constexpr std::string_view network_service = "S-1-5-20";
constexpr std::string_view interactive_user = "S-1-5-21-1123561945-839522115-1801674531-1001";

// SE_GROUP_MANDATORY | ENABLED_BY_DEFAULT | ENABLED.
constexpr ULONG enabled_group = 0x7;

// Everybody is in these.
constexpr std::array<std::string_view, 3> groups = {"S-1-1-0", "S-1-5-11", "S-1-5-32-545"};

// Same bytes as SID_AND_ATTRIBUTES_HASH; the hash itself is for the system's own use and stays
// zero.
struct SidHash {
  ULONG count;
  SID_AND_ATTRIBUTES* sids;
  ULONG_PTR hash[32];
};
static_assert(sizeof(SidHash) == 272);

// Same bytes as TOKEN_ACCESS_INFORMATION.
struct TokenAccessInformation {
  SidHash* sids;
  SidHash* restricted_sids;
  void* privileges;
  LUID authentication;
  ULONG type;                 // TokenPrimary
  ULONG impersonation_level;  // of a primary token: none
  ULONG mandatory_policy;
  ULONG flags;
  ULONG app_container;
  void* package_sid;
  SidHash* capabilities;
  void* trust_level_sid;
  void* security_attributes;
};
static_assert(sizeof(TokenAccessInformation) == 88 &&
              offsetof(TokenAccessInformation, package_sid) == 56);

bool take_number(std::string_view& text, std::uint64_t& number) {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> parse_sid(std::string_view text) {
  constexpr std::size_t most_sub_authorities = 15;
  std::uint64_t authority = 0;
  if (!text.starts_with("S-1")) return std::nullopt;
  text.remove_prefix(3);
  if (!take_number(text, authority) || authority >> 48 != 0) return std::nullopt;
  std::vector<std::uint8_t> sid{1, 0};
  for (int shift = 40; shift >= 0; shift -= 8)
    sid.push_back(static_cast<std::uint8_t>(authority >> shift));
  while (!text.empty()) {
    std::uint64_t sub_authority = 0;
    if (!take_number(text, sub_authority) || sub_authority > UINT32_MAX) return std::nullopt;
    for (int shift = 0; shift < 32; shift += 8)
      sid.push_back(static_cast<std::uint8_t>(sub_authority >> shift));
    if (++sid[1] > most_sub_authorities) return std::nullopt;
  }
  return sid;
}

std::string_view user_of(const Program& program) {
  if (!program.user.empty()) return program.user;
  if (program.path == "System") return local_system;
  return program.path.ends_with(R"(\svchost.exe)") ? network_service : interactive_user;
}

FWP_BYTE_BLOB* Tokens::of(const Program& program) {
  const std::string_view user = user_of(program);
  const auto known = tokens_.find(user);
  if (known != tokens_.end()) return known->second;
  return tokens_.emplace(std::string(user), make(user)).first->second;
}

FWP_BYTE_BLOB* Tokens::make(std::string_view user) {
  if (!parse_sid(user)) return nullptr;
  auto* entries = reinterpret_cast<SID_AND_ATTRIBUTES*>(
      arena_.allocate((1 + groups.size()) * sizeof(SID_AND_ATTRIBUTES)));
  const auto fill = [&](SID_AND_ATTRIBUTES& entry, std::string_view text, ULONG attributes) {
    const auto sid = *parse_sid(text);
    entry.Sid = arena_.allocate(sid.size());
    entry.Attributes = attributes;
    std::memcpy(entry.Sid, sid.data(), sid.size());
  };
  fill(entries[0], user, 0);
  for (std::size_t i = 0; i < groups.size(); ++i) fill(entries[1 + i], groups[i], enabled_group);
  auto* hash = arena_.make<SidHash>();
  hash->count = 1 + groups.size();
  hash->sids = entries;
  auto* token = arena_.make<TokenAccessInformation>();
  token->sids = hash;
  token->type = 1;
  return arena_.make<FWP_BYTE_BLOB>(
      FWP_BYTE_BLOB{sizeof(TokenAccessInformation), reinterpret_cast<UINT8*>(token)});
}

}  // namespace drydock::net
