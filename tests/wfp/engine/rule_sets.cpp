// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/rule_sets.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>

#include "wfp/engine/layers.h"

namespace drydock::wfp::test {
namespace {

std::uint32_t mask_of(unsigned length) {
  return length == 0 ? 0 : ~0U << (32 - length);
}

bool contains(const Rule::Prefix& prefix, std::uint32_t address) {
  return ((address ^ prefix.address) & mask_of(prefix.length)) == 0;
}

bool contains(const Rule::Ports& ports, std::uint16_t port) {
  return port >= ports.low && port <= ports.high;
}

// Shares in percent.
struct Shape {
  unsigned source_wild, destination_wild;
  unsigned source_port_wild;
  unsigned destination_port_exact, destination_port_range;
  unsigned protocol_wild;
  unsigned with_flags;
  unsigned source_networks, destination_networks;  // per thousand rules
};

Shape shape_of(RuleFamily family) {
  switch (family) {
    case RuleFamily::access_list:
      return {1, 1, 100, 60, 11, 8, 17, 150, 40};
    case RuleFamily::firewall:
      return {42, 15, 78, 65, 8, 1, 60, 60, 120};
    default:
      return {8, 6, 82, 35, 8, 34, 12, 120, 120};
  }
}

class Maker {
 public:
  Maker(RuleFamily family, std::size_t rules, std::uint64_t seed)
      : shape_(shape_of(family)), dice_(seed) {
    make_networks(sources_, rules * shape_.source_networks / 1000);
    make_networks(destinations_, rules * shape_.destination_networks / 1000);
  }

  Rule rule() {
    Rule rule{.source = prefix(sources_, shape_.source_wild),
              .destination = prefix(destinations_, shape_.destination_wild),
              .source_port = {},
              .destination_port = {},
              .protocol = {}};
    if (!percent(shape_.source_port_wild)) rule.source_port = exact_port();
    if (percent(shape_.destination_port_exact)) {
      rule.destination_port = exact_port();
    } else if (percent(shape_.destination_port_range * 100 /
                       (100 - shape_.destination_port_exact))) {
      rule.destination_port = port_range();
    }
    if (!percent(shape_.protocol_wild)) {
      rule.protocol = percent(70) ? std::uint8_t{6} : percent(80) ? std::uint8_t{17} : below(256);
    }
    if (percent(shape_.with_flags)) {
      rule.flags_mask = static_cast<std::uint16_t>(1U << (9 + 3 * below(2)));
      rule.flags = percent(50) ? rule.flags_mask : std::uint16_t{0};
    }
    return rule;
  }

  Header header_in(const Rule& rule) {
    const bool corner = percent(50);
    return {.source = address_in(rule.source, corner),
            .destination = address_in(rule.destination, corner),
            .source_port = port_in(rule.source_port, corner),
            .destination_port = port_in(rule.destination_port, corner),
            .protocol = rule.protocol.value_or(percent(65) ? 6 : 17),
            .flags = static_cast<std::uint16_t>((dice_() & 0x1200 & ~rule.flags_mask) |
                                                (rule.flags & rule.flags_mask))};
  }

  Header any_header() { return header_in(Rule{}); }
  std::size_t choose(std::size_t limit) { return dice_() % limit; }
  bool percent(unsigned share) { return dice_() % 100 < share; }

 private:
  std::uint8_t below(unsigned limit) { return static_cast<std::uint8_t>(dice_() % limit); }

  // Hosts of a network have rules of their own, so prefixes nest.
  void make_networks(std::vector<Rule::Prefix>& networks, std::size_t count) {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 4); ++i) {
      const auto length = static_cast<std::uint8_t>(12 + dice_() % 15);
      const auto address = static_cast<std::uint32_t>(dice_());
      networks.push_back({address & mask_of(length), length});
    }
  }

  Rule::Prefix prefix(const std::vector<Rule::Prefix>& networks, unsigned wild) {
    if (percent(wild)) return {};
    Rule::Prefix prefix = networks[choose(networks.size())];
    if (percent(10)) return prefix;
    const auto address =
        prefix.address | (static_cast<std::uint32_t>(dice_()) & ~mask_of(prefix.length));
    const unsigned room = 32U - prefix.length;
    prefix.length = percent(65) ? std::uint8_t{32} : static_cast<std::uint8_t>(32 - choose(room));
    prefix.address = address & mask_of(prefix.length);
    return prefix;
  }

