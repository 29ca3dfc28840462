// SPDX-License-Identifier: Apache-2.0
// The other end of a machine: its process, and one request after the other.
#pragma once

#include <nlohmann/json.hpp>

#include <drydock/drydock.h>
#include "lib/peer.h"

namespace drydock::inline v1 {

class Connection {
 public:
  explicit Connection(const Options& options);

  // What the machine answers. Throws Error, and Stopped when it has stopped.
  nlohmann::json request(const char* what, nlohmann::json arguments = nlohmann::json::object());
  // The same for what waits at most so long.
  nlohmann::json request(const char* what, nlohmann::json arguments, Duration patience);
  // Is there nothing left that could answer?
  [[nodiscard]] bool dead() const { return !death_.empty(); }
  [[nodiscard]] const std::string& death() const { return death_; }

  [[nodiscard]] Duration patience() const { return options_.patience; }
  // A driver's file, by the name that findings call it.
  void remember(const std::string& name, const std::filesystem::path& file);
  // With the names that the debug information of the drivers gives them.
  std::vector<Stack> stacks_of(const std::vector<nlohmann::json>& frames);

 private:
  nlohmann::json exchange(const nlohmann::json& message);
  nlohmann::json read(const nlohmann::json& answer);
  [[noreturn]] void lose();
  [[noreturn]] void die(std::string how);

  Options options_;
  std::string program_;
  std::optional<peer::Peer> peer_;
  std::string death_;  // how the process ended
  std::map<std::string, std::string> files_;
};

// In messages.
const char* name_of(Protocol protocol);

// The packets of a pcapng file of ours.
std::vector<Packet> packets_of(const Bytes& pcapng);

// JSON as binary, and back.
nlohmann::json to_json(std::span<const std::byte> bytes);
Bytes to_bytes(const nlohmann::json& value);

// Throws what went wrong as an Error.
template <class T>
T must(peer::Expected<T> result) {
  if (!result) throw Error(result.error());
  return *std::move(result);
}

}  // namespace drydock::inline v1
