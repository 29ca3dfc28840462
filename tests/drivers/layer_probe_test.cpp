// SPDX-License-Identifier: Apache-2.0
// A driver at every layer of a host that talks, is talked to and forwards: what its classifyFns
// have written down, held against the tables of layer_rules.h.
#include <gtest/gtest.h>

#include <cstring>

#include "drivers/subjects/layer_record.h"
#include "drivers/verified_driver.h"
#include "net/build_packet.h"
#include "net/layer_rules.h"
#include "scenario/application.h"
#include "scenario/plan_builder.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "scenario/standard_capture.h"

namespace drydock {
namespace {

using net::testing::Bytes;
using net::testing::LookedAt;
using net::testing::Shown;
using probe::LayerRecord;
using probe::ValueRecord;

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

// What the standard capture lacks: packets for somebody else, and a protocol without ports.
scenario::CaptureInput more_traffic() {
  using net::testing::at;
  const auto raw = [](const char* from, const char* to) {
    return net::testing::ip_packet(at(from).address, at(to).address, net::Protocol{253},
                                   net::testing::text_bytes("hello"), -1);
  };
  std::vector<Bytes> packets{
      net::testing::udp_packet(at("192.0.2.20", 4000), at("198.51.100.5", 53), "one"),
      net::testing::udp_packet(at("2001:db8::20", 4000), at("2001:db8:1::5", 53), "two"),
      raw("192.0.2.10", "192.0.2.20"),
      raw("192.0.2.30", "192.0.2.10"),
      raw("2001:db8::10", "2001:db8::20"),
      raw("2001:db8::30", "2001:db8::10"),
      net::testing::udp_packet(at("192.0.2.20", 4000), at("198.51.100.5", 53), "no hop"),
      net::testing::udp_packet(at("2001:db8::20", 4000), at("2001:db8:1::5", 53), "no hop")};
  packets[6][8] = packets[7][7] = 1;
  constexpr std::uint32_t raw_ip = 101;
  const Bytes file = net::testing::pcap_file(raw_ip, packets);
  const auto bytes = std::as_bytes(std::span(file));
  return {.path = "more.pcap",
          .local_addresses = {"192.0.2.10", "2001:db8::10", "198.51.100.1", "2001:db8:1::1"},
          .content = {bytes.begin(), bytes.end()}};
}

// Reads what the driver has written down, until the process ends.
void collect(scenario::Application& application, std::vector<std::byte>& records) {
  const auto device = application.open(R"(\\.\LayerProbe)");
  ASSERT_EQ(device.status, STATUS_SUCCESS);
  application.ready();
  std::vector<std::byte> room(std::size_t{64} << 10);
  while (!application.ending()) {
    const nt::Transfer transfer = application.read(device.handle, room);
    ASSERT_EQ(transfer.status, STATUS_SUCCESS);
    records.insert(records.end(), room.begin(),
                   room.begin() + static_cast<std::ptrdiff_t>(transfer.information));
    if (transfer.information == 0) application.sleep(machine::milliseconds(50));
  }
}

template <class T>
T at_offset(std::span<const std::byte> bytes, std::size_t offset) {
  T value{};
  std::memcpy(&value, bytes.subspan(offset, sizeof(T)).data(), sizeof(T));
  return value;
}

// As the driver was given it; what pointers lead to stays in `bytes`.
struct Value {
  alignas(8) std::array<std::byte, probe::largest_blob> bytes{};
  FWP_BYTE_BLOB blob{};
  FWP_VALUE0 value{};

