// SPDX-License-Identifier: Apache-2.0
// The simulated programs of the local host: well-known services by port, one process per client
// connection.
#include <algorithm>
#include <iterator>

#include "net/tracker_impl.h"

namespace drydock::net {
namespace {

struct WellKnown {
  Protocol protocol;
  Direction role;
  std::uint16_t port;  // 0: any
  std::uint64_t id;    // 0: a new process for each endpoint
  const char* path;
};

constexpr WellKnown well_known[] = {
    {Protocol::udp, Direction::outbound, 53, 1204,
     R"(\device\harddiskvolume1\windows\system32\svchost.exe)"},
    {Protocol::udp, Direction::outbound, 123, 1204,
     R"(\device\harddiskvolume1\windows\system32\svchost.exe)"},
    {Protocol::tcp, Direction::outbound, 80, 0,
     R"(\device\harddiskvolume1\windows\system32\curl.exe)"},
    {Protocol::tcp, Direction::outbound, 443, 0,
     R"(\device\harddiskvolume1\windows\system32\curl.exe)"},
    {Protocol::tcp, Direction::outbound, 8080, 0,
     R"(\device\harddiskvolume1\windows\system32\curl.exe)"},
    {Protocol::icmp, Direction::outbound, 0, 0,
     R"(\device\harddiskvolume1\windows\system32\ping.exe)"},
    {Protocol::icmpv6, Direction::outbound, 0, 0,
     R"(\device\harddiskvolume1\windows\system32\ping.exe)"},
    {Protocol::tcp, Direction::inbound, 0, 2100,
     R"(\device\harddiskvolume1\program files\server\server.exe)"},
    {Protocol::udp, Direction::inbound, 0, 2100,
     R"(\device\harddiskvolume1\program files\server\server.exe)"},
};
constexpr const char* any_client = R"(\device\harddiskvolume1\program files\client\client.exe)";

// Windows process ids are multiples of four.
std::uint64_t client_process_id(EndpointId endpoint) {
  return 4000 + 4 * static_cast<std::uint64_t>(endpoint);
}

}  // namespace

Processes::Processes()
    : any_client_(std::make_shared<const Program>(Program{any_client})),
      system_(make_process(4, {"System"})) {
  for (const WellKnown& row : well_known)
    well_known_.push_back(std::make_shared<const Program>(Program{row.path}));
}

Process Processes::of(const LocalHost& host, Protocol protocol, Direction role, std::uint16_t port,
                      EndpointId endpoint) const {
  const auto fits = [&](Protocol rule_protocol, Direction rule_role, std::uint16_t rule_port) {
    return rule_protocol == protocol && rule_role == role && (rule_port == 0 || rule_port == port);
  };
  for (const ProcessRule& rule : host.processes) {
    if (fits(rule.protocol, rule.direction, rule.port)) return rule.process;
  }
  const auto* known = std::ranges::find_if(
      well_known, [&](const WellKnown& row) { return fits(row.protocol, row.role, row.port); });
  if (known == std::end(well_known)) return {client_process_id(endpoint), any_client_};
  const std::uint64_t id = known->id != 0 ? known->id : client_process_id(endpoint);
  return {id, well_known_[static_cast<std::size_t>(known - std::begin(well_known))]};
}

}  // namespace drydock::net
