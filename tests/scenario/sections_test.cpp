// SPDX-License-Identifier: Apache-2.0
// Sections of a scenario that say what the machine holds and what happens in it: [registry],
// objects of somebody else's policy, [[at]], [[accept]].
#include <gtest/gtest.h>

#include "base/files.h"
#include "scenario/director.h"
#include "scenario/plan_builder.h"
#include "scenario/run.h"
#include "scenario/run_env.h"
#include "scenario/scenario_file.h"
#include "scenario/standard_capture.h"

namespace drydock::scenario {
namespace {

using verify::Outcome;

Result<Plan> plan_of(const std::string& scenario, const std::string& driver,
                     std::uint32_t reboots = 0) {
  Inputs inputs;
  inputs.driver.name = driver + ".sys";
  inputs.driver.service = driver;
  inputs.driver.content =
      read_file(DRYDOCK_BINARY_DIR "/drivers/clang/" + inputs.driver.name).value();
  inputs.captures = {standard_capture()};
  inputs.scenario = {"s.toml", scenario};
  inputs.reboots = reboots;
  return build_plan(inputs);
}

RunResult run_with(const std::string& scenario, const std::string& driver,
                   std::uint32_t reboots = 0) {
  const auto plan = plan_of(scenario, driver, reboots);
  EXPECT_TRUE(plan) << plan.error().message;
  if (!plan) return {};
  machine::RoundRobin choices;
  auto result = run(test_environment(), *plan, choices);
  EXPECT_TRUE(result) << result.error().message;
  return result ? *std::move(result) : RunResult{};
}

std::string error_of(const std::string& scenario) {
  const auto plan = plan_of(scenario, "reference_wdm");
  return plan ? "no error" : plan.error().message;
}

const std::string parameters = "[registry.Parameters]\nMode = 3\nPath = 'C:\\x'\n";

TEST(RegistrySection, is_what_the_driver_finds_below_its_service_key) {
  EXPECT_EQ(run_with(parameters + "Limit = 9\n", "parameters").outcome, Outcome::clean);
  const auto wrong = run_with("[registry.Parameters]\nMode = 4\nPath = 'x'\n", "parameters");
  EXPECT_NE(wrong.why_inconclusive.find("STATUS_INVALID_PARAMETER"), std::string::npos)
      << wrong.why_inconclusive;
  const auto other_type = run_with("[registry.Parameters]\nMode = '3'\n", "parameters");
  EXPECT_NE(other_type.why_inconclusive.find("STATUS_OBJECT_TYPE_MISMATCH"), std::string::npos)
      << other_type.why_inconclusive;
}

TEST(RegistrySection, keeps_what_the_driver_writes_over_loads_and_reboots) {
  EXPECT_EQ(run_with(parameters + "Limit = 4\n", "parameters", 1).lives.size(), 4U);
  const auto result = run_with(parameters + "Limit = 3\n", "parameters", 1);
  ASSERT_EQ(result.lives.size(), 4U);
  EXPECT_EQ(result.lives[2].entry_status, 0U);
  EXPECT_EQ(result.lives[3].entry_status,
            static_cast<std::uint32_t>(STATUS_INSUFFICIENT_RESOURCES));
}

struct Row {
  std::u16string key, name;
  std::uint32_t type;
  std::size_t size;
  friend bool operator==(const Row&, const Row&) = default;
};

TEST(RegistrySection, values_have_the_type_of_their_form) {
  const auto file = parse_scenario(R"([registry]
a = 7
b = "x"
c = ["x", "yz"]
d = { expand = "%x%" }
e = { qword = 5_000_000_000 }
f = { binary = '01 u16:2' }
[registry.'\Registry\Machine\Software\X'.Y]
g = 0
)",
                                   "s.toml");
  ASSERT_TRUE(file) << file.error().message;
  std::vector<Row> rows;
  for (const RegistryText& value : file->registry)
    rows.push_back({key_path(value, "foo"), value.name, value.type, value.data.size()});
  const std::u16string service = u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\foo";
  const std::vector<Row> expected = {{u"\\Registry\\Machine\\Software\\X\\Y", u"g", REG_DWORD, 4},
                                     {service, u"a", REG_DWORD, 4},
                                     {service, u"b", REG_SZ, 4},
                                     {service, u"c", REG_MULTI_SZ, 12},
                                     {service, u"d", REG_EXPAND_SZ, 8},
                                     {service, u"e", REG_QWORD, 8},
                                     {service, u"f", REG_BINARY, 3}};
  EXPECT_EQ(rows.size(), expected.size());
  for (const Row& row : expected) EXPECT_EQ(std::ranges::count(rows, row), 1) << row.size;
}

TEST(RegistrySection, refuses_with_the_line_what_is_no_value) {
  for (const char* value : {"-1", "4294967296", "1.5", "true", "{ }", "[1]", "['']"})
    EXPECT_TRUE(error_of(std::string("[registry]\nx = ") + value + "\n")
                    .starts_with("s.toml:2: a value of [registry] is "))
        << value << error_of(std::string("[registry]\nx = ") + value + "\n");
  EXPECT_EQ(error_of("registry = 1\n"), "s.toml:1: [registry] must be a table");
}

const std::string no_names = R"([[sublayer]]
key = "22222222-0000-0000-0000-000000000002"
name = "other"
weight = 4000
[[filter]]
name = "no name service"
layer = "ALE_AUTH_CONNECT_V4"
sublayer = "22222222-0000-0000-0000-000000000002"
action = "BLOCK"
conditions = [{ field = "IP_REMOTE_PORT", value = 53 }]
)";

