// SPDX-License-Identifier: Apache-2.0
#include "report/verdict_text.h"

#include <gtest/gtest.h>

#include <string>

#include "report/document.h"
#include "report/rules_text.h"
#include "verify/rules.h"

namespace drydock::report {
namespace {

using scenario::FindingResult;
using scenario::RunResult;

RunResult clean_result() {
  RunResult result;
  result.driver = "foo.sys";
  result.framework = "WDM";
  result.lives = {{"foo.sys", 1, 0, true, true}, {"foo.sys", 2, 0, true, true}};
  result.counters = {{"block FWPS_LAYER_ALE_AUTH_CONNECT_V4", 1},
                     {"classify FWPS_LAYER_ALE_AUTH_CONNECT_V4", 8},
                     {"classify STREAM_V4", 40},
                     {"classifyFn FWPS_LAYER_ALE_AUTH_CONNECT_V4", 7},
                     {"injected network send", 3}};
  result.trace_hash = 0xabc;
  result.events = 1234;
  result.virtual_time = 723'000'000;
  return result;
}

const std::string clean_table =
    "\n"
    "Exercised\n"
    "  layer                               indications   classifyFn   blocked\n"
    "  ALE_AUTH_CONNECT_V4                           8            7         1\n"
    "  layers without a call                        40\n"
    "  injected  3 network send\n"
    "  lives     2 loads, 2 unloads\n"
    "  run       1234 events, 72.3 s of virtual time, trace 0000000000000abc\n";

TEST(VerdictText, a_clean_run_says_what_was_exercised) {
  EXPECT_EQ(verdict_text(clean_result(), {}, {.seconds = 0.125}),
            "CLEAN  foo.sys, WDM, 0.12 s\n" + clean_table);
}

FindingResult pool_leak() {
  FindingResult finding;
  finding.rule = "POOL-01";
  finding.what = "A pool block of 32 bytes with tag 'DBug' was not freed.";
  finding.times = 3;
  finding.acquired_at = {{"foo.sys", 0x1010}, {"foo.sys", 0x2020}};
  finding.found_at = {{"foo.sys", 0x3030}};
  finding.consequences = {"UNLOAD-01: cannot be unloaded"};
  return finding;
}

Symbols some_symbols() {
  Symbols symbols;
  symbols.set({"foo.sys", 0x1010},
              {{"allocate", ".\\src\\pool.h", 12}, {"DriverEntry", "./src/foo.c", 40}});
  symbols.set({"foo.sys", 0x2020}, {{"`anonymous namespace'::start", "", 0}});
  return symbols;
}

TEST(VerdictText, a_finding_says_what_where_what_windows_does_and_how_to_see_it_again) {
  auto result = clean_result();
  result.outcome = verify::Outcome::findings;
  result.findings = {pool_leak()};
  const auto& rule = verify::find_rule("POOL-01")->info;
  EXPECT_EQ(verdict_text(result, some_symbols(),
                         {.seconds = 1, .again = "drydock verify foo.sys", .brief = true}),
            "FINDINGS (1)  foo.sys, WDM, 1.00 s\n"
            "\n"
            "POOL-01  " +
                std::string(rule.title) +
                "\n"
                "  A pool block of 32 bytes with tag 'DBug' was not freed. (3 times)\n"
                "  acquired  allocate (inlined)  src/pool.h:12\n"
                "            DriverEntry  src/foo.c:40\n"
                "            start\n"
                "  found     foo.sys+0x3030\n"
                "  Windows   " +
                std::string(rule.windows) +
                "\n"
                "  to do     " +
                std::string(rule.advice) +
                "\n"
                "  so also   UNLOAD-01: cannot be unloaded\n"
                "  again     drydock verify foo.sys\n");
}

TEST(VerdictText, what_kept_a_run_from_being_whole_stands_at_its_top) {
  auto result = clean_result();
  result.outcome = verify::Outcome::inconclusive;
  result.why_inconclusive = "ntoskrnl.exe!ZwCreateSection is not implemented";
  result.bug_check = "DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xD1): a read of 0x10";
  result.lives = {{"foo.sys", 2, 0xC0000001, false, false}};
  EXPECT_EQ(verdict_text(result, {}, {.brief = true}),
            "INCONCLUSIVE  foo.sys, WDM, 0.00 s\n"
            "  ntoskrnl.exe!ZwCreateSection is not implemented\n"
            "  The run ended with DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xD1): a read of 0x10\n");
  result.outcome = verify::Outcome::findings;
  result.why_inconclusive = "";
  result.bug_check = "";
  EXPECT_EQ(verdict_text(result, {}, {.brief = true}),
            "FINDINGS (0)  foo.sys, WDM, 0.00 s\n"
            "  At its second load DriverEntry returned STATUS_UNSUCCESSFUL (0xc0000001): nothing "
            "after it was\n"
            "  checked.\n");
  result.internal_fault = "not deterministic: x";
  EXPECT_TRUE(verdict_text(result, {}, {}).starts_with("FAULT OF DRYDOCK  foo.sys"));
}

TEST(VerdictText, a_search_says_how_much_was_tried_and_never_that_nothing_is_there) {
  const Search search{.seed = 7, .schedules = 100, .distinct = 90};
  EXPECT_EQ(verdict_text(clean_result(), {}, {.brief = true, .search = search}),
            "CLEAN  foo.sys, WDM, 0.00 s\n"
            "  No finding in 100 schedules (90 distinct) from seed 7; others may hold one.\n");
  auto found = search;
  found.run = 99;
  found.inconclusive = 1;
  found.workers_lost = 2;
  found.how_lost = "was killed by SIGSEGV";
  EXPECT_EQ(verdict_text(clean_result(), {}, {.brief = true, .search = found}),
            "CLEAN  foo.sys, WDM, 0.00 s\n"
            "  Found in the last of 100 schedules (90 distinct) from seed 7.\n"
            "  1 schedule ended without a verdict.\n"
            "  2 schedules ended because the driver's process was lost; in the first one it was "
            "killed by\n"
            "  SIGSEGV.\n");
}

TEST(VerdictText, a_callout_that_nothing_attaches_is_named_with_the_option_that_would) {
  auto result = clean_result();
  result.unattached_callouts = {"11111111-2222-3333-4444-555555555555"};
  const auto text = verdict_text(result, {}, {});
  EXPECT_TRUE(text.ends_with(
      "  1 callout attached to no layer, so never called: 11111111-2222-3333-4444-555555555555. To "
      "attach:\n"
      "  --attach KEY@LAYER, or --attach all.\n"))
      << text;
}

TEST(VerdictText, only_colour_sends_escape_codes_and_names_never_do) {
  auto result = clean_result();
  result.outcome = verify::Outcome::findings;
  result.driver = "\x1b[2J.sys";
  result.findings = {pool_leak()};
  result.findings[0].what = "\x1b[2J";
  result.findings[0].acquired_at = {{"\x1b[2J", 1}};
  result.unattached_callouts = {"\x1b[2J"};
  const auto plain = verdict_text(result, some_symbols(), {});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos) << plain;
  const auto colored = verdict_text(result, some_symbols(), {.color = true});
  EXPECT_TRUE(colored.starts_with("\x1b[1;31mFINDINGS (1)\x1b[0m  ")) << colored;
  EXPECT_EQ(colored.find("\x1b[2J"), std::string::npos);
}

TEST(VerdictText, long_lists_are_cut_with_the_number_left_out) {
  auto result = clean_result();
  result.findings = {pool_leak()};
  result.findings[0].acquired_at.assign(20, {"foo.sys", 0x99});
  result.findings[0].consequences.assign(10, "X-01: y");
  const auto text = verdict_text(result, {}, {.brief = true});
  EXPECT_NE(text.find("            ... 12 more; -v shows them\n"), std::string::npos) << text;
  EXPECT_NE(text.find("            ... 4 more; -v shows them\n"), std::string::npos) << text;
  const auto whole = verdict_text(result, {}, {.brief = true, .whole = true});
  EXPECT_EQ(whole.find("more; -v"), std::string::npos) << whole;
  EXPECT_GT(whole.size(), text.size());
}

TEST(Document, holds_everything_in_a_known_order) {
  scenario::Inputs inputs;
  inputs.driver = {"dir/foo.sys", "foo.sys", "foo", {}};
  inputs.captures = {{"c.pcap", {"192.0.2.1"}, {}}};
  auto result = clean_result();
  result.outcome = verify::Outcome::findings;
  result.findings = {pool_leak()};
  const auto json = document(inputs, result, some_symbols(), {.seconds = 2, .again = "again"},
                             {.tool = "drydock 1", .command = "verify", .exit_code = 1});
  std::string keys;
  for (const auto& [key, value] : json.items()) keys += key + " ";
  EXPECT_EQ(keys,
            "schema tool command driver drivers traffic policies store reboots outcome exit_code "
            "why_inconclusive internal_fault "
            "bug_check findings unused_acceptances again lives counters unattached_callouts "
            "trace_hash events "
            "virtual_time_100ns wall_seconds ");
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["outcome"], "FINDINGS");
  EXPECT_EQ(json["trace_hash"], "0000000000000abc");
  EXPECT_EQ(json["driver"]["sha256"],
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(json["findings"][0]["acquired_at"][0]["functions"][1].dump(),
            R"({"function":"DriverEntry","file":"./src/foo.c","line":40})");
  EXPECT_EQ(json["findings"][0]["found_at"][0].dump(),
            R"({"module":"foo.sys","rva":12336,"functions":[]})");
  EXPECT_EQ(json["lives"][1]["entry_status"], "STATUS_SUCCESS (0x00000000)");
  EXPECT_EQ(json["findings"][0]["title"], verify::find_rule("POOL-01")->info.title);
}

TEST(Document, bytes_that_are_no_text_do_not_spoil_it) {
  auto result = clean_result();
  result.findings = {pool_leak()};
  result.findings[0].what = "\xff\xfe";
  const auto text = document_text(document({}, result, {}, {}, {}));
  EXPECT_TRUE(nlohmann::json::accept(text)) << text;
}

TEST(RulesText, every_rule_has_its_line_and_its_page) {
  const auto all = rules_text(false);
  for (const verify::Rule* rule : verify::all_rules()) {
    EXPECT_NE(all.find(std::string(rule->info.title)), std::string::npos) << rule->info.id;
    const auto page = rule_text(rule->info, false);
    for (const char* label : {"checked", "Windows", "to do", "source"})
      EXPECT_NE(page.find(std::string("  ") + label), std::string::npos) << rule->info.id;
  }
}

std::string described(std::string function) {
  const scenario::FrameRef frame{"foo.sys", 0x1010};
  Symbols symbols;
  symbols.set(frame, {{std::move(function), "", 0}});
  return describe(frame, symbols).at(0);
}

TEST(VerdictText,
     fault_belongs_to_the_function_that_begins_there_and_a_return_address_to_the_one_before) {
  Symbols symbols;
  symbols.set({"foo.sys", 0x1010, true}, {{"begins_here", "", 0}});
  symbols.set({"foo.sys", 0x1010, false}, {{"calls_last", "", 0}});
  EXPECT_EQ(describe({"foo.sys", 0x1010, true}, symbols).at(0), "begins_here");
  EXPECT_EQ(describe({"foo.sys", 0x1010, false}, symbols).at(0), "calls_last");
}

TEST(VerdictText, functions_are_named_without_their_parameters) {
  EXPECT_EQ(described("keep_flow(unsigned __int64, void (__cdecl *)(int))"), "keep_flow");
  EXPECT_EQ(described("`anonymous namespace'::Pool<void (__cdecl *)(int)>::take(int)"),
            "Pool<void (__cdecl *)(int)>::take");
  EXPECT_EQ(described("Deleter::operator()(void *) const"), "Deleter::operator()");
  EXPECT_EQ(described("operator<(Key const &, Key const &)"), "operator<");
  EXPECT_EQ(described("operator new(unsigned __int64)"), "operator new");
  EXPECT_EQ(described("DriverEntry"), "DriverEntry");
}

}  // namespace
}  // namespace drydock::report
