// SPDX-License-Identifier: Apache-2.0
// Packets per second through the simulated host's path and a real driver's code: downloads over so
// many connections at once, each packet read, tracked, and shown to callouts at the IP, transport
// and stream layers. Beside it the memory that a connection takes.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>
#include <vector>

#include "base/files.h"
#include "host_run.h"
#include "net/build_packet.h"
#include "net/host_path.h"

namespace {

using namespace drydock;
using net::CapturePacket;
using net::testing::Place;

constexpr const char* driver = DRYDOCK_BINARY_DIR "/drivers/clang/onlooker.sys";
constexpr std::size_t segment = 1400;
constexpr std::size_t data_packets = 300'000;  // and an acknowledgement for every second one

// The packets of downloads that take turns.
class Downloads {
 public:
  explicit Downloads(std::size_t count) : connections_(count) {
    for (std::size_t i = 0; i < count; ++i) connections_[i].host = place(i);
  }

  std::vector<CapturePacket> handshakes() {
    std::vector<CapturePacket> packets;
    for (Connection& each : connections_) {
      add(packets, tcp(each.host, web_, net::tcp::syn, 100, 0));
      add(packets, tcp(web_, each.host, net::tcp::syn | net::tcp::ack, 500, 101));
      add(packets, tcp(each.host, web_, net::tcp::ack, 101, 501));
    }
    return packets;
  }
  std::vector<CapturePacket> data() {
    std::vector<CapturePacket> packets;
    for (std::size_t i = 0; i < data_packets; ++i) {
      Connection& each = connections_[i % connections_.size()];
      add(packets, tcp(web_, each.host, net::tcp::ack, each.next, 101, text_));
      each.next += segment;
      if (each.next / segment % 2 == 0)
        add(packets, tcp(each.host, web_, net::tcp::ack, 101, each.next));
    }
    return packets;
  }

 private:
  struct Connection {
    Place host;
    std::uint32_t next = 501;
  };

  static net::testing::Bytes tcp(const Place& from, const Place& to, std::uint8_t flags,
                                 std::uint32_t sequence, std::uint32_t acknowledgement,
                                 std::string_view text = {}) {
    return net::testing::tcp_packet(from, to, flags, sequence, acknowledgement, text);
  }
  // A local host has some addresses, and most of the ports of each.
  static Place place(std::size_t number) {
    constexpr std::size_t ports = 50'000;
    const auto address = static_cast<std::uint32_t>(0xc6120001 + number / ports);  // 198.18.0.1
    return {net::IpAddress::from_v4(address), static_cast<std::uint16_t>(10'000 + number % ports)};
  }
  void add(std::vector<CapturePacket>& packets, net::testing::Bytes bytes) {
    packets.push_back(net::testing::captured(now_, std::move(bytes)));
    now_ += std::chrono::microseconds(1);
  }

  std::vector<Connection> connections_;
  Place web_ = net::testing::at("192.0.2.20", 80);
  std::string text_ = std::string(segment, 'x');
  net::Nanoseconds now_{};
};

net::LocalHost local_host() {
  net::LocalHost host;
  for (std::uint32_t i = 0; i < 4; ++i)
    host.addresses.push_back(net::IpAddress::from_v4(0xc6120001 + i));
  return host;
}

std::size_t resident_bytes() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * machine::page_size;
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Journey {
  net::HostTracker tracker{local_host()};
  net::HostPath& path;
  machine::Machine& machine;

  void take(const std::vector<CapturePacket>& packets) {
    for (const CapturePacket& packet : packets) {
      for (const net::Step& step : tracker.feed(packet)) path.play(step);
      machine.switch_point();
    }
  }
};

void download(benchmark::State& state) {
  const auto flows = static_cast<std::size_t>(state.range(0));
  const auto content = read_file(driver);
  if (!content) return state.SkipWithError(content.error().message.c_str());
  const auto file = bench::environment().images.cache.open(*content, "onlooker.sys");
  std::size_t packets = 0;
  std::size_t bytes_per_flow = 0;
  std::uint64_t called = 0;
  for (auto _ : state) {
    Downloads downloads(flows);
    const auto handshakes = downloads.handshakes();
    const auto data = downloads.data();
    const auto run = std::make_unique<bench::HostRun>();
    scenario::World& world = run->world;
    net::HostPath path(world.network);
    run->as_kernel([&] {
      const auto id = world.kernel.io.load(**file, "onlooker");
      if (!id || world.kernel.io.wait_started(*id) != STATUS_SUCCESS) return;
      Journey journey{.path = path, .machine = world.machine};
      const std::size_t before = resident_bytes();
      journey.take(handshakes);
      bytes_per_flow = (resident_bytes() - before) / flows;
      const double began = processor_seconds();
      journey.take(data);
      state.SetIterationTime(processor_seconds() - began);
      packets += data.size();
    });
    world.wfp.classifier().fold_counts(world.record.counters());
    for (const auto& [name, count] : world.record.counters().values)
      if (name.starts_with("classifyFn ")) called += count;
  }
  if (called < 2 * packets) state.SkipWithError("the driver's classifyFn did not see every packet");
  state.SetItemsProcessed(static_cast<std::int64_t>(packets));
  state.counters["classifyFn_per_packet"] =
      static_cast<double>(called) / static_cast<double>(packets);
  state.counters["bytes_per_flow"] = static_cast<double>(bytes_per_flow);
}
BENCHMARK(download)->Arg(100)->Arg(10'000)->Arg(100'000)->UseManualTime()->Unit(
    benchmark::kMillisecond);

}  // namespace