TEST(ObjectSections, decide_beside_the_driver) {
  const auto without = run_with("", "reference_wdm");
  const auto with = run_with(no_names, "reference_wdm");
  EXPECT_EQ(with.outcome, Outcome::clean) << with.why_inconclusive;
  const auto blocked = [](const RunResult& result) {
    const auto found = result.counters.find("block FWPS_LAYER_ALE_AUTH_CONNECT_V4");
    return found == result.counters.end() ? 0 : found->second;
  };
  EXPECT_EQ(blocked(without), 0U);
  EXPECT_GT(blocked(with), 0U);
}

TEST(ObjectSections, a_callout_that_nobody_registers_blocks) {
  const auto result = run_with(R"([[callout]]
key = "22222222-0000-0000-0000-000000000003"
name = "other"
layer = "ALE_AUTH_CONNECT_V4"
[[filter]]
name = "asks it"
layer = "ALE_AUTH_CONNECT_V4"
action = "CALLOUT_TERMINATING"
callout = "22222222-0000-0000-0000-000000000003"
)",
                               "reference_wdm");
  EXPECT_GT(result.counters.at("block FWPS_LAYER_ALE_AUTH_CONNECT_V4"), 0U);
}

TEST(ObjectSections, mistakes_are_told_with_their_line_in_the_scenario) {
  EXPECT_EQ(error_of("\n[[filter]]\nname = \"x\"\naction = \"BLOCK\"\n\nlayer = \"NO_LAYER\"\n"),
            "s.toml:6: 'NO_LAYER' is no filtering layer");
  EXPECT_TRUE(error_of(no_names + "colour = 1\n").starts_with("s.toml:11: unknown member 'colour'"))
      << error_of(no_names + "colour = 1\n");
  EXPECT_EQ(error_of("[filter]\nname = \"x\"\n"),
            "s.toml:1: [[filter]] must be written with two brackets");
}

