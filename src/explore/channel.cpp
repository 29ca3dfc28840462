// SPDX-License-Identifier: Apache-2.0
#include "explore/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <vector>

namespace drydock::explore {
namespace {

constexpr std::uint32_t longest_message = 1U << 30;

std::string last_error() {
  return std::generic_category().message(errno);
}

Result<void> write_all(int fd, const std::uint8_t* data, std::size_t size) {
  while (size != 0) {
    const ssize_t written = send(fd, data, size, MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("cannot send: " + last_error());
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return {};
}

Result<void> read_all(int fd, std::uint8_t* data, std::size_t size) {
  while (size != 0) {
    const ssize_t got = read(fd, data, size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("cannot receive: " + last_error());
    if (got == 0) return failure("the other side is gone");
    data += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace

Descriptor::~Descriptor() {
  close();
}

void Descriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<void> send_message(int fd, const nlohmann::json& message) {
  std::vector<std::uint8_t> bytes(sizeof(std::uint32_t));
  nlohmann::json::to_cbor(message, bytes);
  const auto size = bytes.size() - sizeof(std::uint32_t);
  if (size > longest_message) return failure("the message is too long");
  const auto prefix = static_cast<std::uint32_t>(size);
  std::memcpy(bytes.data(), &prefix, sizeof(prefix));
  return write_all(fd, bytes.data(), bytes.size());
}

Result<nlohmann::json> receive_message(int fd) {
  std::uint32_t size = 0;
  if (auto got = read_all(fd, reinterpret_cast<std::uint8_t*>(&size), sizeof(size)); !got)
    return std::unexpected(got.error());
  if (size > longest_message) return failure("the message is too long");
  std::vector<std::uint8_t> bytes(size);
  if (auto got = read_all(fd, bytes.data(), bytes.size()); !got)
    return std::unexpected(got.error());
  auto message = nlohmann::json::from_cbor(bytes, true, false);
  if (message.is_discarded()) return failure("the message is damaged");
  return message;
}

bool wait_readable(int fd, std::chrono::milliseconds patience) {
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
}

}  // namespace drydock::explore
