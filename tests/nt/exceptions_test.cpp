// SPDX-License-Identifier: Apache-2.0
// Structured exceptions in a real driver, case by case: what ran, in which order, and how it ended.
// The cases are in drivers/seh_*.c; those up to `kernel` say the same as a program under Wine.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "base/files.h"
#include "machine/shared_memory.h"
#include "nt/drivers/seh_driver.h"
#include "nt/fault_policy.h"
#include "nt/kernel.h"
#include "nt/test_store.h"

namespace drydock::nt {
namespace {

machine::Traps& traps() {
  static machine::Traps one(std::chrono::milliseconds(300));
  return one;
}

// Lets every second call fail that may.
class Failing final : public machine::Choices {
 public:
  std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool continues) override {
    return plain_.pick_fiber(candidates, continues);
  }
  std::size_t choose(machine::Question question, std::size_t) override {
    return question == machine::Question::fault && (++asked_ % 2) == 1 ? 1 : 0;
  }
  [[nodiscard]] bool injects_faults() const override { return on; }

  bool on = false;

 private:
  machine::RoundRobin plain_{1};
  std::uint32_t asked_ = 0;
};

struct SehRun {
  Failing choices;
  machine::Machine machine{machine::shared_memory(), choices, {}};
  ledger::Record record{machine};
  Kernel kernel{machine, record, test_store(), 1};
  FaultMeaning faults{machine, record, kernel.loader};

  SehRun() { traps().set_policy(&faults); }
  ~SehRun() { traps().set_policy(nullptr); }
  SehRun(const SehRun&) = delete;
  SehRun& operator=(const SehRun&) = delete;

  void load() {
    const auto content = read_file(DRYDOCK_BINARY_DIR "/drivers/clang/seh.sys");
    ASSERT_TRUE(content) << content.error().message;
    const auto file = test_store().cache.open(*content, "seh.sys");
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(kernel.io.load(**file, "seh"));
    machine.run();
  }

  // Asked for by an application, not by the system process.
  std::string run_case(std::string_view name) {
    std::array<std::byte, 1024> answer{};
    Transfer transfer;
    machine.spawn("application", machine::Irql::passive, [&] {
      const auto created = kernel.processes.create(u"\\Device\\HarddiskVolume1\\app.exe");
      kernel.processes.attach(machine.running(), created.id);
      const HANDLE handle = kernel.io.open(u"\\??\\Seh", created.id).handle;
      transfer = kernel.io.ioctl(handle, SEH_RUN_CASE, std::as_bytes(std::span(name)), answer);
      kernel.io.close(handle);
    });
    machine.run();
    if (machine.stopped()) return stop();
    if (transfer.status != STATUS_SUCCESS)
      return fmt::format("status {:#x}", static_cast<std::uint32_t>(transfer.status));
    return {reinterpret_cast<const char*>(answer.data()), transfer.information};
  }