// How often a driver was called so.
std::size_t calls(const std::string& scenario, const std::string& driver,
                  machine::CallbackKind kind) {
  const auto plan = plan_of(scenario, driver);
  EXPECT_TRUE(plan) << plan.error().message;
  machine::RoundRobin choices;
  Environment& environment = test_environment();
  World world(environment, *plan, choices);
  const auto file = environment.images.cache.open(plan->driver.content, plan->driver.name);
  std::size_t count = 0;
  world.record.events().send_all_to([&](const ledger::Event& event) {
    if (event.kind == ledger::EventKind::callback_enter &&
        event.name_hash == static_cast<std::uint64_t>(kind))
      ++count;
  });
  Director director(world, *plan, std::array{file->get()});
  director.start();
  world.machine.run();
  EXPECT_TRUE(director.finished());
  return count;
}

TEST(AtSection, a_process_comes_and_goes_at_its_moment_in_each_life) {
  const auto count = [](const std::string& scenario) {
    return calls(scenario, "fixed_unload_03", machine::CallbackKind::process_notify);
  };
  const std::size_t before = count("");
  const std::string process = "process = 'x.exe'\n";
  EXPECT_EQ(count("[[at]]\nstep = 1\n" + process), before + 4);
  EXPECT_EQ(count("[[at]]\nms = 0\n" + process + "[[at]]\nstep = 2\n" + process), before + 8);
}

TEST(AtSection, the_filter_engine_stops_and_starts) {
  const std::string restart =
      "[[at]]\nstep = 10\nfilter_engine = \"stop\"\n[[at]]\nstep = 20\nfilter_engine = \"start\"\n";
  EXPECT_GT(calls(restart, "fixed_mgmt_07", machine::CallbackKind::other),
            calls("", "fixed_mgmt_07", machine::CallbackKind::other));
  EXPECT_EQ(run_with(restart, "reference_wdm").outcome, Outcome::clean);
}

TEST(AtSection, refuses_with_the_line_what_it_does_not_know) {
  EXPECT_EQ(error_of("[[at]]\nprocess = \"x\"\n"),
            "s.toml:1: [[at]] needs a moment: either 'step' or 'ms'");
  EXPECT_EQ(error_of("[[at]]\nstep = 1\nms = 1\nprocess = \"x\"\n"),
            "s.toml:1: [[at]] needs a moment: either 'step' or 'ms'");
  EXPECT_EQ(error_of("[[at]]\nstep = 1\n"),
            "s.toml:1: [[at]] does either 'process' or 'filter_engine'");
  EXPECT_EQ(error_of("[[at]]\nstep = 1\nfilter_engine = \"up\"\n"),
            "s.toml:3: 'filter_engine' must be \"start\" or \"stop\" in [[at]]");
}

const std::string accept_leak = "[[accept]]\nrule = \"pool-01\"\nreason = \"ticket 1\"\n";

TEST(AcceptSection, an_accepted_finding_is_told_and_does_not_count) {
  const auto result = run_with(accept_leak, "bug_pool_01");
  EXPECT_EQ(result.outcome, Outcome::clean);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].accepted, "ticket 1");
  EXPECT_TRUE(result.unused_acceptances.empty());
}

TEST(AcceptSection, other_findings_count_and_an_acceptance_without_use_is_told) {
  const auto result = run_with(accept_leak, "bug_device_01");
  EXPECT_EQ(result.outcome, Outcome::findings);
  EXPECT_EQ(result.findings.at(0).accepted, "");
  EXPECT_EQ(result.unused_acceptances, std::vector<std::string>{"POOL-01"});
}

TEST(AcceptSection, what_an_accepted_finding_hides_stays_unknown) {
  const auto result =
      run_with("[[accept]]\nrule = \"UNLOAD-02\"\nreason = \"by design\"\n", "bug_unload_02");
  EXPECT_EQ(result.outcome, Outcome::inconclusive);
  EXPECT_EQ(result.findings.at(0).accepted, "by design");
}

