// SPDX-License-Identifier: Apache-2.0
#include "lib/connection.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace drydock::inline v1 {

using nlohmann::json;

namespace {

namespace fs = std::filesystem;

bool can_run(const fs::path& program) {
  std::error_code unreadable;
  return fs::is_regular_file(program, unreadable) && access(program.c_str(), X_OK) == 0;
}

fs::path in_path(const fs::path& program) {
  const char* folders = std::getenv("PATH");
  std::istringstream list(folders == nullptr ? "" : folders);
  for (std::string folder; std::getline(list, folder, ':');) {
    if (can_run(fs::path(folder) / program)) return fs::path(folder) / program;
  }
  throw Error(program.string() +
              ": not found in $PATH; Options::program names the drydock program");
}

std::string find_program(const fs::path& program) {
  if (!program.has_parent_path()) return in_path(program).string();
  if (!can_run(program))
    throw Error(program.string() +
                ": no program that can be run; Options::program names the drydock program");
  return fs::absolute(program).string();
}

json policies_of(const Options& options) {
  json policies = json::array();
  for (const fs::path& path : options.policies) {
    policies.push_back(
        {{"path", path.string()}, {"content", to_json(must(peer::read_whole(path)))}});
  }
  return policies;
}

json servers_of(const Options& options) {
  json servers = json::array();
  for (const Server& server : options.servers) {
    servers.push_back({{"protocol", name_of(server.protocol)},
                       {"address", server.address},
                       {"port", server.port},
                       {"does", static_cast<unsigned>(server.does)},
                       {"answer", server.answer}});
  }
  return servers;
}

json wanted_machine(const Options& options) {
  json wanted = {{"version", peer::protocol_version},
                 {"processors", options.processors},
                 {"variants", options.variants},
                 {"servers", servers_of(options)},
                 {"policies", policies_of(options)}};
  if (options.seed) wanted["seed"] = *options.seed;
  return wanted;
}

using Places = std::map<std::pair<std::string, std::uint64_t>, std::vector<Reply>>;

Stack stack_of(const Reply& frames, const Places& known) {
  Stack stack;
  for (const Reply& frame : frames.parts()) {
    const auto module = frame.at("module").get<std::string>();
    const auto rva = frame.at("rva").get<std::uint64_t>();
    const std::vector<Reply>& sources = known.at({module, rva});
    if (sources.empty())
      stack.push_back({.module = module, .rva = rva, .function = {}, .file = {}});
    for (const Reply& source : sources) {
      stack.push_back({.module = module,
                       .rva = rva,
                       .function = source.at("function"),
                       .file = source.at("file"),
                       .line = source.at("line"),
                       .inlined = &source != &sources.back()});
    }
  }
  return stack;
}

}  // namespace

const char* name_of(Protocol protocol) {
  return protocol == Protocol::udp ? "udp" : "tcp";
}

json to_json(std::span<const std::byte> bytes) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return json::binary({begin, begin + bytes.size()});
}

Connection& Link::operator*() const {
  if (!connection_) throw Error("this object was made by default or moved from: it names nothing");
  return *connection_;
}

Reply Reply::at(const char* key) const {
  if (!part_->contains(key)) damaged();
  return {whole_, part_->at(key)};
}

std::vector<Reply> Reply::parts() const {
  if (!part_->is_array()) damaged();
  std::vector<Reply> parts;
  parts.reserve(part_->size());
  for (const nlohmann::json& part : *part_) parts.push_back(Reply(whole_, part));
  return parts;
}

Bytes Reply::bytes() const {
  if (!part_->is_binary()) damaged();
  const auto bytes = std::as_bytes(std::span(part_->get_binary()));
  return {bytes.begin(), bytes.end()};
}

Connection::Connection(const Options& options)
    : options_(options), program_(find_program(options.program)) {
  const json wanted = wanted_machine(options);
  peer_ = must(peer::Peer::start(program_, peer::machine_command));
  (void)exchange(wanted);
}

Reply Connection::request(const char* what, json arguments, Duration patience) {
  arguments["patience"] = patience.count();
  return request(what, std::move(arguments));
}

Reply Connection::request(const char* what, json arguments) {
  arguments["do"] = what;
  return exchange(arguments);
}

Reply Connection::exchange(const json& message) {
  if (dead()) throw Stopped(death_);
  if (!peer_->send(message)) lose();
  if (!peer_->answers_within(options_.wall_limit)) {
    peer_->kill();
    die("was still busy after " + std::to_string(options_.wall_limit.count()) + " ms");
  }
  const auto answer = peer_->receive();
  if (!answer) lose();
  return read(*answer);
}

Reply Connection::read(const json& answer) try {
  if (answer.contains("stopped")) throw Stopped(answer.at("stopped").get<std::string>());
  if (answer.contains("error")) throw Error(answer.at("error").get<std::string>());
  return Reply(answer.at("answer"));
} catch (const json::exception&) {
  peer_->kill();
  die("sent a damaged answer");
}

void Connection::end() {
  if (dead()) return;
  peer_->kill();
  death_ = "the machine is gone: its object was destroyed";
}

// Gone, or deaf and dumb.
void Connection::lose() {
  const std::string how = peer_->how_it_ended();
  peer_->kill();
  die(how);
}

void Connection::die(std::string how) {
  death_ = "the process of the machine " + std::move(how) +
           ": either the driver damaged it or drydock has a fault";
  throw Stopped(death_);
}

void Connection::remember(const std::string& name, const fs::path& file) {
  files_[name] = fs::absolute(file).string();
}

// Asked of another process of the program: it runs the tools that read debug information, and the
// one in which a driver lives runs nothing.
std::vector<Stack> Connection::stacks_of(const std::vector<Reply>& frames) {
  json asked = json::array();
  Places known;
  for (const Reply& stack : frames) {
    for (const Reply& frame : stack.parts()) {
      known[{frame.at("module"), frame.at("rva")}];
      asked.push_back(frame.json());
    }
  }
  if (!asked.empty()) {
    auto knower = must(peer::Peer::start(program_, peer::symbols_command));
    const bool sent = knower.send({{"drivers", files_}, {"frames", asked}});
    const bool answered = sent && knower.answers_within(options_.wall_limit);
    if (const auto answer = answered ? knower.receive() : std::nullopt) {
      const auto symbols = Reply(*answer).at("symbols").parts();
      for (std::size_t i = 0; i < std::min(asked.size(), symbols.size()); ++i)
        known[{asked[i].at("module"), asked[i].at("rva")}] = symbols[i].parts();
    }
  }
  std::vector<Stack> stacks;
  stacks.reserve(frames.size());
  for (const Reply& stack : frames) stacks.push_back(stack_of(stack, known));
  return stacks;
}

}  // namespace drydock::inline v1