  std::string stop() {
    if (const auto* check = std::get_if<machine::BugCheck>(&*machine.stopped())) {
      return fmt::format("bug check {:#x} ({:#x}): {}", check->code, check->parameters[0],
                         check->what);
    }
    if (const auto* unknown = std::get_if<machine::Inconclusive>(&*machine.stopped()))
      return unknown->what;
    return "other";
  }
};

struct Case {
  const char* name;
  const char* outcome;
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

struct Exceptions : testing::TestWithParam<Case>, SehRun {};

TEST_P(Exceptions, case) {
  load();
  EXPECT_EQ(run_case(GetParam().name), GetParam().outcome);
}

TEST(ExceptionsInADriversLife, leave_nothing_behind) {
  SehRun run;
  run.load();
  for (const char* name :
       {"lock_is_released_in_finally", "filter_may_wait", "exception_passes_through_io_call_driver",
        "finally_that_raises_inside_finally_that_raises",
        "unwinding_leaves_filter_and_first_exception"}) {
    const std::string outcome = run.run_case(name);
    EXPECT_TRUE(outcome.contains("except")) << name << ": " << outcome;
  }
  EXPECT_EQ(run.kernel.io.request_unload(0), STATUS_SUCCESS);
  run.machine.run();
  EXPECT_FALSE(run.machine.stopped());
  EXPECT_TRUE(run.record.notes().empty());
  EXPECT_EQ(run.record.ledger().count_alive(ledger::Kind::device, 0), 0u);
}

TEST(ExceptionsInADriversLife, an_allocation_that_cannot_return_null_fails_by_an_exception) {
  SehRun run;
  run.load();
  const std::string names[] = {"allocation_that_must_not_fail_raises",
                               "lookaside_list_that_must_not_fail_raises"};
  EXPECT_EQ(run.run_case(names[0]), "block; block");
  EXPECT_EQ(run.run_case(names[1]), "entry");
  run.choices.on = true;
  EXPECT_EQ(run.run_case(names[0]), "except c000009a; block");
  EXPECT_EQ(run.run_case(names[1]), "except c000009a");
  EXPECT_EQ(run.run_case(names[0]), "block; except c000009a");
}

TEST(ExceptionsInADriversLife, are_part_of_the_trace_and_alike_each_time) {
  std::vector<std::uint64_t> hashes;
  for (const char* name : {"collided_unwind_runs_each_finally_once", "filter_may_wait"}) {
    for (int i = 0; i < 2; ++i) {
      SehRun run;
      std::string told;
      run.record.events().send_all_to([&](const ledger::Event& event) {
        if (event.kind == ledger::EventKind::exception) told += fmt::format("{} ", event.name);
      });
      run.load();
      run.run_case(name);
      EXPECT_TRUE(told.starts_with("exception ") && told.ends_with("unwound ")) << told;
      hashes.push_back(run.record.events().hash());
    }
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(hashes[2], hashes[3]);
  EXPECT_NE(hashes[0], hashes[2]);
}

// What compilers emit, by clang and by hand.
INSTANTIATE_TEST_SUITE_P(
    Compiled, Exceptions,
    testing::Values(
        Case{"except_takes_a_bad_read", "except c0000005; after"},
        Case{"filter_sees_a_read",
             "code c0000005; flags 0; parameter 0; parameter 10; at rip; except"},
        Case{"filter_sees_a_write",
             "code c0000005; flags 0; parameter 1; parameter 10; at rip; except"},
        Case{"filter_reads_the_code", "except e0000001"},
        Case{"filter_changes_locals_of_its_function", "local 2a"},
        Case{"search_goes_on_outwards", "inner filter; outer filter; outer except"},
        Case{"innermost_willing_handler_takes_it", "inner filter; inner except; goes on"},
        Case{"search_goes_on_in_the_caller", "callee's filter; caller's filter; caller's except"},
        Case{"code_outside_of_try_is_not_guarded", "try; except"},
        Case{"except_body_returns_a_value", "value 7"},
        Case{"except_body_raises_anew", "first c0000005; second e0000001"},
        Case{"except_body_faults_within_the_outer_try", "inner except; outer except c0000005"},
        Case{"a_thousand_exceptions_leave_nothing_behind", "caught 3e8"},
        Case{"continuing_runs_the_instruction_again", "repair; read 2a"},
        Case{"continuing_may_go_elsewhere", "skip; read 63"},
        Case{"raised_exception_is_continued_behind_the_call", "filter; came back; after"},
        Case{"raised_record_reaches_the_filter",
             "code e0000001; flags 0; parameter 5; at rip; except"},
        Case{"what_cannot_be_continued_raises_another_exception",
             "filter e0000001; filter c0000025; except c0000025"},
        Case{"finally_without_exception", "try; finally 0; after"},
        Case{"filters_run_before_finally_and_except_after", "filter; finally 1; except"},
        Case{"finally_blocks_run_from_the_inside_out", "first; second; third; except"},
        Case{"finally_outside_of_the_taking_try_waits",
             "inner finally; except; goes on; outer finally 0"},
        Case{"finally_of_every_called_function_runs",
             "filter; f 0; f 1; f 2; f 3; f 4; f 5; except"},
        Case{"except_inside_finally_is_its_own",
             "inside c0000005; rest of finally; outside e0000001"},
        Case{"finally_may_call_what_handles_exceptions",
             "inside c0000005; rest of finally; outside e0000001"},
        Case{"exception_in_finally_replaces_the_first", "filter; finally; filter; except e0000002"},
        Case{"collided_unwind_runs_each_finally_once",
             "callee's finally; caller's finally; except c0000005"},
        Case{"finally_that_raises_inside_finally_that_raises", "first; second; except c0000005"},
        Case{"return_runs_finally", "try; finally; value 3"},
        Case{"goto_runs_every_finally_on_its_way", "try; inner finally; outer finally; out"},
        Case{"break_and_continue_run_finally", "finally 0; try 1; finally 1; finally 2"},
        Case{"leave_ends_the_block", "try; finally 0"},
        Case{"exception_in_a_filter_goes_outwards",
             "filter; filter; outer filter c0000005; except c0000005"},
        Case{"filter_may_handle_its_own_exceptions", "in filter c0000005; except e0000001"},
        Case{"unwinding_leaves_filter_and_first_exception",
             "asked e0000001; asked c0000005; filter's finally; first's finally; except c0000005"},
        Case{"floating_point_registers_survive", "total cb2"},
        Case{"integer_registers_survive", "sum 2366c5"},
        Case{"function_with_variable_frame", "room 21"},
        Case{"function_with_frame_of_pages", "room 3"},
        Case{"frames_without_handlers_are_passed", "except"},
        Case{"division_by_zero", "code c0000094; flags 0; at rip; except"},
        Case{"quotient_that_does_not_fit", "code c0000095; flags 0; at rip; except"},
        Case{"illegal_instruction", "code c000001d; flags 0; at rip; except"},
        Case{"breakpoint", "code 80000003; flags 0; parameter 0; at rip; except"},
        Case{"address_that_cannot_be_one",
             "code c0000005; flags 0; parameter 0; parameter ffffffffffffffff; at rip; except"},
        Case{"call_of_a_null_pointer",
             "code c0000005; flags 0; parameter 8; parameter 0; at rip; except"},
        Case{"read_in_the_block", "except c0000005; value 1"},
        Case{"write_in_the_block_with_finally", "finally 1; except"},
        Case{"probe_loop_stops_at_the_bad_address", "stopped at 2"},
        Case{"division_in_the_block", "except c0000094; result 5"},
        Case{"leave_by_local_unwind", "try; finally; target; rbx 1234"},
        Case{"leave_two_scopes_by_local_unwind",
             "try; inner finally; target; outer finally; target"},
        Case{"guarded_by_forwarding_handler", "try; finally; except"},
        Case{"frame_in_r13", "try; value 55"},
        Case{"fault_in_a_prologue_asks_no_handler_of_that_function",
             "except c0000005; registers off by 0"},
        Case{"fault_in_a_chained_part_of_a_function", "except c0000005; registers off by 0"},
        Case{"saved_vector_register_is_restored", "except; xmm6 kept"},
        Case{"guarded_by_own_handler",
             "own handler is asked; finally; own handler unwinds; flags 22; value 77"},
        Case{"frames_can_be_walked_by_hand", "own row; own image; caller; back"},
        Case{"restored_context_runs_on_from_its_capture", "passes 3"}),
    name_of);

// With functions of the kernel, and what no handler gets.
INSTANTIATE_TEST_SUITE_P(
    Kernel, Exceptions,
    testing::Values(
        Case{"a_thousand_raised_statuses", ""}, Case{"a_thousand_faults", ""},
        Case{"handlers_run_at_the_irql_of_the_fault", "filter 2; except 2; after 0"},
        Case{"lock_is_released_in_finally", "filter 2; finally 0; except 0"},
        Case{"filter_may_wait", "waited; except"},
        Case{"probe_of_a_kernel_address_raises", "except c0000005"},
        Case{"probe_looks_at_alignment", "except 80000002"},
        Case{"probe_for_read_does_not_touch_and_for_write_does", "read probed; except c0000005"},
        Case{"probe_of_nothing_is_always_fine", "probed"},
        Case{"copy_from_a_bad_user_address_raises",
             "parameter 0; parameter 20000; except c0000005"},
        Case{"locking_of_a_bad_user_buffer_raises", "except c0000005"},
        Case{"release_of_a_free_mutex_raises", "except c0000046"},
        Case{"misalignment_and_violation_can_be_raised", "except 80000002; except c0000005"},
        Case{"exception_passes_through_io_call_driver",
             "dispatch; dispatch's finally; caller's finally; except e0000001"},
        Case{"kernel_function_faults_on_a_bad_address",
             "RtlInitUnicodeString meets an exception inside a __try block of the driver, which "
             "cannot be raised from it"},
        Case{"page_fault_at_dispatch_level",
             "bug check 0xd1 (0x10): memory at 0x10 was read, which is not accessible"},
        Case{"bad_kernel_address",
             "bug check 0x50 (0x23000000cfc0): memory at 0x23000000cfc0 was read, which is not "
             "accessible"},
        Case{"fast_fail", "bug check 0x139 (0x3): the driver's own check failed (int 29h, code 3)"},
        Case{"nobody_handles_a_fault",
             "bug check 0x3b (0xc0000005): a NULL pointer was read (address 0x10)"},
        Case{"nobody_handles_a_status",
             "bug check 0x3b (0xc000009a): exception STATUS_INSUFFICIENT_RESOURCES (0xc000009a) "
             "was raised and nothing handles it"},
        Case{"nobody_handles_a_division_at_dispatch_level",
             "bug check 0x1e (0xc0000094): an integer was divided by zero"},
        Case{"filter_insists_on_continuing", "bug check 0x7f (0x8): the kernel stack is exhausted"},
        Case{"continuing_without_repair",
             "driver code ran for seconds of processor time without a kernel call"}),
    name_of);

}  // namespace
}  // namespace drydock::nt
