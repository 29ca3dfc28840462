// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/sha256.h"
#include "explore/inputs_json.h"
#include "explore/job.h"
#include "explore/replay_file.h"
#include "explore/result_json.h"
#include "scenario/standard_capture.h"

namespace drydock::explore {
namespace {

using nlohmann::json;

scenario::RunResult full_result() {
  scenario::RunResult result;
  result.driver = "foo.sys";
  result.framework = "KMDF 1.15";
  result.outcome = verify::Outcome::findings;
  result.why_inconclusive = "why";
  result.internal_fault = "fault";
  result.bug_check = "bug check";
  result.drivers = {{"foo.sys", "KMDF 1.15", verify::Outcome::findings, ""},
                    {"bar.sys", "WDM", verify::Outcome::inconclusive, "why"}};
  result.findings.push_back({.rule = "FLOW-01",
                             .driver = "foo.sys",
                             .severity = verify::Severity::warning,
                             .what = "A flow \x01 \xc3\xa4",
                             .times = 3,
                             .load_number = 2,
                             .subject = "flow context",
                             .acquired_at = {{"foo.sys", 0x1234}, {"bar.sys", 1}},
                             .found_at = {{"foo.sys", UINT64_MAX}},
                             .consequences = {"UNLOAD-01: x"}});
  result.lives.push_back({"foo.sys", 2, 0xC0000001, true, false});
  result.counters = {{"classify.STREAM_V4", 12}, {"flows", UINT64_MAX}};
  result.unattached_callouts = {"callout"};
  result.trace_hash = 0xfedcba9876543210;
  result.events = 77;
  result.virtual_time = -5;
  return result;
}

TEST(ResultJson, nothing_is_lost_on_the_way_and_back) {
  const auto there = to_json(full_result());
  const auto back = result_from_json(there);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json(*back), there);
  EXPECT_EQ(back->trace_hash, 0xfedcba9876543210);
  EXPECT_EQ(back->findings[0].severity, verify::Severity::warning);
  EXPECT_EQ(back->findings[0].acquired_at[1].module, "bar.sys");
  EXPECT_EQ(back->virtual_time, -5);
  EXPECT_EQ(back->lives[0].entry_status, 0xC0000001);
}

TEST(ResultJson, any_missing_member_is_an_error) {
  const auto whole = to_json(full_result());
  for (const auto& [name, value] : whole.items()) {
    auto partial = whole;
    partial.erase(name);
    EXPECT_FALSE(result_from_json(partial)) << name;
  }
  EXPECT_FALSE(result_from_json(json::array()));
}

scenario::Inputs some_inputs() {
  scenario::Inputs inputs;
  inputs.driver = {"/x/foo.sys", "foo.sys", "foo", {std::byte{1}, std::byte{2}}};
  inputs.captures = {{"cap.pcap", {"192.0.2.1", "::1"}, {std::byte{9}}}};
  inputs.attachments = {"a@b"};
  inputs.attach_all = true;
  inputs.unload = {false, true, 1, 2, 3, true};
  inputs.driver.start_fails = true;
  inputs.variants = {"X-8:hard"};
  inputs.scenario = {"s.toml", "[[process]]\n"};
  inputs.processors = 5;
  inputs.seed = UINT64_MAX;
  return inputs;
}

TEST(Job, every_kind_of_work_reaches_the_worker_as_it_was_asked_for) {
  const Recorded recorded{{{3, machine::Question::unload_moment, 9, 4, 0xabc}}, 12, 0xdef};
  for (const Work& work :
       {Work(RunPlain{}), Work(RunSchedule{9}), Work(RunRecorded{recorded}),
        Work(CampaignOptions{
            .seed = 1, .first_run = 2, .runs = 3, .seconds = 0.5, .twice = true})}) {
    const auto there = to_json(Job{some_inputs(), work, true});
    const auto back = job_from_json(json::from_cbor(json::to_cbor(there)));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back), there);
    EXPECT_EQ(back->inputs.driver.content, some_inputs().driver.content);
    EXPECT_EQ(back->inputs.variants, some_inputs().variants);
    ASSERT_TRUE(back->inputs.scenario);
    EXPECT_EQ(back->inputs.scenario->path, "s.toml");
    EXPECT_EQ(back->inputs.scenario->text, "[[process]]\n");
  }
  EXPECT_FALSE(job_from_json({{"work", "plain"}}));
}

TEST(Report, every_kind_reaches_the_supervisor) {
  Done done;
  done.result = full_result();
  done.divergence = "there";
  done.campaign.run = 8;
  done.campaign.found = true;
  done.campaign.why_inconclusive = "because";
  for (const Report& report : {Report(done), Report(Refused{"no"}), Report(Faulted{"oh"})}) {
    const auto there = to_json(report);
    const auto back = report_from_json(there);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back), there);
  }
  EXPECT_FALSE(report_from_json({{"report", "done"}}));
}

