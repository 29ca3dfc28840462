// SPDX-License-Identifier: Apache-2.0
// Whole captures played to callouts at all layers: what they see is what the steps say.
#include <gtest/gtest.h>

#include <algorithm>

#include "net/host_path_run.h"

namespace drydock::net {
namespace {

using namespace testing;

constexpr ULONG back_fill = 64;

std::string address_text(const FWP_VALUE0& value) {
  if (value.type == FWP_UINT32) return IpAddress::from_v4(value.uint32).text();
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(value.byteArray16->byteArray16, bytes.begin());
  return IpAddress::from_v6(bytes).text();
}

std::string text_of(const FWP_VALUE0* value) {
  if (value == nullptr) return "-";
  switch (value->type) {
    case FWP_UINT8:
      return fmt::format("{}", value->uint8);
    case FWP_UINT16:
      return fmt::format("{}", value->uint16);
    case FWP_UINT32:
      return fmt::format("{}", value->uint32);
    default:
      return fmt::format("type {}", static_cast<int>(value->type));
  }
}

std::string first_bytes(std::span<const std::uint8_t> data) {
  return fmt::format("{:02x}", fmt::join(data.first(std::min<std::size_t>(data.size(), 8)), ""));
}

std::string data_text(const Sight& sight) {
  const NET_BUFFER_LIST* list = sight.list();
  if (list == nullptr) return "no data";
  const NET_BUFFER& buffer = *list->FirstNetBuffer;
  std::vector<std::uint8_t> bytes(buffer.DataLength);
  EXPECT_EQ(ndis::copy_out(buffer, 0, std::as_writable_bytes(std::span(bytes))), bytes.size());
  const ULONG offset = sight.is_stream() ? 0 : buffer.DataOffset - back_fill;
  return fmt::format("data {}+{} {}", offset, bytes.size(), first_bytes(bytes));
}

std::string seen(const Sight& sight) {
  const auto address = [&](std::string_view name) {
    const FWP_VALUE0* value = sight.value(name);
    return value == nullptr ? "-" : address_text(*value);
  };
  return fmt::format(
      "{} {} {} {} {} protocol {} flow {} flags {} {}", sight.name(), address("IP_LOCAL_ADDRESS"),
      text_of(sight.value("IP_LOCAL_PORT")), address("IP_REMOTE_ADDRESS"),
      text_of(sight.value("IP_REMOTE_PORT")), text_of(sight.value("IP_PROTOCOL")),
      sight.has(FWPS_METADATA_FIELD_FLOW_HANDLE), text_of(sight.value("FLAGS")), data_text(sight));
}

std::string data_text(const Step& step) {
  const bool stream = step.kind == StepKind::stream;
  if (!step.packet || (stream && step.data_size == 0)) return "no data";
  // A list reaches to the packet's end; a step's data do so too.
  return fmt::format("data {}+{} {}", stream ? 0 : step.data_offset, step.data_size,
                     first_bytes(step.data()));
}

unsigned flag_bits(const Step& step) {
  return (step.loopback ? 1U : 0U) | (step.wildcard_bind ? 8U : 0U) | (step.fragment ? 0x20U : 0U) |
         (step.ale_classify_required ? 0x100U : 0U) | (step.implicit_bind ? 0x200U : 0U) |
         (step.reassembled ? 0x400U : 0U);
}

std::string name_of(const Step& step) {
  const std::string version = step.version == IpVersion::v4 ? "_v4" : "_v6";
  std::string name(to_string(step.kind));
  const auto discard = name.find("_discard");
  if (discard == std::string::npos) return name + version;
  return name.substr(0, discard) + version + "_discard";
}

std::string expected(const Step& step) {
  const wfp::Layer& layer = *wfp::find_layer(layer_of(step.kind, step.version));
  const auto field = [&](std::string_view condition, std::string text) {
    const bool there = std::ranges::any_of(layer.fields, [&](const wfp::Field& field) {
      return field.condition->name == "FWPM_CONDITION_" + std::string(condition);
    });
    return there ? text : "-";
  };
  return fmt::format("{} {} {} {} {} protocol {} flow {} flags {} {}", name_of(step),
                     field("IP_LOCAL_ADDRESS", step.local.text()),
                     field("IP_LOCAL_PORT", fmt::format("{}", step.local_port)),
                     field("IP_REMOTE_ADDRESS", step.remote.text()),
                     field("IP_REMOTE_PORT", fmt::format("{}", step.remote_port)),
                     field("IP_PROTOCOL", fmt::format("{}", static_cast<int>(step.protocol))),
                     has_flow_handle(step), field("FLAGS", fmt::format("{}", flag_bits(step))),
                     data_text(step));
}

class RecordedPath : public ::testing::TestWithParam<const char*> {};

TEST_P(RecordedPath, probes_at_all_layers_see_exactly_the_recorded_steps) {
  const auto capture = read_capture_file(data_file(GetParam()));
  ASSERT_TRUE(capture);
  const std::vector<Step> steps = steps_of(standard_local_host(), capture->packets);
  std::vector<std::string> wanted, found;
  for (const Step& step : steps) {
    const bool shown = step.kind != StepKind::flow_end && step.kind != StepKind::link_frame;
    if (shown) wanted.push_back(expected(step));
  }
  PathRun run;
  run.script.classify = [&](const Sight& sight) { found.push_back(seen(sight)); };
  run.run([&] { run.watch_everything(); });
  const PathCounts counts = run.play(steps);
  EXPECT_FALSE(wanted.empty());
  const auto [first_wanted, first_found] = std::ranges::mismatch(wanted, found);
  EXPECT_TRUE(first_wanted == wanted.end() && first_found == found.end())
      << "step " << first_wanted - wanted.begin() << "\n wanted "
      << (first_wanted == wanted.end() ? "nothing" : *first_wanted) << "\n  found "
      << (first_found == found.end() ? "nothing" : *first_found);
  EXPECT_EQ(counts.steps, steps.size());
  EXPECT_EQ(counts.blocked_packets + counts.blocked_flows, 0U);
}

INSTANTIATE_TEST_SUITE_P(Captures, RecordedPath,
                         ::testing::Values("http-v4.pcap", "http-v6.pcap", "inbound-http.pcap",
                                           "dns.pcap", "ping4.pcap", "ping6.pcap", "fragments.pcap",
                                           "refused.pcap", "reset.pcap", "unreachable.pcap",
                                           "alive-at-once.pcap", "standard.pcapng"),
                         [](const auto& test) {
                           std::string name(test.param);
                           std::ranges::replace_if(
                               name, [](char c) { return c == '-' || c == '.'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace drydock::net
