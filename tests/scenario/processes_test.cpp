// SPDX-License-Identifier: Apache-2.0
// Processes that a scenario file describes: what can be said, what is refused, and what they do to
// a driver.
#include <gtest/gtest.h>

#include "base/files.h"
#include "scenario/plan_builder.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "scenario/scenario_file.h"
#include "scenario/standard_capture.h"

namespace drydock::scenario {
namespace {

std::string error_of(const std::string& text) {
  const auto file = parse_scenario(text, "s.toml");
  return file ? "" : file.error().message;
}

// A [[process]] whose only operation is this.
std::string error_of_io(const std::string& operation) {
  return error_of("[[process]]\n[[process.io]]\n" + operation + "\n");
}

std::vector<std::byte> bytes_of(const std::string& text, std::uint64_t address = 0) {
  const auto parsed = ByteText::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed->bytes([&](const std::string&) { return address; });
}

std::vector<std::byte> hex(std::initializer_list<unsigned> values) {
  std::vector<std::byte> bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(ByteText, holds_digits_numbers_texts_and_addresses) {
  EXPECT_EQ(bytes_of("00ff 7A"), hex({0x00, 0xff, 0x7a}));
  EXPECT_EQ(bytes_of("u8:255 u16:0x1234 u32:1"), hex({0xff, 0x34, 0x12, 1, 0, 0, 0}));
  EXPECT_EQ(bytes_of("\"a b\" L\"c\""), hex({'a', ' ', 'b', 'c', 0}));
  EXPECT_EQ(bytes_of("<place> 01", 0x1122334455667788),
            hex({0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x01}));
  EXPECT_TRUE(bytes_of("").empty());
}

TEST(ByteText, refuses_what_is_no_byte) {
  EXPECT_EQ(ByteText::parse("123").error().message, "'123' are no hexadecimal digits in pairs");
  EXPECT_EQ(ByteText::parse("0g").error().message, "'0g' are no hexadecimal digits in pairs");
  EXPECT_EQ(ByteText::parse("u8:256").error().message, "'u8:256' does not fit into 1 bytes");
  EXPECT_EQ(ByteText::parse("u24:1").error().message, "'u24:1' is no number of bytes");
  EXPECT_EQ(ByteText::parse("\"a").error().message, "a closing \" is missing");
}

TEST(ProcessSection, refuses_with_the_line_what_it_does_not_know) {
  EXPECT_EQ(error_of("[process]\n"), "s.toml:1: [[process]] must be written with two brackets");
  EXPECT_EQ(error_of("[[process]]\npath = 1\n"),
            "s.toml:2: unknown key 'path' in [[process]]; known are image, user, driver, end, io");
  EXPECT_EQ(error_of("[[process]]\nend = \"soon\"\n"),
            "s.toml:2: 'end' must be \"before unload\", \"after unload\", \"after traffic\" or "
            "\"never\" in [[process]]");
  EXPECT_EQ(error_of("[[process]]\n[process.io]\nopen = \"x\"\n"),
            "s.toml:2: [[process.io]] must be written with two brackets in [[process]]");
  EXPECT_EQ(error_of_io("ouput = 1").substr(0, 37), "s.toml:2: [[process.io]] does nothing");
  EXPECT_EQ(error_of_io("open = \"x\"\nclose = \"x\""),
            "s.toml:4: unknown key 'close' in [[process.io]]; known are thread, open, as, status");
  EXPECT_EQ(error_of_io("close = \"file\""),
            "s.toml:3: 'close': there is no handle 'file' so far in [[process.io]]");
  EXPECT_EQ(error_of_io("ioctl = 5"),
            "s.toml:2: [[process.io]] has no 'on', and no device has been opened as 'file'");
  EXPECT_EQ(error_of_io("ioctl = -1"),
            "s.toml:3: 'ioctl' in [[process.io]] must be a number from 0 to 4294967295");
  EXPECT_EQ(error_of_io("wait = \"r\""),
            "s.toml:3: 'wait': there is no request 'r' so far in [[process.io]]");
  EXPECT_EQ(error_of_io("memory = \"m\""), "s.toml:2: [[process.io]] needs 'size'");
  EXPECT_EQ(error_of_io("memory = \"m\"\nsize = 1\nbytes = \"0000\""),
            "s.toml:2: [[process.io]] has 2 bytes for a memory of 1");
  EXPECT_EQ(error_of_io("memory = \"m\"\nbytes = \"0\""),
            "s.toml:4: 'bytes': '0' are no hexadecimal digits in pairs in [[process.io]]");
  EXPECT_EQ(error_of_io("memory = \"m\"\nbytes = \"<n>\""),
            "s.toml:4: 'bytes': there is no memory 'n' so far in [[process.io]]");
  EXPECT_EQ(error_of_io("repeat = 2\nlast = 3"),
            "s.toml:2: [[process.io]] repeats 3 operations, but 0 came before");
  EXPECT_EQ(error_of_io("open = \"x\"\nstatus = \"fine\""),
            "s.toml:4: 'status' must be a number or \"any\" in [[process.io]]");
}

// What nt_toy.sys can be asked.
const std::string open_toy = R"(
[[process]]
[[process.io]]
open = '\\.\Toy'
)";

Result<RunResult> run_with(const std::string& scenario, const std::string& driver = "nt_toy") {
  Inputs inputs;
  inputs.driver.name = driver + ".sys";
  inputs.driver.service = driver;
  inputs.driver.content =
      read_file(DRYDOCK_BINARY_DIR "/drivers/clang/" + inputs.driver.name).value();
  inputs.captures = {standard_capture()};
  inputs.scenario = {"s.toml", scenario};
  const auto plan = build_plan(inputs);
  if (!plan) return std::unexpected(plan.error());
  machine::RoundRobin choices;
  return run(test_environment(), *plan, choices);
}

void expect_clean(const std::string& scenario) {
  const auto result = run_with(scenario);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean)
      << result->why_inconclusive << result->bug_check;
  EXPECT_TRUE(result->findings.empty());
  EXPECT_EQ(result->lives.size(), 2U);
}

std::string why_inconclusive(const std::string& scenario) {
  const auto result = run_with(scenario);
  EXPECT_TRUE(result) << result.error().message;
  return result ? result->why_inconclusive : "";
}

// The first thread waits for a request that only the other one's cancelling ends.
TEST(Process, threads_play_side_by_side_and_share_what_the_first_one_had) {
  expect_clean(open_toy + R"(
[[process.io]]
ioctl = 0x222014
pends = "waiting"
[[process.io]]
thread = "other"
after_steps = 50
[[process.io]]
thread = "other"
cancel = "waiting"
[[process.io]]
thread = "third"
ioctl = 0x222004
input = '55'
output = 1
answer = 'aa'
[[process.io]]
thread = "third"
repeat = 3
[[process.io]]
wait = "waiting"
status = 0xC0000120
)");
  EXPECT_EQ(why_inconclusive(open_toy + "[[process.io]]\nthread = \"x\"\nioctl = 0x222004\n"
                                        "input = '55'\noutput = 1\nanswer = '00'\n"),
            "s.toml:5: the output begins with aa.");
}

TEST(ProcessSection, a_thread_does_not_know_what_another_one_opens) {
  const std::string other = "[[process]]\n[[process.io]]\nopen = \"x\"\nthread = \"a\"\n";
  EXPECT_EQ(error_of(other + "[[process.io]]\nthread = \"b\"\nclose = \"file\"\n"),
            "s.toml:7: 'close': there is no handle 'file' so far in [[process.io]]");
  EXPECT_EQ(error_of(other + "[[process.io]]\nthread = \"a\"\nrepeat = 2\nlast = 2\n"),
            "s.toml:5: [[process.io]] repeats 2 operations, but 1 came before");
}

TEST(Process, requests_of_each_transfer_method_are_answered_in_both_lives) {
  for (const char* code : {"0x222004", "0x22200a", "0x22200f"}) {
    expect_clean(open_toy + "[[process.io]]\nioctl = " + code +
                 "\ninput = '00 01 ff'\noutput = 3\nanswer = 'ff fe 00'\n");
  }
}

TEST(Process, answer_that_is_not_the_expected_one_ends_the_run_and_names_the_line) {
  EXPECT_EQ(why_inconclusive(open_toy + "[[process.io]]\nioctl = 0x222004\ninput = '00 01'\n"
                                        "output = 2\nanswer = 'ff fd'\n"),
            "s.toml:5: the output begins with fffe.");
  EXPECT_EQ(why_inconclusive(open_toy + "[[process.io]]\nioctl = 0x222000\n"),
            "s.toml:5: the answer was STATUS_INVALID_DEVICE_REQUEST (0xc0000010) where success was "
            "expected.");
  expect_clean(open_toy + "[[process.io]]\nioctl = 0x222000\nstatus = 0xc0000010\n");
  expect_clean(open_toy + "[[process.io]]\nioctl = 0x222000\nstatus = \"any\"\n");
}

TEST(Process, a_request_may_pend_and_be_cancelled) {
  expect_clean(open_toy + R"(
[[process.io]]
ioctl = 0x222014
pends = "request"
[[process.io]]
after_steps = 100
[[process.io]]
cancel = "request"
[[process.io]]
wait = "request"
status = 0xC0000120
[[process.io]]
close = "file"
)");
}

// The toy keeps one request; it is cancelled when its process is killed.
TEST(Process, that_is_killed_takes_its_requests_and_handles_with_it) {
  expect_clean(open_toy + "[[process.io]]\nioctl = 0x222014\n");
}

TEST(Process, that_is_killed_after_the_request_to_unload_defers_it) {
  const auto result = run_with(
      "[[process]]\nend = \"after unload\"\n[[process.io]]\n"
      "open = '\\Device\\Toy'\n");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, verify::Outcome::clean) << result->why_inconclusive;
  ASSERT_EQ(result->findings.size(), 1U);
  EXPECT_EQ(result->findings[0].rule, "UNLOAD-06");
}

TEST(Process, repeats_its_last_operations_and_uses_what_memory_was_filled_with) {
  expect_clean(open_toy + R"(
[[process.io]]
memory = "data"
size = 16
bytes = 'u32:1'
[[process.io]]
ioctl = 0x22200a       # into the memory: four bytes, inverted
input = '00 00 00 00 11 22 33 44 00 00 00 00 00 00 00 00'
output = "data"
answer = 'ffffffff ee dd cc bb'
[[process.io]]
ioctl = 0x222004
input = '00000000 00000000 00000000 00000000'
output = "data"
filled = true
answer = 'ff ff'
[[process.io]]
repeat = 3
last = 2
[[process.io]]
sleep_ms = 5000
[[process.io]]
repeat = "until the end"
last = 2
)");
}

TEST(Process, device_that_is_not_there_is_told) {
  EXPECT_EQ(why_inconclusive("[[process]]\n[[process.io]]\nopen = '\\\\.\\Nobody'\n"),
            "s.toml:2: the answer was STATUS_OBJECT_NAME_NOT_FOUND (0xc0000034) where success was "
            "expected.");
}

}  // namespace
}  // namespace drydock::scenario
