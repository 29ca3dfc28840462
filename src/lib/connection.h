// SPDX-License-Identifier: Apache-2.0
// The other end of a machine: its process, and one request after the other.
#pragma once

#include <nlohmann/json.hpp>

#include <drydock/drydock.h>
#include "lib/peer.h"

namespace drydock::inline v1 {

// What was answered, or a part of it. It comes from where a driver lives, which may have changed
// it: whatever is not what it should be is an Error.
class Reply {
 public:
  explicit Reply(nlohmann::json whole)
      : whole_(std::make_shared<const nlohmann::json>(std::move(whole))), part_(whole_.get()) {}

  [[nodiscard]] bool has(const char* key) const { return part_->contains(key); }
  [[nodiscard]] Reply at(const char* key) const;
  // Of an array.
  [[nodiscard]] std::vector<Reply> parts() const;
  [[nodiscard]] Bytes bytes() const;
  [[nodiscard]] const nlohmann::json& json() const { return *part_; }
  template <class T>
  [[nodiscard]] T get() const {
    try {
      return part_->get<T>();
    } catch (const nlohmann::json::exception&) {
      damaged();
    }
  }
  template <class T>
  operator T() const {  // NOLINT(google-explicit-constructor): as that of nlohmann::json
    return get<T>();
  }

 private:
  Reply(std::shared_ptr<const nlohmann::json> whole, const nlohmann::json& part)
      : whole_(std::move(whole)), part_(&part) {}
  [[noreturn]] static void damaged() { throw Error("the machine has sent a damaged answer"); }

  std::shared_ptr<const nlohmann::json> whole_;
  const nlohmann::json* part_;  // in it
};

class Connection {
 public:
  explicit Connection(const Options& options);

  // What the machine answers. Throws Error, and Stopped when it has stopped.
  Reply request(const char* what, nlohmann::json arguments = nlohmann::json::object());
  // The same for what waits at most so long.
  Reply request(const char* what, nlohmann::json arguments, Duration patience);
  // Nothing answers from now on.
  void end();
  // Is there nothing left that could answer?
  [[nodiscard]] bool dead() const { return !death_.empty(); }
  [[nodiscard]] const std::string& death() const { return death_; }

  [[nodiscard]] Duration patience() const { return options_.patience; }
  // A driver's file, by the name that findings call it.
  void remember(const std::string& name, const std::filesystem::path& file);
  // With the names that the debug information of the drivers gives them.
  std::vector<Stack> stacks_of(const std::vector<Reply>& frames);

 private:
  Reply exchange(const nlohmann::json& message);
  Reply read(const nlohmann::json& answer);
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

// As binary.
nlohmann::json to_json(std::span<const std::byte> bytes);

// Throws what went wrong as an Error.
template <class T>
T must(peer::Expected<T> result) {
  if (!result) throw Error(result.error());
  return *std::move(result);
}

}  // namespace drydock::inline v1
