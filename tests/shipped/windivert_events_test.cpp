// SPDX-License-Identifier: Apache-2.0
// The shipped WinDivert driver on its flow, socket and reflect layers: the events that its
// applications read are what the traffic of the capture does.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "shipped/windivert_run.h"

namespace drydock::windivert {
namespace {

using scenario::Application;

std::string text_of(std::uint8_t protocol, std::uint16_t local, std::uint16_t remote) {
  return fmt::format("{} {}>{}", protocol, local, remote);
}

// "established 6 49152>80"
struct Seen {
  std::vector<std::string> established, deleted;
};

// Everything that the handle can be told, until the process ends.
void read_events(Application& application, Layer layer, std::uint64_t filter_flags,
                 const std::function<void(const Address&)>& take) {
  Handle handle(application);
  EXPECT_EQ(handle.initialize_layer(layer, flag::sniff | flag::receive_only), STATUS_SUCCESS);
  EXPECT_EQ(handle.start(always(), filter_flags), STATUS_SUCCESS);
  application.ready();
  while (!application.ending()) {
    const auto received = handle.receive_one();
    if (NT_SUCCESS(received.status)) take(received.address);
  }
}

std::vector<std::string> steps_of(const scenario::Plan& plan, net::StepKind kind) {
  std::vector<std::string> found;
  for (const net::Step& step : plan.traffic[0].steps) {
    if (step.kind != kind) continue;
    found.push_back(
        text_of(static_cast<std::uint8_t>(step.protocol), step.local_port, step.remote_port));
  }
  return found;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  return texts;
}

class WinDivertEvents : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Captures, WinDivertEvents,
                         ::testing::Values("http-v4.pcap", "inbound-http.pcap", "dns.pcap",
                                           "alive-at-once.pcap", "standard.pcapng"),
                         [](const auto& capture) {
                           std::string name = capture.param;
                           std::ranges::replace_if(
                               name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

TEST_P(WinDivertEvents, of_flows_are_those_of_the_capture) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_for(GetParam());
  Seen seen;
  add_process(plan, [&](Application& application) {
    read_events(application, Layer::flow, filter_flag::packets | filter_flag::flow_deleted,
                [&](const Address& event) {
                  auto& list = event.event == Event::flow_deleted ? seen.deleted : seen.established;
                  list.push_back(
                      text_of(event.flow.protocol, event.flow.local_port, event.flow.remote_port));
                });
  });
  const auto result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << trouble(result);
  EXPECT_TRUE(result.findings.empty()) << trouble(result);
  const auto established = steps_of(plan, net::StepKind::ale_flow_established);
  EXPECT_FALSE(established.empty());
  EXPECT_EQ(seen.established, established);
  auto ends = steps_of(plan, net::StepKind::flow_end);
  std::erase_if(ends, [&](const std::string& flow) {  // refused before it was established
    return std::ranges::find(established, flow) == established.end();
  });
  EXPECT_EQ(sorted(seen.deleted), sorted(ends));
}

TEST_P(WinDivertEvents, of_sockets_are_binds_connects_listens_and_accepts_of_the_capture) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_for(GetParam());
  std::map<Event, std::vector<std::string>> seen;
  add_process(plan, [&](Application& application) {
    read_events(application, Layer::socket, filter_flag::packets | filter_flag::sockets,
                [&](const Address& event) {
                  seen[event.event].push_back(
                      text_of(event.flow.protocol, event.flow.local_port, event.flow.remote_port));
                });
  });
  const auto result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << trouble(result);
  EXPECT_EQ(seen[Event::socket_connect], steps_of(plan, net::StepKind::ale_auth_connect));
  EXPECT_EQ(seen[Event::socket_accept], steps_of(plan, net::StepKind::ale_auth_recv_accept));
  EXPECT_EQ(seen[Event::socket_bind].size(),
            steps_of(plan, net::StepKind::ale_resource_assignment).size());
  EXPECT_EQ(seen[Event::socket_listen].size(),
            steps_of(plan, net::StepKind::ale_auth_listen).size());
}

// Packets of one protocol are diverted while the flows of all are followed.
TEST(WinDivertBoth, a_network_and_a_flow_handle_work_side_by_side) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_for("standard.pcapng");
  std::vector<std::string> established;
  std::size_t diverted = 0;
  add_process(plan, [&](Application& application) {
    read_events(application, Layer::flow, filter_flag::packets, [&](const Address& event) {
      if (event.flow.protocol == 6)
        established.push_back(text_of(6, event.flow.local_port, event.flow.remote_port));
    });
  });
  add_process(plan, [&](Application& application) {
    Handle handle(application);
    EXPECT_EQ(handle.initialize_layer(Layer::network, 0), STATUS_SUCCESS);
    EXPECT_EQ(handle.start(when(field::udp), filter_flag::packets), STATUS_SUCCESS);
    application.ready();
    while (!application.ending()) {
      const auto received = handle.receive_one();
      if (!NT_SUCCESS(received.status)) continue;
      ++diverted;
      EXPECT_EQ(handle.send_one(received.packet, received.address).status, STATUS_SUCCESS);
    }
  });
  const auto result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << trouble(result);
  std::erase_if(established, [](const std::string& flow) { return !flow.starts_with("6 "); });
  auto expected = steps_of(plan, net::StepKind::ale_flow_established);
  std::erase_if(expected, [](const std::string& flow) { return !flow.starts_with("6 "); });
  EXPECT_EQ(sorted(established), sorted(expected));
  EXPECT_GT(diverted, 20U);
}

// A handle of the reflect layer hears of the others, and gets their filters.
TEST(WinDivertReflect, tells_of_handles_that_open_and_close) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_for("dns.pcap");
  std::vector<Event> events;
  add_process(plan, [&](Application& application) {
    read_events(application, Layer::reflect, 0,
                [&](const Address& event) { events.push_back(event.event); });
  });
  add_process(plan, [](Application& application) {
    Handle handle(application);
    EXPECT_EQ(handle.initialize_layer(Layer::network, flag::sniff), STATUS_SUCCESS);
    EXPECT_EQ(handle.start(always(), filter_flag::packets), STATUS_SUCCESS);
    application.sleep(machine::milliseconds(50));
    EXPECT_EQ(handle.close(), STATUS_SUCCESS);
  });
  const auto result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << trouble(result);
  EXPECT_EQ(events, (std::vector{Event::reflect_open, Event::reflect_close}));
}

}  // namespace
}  // namespace drydock::windivert
