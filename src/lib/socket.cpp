// SPDX-License-Identifier: Apache-2.0
// Applications' sockets.
#include <utility>

#include "lib/connection.h"

namespace drydock::inline v1 {

using nlohmann::json;

Socket Process::socket(Protocol protocol) {
  Socket socket;
  socket.machine_ = machine_;
  socket.id_ = machine_->request("open_socket", {{"process", id_}, {"protocol", name_of(protocol)}})
                   .at("socket");
  return socket;
}

// The answer to a call, with the number of an accepted socket.
struct Socket::Called {
  Answer answer;
  std::uint64_t accepted = 0;
};

Socket::Called Socket::call(const char* name, const Arguments& arguments) {
  if (machine_ && !status_.success()) throw Error("this socket was not accepted");
  json message = {{"socket", id_}, {"call", name}};
  if (!arguments.place.empty()) message["place"] = arguments.place;
  message["bytes"] = to_json(arguments.bytes);
  message["size"] = arguments.size;
  if (arguments.from != nullptr) message["from"] = std::to_string(arguments.from->id_);
  const Reply reply = machine_->request("use_socket", std::move(message), machine_->patience());
  Answer answer{.status = reply.at("status").get<std::uint32_t>(),
                .bytes = reply.at("bytes").bytes(),
                .output = {}};
  answer.information = answer.bytes.size();
  return {std::move(answer), reply.at("accepted")};
}

Status Socket::bind(std::string_view place) {
  return call("bind", {.place = place, .bytes = {}}).answer.status;
}

Status Socket::listen() {
  return call("listen", {}).answer.status;
}

Status Socket::connect(std::string_view place) {
  return call("connect", {.place = place, .bytes = {}}).answer.status;
}

Socket Socket::accept() {
  const Called reply = call("accept", {});
  Socket socket;
  socket.machine_ = machine_;
  socket.id_ = reply.accepted;
  socket.status_ = reply.answer.status;
  return socket;
}

Status Socket::send(std::span<const std::byte> bytes) {
  return call("send", {.place = {}, .bytes = bytes}).answer.status;
}

Status Socket::send_to(std::string_view place, std::span<const std::byte> bytes) {
  return call("send", {.place = place, .bytes = bytes}).answer.status;
}

Answer Socket::receive(std::size_t size) {
  return call("receive", {.place = {}, .bytes = {}, .size = size}).answer;
}

Status Socket::shut_down() {
  return call("shut_down", {}).answer.status;
}

Status Socket::close() {
  return call("close", {}).answer.status;
}

Answer Socket::redirect_context() {
  return call("redirect_context", {}).answer;
}

Status Socket::take_redirect_records(const Socket& accepted) {
  return call("hand_on_redirect_records", {.place = {}, .bytes = {}, .from = &accepted})
      .answer.status;
}

}  // namespace drydock::inline v1
