// SPDX-License-Identifier: Apache-2.0
// Drivers come and go: what a test sees of them, and what it is told when they do wrong.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lib/lib_drivers.h"

namespace drydock::testing {
namespace {

using namespace std::chrono_literals;

std::string error_of(const std::function<void()>& wrong) {
  try {
    wrong();
  } catch (const Stopped& stopped) {
    return std::string("stopped: ") + stopped.what();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(LibraryMachine, correct_driver_is_clean_when_it_is_gone) {
  Machine machine;
  Driver driver = machine.load(built("reference_wdm"));
  EXPECT_EQ(driver.entry_status(), status_success);
  Traffic traffic = machine.play_standard_traffic();
  traffic.wait_for_step(traffic.steps() / 2);
  EXPECT_EQ(driver.unload(), status_success);
  EXPECT_TRUE(driver.gone());
  EXPECT_TRUE(machine.ledger().empty());
  const Verdict verdict = machine.verdict();
  EXPECT_TRUE(verdict.clean()) << verdict;
  EXPECT_EQ(verdict.drivers,
            (std::map<std::string, Outcome>{{"reference_wdm.sys", Outcome::clean}}));
}

TEST(LibraryMachine, driver_that_stays_is_inconclusive) {
  Machine machine;
  machine.load(built("reference_wdm"));
  const Verdict verdict = machine.verdict();
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.why_inconclusive,
            "The driver was not unloaded: what it would leave behind is not known.");
}

// Whoever made the driver fail: nothing of what it is for was seen.
TEST(LibraryMachine, driver_whose_device_does_not_start_is_inconclusive) {
  Machine machine;
  const auto byte = [](int value) { return static_cast<std::byte>(value); };
  const RegistryValue fails_to_add = {
      .key = "Parameters", .name = "Mode", .data = {byte(1), byte(0), byte(0), byte(0)}};
  Driver driver = machine.load(built("kmdf_pnp_1.15"), {.registry = {fails_to_add}});
  EXPECT_EQ(driver.entry_status(), status_success);
  EXPECT_EQ(driver.unload(), status_success);
  const Verdict verdict = machine.verdict();
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.why_inconclusive,
            "The device that Plug and Play found for the driver did not start "
            "(STATUS_DEVICE_CONFIGURATION_ERROR (0xc0000182)): nothing that it does with one was "
            "checked.");
}

TEST(LibraryMachine, ledger_tells_what_a_driver_holds_and_where_it_was_acquired) {
  Machine machine;
  Driver driver = machine.load(built("bug_pool_01"));
  EXPECT_EQ(driver.unload(), status_success);
  const auto blocks = machine.ledger("pool block");
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(blocks[0].driver, "bug_pool_01.sys");
  EXPECT_EQ(blocks[0].name, "DBug");
  EXPECT_GT(blocks[0].size, 0U);
  const auto& stack = blocks[0].acquired_at;
  const auto entry = std::ranges::find(stack, "DriverEntry", &Frame::function);
  ASSERT_NE(entry, stack.end());
  EXPECT_EQ(entry->file, "drivers/bugs/pool_01.cpp");
  EXPECT_GT(entry->line, 0U);
}

TEST(LibraryMachine, findings_are_there_as_soon_as_a_rule_is_broken) {
  Machine machine;
  Driver driver = machine.load(built("bug_pool_01"));
  EXPECT_TRUE(machine.findings().empty());
  driver.unload();
  EXPECT_EQ(rules_of(machine.findings()), Rules{"POOL-01"});
  const Verdict verdict = machine.verdict();
  EXPECT_EQ(verdict.outcome, Outcome::findings);
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_EQ(verdict.findings[0].driver, "bug_pool_01.sys");
  EXPECT_EQ(verdict.findings[0].severity, Severity::error);
  EXPECT_FALSE(verdict.findings[0].acquired_at.empty());
}

// bug_flow_01 leaves contexts on flows: their deletion calls into its image when that is gone.
TEST(LibraryMachine, that_stops_with_a_bug_check_says_so_and_can_still_be_asked) {
  Machine machine;
  Driver driver = machine.load(built("bug_flow_01"));
  Traffic traffic = machine.play_standard_traffic();
  traffic.wait_for_step(traffic.steps() / 2);
  driver.unload();
  EXPECT_THROW(traffic.wait(), Stopped);
  EXPECT_THROW(machine.advance(1s), Stopped);
  const Verdict verdict = machine.verdict();
  EXPECT_EQ(rules_of(verdict.findings), Rules{"FLOW-01"}) << verdict;
  EXPECT_TRUE(verdict.bug_check.starts_with(
      "SYSTEM_SCAN_AT_RAISED_IRQL_CAUGHT_IMPROPER_DRIVER_UNLOAD (0xD4): "))
      << verdict.bug_check;
  EXPECT_EQ(rules_of(machine.findings()), Rules{"FLOW-01"});
  Machine another;
  EXPECT_EQ(another.load(built("reference_wdm")).entry_status(), status_success);
}

// bug_unload_04 waits in its unload routine for what never comes.
TEST(LibraryMachine, driver_that_never_returns_from_its_unload_routine_is_a_finding) {
  Machine machine;
  Driver driver = machine.load(built("bug_unload_04"));
  EXPECT_EQ(driver.unload(), status_pending);
  EXPECT_FALSE(driver.gone());
  EXPECT_EQ(rules_of(machine.verdict().findings), Rules{"UNLOAD-04"});
}

TEST(LibraryMachine, same_calls_make_the_same_run_and_another_seed_another_one) {
  const auto trace_of = [](std::optional<std::uint64_t> seed) {
    Machine machine({.seed = seed});
    Driver driver = machine.load(built("reference_kmdf"));
    Traffic traffic = machine.play_standard_traffic();
    traffic.wait_for_step(300);
    driver.unload();
    EXPECT_TRUE(machine.verdict().clean());
    return machine.trace();
  };
  const Trace plain = trace_of({});
  EXPECT_EQ(trace_of({}), plain);
  const Trace random = trace_of(7);
  EXPECT_EQ(trace_of(7), random);
  EXPECT_NE(random.hash, plain.hash);
  EXPECT_NE(trace_of(8).hash, random.hash);
}

TEST(LibraryMachine, driver_comes_back_and_two_stand_side_by_side) {
  Machine machine;
  Driver first = machine.load(built("reference_wdm"));
  EXPECT_THROW(machine.load(built("reference_wdm")), Error);
  Driver second = machine.load(built("reference_kmdf"));
  Traffic traffic = machine.play_standard_traffic();
  traffic.wait_for_step(200);
  EXPECT_EQ(first.unload(), status_success);
  traffic.wait_for_step(300);
  Driver again = machine.load(built("reference_wdm"));
  traffic.wait();
  EXPECT_TRUE(traffic.over());
  EXPECT_EQ(again.unload(), status_success);
  EXPECT_EQ(second.unload(), status_success);
  const Verdict verdict = machine.verdict();
  EXPECT_TRUE(verdict.clean()) << verdict;
  EXPECT_EQ(verdict.drivers.size(), 2U);
}

TEST(LibraryMachine, that_is_gone_takes_along_what_is_in_it) {
  std::optional<Machine> machine(std::in_place);
  Process application = machine->process();
  machine.reset();
  EXPECT_EQ(error_of([&] { application.tcp(); }),
            "stopped: the machine is gone: its object was destroyed");
}

TEST(LibraryMachine, registry_is_set_before_a_load_and_read_at_any_time) {
  Machine machine;
  const RegistryValue level{.key = "Parameters", .name = "Level", .data = bytes({7, 0, 0, 0})};
  const Driver driver = machine.load(built("nt_toy"), {.registry = {level}});
  const auto found = machine.registry(driver, "Parameters", "level");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->type, 4U);
  EXPECT_EQ(found->data, level.data);
  EXPECT_FALSE(machine.registry(driver, "Parameters", "Colour"));
}

TEST(LibraryMachine, filter_engine_is_stopped_and_started_under_a_driver) {
  Machine machine;
  Driver driver = machine.load(built("reference_wdm"));
  machine.stop_filter_engine();
  machine.start_filter_engine();
  EXPECT_EQ(driver.unload(), status_success);
  EXPECT_EQ(rules_of(machine.verdict().findings), Rules{});
}

TEST(LibraryMachine, time_passes_only_when_it_is_told_to) {
  Machine machine;
  const Trace before = machine.trace();
  EXPECT_EQ(machine.trace(), before);
  machine.advance(90s);
  EXPECT_EQ(machine.trace().now - before.now, Duration(90s));
}

TEST(LibraryMachine, wrong_use_is_told_in_one_line) {
  EXPECT_EQ(error_of([] { Machine machine({.processors = 0}); }),
            "0 processors: from 1 to 64 are possible");
  EXPECT_EQ(
      error_of([] { Machine machine({.program = "/no/such/drydock"}); }),
      "/no/such/drydock: no program that can be run; Options::program names the drydock program");
  EXPECT_EQ(error_of([] { Machine machine({.program = "no-such-drydock"}); }),
            "no-such-drydock: not found in $PATH; Options::program names the drydock program");
  EXPECT_EQ(
      error_of([] { Machine machine({.program = "/bin/true"}); }),
      "stopped: the process of the machine ended with code 0 and no report: either the driver "
      "damaged it or drydock has a fault");
  Machine machine;
  EXPECT_EQ(error_of([&] { machine.load("/no/such.sys"); }), "/no/such.sys: no such file");
  const std::string no_driver = DRYDOCK_SOURCE_DIR "/README.md";
  EXPECT_EQ(error_of([&] { machine.load(no_driver); }).substr(0, 11), "README.md: ");
  EXPECT_EQ(error_of([&] { machine.play(no_driver, {}); }).substr(0, no_driver.size() + 2),
            no_driver + ": ");
  EXPECT_EQ(error_of([&] { machine.play("/no/such.pcap", {}); }), "/no/such.pcap: no such file");
  EXPECT_EQ(error_of([&] { machine.advance(-1s); }), "virtual time goes forward only");
  EXPECT_EQ(error_of([&] { machine.attach("x"); }).substr(0, 21), "'x' is no attachment:");
  const std::string nobody = "00000000-0000-0000-0000-000000000001";
  EXPECT_EQ(error_of([&] { machine.attach(nobody + "@ALE_AUTH_CONNECT_V4"); }),
            nobody + ": no driver has registered a callout with this key");
  machine.verdict();
  EXPECT_EQ(error_of([&] { machine.advance(1s); }),
            "the verdict has been given: the machine does nothing any more");
}

// The program is one that reads and never answers.
TEST(LibraryMachine, process_that_does_not_answer_is_killed) {
  const auto program = ::testing::TempDir() + "drydock_silent";
  std::ofstream(program) << "#!/bin/sh\nexec sleep 100\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  EXPECT_EQ(error_of([&] { Machine machine({.wall_limit = 200ms, .program = program}); }),
            "stopped: the process of the machine was still busy after 200 ms: either the driver "
            "damaged it or drydock has a fault");
  std::filesystem::remove(program);
}