  Rule::Ports exact_port() {
    static constexpr std::uint16_t common[] = {20,  21,  22,  25,  53,  80,   110,  123,  135,
                                               139, 143, 161, 443, 445, 1433, 3306, 3389, 8080};
    const std::uint16_t port =
        percent(70) ? common[choose(std::size(common))] : static_cast<std::uint16_t>(dice_());
    return {port, port};
  }
  Rule::Ports port_range() {
    if (percent(60)) return {1024, 65535};
    const auto low = static_cast<std::uint16_t>(choose(60000));
    return {low, static_cast<std::uint16_t>(low + choose(5000))};
  }

  std::uint32_t address_in(const Rule::Prefix& prefix, bool corner) {
    const std::uint32_t free = ~mask_of(prefix.length);
    const auto bits = corner ? (percent(50) ? 0U : ~0U) : static_cast<std::uint32_t>(dice_());
    return prefix.address | (bits & free);
  }
  std::uint16_t port_in(const Rule::Ports& ports, bool corner) {
    if (corner) return percent(50) ? ports.low : ports.high;
    return static_cast<std::uint16_t>(ports.low + choose(ports.high - ports.low + 1U));
  }

  Shape shape_;
  std::mt19937_64 dice_;
  std::vector<Rule::Prefix> sources_;
  std::vector<Rule::Prefix> destinations_;
};

std::string_view name_of(RuleFamily family) {
  switch (family) {
    case RuleFamily::access_list:
      return "access list";
    case RuleFamily::firewall:
      return "firewall";
    default:
      return "chains";
  }
}

// Lines of a gzip file.
class ZippedLines {
 public:
  explicit ZippedLines(const std::string& path)
      : pipe_(popen(("gzip -dc '" + path + "'").c_str(), "r")) {
    if (!pipe_) throw std::runtime_error("cannot run gzip for " + path);
  }
  const char* next() { return std::fgets(line_, sizeof line_, pipe_.get()); }

 private:
  struct Close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  std::unique_ptr<std::FILE, Close> pipe_;
  char line_[256] = {};
};

Rule parse_rule(const char* line) {
  unsigned a[4], b[4], source_length, destination_length, ports[4], protocol, protocol_mask, flags,
      flags_mask;
  if (std::sscanf(line, "@%u.%u.%u.%u/%u %u.%u.%u.%u/%u %u : %u %u : %u %x/%x %x/%x", a, a + 1,
                  a + 2, a + 3, &source_length, b, b + 1, b + 2, b + 3, &destination_length, ports,
                  ports + 1, ports + 2, ports + 3, &protocol, &protocol_mask, &flags,
                  &flags_mask) != 18) {
    throw std::runtime_error(std::string("not a rule: ") + line);
  }
  const auto address = [](const unsigned* bytes) {
    return bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
  };
  const auto prefix = [&](const unsigned* bytes, unsigned length) {
    return Rule::Prefix{address(bytes) & mask_of(length), static_cast<std::uint8_t>(length)};
  };
  const auto range = [](unsigned low, unsigned high) {
    return Rule::Ports{static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(high)};
  };
  Rule rule{.source = prefix(a, source_length),
            .destination = prefix(b, destination_length),
            .source_port = range(ports[0], ports[1]),
            .destination_port = range(ports[2], ports[3]),
            .protocol = {},
            .flags = static_cast<std::uint16_t>(flags & flags_mask),
            .flags_mask = static_cast<std::uint16_t>(flags_mask)};
  if (protocol_mask != 0) rule.protocol = static_cast<std::uint8_t>(protocol);
  return rule;
}

Header parse_header(const char* line) {
  unsigned source, destination, source_port, destination_port, protocol, flags;
  if (std::sscanf(line, "%u %u %u %u %u %u", &source, &destination, &source_port, &destination_port,
                  &protocol, &flags) != 6) {
    throw std::runtime_error(std::string("not a header: ") + line);
  }
  return {.source = source,
          .destination = destination,
          .source_port = static_cast<std::uint16_t>(source_port),
          .destination_port = static_cast<std::uint16_t>(destination_port),
          .protocol = static_cast<std::uint8_t>(protocol),
          .flags = static_cast<std::uint16_t>(flags >> 16)};
}

