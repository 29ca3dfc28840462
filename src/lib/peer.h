// SPDX-License-Identifier: Apache-2.0
// What libdrydock takes from the rest of the project, with nothing of its headers: their names are
// not those of the library's users.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace drydock::peer {

// Errors are one line for a person.
template <class T>
using Expected = std::expected<T, std::string>;

// A process of the drydock program, and the channel to it. Killed with its owner.
class Peer {
 public:
  static Expected<Peer> start(const std::string& program, const char* command);
  Peer(Peer&&) noexcept;
  Peer& operator=(Peer&&) noexcept;
  ~Peer();

  // False, nothing: it is gone, or what it sent is damaged.
  bool send(const nlohmann::json& message);
  std::optional<nlohmann::json> receive();
  // Whether receive() would not have to wait.
  bool answers_within(std::chrono::milliseconds patience);
  void kill();
  // "was killed by SIGSEGV".
  std::string how_it_ended();

 private:
  struct State;
  explicit Peer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

Expected<std::vector<std::byte>> read_whole(const std::filesystem::path& path);

// The first message to a machine, and what processes of the program are started as.
extern const int protocol_version;
extern const char* const machine_command;
extern const char* const symbols_command;

}  // namespace drydock::peer
