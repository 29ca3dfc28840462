// SPDX-License-Identifier: Apache-2.0
// The machine as a whole, and its drivers.
#include <utility>

#include "lib/connection.h"

namespace drydock::inline v1 {

using nlohmann::json;

namespace {

json registry_of(const LoadOptions& options) {
  json values = json::array();
  for (const RegistryValue& value : options.registry) {
    values.push_back({{"key", value.key},
                      {"name", value.name},
                      {"type", value.type},
                      {"data", to_json(value.data)}});
  }
  return values;
}

Outcome outcome_by_name(const std::string& name) {
  if (name == "CLEAN") return Outcome::clean;
  return name == "FINDINGS" ? Outcome::findings : Outcome::inconclusive;
}

Severity severity_by_name(const std::string& name) {
  if (name == "error") return Severity::error;
  return name == "warning" ? Severity::warning : Severity::note;
}

std::vector<Finding> findings_of(const Reply& list, Connection& connection) {
  const auto parts = list.parts();
  std::vector<Reply> frames;
  for (const Reply& finding : parts) {
    frames.push_back(finding.at("acquired_at"));
    frames.push_back(finding.at("found_at"));
  }
  auto stacks = connection.stacks_of(frames);
  std::vector<Finding> findings;
  for (const Reply& finding : parts) {
    const std::size_t first = 2 * findings.size();
    findings.push_back({.rule = finding.at("rule"),
                        .driver = finding.at("driver"),
                        .severity = severity_by_name(finding.at("severity")),
                        .what = finding.at("what"),
                        .times = finding.at("times"),
                        .load_number = finding.at("load_number"),
                        .acquired_at = std::move(stacks[first]),
                        .found_at = std::move(stacks[first + 1]),
                        .consequences = finding.at("consequences")});
  }
  return findings;
}

Verdict verdict_of(const Reply& result, Connection& connection) {
  const auto fault = result.at("internal_fault").get<std::string>();
  if (!fault.empty()) throw Stopped("a fault of drydock itself: " + fault);
  Verdict verdict{.outcome = outcome_by_name(result.at("outcome")),
                  .why_inconclusive = result.at("why_inconclusive"),
                  .bug_check = result.at("bug_check"),
                  .findings = findings_of(result.at("findings"), connection),
                  .drivers = {}};
  for (const Reply& driver : result.at("drivers").parts())
    verdict.drivers[driver.at("name").get<std::string>()] = outcome_by_name(driver.at("outcome"));
  return verdict;
}

}  // namespace

Machine::Machine(const Options& options) : connection_(std::make_shared<Connection>(options)) {}

Machine::~Machine() {
  if (connection_) connection_->end();
}

Machine::Machine(Machine&&) noexcept = default;

Machine& Machine::operator=(Machine&& other) noexcept {
  std::swap(connection_, other.connection_);
  return *this;
}

Driver Machine::load(const std::filesystem::path& file, const LoadOptions& options) {
  const auto content = must(peer::read_whole(file));
  Driver driver;
  driver.machine_ = connection_;
  driver.name_ = options.name.empty() ? file.filename().string() : options.name;
  const auto service = options.service.empty() ? file.stem().string() : options.service;
  const json arguments = {{"name", driver.name_},
                          {"service", service},
                          {"content", to_json(content)},
                          {"registry", registry_of(options)},
                          {"start_fails", options.start_fails}};
  const Reply loaded = [&] {
    try {
      return connection_->request("load", arguments, connection_->patience());
    } catch (const Stopped&) {
      connection_->remember(driver.name_, file);  // its findings are still asked for
      throw;
    }
  }();
  connection_->remember(driver.name_, file);
  driver.id_ = loaded.at("driver");
  driver.entry_status_ = loaded.at("status").get<std::uint32_t>();
  return driver;
}

Process Machine::process(std::string_view image, std::string_view user) {
  Process process;
  process.machine_ = connection_;
  process.id_ =
      connection_
          ->request("start_process", {{"image", image}, {"user", user}}, connection_->patience())
          .at("process");
  return process;
}

Traffic Machine::play(const std::filesystem::path& capture, const std::vector<std::string>& local) {
  return play(capture.string(), must(peer::read_whole(capture)), local);
}

Traffic Machine::play_standard_traffic() {
  return play({}, {}, {});
}

Traffic Machine::play(const std::string& name, const Bytes& content,
                      const std::vector<std::string>& local) {
  const Reply played = connection_->request(
      "play", {{"name", name}, {"content", to_json(content)}, {"local", local}});
  Traffic traffic;
  traffic.machine_ = connection_;
  traffic.id_ = played.at("traffic");
  traffic.steps_ = played.at("steps");
  return traffic;
}

void Machine::client(const Client& client) {
  const json arguments = {{"protocol", name_of(client.protocol)},
                          {"to", client.to},
                          {"from", client.from},
                          {"says", to_json(client.says)},
                          {"rounds", client.rounds},
                          {"connections", client.connections}};
  (void)connection_->request("add_client", {{"client", arguments}});
}

std::vector<Packet> Machine::wire() {
  return packets_of(connection_->request("wire").at("pcapng").bytes());
}

void Machine::attach(std::string_view what) {
  (void)connection_->request("attach", {{"what", what}});
}

void Machine::stop_filter_engine() {
  (void)connection_->request("set_filter_engine", {{"running", false}});
}

void Machine::start_filter_engine() {
  (void)connection_->request("set_filter_engine", {{"running", true}});
}

std::optional<RegistryValue> Machine::registry(const Driver& driver, std::string_view key,
                                               std::string_view name) {
  const Reply found =
      connection_->request("registry", {{"driver", driver.id_}, {"key", key}, {"name", name}});
  if (!found.has("data")) return std::nullopt;
  return RegistryValue{.key = std::string(key),
                       .name = std::string(name),
                       .type = found.at("type"),
                       .data = found.at("data").bytes()};
}

void Machine::advance(Duration time) {
  if (time < Duration{0}) throw Error("virtual time goes forward only");
  (void)connection_->request("advance", json::object(), time);
}

Trace Machine::trace() {
  const Reply position = connection_->request("position");
  return {.hash = position.at("trace_hash"),
          .events = position.at("events"),
          .now = Duration{position.at("now").get<std::int64_t>()}};
}

std::vector<Resource> Machine::ledger(std::string_view kind) {
  std::vector<Reply> frames;
  std::vector<Resource> resources;
  for (const Reply& entry : connection_->request("ledger").at("entries").parts()) {
    if (!kind.empty() && entry.at("kind").get<std::string>() != kind) continue;
    frames.push_back(entry.at("acquired_at"));
    resources.push_back({.kind = entry.at("kind"),
                         .name = entry.at("name"),
                         .driver = entry.at("driver"),
                         .size = entry.at("size"),
                         .acquired_at = {}});
  }
  auto stacks = connection_->stacks_of(frames);
  for (std::size_t i = 0; i < resources.size(); ++i)
    resources[i].acquired_at = std::move(stacks[i]);
  return resources;
}

std::vector<Finding> Machine::findings() {
  return verdict_of(connection_->request("findings"), *connection_).findings;
}

Verdict Machine::verdict() {
  try {
    return verdict_of(connection_->request("verdict"), *connection_);
  } catch (const Stopped& stopped) {
    Verdict unknown;
    unknown.why_inconclusive = stopped.what();
    if (connection_->dead()) return unknown;
  }
  return verdict_of(connection_->request("verdict"), *connection_);
}

Status Driver::request_unload() {
  return machine_->request("request_unload", {{"driver", id_}}).at("status").get<std::uint32_t>();
}

bool Driver::wait_gone(Duration patience) {
  return machine_->request("wait_gone", {{"driver", id_}}, patience).at("gone");
}

Status Driver::unload() {
  constexpr Status delete_pending{0xC0000056};  // somebody has asked before
  const Status status = request_unload();
  if (status != status_success && status != status_pending && status != delete_pending)
    return status;
  return wait_gone(machine_->patience()) ? status_success : status_pending;
}

}  // namespace drydock::inline v1
