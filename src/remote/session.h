// SPDX-License-Identifier: Apache-2.0
// One machine that somebody outside drives, command by command (libdrydock): loads drivers, acts as
// applications, plays traffic, asks. A command is done on a fiber of the machine; between two
// commands nothing in it moves. So the same commands with the same seed make the same run.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/host_path.h"
#include "net/traffic_record.h"
#include "scenario/application.h"
#include "scenario/judgement.h"
#include "scenario/plan.h"
#include "scenario/socket_operation.h"
#include "scenario/world.h"

namespace drydock::remote {

class Session {
 public:
  // `plan`: what machine it is; stays.
  Session(scenario::Environment& environment, const scenario::Plan& plan,
          machine::Choices& choices);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  scenario::World& world() { return world_; }

  // Before the first command: the machine's services start. On a fiber.
  Result<void> boot();
  // One command, on a fiber; the machine runs on until it is done, or its patience is over.
  // Errors: misuse and bad input, one line. May not return, when the machine stops.
  Result<nlohmann::json> act(const nlohmann::json& command);
  // The same for a machine that has stopped, on no fiber. Nothing: it can no longer do that.
  std::optional<Result<nlohmann::json>> ask(const nlohmann::json& command);
  // Why it stopped, one line.
  [[nodiscard]] std::string why_stopped() const;

 private:
  using json = nlohmann::json;
  struct Driver;
  struct Handle;
  struct Request;
  struct Traffic;
  struct Socket;
  struct Command {
    std::string_view name;
    Result<json> (Session::*act)(const json& command);
    bool asks = false;  // changes nothing: also of a machine that has stopped
  };
  static const Command commands[];
  static const Command* find(const json& command);

  // Until `done`, or so long; whether it is.
  template <class Done>
  bool wait(Done done, machine::VirtualTime patience, const char* why);
  // On a fiber of its own, which may wait for ever; whoever waits is told of its end.
  void spawn(std::string name, std::move_only_function<void()> work);
  void tell() { changed_.open(world_.machine); }

  // session_drivers.cpp
  Result<json> load(const json& command);
  Result<json> request_unload(const json& command);
  Result<json> wait_gone(const json& command);
  Result<json> attach(const json& command);
  Result<json> registry(const json& command);

  // session_applications.cpp
  Result<scenario::Application*> running(const json& number);
  Result<json> start_process(const json& command);
  Result<json> end_process(const json& command);
  Result<json> open(const json& command);
  Result<json> close(const json& command);
  Result<json> start_request(const json& command);
  Result<json> await_request(const json& command);
  Result<json> cancel(const json& command);
  Result<json> allocate(const json& command);
  Result<json> read_memory(const json& command);
  Result<json> write_memory(const json& command);
  static json answer_of(const Request& request);

  // session_sockets.cpp
  Result<json> open_socket(const json& command);
  Result<json> use_socket(const json& command);
  Result<json> add_client(const json& command);
  Result<json> wire(const json& command);

  // session_traffic.cpp
  Result<json> advance(const json& command);
  Result<json> set_filter_engine(const json& command);
  Result<json> play(const json& command);
  Result<json> await_traffic(const json& command);
  Result<json> traffic_result(const json& command);
  void play_steps(Traffic& traffic);

  // session_questions.cpp
  Result<json> ledger(const json& command);
  Result<json> findings(const json& command);
  Result<json> verdict(const json& command);
  Result<json> position(const json& command);
  void let_end();
  void let_sockets_end();
  [[nodiscard]] bool somebody_is_stuck() const;
  scenario::RunResult judge();

  const scenario::Plan& plan_;
  scenario::World world_;
  machine::Gate changed_;
  scenario::TrafficProgress no_traffic_;  // what applications could wait for
  bool over_ = false;                     // the verdict has been given
  std::vector<std::string> unattached_;
  std::vector<verify::Life> lives_;
  std::vector<std::unique_ptr<Driver>> drivers_;  // a number each; of each kind
  std::vector<std::unique_ptr<scenario::ProcessPlan>> process_plans_;
  std::vector<std::unique_ptr<scenario::Application>> processes_;
  std::vector<std::unique_ptr<scenario::SocketTable>> tables_;  // of each process
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::vector<std::unique_ptr<Handle>> handles_;
  std::vector<std::unique_ptr<Request>> requests_;
  std::vector<std::span<std::byte>> memory_;
  std::vector<std::unique_ptr<Traffic>> traffic_;
};

// Of commands: how long they wait at most, in virtual time; a century is for ever.
machine::VirtualTime patience_of(const nlohmann::json& command);
std::span<const std::byte> bytes_of(const nlohmann::json& value);
nlohmann::json to_json(std::span<const std::byte> bytes);

}  // namespace drydock::remote
