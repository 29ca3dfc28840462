// SPDX-License-Identifier: Apache-2.0
#include "scenario/scenario_file.h"

#include <fmt/format.h>
#include <algorithm>
#include <filesystem>

#include "scenario/host_file.h"
#include "scenario/network_file.h"
#include "scenario/objects_file.h"
#include "scenario/process_file.h"
#include "scenario/registry_file.h"
#include "scenario/toml_section.h"
#include "scenario/variants.h"
#include "verify/rules.h"

namespace drydock::scenario {
namespace {

constexpr std::int64_t most_processors = 64;
constexpr std::int64_t most_reboots = 100;

bool is_one_of(const std::vector<ScenarioDriver>& drivers, const std::string& name) {
  return std::ranges::find(drivers, name, &ScenarioDriver::name) != drivers.end();
}

// Each element of a section with two brackets.
template <class Read>
void read_each(const toml::node& node, std::string_view name, const Read& read) {
  const auto* list = node.as_array();
  if (list == nullptr)
    throw Wrong(node.source(), fmt::format("[[{}]] must be written with two brackets", name));
  for (const toml::node& element : *list) read(element);
}

ScenarioDriver read_one_of_several(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[[driver]]");
  ScenarioDriver driver;
  const auto file = section.value<std::string>("file", "a text");
  if (!file) throw section.missing("file");
  driver.file = *file;
  const std::filesystem::path path(*file);
  driver.name = section.value<std::string>("name", "a text").value_or(path.filename().string());
  driver.service = section.value<std::string>("service", "a text").value_or(path.stem().string());
  driver.load_at = static_cast<std::uint64_t>(section.number("load_at", 0, INT64_MAX).value_or(0));
  if (const auto step = section.number("unload_at", 0, INT64_MAX))
    driver.unload_at = static_cast<std::uint64_t>(*step);
  driver.start_fails = section.value<bool>("start_fails", "true or false").value_or(false);
  if (const toml::node* registry = section.find("registry"))
    read_registry(*registry, driver.name, scenario.registry);
  section.refuse_others();
  if (driver.unload_at && *driver.unload_at < driver.load_at)
    throw section.wrong("is unloaded before it is loaded");
  if (is_one_of(scenario.drivers, driver.name))
    throw section.wrong(
        fmt::format("has the name '{}' of another one; give it a 'name' of its own", driver.name));
  return driver;
}

void read_driver(const toml::node& node, ScenarioFile& scenario) {
  if (const auto* list = node.as_array()) {
    for (const toml::node& element : *list)
      scenario.drivers.push_back(read_one_of_several(element, scenario));
    return;
  }
  Section section(node, "[driver]");
  scenario.service = section.value<std::string>("service", "a text");
  if (const auto start = section.value<std::string>("start", "\"boot\" or \"demand\"")) {
    if (*start != "boot" && *start != "demand")
      throw Wrong(section.find("start")->source(),
                  "'start' in [driver] must be \"boot\" or \"demand\"");
    scenario.boot_start = *start == "boot";
  }
  section.refuse_others();
}

void read_machine(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[machine]");
  if (const auto count = section.number("processors", 1, most_processors))
    scenario.processors = static_cast<std::uint32_t>(*count);
  if (const auto seed = section.number("seed", 0, INT64_MAX))
    scenario.seed = static_cast<std::uint64_t>(*seed);
  scenario.variants = section.texts("variants");
  if (const auto chosen = options_with(scenario.variants); !chosen)
    throw Wrong(section.find("variants")->source(), chosen.error().message);
  if (const auto count = section.number("reboots", 0, most_reboots))
    scenario.reboots = static_cast<std::uint32_t>(*count);
  section.refuse_others();
}

void read_traffic(const toml::node& node, ScenarioFile& scenario) {
  const auto* list = node.as_array();
  if (list == nullptr) throw Wrong(node.source(), "[[traffic]] must be written with two brackets");
  scenario.no_traffic = list->empty();
  for (const toml::node& element : *list) {
    Section section(element, "[[traffic]]");
    const auto capture = section.value<std::string>("capture", "a text");
    auto local = section.texts("local");
    section.refuse_others();
    if (!capture) throw section.missing("capture");
    scenario.traffic.push_back({*capture, std::move(local)});
  }
}

void read_host_section(const toml::node& node, ScenarioFile& scenario) {
  scenario.host = read_host(node);
}

void read_policy(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[policy]");
  scenario.policies = section.texts("files");
  scenario.skip_unknown_policy = section.value<bool>("skip_unknown", "true or false");
  section.refuse_others();
}

void read_store(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[store]");
  scenario.store = section.value<std::string>("path", "a text");
  section.refuse_others();
  if (!scenario.store) throw section.missing("path");
}

void read_processes(const toml::node& node, ScenarioFile& scenario) {
  scenario.processes = read_process_list(node);
}

void read_far_servers(const toml::node& node, ScenarioFile& scenario) {
  read_servers(node, scenario.far);
}

void read_far_clients(const toml::node& node, ScenarioFile& scenario) {
  read_clients(node, scenario.far);
}

void read_unload(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[unload]");
  scenario.restart = section.value<bool>("restart", "true or false");
  scenario.restart_at_once = section.value<bool>("at_once", "true or false");
  scenario.service_restarts = section.value<bool>("service_restarts", "true or false");
  scenario.rebalance = section.value<bool>("rebalance", "true or false");
  scenario.unplugged = section.value<bool>("unplugged", "true or false");
  section.refuse_others();
}

void read_registry_section(const toml::node& node, ScenarioFile& scenario) {
  read_registry(node, "", scenario.registry);
}

ActionPlan read_action(const toml::node& node) {
  Section section(node, "[[at]]");
  constexpr std::int64_t a_day = 86'400'000;
  const auto step = section.number("step", 1, INT64_MAX);
  const auto time = section.number("ms", 0, a_day);
  if (step.has_value() == time.has_value())
    throw section.wrong("needs a moment: either 'step' or 'ms'");
  ActionPlan action{.at_step = step.has_value(),
                    .moment = static_cast<std::uint64_t>(step ? *step : *time),
                    .what = {}};
  const auto image = section.value<std::string>("process", "a text");
  const auto state = section.value<std::string>("filter_engine", "\"start\" or \"stop\"");
  section.refuse_others();
  if (image.has_value() == state.has_value())
    throw section.wrong("does either 'process' or 'filter_engine'");
  if (image) {
    action.what = RunProcess{*image};
  } else if (*state == "start" || *state == "stop") {
    action.what = SetFilterEngine{*state == "start"};
  } else {
    throw section.wrong("'filter_engine' must be \"start\" or \"stop\"",
                        *section.find("filter_engine"));
  }
  return action;
}

void read_actions(const toml::node& node, ScenarioFile& scenario) {
  read_each(node, "at",
            [&](const toml::node& element) { scenario.actions.push_back(read_action(element)); });
}

ScenarioAcceptance read_acceptance(const toml::node& node) {
  Section section(node, "[[accept]]");
  const auto id = section.value<std::string>("rule", "a text");
  const auto reason = section.value<std::string>("reason", "a text");
  ScenarioAcceptance accepted{.rule = {},
                              .driver = section.value<std::string>("driver", "a text").value_or(""),
                              .reason = reason.value_or(""),
                              .line = node.source().begin.line};
  section.refuse_others();
  if (!id) throw section.missing("rule");
  if (accepted.reason.empty()) throw section.missing("reason");
  const verify::Rule* rule = verify::find_rule(*id);
  if (rule == nullptr)
    throw section.wrong(fmt::format("there is no rule '{}'", *id), *section.find("rule"));
  accepted.rule = rule->info.id;
  return accepted;
}

void read_acceptances(const toml::node& node, ScenarioFile& scenario) {
  read_each(node, "accept", [&](const toml::node& element) {
    scenario.accepted.push_back(read_acceptance(element));
  });
}

void read_expect(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[expect]");
  scenario.start_fails = section.value<bool>("start_fails", "true or false");
  section.refuse_others();
}

// Of several drivers each says for itself what the file can say of one.
void check_several_drivers(const toml::table& root, const ScenarioFile& scenario) {
  const auto& drivers = scenario.drivers;
  const auto check = [&](std::string_view section, const std::string& name, std::uint32_t line) {
    if (name.empty() || is_one_of(drivers, name)) return;
    throw Wrong(line,
                fmt::format("'driver' in [[{}]]: there is no [[driver]] '{}'", section, name));
  };
  for (const ProcessText& process : scenario.processes)
    check("process", process.driver, process.driver_line);
  for (const ScenarioAcceptance& accepted : scenario.accepted)
    check("accept", accepted.driver, accepted.line);
  if (drivers.empty()) return;
  if (scenario.start_fails)
    throw Wrong(root.at_path("expect.start_fails").node()->source(),
                "'start_fails' belongs into [[driver]], beside several drivers");
  if (scenario.restart_at_once.value_or(false))
    throw Wrong(root.at_path("unload.at_once").node()->source(),
                "'at_once' in [unload] is for one driver; name the file in two [[driver]]");
}

ScenarioFile read(const toml::table& root) {
  struct Reader {
    const char* key;
    void (*read)(const toml::node&, ScenarioFile&);
  };
  static constexpr Reader readers[] = {{"driver", read_driver},
                                       {"machine", read_machine},
                                       {"registry", read_registry_section},
                                       {"policy", read_policy},
                                       {"store", read_store},
                                       {"traffic", read_traffic},
                                       {"host", read_host_section},
                                       {"process", read_processes},
                                       {"server", read_far_servers},
                                       {"client", read_far_clients},
                                       {"at", read_actions},
                                       {"unload", read_unload},
                                       {"accept", read_acceptances},
                                       {"expect", read_expect}};
  ScenarioFile scenario;
  Section whole(root, "the scenario");
  for (const Reader& reader : readers) {
    if (const toml::node* node = whole.find(reader.key)) reader.read(*node, scenario);
  }
  for (const char* kind : {"sublayer", "callout", "filter"}) (void)whole.find(kind);
  scenario.objects = read_objects(root);
  whole.refuse_others();
  check_several_drivers(root, scenario);
  return scenario;
}

}  // namespace

Result<ScenarioFile> parse_scenario(std::string_view text, const std::string& name) {
  try {
    ScenarioFile scenario = read(toml::parse(text));
    for (ProcessText& process : scenario.processes) {
      for (Operation& operation : process.operations)
        operation.place = fmt::format("{}:{}", name, operation.line);
      for (auto& [thread, operations] : process.threads) {
        for (Operation& operation : operations)
          operation.place = fmt::format("{}:{}", name, operation.line);
      }
    }
    return scenario;
  } catch (const toml::parse_error& error) {
    return failure(fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  } catch (const Wrong& wrong) {
    return failure(fmt::format("{}:{}: {}", name, wrong.line(), wrong.what()));
  }
}

}  // namespace drydock::scenario