TEST(AcceptSection, refuses_with_the_line_what_it_does_not_know) {
  EXPECT_EQ(error_of("[[accept]]\nrule = \"POOL-01\"\n"), "s.toml:1: [[accept]] needs 'reason'");
  EXPECT_EQ(error_of("[[accept]]\nreason = \"x\"\n"), "s.toml:1: [[accept]] needs 'rule'");
  EXPECT_EQ(error_of("[[accept]]\nrule = \"POOL-99\"\nreason = \"x\"\n"),
            "s.toml:2: there is no rule 'POOL-99' in [[accept]]");
  EXPECT_EQ(error_of("[[accept]]\nrule = \"POOL-01\"\nreason = \"x\"\ndriver = \"a.sys\"\n"),
            "s.toml:1: 'driver' in [[accept]]: there is no [[driver]] 'a.sys'");
}

const std::string two_interfaces =
    "[host]\nforwards = true\n"
    "[[host.interface]]\nindex = 7\naddresses = ['192.0.2.10/24', '2001:db8::10/64']\n"
    "[[host.interface]]\nindex = 12\naddresses = ['198.51.100.1/24']\n";

TEST(HostSection, says_which_interfaces_there_are_and_what_they_lead_to) {
  const auto plan = plan_of(
      two_interfaces + "[[host.route]]\nto = '203.0.113.0/24'\ninterface = 12\n", "reference_wdm");
  ASSERT_TRUE(plan) << plan.error().message;
  const auto leads = [&](const char* address) {
    return plan->host.interface_towards(*net::IpAddress::parse(address));
  };
  EXPECT_TRUE(plan->host.forwards);
  EXPECT_EQ(plan->host.addresses.size(), 3U);
  EXPECT_EQ(leads("192.0.2.99"), 7U);
  EXPECT_EQ(leads("2001:db8::99"), 7U);
  EXPECT_EQ(leads("198.51.100.99"), 12U);
  EXPECT_EQ(leads("203.0.113.99"), 12U);
  EXPECT_EQ(leads("8.8.8.8"), 0U);
}

TEST(HostSection, refuses_with_the_line_what_makes_no_host) {
  const std::string one = "[[host.interface]]\nindex = 7\naddresses = ['192.0.2.10/24']\n";
  EXPECT_EQ(error_of("[host]\nforwards = true\n"), "s.toml:1: [host] needs 'interface'");
  EXPECT_EQ(error_of("[host]\nforwards = true\n" + one),
            "s.toml:2: 'forwards' takes two interfaces in [host]");
  EXPECT_EQ(error_of("[host]\nroutes = 1\n" + one),
            "s.toml:2: unknown key 'routes' in [host]; known are forwards, interface, route");
  EXPECT_EQ(error_of("[[host.interface]]\nindex = 1\naddresses = ['192.0.2.10/24']\n"),
            "s.toml:2: 'index' in [[host.interface]] must be a number from 2 to 16777215");
  EXPECT_EQ(error_of("[[host.interface]]\nindex = 7\n"),
            "s.toml:1: [[host.interface]] needs 'addresses'");
  EXPECT_EQ(error_of("[[host.interface]]\nindex = 7\naddresses = ['192.0.2.10']\n"),
            "s.toml:3: '192.0.2.10' is no address with a prefix length: expected one as "
            "192.0.2.10/24 in [[host.interface]]");
  EXPECT_EQ(error_of(one + one), "s.toml:5: has the index of another one in [[host.interface]]");
  EXPECT_EQ(error_of(one + "[[host.interface]]\nindex = 8\naddresses = ['192.0.2.10/16']\n"),
            "s.toml:6: '192.0.2.10/16' is taken already, or a loopback address in "
            "[[host.interface]]");
  EXPECT_EQ(error_of(one + "[[host.route]]\nto = '0.0.0.0/0'\ninterface = 9\n"),
            "s.toml:6: there is no interface 9 in [[host.route]]");
  EXPECT_EQ(error_of(one + "[[host.route]]\ninterface = 7\n"),
            "s.toml:4: [[host.route]] needs 'to'");
}

}  // namespace
}  // namespace drydock::scenario