// bug_pool_01 with `code` where its entry point is.
std::string driver_that(const std::string& name, std::initializer_list<unsigned char> code) {
  std::ifstream original(built("bug_pool_01"), std::ios::binary);
  std::string file{std::istreambuf_iterator<char>(original), {}};
  const auto number = [&](std::size_t offset) {
    std::uint32_t value = 0;
    std::memcpy(&value, file.data() + offset, sizeof(value));
    return value;
  };
  const std::size_t header = number(0x3c);
  const std::uint32_t entry = number(header + 40);
  std::size_t section = header + 24 + (number(header + 20) & 0xffff);
  while (entry - number(section + 12) >= number(section + 8)) section += 40;
  std::ranges::copy(code, file.begin() + number(section + 20) + (entry - number(section + 12)));
  const auto path = ::testing::TempDir() + "drydock_library_" + name + ".sys";
  std::ofstream(path, std::ios::binary) << file;
  return path;
}

void expect_unknown(const std::string& path, const std::string& why) {
  Machine machine;
  EXPECT_EQ(error_of([&] { machine.load(path); }), "stopped: " + why);
  const Verdict verdict = machine.verdict();
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.why_inconclusive, why);
  std::filesystem::remove(path);
}

TEST(LibraryMachine, driver_that_ends_its_process_does_not_end_the_test) {
  // xor edi, edi; mov eax, 231 (exit_group); syscall
  expect_unknown(driver_that("exit", {0x31, 0xff, 0xb8, 231, 0, 0, 0, 0x0f, 0x05}),
                 "the process of the machine ended with code 0 and no report: either the driver "
                 "damaged it or drydock has a fault");
}