Expected parse_expected(const char* line) {
  Expected expected;
  unsigned hash;
  if (std::sscanf(line, "%d %d %d %d %x", &expected.best, &expected.count,
                  &expected.best_with_flags, &expected.count_with_flags, &hash) != 5) {
    throw std::runtime_error(std::string("not an answer: ") + line);
  }
  expected.hash_with_flags = static_cast<std::uint16_t>(hash);
  return expected;
}

template <class Row, class Parse>
std::vector<Row> read_all(const std::string& path, const Parse& parse) {
  std::vector<Row> rows;
  ZippedLines lines(path);
  while (const char* line = lines.next()) rows.push_back(parse(line));
  return rows;
}

std::size_t field_of(const Layer& layer, std::string_view name) {
  const auto found = std::ranges::find_if(
      layer.fields, [&](const Field& field) { return field.condition->name == name; });
  if (found == layer.fields.end()) throw std::logic_error("no such field");
  return static_cast<std::size_t>(found - layer.fields.begin());
}

class Conditions {
 public:
  explicit Conditions(const Layer& layer) : layer_(layer) {}
  void add(std::string_view field, MatchType match, Value value) {
    const Field& found = layer_.fields[field_of(layer_, field)];
    conditions.push_back(
        {.field = found.condition->key, .match = match, .value = std::move(value)});
  }
  void add_address(std::string_view field, const Rule::Prefix& prefix, IpVersion version) {
    if (prefix.length == 0) return;
    if (version == IpVersion::v4) {
      add(field, MatchType::equal, Value::v4_mask(prefix.address, mask_of(prefix.length)));
    } else {
      add(field, MatchType::equal,
          Value::v6_mask(stretched(prefix.address), static_cast<std::uint8_t>(4 * prefix.length)));
    }
  }
  void add_ports(std::string_view field, const Rule::Ports& ports) {
    if (ports.low == 0 && ports.high == 0xffff) return;
    const auto number = [](std::uint16_t port) { return Value::number(DataType::uint16, port); };
    if (ports.low == ports.high) {
      add(field, MatchType::equal, number(ports.low));
    } else {
      add(field, MatchType::range, Value::range(number(ports.low), number(ports.high)));
    }
  }

  std::vector<FilterCondition> conditions;

 private:
  const Layer& layer_;
};

}  // namespace

bool matches(const Rule& rule, const Header& header, bool with_flags) {
  return contains(rule.source, header.source) && contains(rule.destination, header.destination) &&
         contains(rule.source_port, header.source_port) &&
         contains(rule.destination_port, header.destination_port) &&
         rule.protocol.value_or(header.protocol) == header.protocol &&
         (!with_flags || (header.flags & rule.flags_mask) == rule.flags);
}

void Fnv::add(std::uint32_t number) {
  for (int i = 0; i < 4; ++i) {
    state_ = (state_ ^ (number & 0xff)) * 0x100000001b3;
    number >>= 8;
  }
}

Expected search_all(const std::vector<Rule>& rules, const Header& header) {
  Expected expected;
  Fnv hash;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!matches(rules[i], header, false)) continue;
    if (expected.count++ == 0) expected.best = static_cast<int>(i);
    if (!matches(rules[i], header, true)) continue;
    if (expected.count_with_flags++ == 0) expected.best_with_flags = static_cast<int>(i);
    hash.add(static_cast<std::uint32_t>(i));
  }
  expected.hash_with_flags = hash.low();
  return expected;
}

RuleSet make_rule_set(RuleFamily family, std::size_t rules, std::size_t headers,
                      std::uint64_t seed) {
  Maker maker(family, rules, seed);
  RuleSet set{.name = std::string(name_of(family)), .rules = {}, .headers = {}, .expected = {}};
  // Special before general, as people write them.
  std::map<unsigned, std::vector<Rule>, std::greater<>> by_length;
  for (std::size_t i = 0; i < rules; ++i) {
    const Rule rule = maker.rule();
    by_length[(rule.source.length + rule.destination.length) / 8U].push_back(rule);
  }
  for (const auto& [length, some] : by_length) {
    set.rules.insert(set.rules.end(), some.begin(), some.end());
  }
  for (std::size_t i = 0; i < headers; ++i) {
    set.headers.push_back(maker.percent(10) ? maker.any_header()
                                            : maker.header_in(set.rules[maker.choose(rules)]));
  }
  return set;
}

