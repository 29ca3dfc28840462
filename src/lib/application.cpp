// SPDX-License-Identifier: Apache-2.0
// Applications: their handles, requests and memory.
#include <algorithm>
#include <utility>

#include "lib/connection.h"

namespace drydock::inline v1 {

using nlohmann::json;

namespace {

std::string hexadecimal(std::uint32_t value) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += digits[value >> shift & 15];
  return text;
}

}  // namespace

// Bytes that the driver sees, or memory of the process.
struct Handle::Output {
  Bytes bytes;
  const Memory* memory = nullptr;
  std::size_t size = 0;
};

Bytes Memory::read(std::size_t offset, std::size_t size) const {
  return machine_->request("read_memory", {{"memory", id_}, {"offset", offset}, {"size", size}})
      .at("bytes")
      .bytes();
}

void Memory::write(std::size_t offset, std::span<const std::byte> bytes) const {
  (void)machine_->request("write_memory",
                          {{"memory", id_}, {"offset", offset}, {"bytes", to_json(bytes)}});
}

std::optional<Answer> Request::wait_for(Duration patience) {
  const Reply answer = machine_->request("await_request", {{"request", id_}}, patience);
  if (!answer.at("completed").get<bool>()) return std::nullopt;
  return Answer{.status = answer.at("status").get<std::uint32_t>(),
                .information = answer.at("information"),
                .bytes = answer.at("bytes").bytes(),
                .output = answer.at("output").bytes()};
}

Answer Request::wait() {
  if (auto answer = wait_for(machine_->patience())) return *std::move(answer);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(machine_->patience());
  throw Error(what_ + ": the driver has not completed it after " + std::to_string(seconds.count()) +
              " s of virtual time");
}

bool Request::cancel() {
  return machine_->request("cancel", {{"request", id_}}, machine_->patience()).at("cancelled");
}

Request Handle::start(const char* kind, std::uint32_t code, std::span<const std::byte> input,
                      const Output& output) {
  if (machine_ && !status_.success()) throw Error(device_ + ": was not opened");
  json arguments = {{"handle", id_}, {"kind", kind}, {"code", code}, {"input", to_json(input)}};
  if (output.memory != nullptr) {
    arguments["memory"] = output.memory->id_;
    arguments["offset"] = 0;
    arguments["size"] = output.size;
  } else {
    arguments["output"] = to_json(output.bytes);
  }
  Request request;
  request.machine_ = machine_;
  request.id_ = machine_->request("start_request", std::move(arguments)).at("request");
  const bool has_code = std::string_view(kind) == "ioctl";
  request.what_ = device_ + ": " + kind + (has_code ? " " + hexadecimal(code) : "");
  return request;
}

Request Handle::ioctl_async(std::uint32_t code, std::span<const std::byte> input,
                            std::size_t output_size) {
  return start("ioctl", code, input, {.bytes = Bytes(output_size)});
}

Request Handle::ioctl_async(std::uint32_t code, std::span<const std::byte> input,
                            const Bytes& output) {
  return start("ioctl", code, input, {.bytes = output});
}

Request Handle::ioctl_async(std::uint32_t code, std::span<const std::byte> input,
                            const Memory& output, std::size_t size) {
  return start("ioctl", code, input,
               {.bytes = {}, .memory = &output, .size = std::min(size, output.size())});
}

Request Handle::read_async(std::size_t size) {
  return start("read", 0, {}, {.bytes = Bytes(size)});
}

Request Handle::write_async(std::span<const std::byte> bytes) {
  return start("write", 0, bytes, {});
}

Answer Handle::ioctl(std::uint32_t code, std::span<const std::byte> input,
                     std::size_t output_size) {
  return ioctl_async(code, input, output_size).wait();
}

Answer Handle::ioctl(std::uint32_t code, std::span<const std::byte> input, const Bytes& output) {
  return ioctl_async(code, input, output).wait();
}

Answer Handle::ioctl(std::uint32_t code, std::span<const std::byte> input, const Memory& output) {
  return ioctl_async(code, input, output).wait();
}

Answer Handle::read(std::size_t size) {
  return read_async(size).wait();
}

Answer Handle::write(std::span<const std::byte> bytes) {
  return write_async(bytes).wait();
}

Status Handle::close() {
  if (machine_ && !status_.success()) throw Error(device_ + ": was not opened");
  return machine_->request("close", {{"handle", id_}}, machine_->patience())
      .at("status")
      .get<std::uint32_t>();
}

Handle Process::open(std::string_view device) {
  const Reply opened =
      machine_->request("open", {{"process", id_}, {"device", device}}, machine_->patience());
  Handle handle;
  handle.machine_ = machine_;
  handle.device_ = device;
  handle.status_ = opened.at("status").get<std::uint32_t>();
  if (handle.status_.success()) handle.id_ = opened.at("handle");
  return handle;
}

Memory Process::allocate(std::size_t size) {
  const Reply allocated = machine_->request("allocate", {{"process", id_}, {"size", size}});
  Memory memory;
  memory.machine_ = machine_;
  memory.id_ = allocated.at("memory");
  memory.address_ = allocated.at("address");
  memory.size_ = size;
  return memory;
}

bool Process::end() {
  return machine_->request("end_process", {{"process", id_}}).at("gone");
}

}  // namespace drydock::inline v1