TEST(LibraryMachine, driver_that_never_returns_is_told) {
  const auto path = driver_that("loop", {0xeb, 0xfe});  // jmp $
  expect_unknown(path, "driver code ran for seconds of processor time without a kernel call");
}

// It boots, and then answers a question with the number 5.
TEST(LibraryMachine, answer_that_is_none_is_an_error) {
  const auto program = std::filesystem::path(::testing::TempDir()) / "answers_five.sh";
  std::ofstream(program) << "#!/bin/sh\n"
                            "printf '\\011\\000\\000\\000\\241\\146answer\\240' >&3\n"
                            "printf '\\011\\000\\000\\000\\241\\146answer\\005' >&3\n"
                            "exec sleep 100\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  Machine machine({.program = program});
  EXPECT_EQ(error_of([&] { (void)machine.trace(); }), "the machine has sent a damaged answer");
  std::filesystem::remove(program);
}

// As a driver might that has taken over the process it lives in.
TEST(LibraryMachine, process_that_answers_nonsense_is_ended_and_told_of) {
  const auto program = std::filesystem::path(::testing::TempDir()) / "answers_nonsense.sh";
  std::ofstream(program) << "#!/bin/sh\nprintf '\\001\\000\\000\\000\\001' >&3\nexec sleep 100\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  try {
    const Machine machine({.program = program});
    FAIL() << "a machine without a machine";
  } catch (const Stopped& stopped) {
    EXPECT_STREQ(stopped.what(),
                 "the process of the machine sent a damaged answer: either the driver damaged it "
                 "or drydock has a fault");
  }
  std::filesystem::remove(program);
}

}  // namespace
}  // namespace drydock::testing
