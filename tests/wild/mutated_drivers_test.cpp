// SPDX-License-Identifier: Apache-2.0
// Ten thousand damaged drivers, each loaded, run and unloaded: every one of them ends as an error
// line, a report, or the death of the process that ran it and of no other - never as a hang.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/files.h"
#include "net/capture.h"
#include "net/tracker.h"
#include "scenario/run.h"

namespace drydock::scenario {
namespace {

// What the process that runs the drivers tells the one that watches it.
struct Progress {
  volatile std::uint32_t next = 0;  // the mutant to run next
  volatile std::uint32_t refused = 0;
  volatile std::uint32_t reported = 0;
  volatile std::uint32_t internal_faults = 0;
};

// splitmix64: the same mutants on every machine.
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// One to eight bytes changed anywhere; every sixteenth mutant is cut short as well.
std::vector<std::byte> mutant(std::vector<std::byte> file, std::uint32_t number) {
  std::uint64_t state = number;
  for (std::uint64_t changes = 1 + next_random(state) % 8; changes > 0; --changes) {
    file[next_random(state) % file.size()] = static_cast<std::byte>(next_random(state));
  }
  if (number % 16 == 0) file.resize(next_random(state) % file.size());
  return file;
}

std::vector<Plan> plans() {
  const auto capture = net::read_capture_file(DRYDOCK_SOURCE_DIR "/data/dns.pcap");
  const Traffic traffic{.name = "dns",
                        .steps = net::steps_of(net::standard_local_host(), capture->packets),
                        .capture = nullptr};
  std::vector<Plan> made;
  for (const char* name : {"reference_wdm", "reference_kmdf", "bug_flow_01", "fixed_thread_05"}) {
    Plan& plan = made.emplace_back();
    plan.driver.name = std::string(name) + ".sys";
    plan.driver.service = name;
    plan.driver.content =
        read_file(DRYDOCK_BINARY_DIR "/drivers/clang/" + plan.driver.name).value();
    plan.traffic.push_back(traffic);
    plan.unload.restart = false;
    plan.call_limit = 200'000;
  }
  return made;
}

// In the child: until all are done or one of them ends the process.
[[noreturn]] void run_mutants(Progress& progress, std::uint32_t count) {
  const std::vector<Plan> originals = plans();
  Environment environment(std::chrono::milliseconds(60));
  while (progress.next < count) {
    const std::uint32_t number = progress.next;
    progress.next = number + 1;
    Plan plan = originals[number % originals.size()];
    plan.driver.content = mutant(std::move(plan.driver.content), number);
    machine::RoundRobin choices;
    const auto result = run(environment, plan, choices);
    if (!result) {
      ++const_cast<std::uint32_t&>(progress.refused);
    } else if (!result->internal_fault.empty()) {
      ++const_cast<std::uint32_t&>(progress.internal_faults);
    } else {
      ++const_cast<std::uint32_t&>(progress.reported);
    }
  }
  _exit(0);
}

// Waits for the child; kills it when one mutant takes more than thirty seconds. False: it hung.
bool watch(pid_t child, const Progress& progress) {
  std::uint32_t seen = progress.next;
  for (int quiet_ticks = 0; quiet_ticks < 3000;) {
    if (waitpid(child, nullptr, WNOHANG) == child) return true;
    const timespec tick{.tv_sec = 0, .tv_nsec = 10'000'000};
    nanosleep(&tick, nullptr);
    quiet_ticks = progress.next == seen ? quiet_ticks + 1 : 0;
    seen = progress.next;
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return false;
}

TEST(LongMutatedDrivers, ten_thousand_of_them_end_as_a_line_or_a_report_and_none_hangs) {
  // For a look at one of them: DRYDOCK_MUTANTS=1235 DRYDOCK_FIRST_MUTANT=1234.
  const char* wish = std::getenv("DRYDOCK_MUTANTS");
  const char* start = std::getenv("DRYDOCK_FIRST_MUTANT");
  const std::uint32_t count =
      wish != nullptr ? static_cast<std::uint32_t>(std::stoul(wish)) : 10'000;
  void* shared =
      mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto& progress = *new (shared) Progress;
  if (start != nullptr) progress.next = static_cast<std::uint32_t>(std::stoul(start));
  std::uint32_t processes = 0;
  while (progress.next < count) {
    const std::uint32_t first = progress.next;
    ++processes;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) run_mutants(progress, count);
    EXPECT_TRUE(watch(child, progress)) << "mutant " << progress.next - 1 << " hangs";
    ASSERT_GT(progress.next, first) << "the process cannot even start";
  }
  const std::uint32_t lost =
      count - progress.refused - progress.reported - progress.internal_faults;
  RecordProperty("refused", static_cast<int>(progress.refused));
  std::printf(
      "%u mutants: %u refused, %u reported, %u ended their process (of %u), %u internal faults\n",
      count, progress.refused, progress.reported, lost, processes, progress.internal_faults);
  EXPECT_GT(progress.refused, count / 50);
  EXPECT_GT(progress.reported, count / 2);
  // A driver can write over memory of ours, since it runs in this address space. Then the simulated
  // kernel faults in its own code - which is told as a fault of Drydock, for nothing shows whose
  // mistake it was - or the process ends. Both are rare.
  EXPECT_LT(progress.internal_faults, count / 500);
  EXPECT_LT(lost, count / 50);
  munmap(shared, sizeof(Progress));
}

}  // namespace
}  // namespace drydock::scenario
