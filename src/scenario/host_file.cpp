// SPDX-License-Identifier: Apache-2.0
#include "scenario/host_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/toml_section.h"

namespace drydock::scenario {
namespace {

constexpr std::int64_t least_index = 2;  // 1 is the loopback interface's
constexpr std::int64_t most_index = 0xff'ffff;

net::NetworkAddress network_of(const std::string& text, const Section& section,
                               const toml::node& where) {
  const auto network = net::NetworkAddress::parse(text);
  if (!network) throw section.wrong(network.error(), where);
  return *network;
}

std::uint32_t read_index(Section& section, std::string_view key) {
  const auto index = section.number(key, least_index, most_index);
  if (!index) throw section.missing(key);
  return static_cast<std::uint32_t>(*index);
}

net::HostInterface read_interface(const toml::node& node, net::LocalHost& host) {
  Section section(node, "[[host.interface]]");
  net::HostInterface added{.index = read_index(section, "index"), .addresses = {}};
  const auto texts = section.texts("addresses");
  section.refuse_others();
  if (texts.empty()) throw section.missing("addresses");
  if (std::ranges::find(host.interfaces, added.index, &net::HostInterface::index) !=
      host.interfaces.end())
    throw section.wrong("has the index of another one", *section.find("index"));
  for (const std::string& text : texts) {
    const toml::node& where = *section.find("addresses");
    added.addresses.push_back(network_of(text, section, where));
    const net::IpAddress& address = added.addresses.back().address;
    if (host.owns(address))
      throw section.wrong(fmt::format("'{}' is taken already, or a loopback address", text), where);
    host.addresses.push_back(address);
  }
  return added;
}

net::Route read_route(const toml::node& node, const net::LocalHost& host) {
  Section section(node, "[[host.route]]");
  const auto to = section.value<std::string>("to", "a text");
  const std::uint32_t index = read_index(section, "interface");
  section.refuse_others();
  if (!to) throw section.missing("to");
  if (std::ranges::find(host.interfaces, index, &net::HostInterface::index) ==
      host.interfaces.end())
    throw section.wrong(fmt::format("there is no interface {}", index), *section.find("interface"));
  return {network_of(*to, section, *section.find("to")), index};
}

template <class Read>
void read_each(Section& section, std::string_view key, const Read& read) {
  const toml::node* node = section.find(key);
  if (node == nullptr) return;
  const auto* list = node->as_array();
  if (list == nullptr)
    throw Wrong(node->source(), fmt::format("[[host.{}]] must be written with two brackets", key));
  for (const toml::node& element : *list) read(element);
}

}  // namespace

net::LocalHost read_host(const toml::node& node) {
  Section section(node, "[host]");
  net::LocalHost host;
  host.forwards = section.value<bool>("forwards", "true or false").value_or(false);
  read_each(section, "interface", [&](const toml::node& element) {
    host.interfaces.push_back(read_interface(element, host));
  });
  read_each(section, "route",
            [&](const toml::node& element) { host.routes.push_back(read_route(element, host)); });
  section.refuse_others();
  if (host.interfaces.empty()) throw section.missing("interface");
  if (host.forwards && host.interfaces.size() < 2)
    throw section.wrong("'forwards' takes two interfaces", *section.find("forwards"));
  host.interface_index = host.interfaces.front().index;
  return host;
}

}  // namespace drydock::scenario
