// SPDX-License-Identifier: Apache-2.0
#include "lib/peer.h"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/files.h"
#include "explore/channel.h"
#include "explore/worker_process.h"
#include "remote/protocol.h"

namespace drydock::peer {

const int protocol_version = remote::protocol_version;
const char* const machine_command = remote::machine_command;
const char* const symbols_command = remote::symbols_command;

struct Peer::State {
  explore::Descriptor channel;
  explore::WorkerProcess process;
};

Peer::Peer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Peer::Peer(Peer&&) noexcept = default;
Peer& Peer::operator=(Peer&&) noexcept = default;
Peer::~Peer() = default;

Expected<Peer> Peer::start(const std::string& program, const char* command) {
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return std::unexpected("cannot start " + program + ": " +
                           std::generic_category().message(errno));
  explore::Descriptor ours(ends[0]);
  const explore::Descriptor theirs(ends[1]);
  explore::limit_waiting(ours.get());
  auto process = explore::WorkerProcess::start(
      {.program = program, .command = command, .channel = theirs.get(), .dies_with_thread = false});
  if (!process) return std::unexpected(process.error().message);
  return Peer(std::make_unique<State>(std::move(ours), *std::move(process)));
}

bool Peer::send(const nlohmann::json& message) {
  return explore::send_message(state_->channel.get(), message).has_value();
}

std::optional<nlohmann::json> Peer::receive() {
  auto message = explore::receive_message(state_->channel.get());
  if (!message) return std::nullopt;
  return *std::move(message);
}

bool Peer::answers_within(std::chrono::milliseconds patience) {
  return explore::wait_readable(state_->channel.get(), patience);
}

void Peer::kill() {
  state_->process.kill();
}

std::string Peer::how_it_ended() {
  return state_->process.how_it_ended();
}

Expected<std::vector<std::byte>> read_whole(const std::filesystem::path& path) {
  auto content = read_file(path);
  if (!content) return std::unexpected(content.error().message);
  return *std::move(content);
}

}  // namespace drydock::peer
