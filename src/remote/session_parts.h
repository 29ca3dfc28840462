// SPDX-License-Identifier: Apache-2.0
// What a session keeps of each thing that commands speak of by number.
#pragma once

#include "net/tracker.h"
#include "remote/session.h"

namespace drydock::remote {

struct Session::Driver {
  scenario::DriverInput input;
  std::shared_ptr<nt::DriverFile> file;
  std::vector<std::size_t> lives;  // in lives_; of one file, loaded again and again
  bool started = false;            // DriverEntry of the newest life has returned
  bool gone = false;               // its newest life is over
};

struct Session::Handle {
  scenario::Application* process = nullptr;
  HANDLE value = nullptr;
  std::string device;
  bool closed = false;
};

// Its name in the table is its number.
struct Session::Socket {
  scenario::Application* process = nullptr;
  scenario::SocketTable* table = nullptr;
  bool closed = false;
};

struct Session::Request {
  scenario::Application* process = nullptr;
  std::optional<scenario::Application::Ticket> ticket;  // once the dispatch routine has returned
  std::vector<std::byte> input;
  std::vector<std::byte> own_output;
  std::span<std::byte> output;
  nt::Transfer result;
  bool completed = false;
};

struct Session::Traffic {
  scenario::Traffic content;
  std::unique_ptr<net::TrafficRecord> record;
  std::unique_ptr<net::HostPath> path;
  machine::VirtualTime began;
  std::uint64_t steps = 0;  // played
  bool over = false;
};

// What a command names by number; its sender has the numbers from us.
template <class Part>
Part& part_of(std::vector<std::unique_ptr<Part>>& parts, const nlohmann::json& number) {
  return *parts.at(number.get<std::size_t>());
}

template <class Done>
bool Session::wait(Done done, machine::VirtualTime patience, const char* why) {
  machine::Machine& machine = world_.machine;
  const auto until = machine.now() + patience;
  const auto timer = machine.call_at(until, [this] { tell(); });
  while (!done() && machine.now() < until) changed_.wait(machine, why);
  machine.cancel(timer);
  return done();
}

}  // namespace drydock::remote
