// SPDX-License-Identifier: Apache-2.0
// Who the simulated programs run as: the tokens that the user fields of ALE layers show.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fwpmtypes.h"
#include "machine/kernel_arena.h"
#include "net/step.h"

namespace drydock::net {

// "S-1-5-18" as bytes; nothing: no SID.
std::optional<std::vector<std::uint8_t>> parse_sid(std::string_view text);

// Program::user, or by its path: services of the system run as SYSTEM and NETWORK SERVICE,
// everything else as the one interactive user.
std::string_view user_of(const Program& program);

class Tokens {
 public:
  explicit Tokens(machine::KernelArena& arena) : arena_(arena) {}
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  // A TOKEN_ACCESS_INFORMATION in kernel memory, as long as the run; one per user. Null when the
  // program's user is no SID.
  FWP_BYTE_BLOB* of(const Program& program);

 private:
  FWP_BYTE_BLOB* make(std::string_view user);

  machine::KernelArena& arena_;
  std::map<std::string, FWP_BYTE_BLOB*, std::less<>> tokens_;
};

}  // namespace drydock::net
