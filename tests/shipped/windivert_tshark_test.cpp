// SPDX-License-Identifier: Apache-2.0
// Captures of the shipped WinDivert driver at work, as tshark reads what went over the wire in
// them: nothing malformed, no checksum that is wrong, and every connection whole.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "cli/tshark.h"
#include "shipped/windivert_diverter.h"
#include "shipped/windivert_run.h"
#include "shipped/written_capture.h"

namespace drydock::windivert {
namespace {

using scenario::Application;
using testing::complaints;

// The packets that went on, and those that were injected, as a capture of their own.
class Wire {
 public:
  explicit Wire(const scenario::RunResult& result) {
    const auto& pcapng = result.traffic.at(0).pcapng;
    std::ofstream(all_, std::ios::binary)
        .write(reinterpret_cast<const char*>(pcapng.data()), std::ssize(pcapng));
    testing::output_of(fmt::format(
        R"(tshark -r {} -Y 'frame.comment == "permit" || frame.comment matches "^inject"' )"
        "-w {} 2>/dev/null",
        all_, out_));
  }
  ~Wire() {
    std::remove(all_.c_str());
    std::remove(out_.c_str());
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  [[nodiscard]] std::string read(const std::string& filter) const {
    return testing::packets_like(out_, filter);
  }

 private:
  std::string all_ = fmt::format("{}drydock_divert_{}.pcapng", ::testing::TempDir(), getpid());
  std::string out_ = fmt::format("{}drydock_wire_{}.pcapng", ::testing::TempDir(), getpid());
};

struct Case {
  const char* name;
  const char* capture;
  std::uint32_t field;
  Deeds deeds;
};

std::ostream& operator<<(std::ostream& out, const Case& each) {
  return out << each.name;
}

Deed as_it_was(std::size_t) {
  return Deed::unchanged;
}
Deed every_other_changed(std::size_t number) {
  return number % 2 == 0 ? Deed::unchanged : Deed::changed;
}
Deed all_kept(std::size_t) {
  return Deed::kept;
}

class WinDivertTshark : public ::testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(
    Runs, WinDivertTshark,
    ::testing::Values(Case{"http_v4_unchanged", "http-v4.pcap", field::tcp, as_it_was},
                      Case{"http_v6_changed", "http-v6.pcap", field::tcp, every_other_changed},
                      Case{"all_tcp_changed", "standard.pcapng", field::tcp, every_other_changed},
                      Case{"no_udp", "standard.pcapng", field::udp, all_kept}),
    [](const auto& each) { return std::string(each.param.name); });

std::size_t count_commented(const scenario::RunResult& result, std::string_view beginning) {
  const auto packets = testing::written_packets(result.traffic.at(0).pcapng);
  return static_cast<std::size_t>(std::ranges::count_if(
      packets, [&](const auto& packet) { return packet.comment.starts_with(beginning); }));
}

TEST_P(WinDivertTshark, finds_nothing_wrong_with_what_went_over_the_wire) {
  if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  scenario::Plan plan = plan_for(GetParam().capture);
  Diverter diverter(when(GetParam().field), GetParam().deeds);
  add_process(plan, [&](Application& application) { diverter(application); });
  const scenario::RunResult result = run(plan);
  EXPECT_EQ(result.outcome, verify::Outcome::clean) << trouble(result);
  EXPECT_EQ(Wire(result).read(complaints), "");
  const std::size_t diverted = count_commented(result, "absorb ");
  EXPECT_GT(diverted, 9U);
  const bool kept = GetParam().deeds == all_kept;
  EXPECT_EQ(count_commented(result, "inject "), kept ? 0 : diverted);
}

}  // namespace
}  // namespace drydock::windivert
