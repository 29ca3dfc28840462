// SPDX-License-Identifier: Apache-2.0
// One request's round trip: an application's ioctl to a real driver that completes it at once, by
// transfer method, and through the framework's queue.
#include <array>
#include <memory>
#include <span>
#include <string>

#include "base/files.h"
#include "host_run.h"

namespace {

using namespace drydock;

// The drivers invert 16 bytes (tests/nt/drivers/nt_toy.h, tests/kmdf/drivers/kmdf_toy.h).
constexpr std::int64_t requests_a_batch = 1000;

void request(benchmark::State& state, const std::string& driver, std::u16string_view device,
             ULONG code) {
  const auto content = read_file(DRYDOCK_BINARY_DIR "/drivers/clang/" + driver + ".sys");
  if (!content) return state.SkipWithError(content.error().message.c_str());
  const auto file = bench::environment().images.cache.open(*content, driver);
  const auto run = std::make_unique<bench::HostRun>();
  nt::IoManager& io = run->world.kernel.io;
  std::array<std::byte, 16> input{};
  std::array<std::byte, 16> output{};
  bool right = false;
  run->as_kernel([&] {
    const auto id = io.load(**file, driver);
    if (!id || io.wait_started(*id) != STATUS_SUCCESS) return;
    const HANDLE handle = io.open(device, nt::system_process).handle;
    right = true;
    while (state.KeepRunningBatch(requests_a_batch)) {
      for (std::int64_t i = 0; i < requests_a_batch; ++i)
        right = right && io.ioctl(handle, code, input, output).information == output.size();
    }
  });
  if (!right || run->world.machine.stopped()) state.SkipWithError("a request failed");
}
BENCHMARK_CAPTURE(request, wdm_buffered, "nt_toy", u"\\??\\Toy", 0x222004);
BENCHMARK_CAPTURE(request, wdm_direct, "nt_toy", u"\\??\\Toy", 0x22200a);
BENCHMARK_CAPTURE(request, wdm_neither, "nt_toy", u"\\??\\Toy", 0x22200f);
BENCHMARK_CAPTURE(request, framework_queue, "kmdf_toy_1.15", u"\\??\\KmdfToy", 0x222000);

}  // namespace
