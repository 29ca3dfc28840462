// SPDX-License-Identifier: Apache-2.0
// Conditions on users: does a token get the right to match a filter from a security descriptor?
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wfp/engine/value.h"

namespace drydock::wfp {

// Same 16 bytes as SID_AND_ATTRIBUTES.
struct SidAndAttributes {
  const std::uint8_t* sid;
  std::uint32_t attributes;  // SE_GROUP_...
};
static_assert(sizeof(SidAndAttributes) == 16);

// Same bytes as FWP_TOKEN_INFORMATION.
struct TokenInformationView {
  std::uint32_t sid_count;
  const SidAndAttributes* sids;
  std::uint32_t restricted_sid_count;
  const SidAndAttributes* restricted_sids;
};
static_assert(sizeof(TokenInformationView) == 32);

// Same first bytes as SID_AND_ATTRIBUTES_HASH.
struct SidHashView {
  std::uint32_t sid_count;
  const SidAndAttributes* sids;
};

// Same first bytes as TOKEN_ACCESS_INFORMATION, which a value of that type holds as its blob.
struct TokenAccessInformationView {
  const SidHashView* sids;
  const SidHashView* restricted_sids;
};

// Who asks. The first entry of `sids` is the user.
struct Token {
  std::span<const SidAndAttributes> sids;
  std::span<const SidAndAttributes> restricted_sids;
};

// The token that a run-time value shows: of TOKEN_INFORMATION, of TOKEN_ACCESS_INFORMATION, or of a
// SID alone, for which `alone` gives room. Nothing: the value shows none.
[[nodiscard]] std::optional<Token> token_of(const ValueView& value, SidAndAttributes& alone);

// Entries of the descriptor's DACL in their order, until the right FWP_ACTRL_MATCH_FILTER is
// granted or denied; a restricted token must pass with its restricting SIDs as well. No list:
// granted. Nothing: damaged descriptor, or an entry decides that needs more than SIDs (conditional
// and object entries).
[[nodiscard]] std::optional<bool> may_match(std::span<const std::uint8_t> descriptor,
                                            const Token& token);

}  // namespace drydock::wfp
