// SPDX-License-Identifier: Apache-2.0
// Commands about applications: processes, their handles, requests and memory.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "net/tokens.h"
#include "remote/session_parts.h"

namespace drydock::remote {

using machine::VirtualTime;
using nlohmann::json;

namespace {

// Most dispatch routines return at once; one that waits keeps its thread, not the others.
constexpr VirtualTime dispatch_time = machine::milliseconds(1);

// Simulated processes share what memory there is.
constexpr std::size_t largest_allocation = 1 << 24;

// A process that is killed waits five minutes for requests that nobody completes.
constexpr VirtualTime end_time = machine::seconds(600);

Result<std::span<std::byte>> part_of_memory(const std::vector<std::span<std::byte>>& memory,
                                            const json& command, std::size_t size) {
  const auto whole = memory.at(command.at("memory").get<std::size_t>());
  const auto offset = command.at("offset").get<std::size_t>();
  if (offset > whole.size() || size > whole.size() - offset)
    return failure(fmt::format("{} bytes at offset {} do not lie in memory of {} bytes", size,
                               offset, whole.size()));
  return whole.subspan(offset, size);
}

}  // namespace

Result<json> Session::start_process(const json& command) {
  auto& plan = *process_plans_.emplace_back(std::make_unique<scenario::ProcessPlan>());
  plan.image = command.at("image").get<std::string>();
  plan.user = command.at("user").get<std::string>();
  if (!plan.user.empty() && !net::parse_sid(plan.user))
    return failure(fmt::format("'{}' is no SID, as S-1-5-18", plan.user));
  auto& process =
      *processes_.emplace_back(std::make_unique<scenario::Application>(world_, plan, no_traffic_));
  tables_.push_back(std::make_unique<scenario::SocketTable>(process));
  plan.body = [](scenario::Application& started) { started.ready(); };
  const auto there = std::make_shared<bool>(false);
  process.start();
  spawn("start of " + plan.image, [&process, there] {
    process.wait_ready();
    *there = true;
  });
  wait([&] { return *there; }, patience_of(command), "a process to start");
  if (process.refused())
    return failure(fmt::format("{}: a driver does not let the process start", plan.image));
  if (!*there) return failure(fmt::format("{}: the process does not come to start", plan.image));
  return json{{"process", processes_.size() - 1}};
}

Result<scenario::Application*> Session::running(const json& number) {
  auto& process = part_of(processes_, number);
  if (process.ended())
    return failure(fmt::format("{}: the process has ended", process.plan().image));
  return &process;
}

// Whether it is gone.
Result<json> Session::end_process(const json& command) {
  const auto found = running(command.at("process"));
  if (!found) return std::unexpected(found.error());
  scenario::Application& process = **found;
  for (const auto& handle : handles_) handle->closed |= handle->process == &process;
  const auto gone = std::make_shared<bool>(false);
  spawn("end of " + process.plan().image, [&process, gone] {
    process.end();
    *gone = true;
  });
  return json{{"gone", wait([&] { return *gone; }, end_time, "a process to end")}};
}

Result<json> Session::open(const json& command) {
  const auto found = running(command.at("process"));
  if (!found) return std::unexpected(found.error());
  scenario::Application& process = **found;
  const auto device = command.at("device").get<std::string>();
  const auto result = std::make_shared<std::optional<nt::OpenResult>>();
  process.start_thread([this, &process, device, result] {
    *result = process.open(device);
    tell();
  });
  if (!wait([&] { return result->has_value(); }, patience_of(command), "a device to open"))
    return failure(fmt::format("{}: the driver does not complete the request to open it", device));
  const auto status = static_cast<std::uint32_t>((*result)->status);
  if (!NT_SUCCESS((*result)->status)) return json{{"status", status}};
  handles_.push_back(std::make_unique<Handle>(Handle{&process, (*result)->handle, device}));
  return json{{"status", status}, {"handle", handles_.size() - 1}};
}

Result<json> Session::close(const json& command) {
  Handle& handle = part_of(handles_, command.at("handle"));
  if (handle.closed) return failure(fmt::format("{}: the handle is closed", handle.device));
  handle.closed = true;
  const auto status = std::make_shared<std::optional<NTSTATUS>>();
  handle.process->start_thread([this, &handle, status] {
    *status = handle.process->close(handle.value);
    tell();
  });
  if (!wait([&] { return status->has_value(); }, patience_of(command), "a handle to close"))
    return failure(
        fmt::format("{}: the driver does not complete the request to close it", handle.device));
  return json{{"status", static_cast<std::uint32_t>(**status)}};
}

// On a thread of its own, so that nobody else waits for a dispatch routine.
Result<json> Session::start_request(const json& command) {
  Handle& handle = part_of(handles_, command.at("handle"));
  if (handle.closed) return failure(fmt::format("{}: the handle is closed", handle.device));
  const auto kind = command.at("kind").get<std::string>();
  const auto code = command.at("code").get<std::uint32_t>();
  Request& request = *requests_.emplace_back(std::make_unique<Request>());
  request.process = handle.process;
  const auto input = bytes_of(command.at("input"));
  request.input.assign(input.begin(), input.end());
  if (command.contains("memory")) {
    auto part = part_of_memory(memory_, command, command.at("size").get<std::size_t>());
    if (!part) return std::unexpected(part.error());
    request.output = *part;
  } else {
    const auto output = bytes_of(command.at("output"));
    request.own_output.assign(output.begin(), output.end());
    request.output = request.own_output;
  }
  handle.process->start_thread([this, kind, code, &handle, &request] {
    scenario::Application& process = *request.process;
    if (kind == "ioctl") {
      request.ticket = process.start_ioctl(handle.value, code, request.input, request.output);
    } else if (kind == "read") {
      request.ticket = process.start_read(handle.value, request.output);
    } else {
      request.ticket = process.start_write(handle.value, request.input);
    }
    tell();
    request.result = process.wait(*request.ticket);
    request.completed = true;
    tell();
  });
  wait([&] { return request.ticket.has_value(); }, dispatch_time, "a request to be dispatched");
  return json{{"request", requests_.size() - 1}};
}

json Session::answer_of(const Request& request) {
  if (!request.completed) return {{"completed", false}};
  const std::size_t filled =
      std::min<std::size_t>(request.result.information, request.output.size());
  return {{"completed", true},
          {"status", static_cast<std::uint32_t>(request.result.status)},
          {"information", static_cast<std::uint64_t>(request.result.information)},
          {"bytes", to_json(std::span<const std::byte>(request.output).first(filled))},
          {"output", to_json(request.own_output)}};
}

Result<json> Session::await_request(const json& command) {
  const Request& request = part_of(requests_, command.at("request"));
  wait([&] { return request.completed; }, patience_of(command), "a request to complete");
  return answer_of(request);
}

// False: it was completed already, or the driver cannot cancel it.
Result<json> Session::cancel(const json& command) {
  const Request& request = part_of(requests_, command.at("request"));
  const auto cancelled = std::make_shared<std::optional<bool>>();
  request.process->start_thread([this, &request, cancelled] {
    *cancelled = request.ticket && request.process->cancel(*request.ticket);
    tell();
  });
  wait([&] { return cancelled->has_value(); }, patience_of(command), "a request to be cancelled");
  return json{{"cancelled", cancelled->value_or(false)}};
}

Result<json> Session::allocate(const json& command) {
  const auto process = running(command.at("process"));
  if (!process) return std::unexpected(process.error());
  const auto size = command.at("size").get<std::size_t>();
  if (size > largest_allocation)
    return failure(fmt::format("{} bytes are more than a process can have; at most {}", size,
                               largest_allocation));
  memory_.push_back((*process)->allocate(size));
  return json{{"memory", memory_.size() - 1},
              {"address", reinterpret_cast<std::uint64_t>(memory_.back().data())}};
}

Result<json> Session::read_memory(const json& command) {
  const auto part = part_of_memory(memory_, command, command.at("size").get<std::size_t>());
  if (!part) return std::unexpected(part.error());
  return json{{"bytes", to_json(*part)}};
}

Result<json> Session::write_memory(const json& command) {
  const auto bytes = bytes_of(command.at("bytes"));
  const auto part = part_of_memory(memory_, command, bytes.size());
  if (!part) return std::unexpected(part.error());
  std::ranges::copy(bytes, part->begin());
  return json::object();
}

}  // namespace drydock::remote
