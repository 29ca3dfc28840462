// SPDX-License-Identifier: Apache-2.0
// Messages between supervisor and worker: CBOR with its length before it, over a socket.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace drydock::explore {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  void close();

 private:
  int fd_ = -1;
};

// All of the message is written, or an error says why not; no SIGPIPE.
Result<void> send_message(int fd, const nlohmann::json& message);

// Waits for a whole message. Errors: the other side is gone, or what it sent is no message.
Result<nlohmann::json> receive_message(int fd);

// Whether receive_message would find something (also an end) within `patience`.
// From now on no message waits longer than five seconds for its next part.
void limit_waiting(int fd);

bool wait_readable(int fd, std::chrono::milliseconds patience);

}  // namespace drydock::explore