std::optional<RuleSet> read_rule_set(const std::string& folder, const std::string& name,
                                     std::string_view trace) {
  const std::string base = folder + "/" + name;
  const std::string headers = base + "." + std::string(trace);
  if (!std::filesystem::exists(base + ".rules.gz")) return std::nullopt;
  return RuleSet{.name = name,
                 .rules = read_all<Rule>(base + ".rules.gz", parse_rule),
                 .headers = read_all<Header>(headers + ".gz", parse_header),
                 .expected = read_all<Expected>(headers + ".expect.gz", parse_expected)};
}

LayerId layer_for(IpVersion version) {
  return version == IpVersion::v4 ? LayerId::inbound_transport_v4 : LayerId::inbound_transport_v6;
}

std::array<std::uint8_t, 16> stretched(std::uint32_t address) {
  std::array<std::uint8_t, 16> bytes{};
  std::uint64_t prefix = 1;  // the bits before, with a one on top to tell lengths apart
  for (unsigned i = 0; i < 32; ++i) {
    const std::uint32_t bit = address >> (31 - i) & 1;
    const auto salt = static_cast<std::uint32_t>(prefix * 0x9e3779b97f4a7c15 >> 60) & 7;
    const std::uint32_t four =
        bit << 3 | salt;  // the bit itself, then a function of what is before
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] | four << (i % 2 == 0 ? 4 : 0));
    prefix = prefix << 1 | bit;
  }
  return bytes;
}

FilterSpec filter_of(const Rule& rule, std::uint64_t weight, IpVersion version, bool with_flags) {
  const Layer& layer = *find_layer(layer_for(version));
  Conditions conditions(layer);
  conditions.add_address("FWPM_CONDITION_IP_REMOTE_ADDRESS", rule.source, version);
  conditions.add_address("FWPM_CONDITION_IP_LOCAL_ADDRESS", rule.destination, version);
  conditions.add_ports("FWPM_CONDITION_IP_REMOTE_PORT", rule.source_port);
  conditions.add_ports("FWPM_CONDITION_IP_LOCAL_PORT", rule.destination_port);
  if (rule.protocol) {
    conditions.add("FWPM_CONDITION_IP_PROTOCOL", MatchType::equal,
                   Value::number(DataType::uint8, *rule.protocol));
  }
  const auto bits = [](unsigned number) { return Value::number(DataType::uint32, number); };
  const unsigned clear = rule.flags_mask & ~unsigned{rule.flags};
  if (with_flags && rule.flags != 0) {
    conditions.add("FWPM_CONDITION_FLAGS", MatchType::flags_all_set, bits(rule.flags));
  }
  if (with_flags && clear != 0) {
    conditions.add("FWPM_CONDITION_INTERFACE_INDEX", MatchType::flags_none_set, bits(clear));
  }
  FilterSpec spec;
  spec.display.name = u"rule";
  spec.layer = layer.key;
  spec.weight = Value::number(DataType::uint64, weight);
  spec.conditions = std::move(conditions.conditions);
  spec.action = Action::permit;
  return spec;
}

HeaderRow::HeaderRow(IpVersion version) {
  const Layer& layer = *find_layer(layer_for(version));
  values_.resize(layer.fields.size());
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i].type = DataType::empty;
  const auto take = [&](std::string_view name) {
    const std::size_t position = field_of(layer, name);
    values_[position].type = layer.fields[position].type;
    return &values_[position];
  };
  remote_ = take("FWPM_CONDITION_IP_REMOTE_ADDRESS");
  local_ = take("FWPM_CONDITION_IP_LOCAL_ADDRESS");
  remote_port_ = take("FWPM_CONDITION_IP_REMOTE_PORT");
  local_port_ = take("FWPM_CONDITION_IP_LOCAL_PORT");
  protocol_ = take("FWPM_CONDITION_IP_PROTOCOL");
  flags_ = take("FWPM_CONDITION_FLAGS");
  more_flags_ = take("FWPM_CONDITION_INTERFACE_INDEX");
}

}  // namespace drydock::wfp::test
