// SPDX-License-Identifier: Apache-2.0
#include "explore/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <vector>

namespace drydock::explore {
namespace {

constexpr std::uint32_t longest_message = 1U << 30;
constexpr std::chrono::hours longest_wait{24 * 7};  // and poll() counts it in an int

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

// Whether a message may be read at all: its sender may be a driver that has taken over its process,
// and the reader of the library follows nesting with its own stack and believes every length.
class Bounds final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Bounds(std::size_t size) : size_(size) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t members) override { return enter(members); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t elements) override { return enter(elements); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  static constexpr std::size_t unknown = static_cast<std::size_t>(-1);  // told by its end
  static constexpr int deepest = 64;

  bool enter(std::size_t size) { return ++depth_ <= deepest && (size == unknown || size <= size_); }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t size_;
  int depth_ = 0;
};

Result<nlohmann::json> parse_message(const std::vector<std::uint8_t>& bytes) {
  Bounds bounds(bytes.size());
  if (!nlohmann::json::sax_parse(bytes, &bounds, nlohmann::json::input_format_t::cbor))
    return failure("the message is damaged");
  return nlohmann::json::from_cbor(bytes);
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
  return parse_message(bytes);
}

void limit_waiting(int fd) {
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

bool wait_readable(int fd, std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::min<std::chrono::milliseconds>(patience, longest_wait);
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    const int ready = poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

}  // namespace drydock::explore