  Value(std::span<const std::byte> record, const ValueRecord& head) {
    std::memcpy(bytes.data(), record.data(), head.size);
    value.type = static_cast<FWP_DATA_TYPE>(head.type);
    blob = {head.size, reinterpret_cast<UINT8*>(bytes.data())};
    if (value.type == FWP_BYTE_BLOB_TYPE) {
      value.byteBlob = &blob;
    } else if (head.size > sizeof(UINT32)) {
      value.uint64 = reinterpret_cast<UINT64*>(bytes.data());
    } else {
      std::memcpy(&value.uint32, bytes.data(), head.size);
    }
  }
};

Shown shown_in(const LayerRecord& record, std::span<const std::byte> values) {
  const wfp::Layer* layer = wfp::find_layer(static_cast<wfp::LayerId>(record.layer));
  Shown shown{.layer = layer, .fields = {}, .metadata = record.metadata};
  EXPECT_EQ(record.values, layer->fields.size()) << layer->name;
  std::size_t at = 0;
  for (const wfp::Field& field : layer->fields) {
    const auto head = at_offset<ValueRecord>(values, at);
    at += sizeof(head);
    const Value value(values.subspan(at, head.size), head);
    at += (head.size + std::size_t{3}) / 4 * 4;
    constexpr std::string_view prefix = "FWPM_CONDITION_";
    shown.fields[std::string(field.condition->name.substr(prefix.size()))] =
        net::testing::text_of(field, value.value);
  }
  return shown;
}

class LayerProbe : public testing::TestWithParam<const char*> {};

TEST_P(LayerProbe, every_layer_shows_a_driver_what_the_tables_say) {
  scenario::Inputs inputs;
  inputs.driver = input_of({"layer_probe", GetParam()});
  inputs.captures = {scenario::standard_capture(), more_traffic()};
  inputs.scenario = {"router.toml", router};
  inputs.unload.restart = false;
  inputs.unload.earliest_step = UINT32_MAX;  // it is to see all of it
  auto plan = scenario::build_plan(inputs);
  ASSERT_TRUE(plan) << plan.error().message;
  std::vector<std::byte> records;
  plan->processes.push_back(
      {.image = R"(\Device\HarddiskVolume1\Tools\probe.exe)",
       .user = {},
       .end = scenario::ProcessEnd::before_unload,
       .body = [&](scenario::Application& application) { collect(application, records); }});
  machine::RoundRobin choices;
  const auto result = scenario::run(scenario::test_environment(), *plan, choices);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean) << explain(*result);

  const LookedAt host{.routes = true,
                      .own = {"192.0.2.10", "2001:db8::10", "198.51.100.1", "2001:db8:1::1"},
                      .interfaces = {{"1", "24"}, {"7", "6"}, {"12", "6"}}};
  std::set<wfp::LayerId> layers;
  std::set<const net::testing::LayerRow*> rows;
  std::set<std::string> wrong;  // each once
  std::size_t seen = 0;
  for (std::size_t at = 0; at < records.size(); ++seen) {
    const auto record = at_offset<LayerRecord>(records, at);
    EXPECT_EQ(record.lost, 0U);
    const Shown shown = shown_in(
        record, std::span(records).subspan(at + sizeof(record), record.size - sizeof(record)));
    for (std::string& line : net::testing::complaints(shown, host)) wrong.insert(std::move(line));
    layers.insert(shown.layer->id);
    if (shown.row() != nullptr) rows.insert(shown.row());
    EXPECT_LE(record.irql, 2U) << shown.layer->name;
    const bool frame = shown.name().contains("mac_frame");
    EXPECT_EQ(record.mac_header, frame ? 14U : 0U) << shown.layer->name;
    at += record.size;
  }
  EXPECT_TRUE(wrong.empty()) << fmt::format("{}", fmt::join(wrong, "\n"));
  EXPECT_GT(seen, 5000U);
  EXPECT_EQ(layers.size(), 48U);  // all that it watches
  for (const auto& row : net::testing::layer_table) {
    if (!row.layer.ends_with("_fast"))
      EXPECT_TRUE(rows.contains(&row)) << row.layer << " " << row.when;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, LayerProbe, testing::Values("clang", "mingw"));

}  // namespace
}  // namespace drydock