// A folder with a driver, a capture and a replay file of a run with both.
struct ReplayFileTest : testing::Test {
  void SetUp() override {
    std::filesystem::create_directories(folder);
    put("foo.sys", "driver");
    put("cap.pcap", "capture");
    file.tool = "drydock 9";
    file.inputs = some_inputs();
    file.inputs.driver.path = folder + "foo.sys";
    file.inputs.driver.content = bytes("driver");
    file.inputs.captures[0].path = folder + "cap.pcap";
    file.inputs.captures[0].content = bytes("capture");
    file.inputs.captures.push_back(scenario::standard_capture());
    file.recorded = {{{3, machine::Question::unload_moment, 9, 4, 0xabc}}, 12, 0xdef};
    file.trace_hash = 0x1122334455667788;
    file.rules = {"FLOW-01", "UNLOAD-01"};
    text = write_replay(file);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  static std::vector<std::byte> bytes(const std::string& text) {
    const auto view = std::as_bytes(std::span(text));
    return {view.begin(), view.end()};
  }
  void put(const std::string& name, const std::string& content) const {
    std::ofstream(folder + name) << content;
  }
  [[nodiscard]] std::string error_of(const std::string& changed) const {
    const auto read = read_replay(changed, folder + "x.replay");
    return read ? "" : read.error().message;
  }
  [[nodiscard]] std::string with(const json::json_pointer& place, const json& value) const {
    auto changed = json::parse(text);
    changed[place] = value;
    return changed.dump();
  }

  const std::string folder = testing::TempDir() + "drydock_replay_" +
                             testing::UnitTest::GetInstance()->current_test_info()->name() + "/";
  ReplayFile file;
  std::string text;
};

TEST_F(ReplayFileTest, holds_all_that_the_run_needs) {
  const auto read = read_replay(text, folder + "x.replay");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(read->inputs, Contents::bytes), to_json(file.inputs, Contents::bytes));
  EXPECT_EQ(read->recorded, file.recorded);
  EXPECT_EQ(read->trace_hash, file.trace_hash);
  EXPECT_EQ(read->rules, file.rules);
  EXPECT_EQ(read->tool, "drydock 9");
}

TEST_F(ReplayFileTest, files_that_moved_along_with_it_are_found_beside_it) {
  const auto moved = with("/inputs/driver/path"_json_pointer, "/gone/foo.sys");
  const auto read = read_replay(moved, folder + "x.replay");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->inputs.driver.content, bytes("driver"));
}

TEST_F(ReplayFileTest, a_driver_named_by_the_user_takes_the_place_of_the_recorded_path) {
  put("other.sys", "driver");
  const auto gone = with("/inputs/driver/path"_json_pointer, "/gone/elsewhere.sys");
  EXPECT_TRUE(read_replay(gone, folder + "x.replay", folder + "other.sys"));
  EXPECT_EQ(error_of(gone), folder + "x.replay: /gone/elsewhere.sys: no such file");
}

TEST_F(ReplayFileTest, what_cannot_be_used_is_refused_in_one_line) {
  const auto begin = folder + "x.replay: ";
  EXPECT_EQ(error_of(""), begin + "not a replay file");
  EXPECT_EQ(error_of("{\"kind\": \"else\"}"), begin + "not a replay file");
  EXPECT_EQ(error_of(text.substr(0, text.size() / 2)), begin + "not a replay file");
  EXPECT_EQ(error_of(with("/schema"_json_pointer, 1)),
            begin + "a replay file of schema 1; this drydock reads schema 2");
  EXPECT_EQ(error_of(with("/expected/trace_hash"_json_pointer, "12")),
            begin + "'12' is not 16 hexadecimal digits");
  EXPECT_EQ(error_of(with("/choices/answers/0"_json_pointer, "junk")),
            begin + "choices: answer 1 is malformed");
  EXPECT_TRUE(error_of(with("/inputs/seed"_json_pointer, "x")).starts_with(begin + "inputs: "));
  EXPECT_TRUE(error_of(with("/expected"_json_pointer, nullptr)).starts_with(begin + "damaged: "));
}

TEST_F(ReplayFileTest, a_driver_or_capture_that_changed_is_refused) {
  put("cap.pcap", "another");
  EXPECT_EQ(error_of(text), folder + "x.replay: " + folder +
                                "cap.pcap: not the file that was recorded (its SHA-256 differs)");
  put("cap.pcap", "capture");
  EXPECT_EQ(error_of(text), "");
  put("foo.sys", "another");
  EXPECT_EQ(error_of(text), folder + "x.replay: " + folder +
                                "foo.sys: not the file that was recorded (its SHA-256 differs)");
}

TEST_F(ReplayFileTest, one_that_was_cut_anywhere_is_refused) {
  for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
    const auto message = error_of(text.substr(0, size));
    EXPECT_FALSE(message.empty()) << size;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace drydock::explore
