// SPDX-License-Identifier: Apache-2.0
// One exception round trip: raised or met in a called function of a real driver, searched for,
// unwound to the caller's __except block.
#include <memory>
#include <span>
#include <string_view>

#include "base/files.h"
#include "host_run.h"
#include "nt/drivers/seh_driver.h"

namespace {

using namespace drydock;

constexpr std::int64_t exceptions_a_request = 1000;

void exception(benchmark::State& state, std::string_view name) {
  const auto content = read_file(DRYDOCK_BINARY_DIR "/drivers/clang/seh.sys");
  if (!content) return state.SkipWithError(content.error().message.c_str());
  const auto file = bench::environment().images.cache.open(*content, "seh.sys");
  const auto run = std::make_unique<bench::HostRun>();
  nt::IoManager& io = run->world.kernel.io;
  bool failed = false;
  run->as_kernel([&] {
    const auto id = io.load(**file, "seh");
    if (!id || io.wait_started(*id) != STATUS_SUCCESS) return;
    const HANDLE handle = io.open(u"\\??\\Seh", nt::system_process).handle;
    while (state.KeepRunningBatch(exceptions_a_request)) {
      const auto transfer = io.ioctl(handle, SEH_RUN_CASE, std::as_bytes(std::span(name)), {});
      failed = failed || transfer.status != STATUS_SUCCESS;
    }
  });
  if (failed || run->world.machine.stopped()) state.SkipWithError("the driver's case failed");
}
BENCHMARK_CAPTURE(exception, raised_status, "a_thousand_raised_statuses");
BENCHMARK_CAPTURE(exception, processor_fault, "a_thousand_faults");

}  // namespace
