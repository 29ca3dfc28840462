// SPDX-License-Identifier: Apache-2.0
// Large rule sets over addresses, ports, protocol and flags, for tests and the benchmark: made up
// in the shapes of the literature's three families, or read from files in ClassBench's formats
// (which may not be kept here).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wfp/engine/objects.h"
#include "wfp/engine/value.h"

namespace drydock::wfp::test {

struct Rule {
  struct Prefix {
    std::uint32_t address = 0;  // bits beyond the length are zero
    std::uint8_t length = 0;
  };
  struct Ports {
    std::uint16_t low = 0;
    std::uint16_t high = 0xffff;
  };
  Prefix source;
  Prefix destination;
  Ports source_port;
  Ports destination_port;
  std::optional<std::uint8_t> protocol;
  std::uint16_t flags = 0;
  std::uint16_t flags_mask = 0;  // (header.flags & flags_mask) == flags
};

struct Header {
  std::uint32_t source = 0;
  std::uint32_t destination = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t protocol = 0;
  std::uint16_t flags = 0;
};

[[nodiscard]] bool matches(const Rule& rule, const Header& header, bool with_flags);

// What is known of the right answer for one header; rules are numbered as they stand, the first
// that matches is the best.
struct Expected {
  int best = -1;
  int count = 0;
  int best_with_flags = -1;
  int count_with_flags = 0;
  std::uint16_t hash_with_flags = 0;  // of the numbers of all that match, see Fnv
};

// FNV-1a over rule numbers of four little-endian bytes; its low half is Expected::hash_with_flags.
class Fnv {
 public:
  void add(std::uint32_t number);
  [[nodiscard]] std::uint16_t low() const { return static_cast<std::uint16_t>(state_); }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325;
};

// By trying every rule.
[[nodiscard]] Expected search_all(const std::vector<Rule>& rules, const Header& header);

struct RuleSet {
  std::string name;
  std::vector<Rule> rules;
  std::vector<Header> headers;
  std::vector<Expected> expected;  // empty: not known beforehand
};

enum class RuleFamily : std::uint8_t { access_list, firewall, chains };

// The same seed makes the same set. Every header is inside a rule, except one in ten.
[[nodiscard]] RuleSet make_rule_set(RuleFamily family, std::size_t rules, std::size_t headers,
                                    std::uint64_t seed);
// FOLDER/NAME.rules.gz, .trace.gz and .trace.expect.gz; nothing when there is no such set. Throws
// for files that make no sense.
[[nodiscard]] std::optional<RuleSet> read_rule_set(const std::string& folder,
                                                   const std::string& name,
                                                   std::string_view trace = "trace");

enum class IpVersion : std::uint8_t { v4, v6 };

// A rule as a filter of an inbound transport layer: source is remote, destination local. For IPv6
// every address bit becomes four that depend on it and on the bits before it, every prefix length
// four times as long: filters overlap as before. No condition says "these bits set and those not",
// and two on one field are joined by OR: so the interface index repeats the flags.
[[nodiscard]] FilterSpec filter_of(const Rule& rule, std::uint64_t weight, IpVersion version,
                                   bool with_flags);
[[nodiscard]] std::array<std::uint8_t, 16> stretched(std::uint32_t address);

// A header as classify input at the same layer.
class HeaderRow {
 public:
  explicit HeaderRow(IpVersion version);
  HeaderRow(const HeaderRow&) = delete;
  HeaderRow& operator=(const HeaderRow&) = delete;

  void set(const Header& header) {
    set_others(header);
    remote_->uint32 = header.source;
    local_->uint32 = header.destination;
  }
  // For IPv6, with addresses stretched before.
  void set(const Header& header, const std::array<std::uint8_t, 16>& source,
           const std::array<std::uint8_t, 16>& destination) {
    set_others(header);
    remote_->bytes = source.data();
    local_->bytes = destination.data();
  }
  [[nodiscard]] std::span<const ValueView> values() const { return values_; }

 private:
  void set_others(const Header& header) {
    remote_port_->uint16 = header.source_port;
    local_port_->uint16 = header.destination_port;
    protocol_->uint8 = header.protocol;
    flags_->uint32 = header.flags;
    more_flags_->uint32 = header.flags;
  }

  std::vector<ValueView> values_;
  ValueView *remote_, *local_, *remote_port_, *local_port_, *protocol_, *flags_, *more_flags_;
};

[[nodiscard]] LayerId layer_for(IpVersion version);

}  // namespace drydock::wfp::test
