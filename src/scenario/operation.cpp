// SPDX-License-Identifier: Apache-2.0
#include "scenario/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>

#include "base/status_names.h"
#include "scenario/application.h"

namespace drydock::scenario {
namespace {

using Operations = std::vector<Operation>;

// A process's script while it plays. Its threads share what they open, allocate and ask for.
class Script {
 public:
  Script(Application& application, machine::Machine& machine,
         std::shared_ptr<const ProcessText> process)
      : application_(application),
        machine_(machine),
        process_(std::move(process)),
        sockets_(application) {}

  void play() { play(process_->operations, 0, process_->operations.size()); }

 private:
  struct Memory {
    std::span<std::byte> bytes;
    std::size_t filled = 0;
  };
  // A request under way; its buffers stay until it is waited for.
  struct Request {
    Application::Ticket ticket = 0;
    std::vector<std::byte> input;
    std::vector<std::byte> own_output;
    std::span<std::byte> output;
    Memory* memory = nullptr;  // that `output` lies in
  };

  void play(const Operations& operations, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && !application_.ending(); ++i) {
      const Operation& operation = operations[i];
      if (const auto* repeat = std::get_if<Repeat>(&operation.what)) {
        play_again(*repeat, operations, i);
      } else {
        std::visit([&](const auto& what) { play_one(what, operation); }, operation.what);
      }
    }
  }

  void play_again(const Repeat& repeat, const Operations& operations, std::size_t place) {
    for (std::uint64_t i = 1; (!repeat.times || i < *repeat.times) && !application_.ending(); ++i)
      play(operations, place - repeat.last, place);
  }

  void play_one(const StartThread& thread, const Operation& /*operation*/) {
    const Operations& operations = process_->threads.at(thread.name);
    application_.start_thread([this, &operations] { play(operations, 0, operations.size()); });
  }

  void play_one(const OpenDevice& open, const Operation& operation) {
    const nt::OpenResult result = application_.open(open.device);
    check_status(operation, result.status);
    handles_[open.as] = result.handle;
  }
  void play_one(const CloseHandle& close, const Operation& operation) {
    check_status(operation, application_.close(handles_[close.on]));
  }
  void play_one(const MakeMemory& make, const Operation& /*operation*/) {
    Memory& memory = memory_[make.name];
    if (memory.bytes.empty()) memory.bytes = application_.allocate(make.size);
    std::ranges::copy(bytes_of(make.contents), memory.bytes.begin());
    memory.filled = 0;
  }
  void play_one(const StartTransfer& transfer, const Operation& operation) {
    std::unique_ptr<Request> request = start(transfer);
    if (transfer.pends.empty()) return finish(*request, operation);
    requests_[transfer.pends] = std::move(request);
  }
  void play_one(const WaitForRequest& wait, const Operation& operation) {
    finish(*requests_.at(wait.request), operation);
  }
  void play_one(const CancelRequest& cancel, const Operation& /*operation*/) {
    application_.cancel(requests_.at(cancel.request)->ticket);
  }
  void play_one(const AwaitSteps& await, const Operation& /*operation*/) {
    application_.wait_for_steps(await.steps);
  }
  void play_one(const Sleep& sleep, const Operation& /*operation*/) {
    application_.sleep(machine::milliseconds(static_cast<std::int64_t>(sleep.milliseconds)));
  }
  void play_one(const Repeat& /*repeat*/, const Operation& /*operation*/) {}
  void play_one(const SendBytes& send, const Operation& operation) {
    check(operation, sockets_.play(send, bytes_of(send.bytes)));
  }
  template <class What>
  void play_one(const What& what, const Operation& operation) {
    check(operation, sockets_.play(what));
  }

  void check(const Operation& operation, const SocketAnswer& answer) {
    check_status(operation, answer.status);
    check_answer(operation, answer.bytes);
  }

  std::unique_ptr<Request> start(const StartTransfer& transfer) {
    auto request = std::make_unique<Request>();
    request->input = bytes_of(transfer.input);
    take_output(transfer, *request);
    const HANDLE handle = handles_[transfer.on];
    switch (transfer.kind) {
      case TransferKind::ioctl:
        request->ticket =
            application_.start_ioctl(handle, transfer.code, request->input, request->output);
        break;
      case TransferKind::read:
        request->ticket = application_.start_read(handle, request->output);
        break;
      case TransferKind::write:
        request->ticket = application_.start_write(handle, request->input);
        break;
    }
    return request;
  }

  void take_output(const StartTransfer& transfer, Request& request) {
    if (const auto* size = std::get_if<std::uint64_t>(&transfer.output)) {
      request.own_output.resize(*size);
      request.output = request.own_output;
      return;
    }
    request.memory = &memory_.at(std::get<std::string>(transfer.output));
    request.output = transfer.filled ? request.memory->bytes.first(request.memory->filled)
                                     : request.memory->bytes;
  }

  void finish(Request& request, const Operation& operation) {
    const nt::Transfer transfer = application_.wait(request.ticket);
    if (request.memory != nullptr)
      request.memory->filled = std::min<std::size_t>(transfer.information, request.output.size());
    check_status(operation, transfer.status);
    check_answer(operation, request.output);
  }

  // A process that is being killed gets other answers.
  void check_status(const Operation& operation, NTSTATUS status) {
    const Expectation& expected = operation.expected;
    if (expected.any || application_.ending()) return;
    const auto is = static_cast<std::uint32_t>(status);
    const bool right = expected.status ? is == *expected.status : NT_SUCCESS(status);
    if (right) return;
    give_up(operation,
            fmt::format("the answer was {} where {} was expected", describe_status(is),
                        expected.status ? describe_status(*expected.status) : "success"));
  }

  void check_answer(const Operation& operation, std::span<const std::byte> output) {
    if (!operation.expected.answer || application_.ending()) return;
    const std::vector<std::byte> expected = bytes_of(*operation.expected.answer);
    if (std::ranges::equal(output.first(std::min(output.size(), expected.size())), expected))
      return;
    std::string is;
    for (const std::byte byte : output.first(std::min(output.size(), expected.size())))
      is += fmt::format("{:02x}", static_cast<unsigned>(byte));
    give_up(operation, fmt::format("the output begins with {}", is.empty() ? "nothing" : is));
  }

  [[noreturn]] void give_up(const Operation& operation, const std::string& why) {
    machine_.stop(machine::Inconclusive{fmt::format("{}: {}.", operation.place, why)});
  }

  std::vector<std::byte> bytes_of(const ByteText& text) {
    return text.bytes([this](const std::string& name) {
      return reinterpret_cast<std::uint64_t>(memory_.at(name).bytes.data());
    });
  }

  Application& application_;
  machine::Machine& machine_;
  std::shared_ptr<const ProcessText> process_;
  SocketTable sockets_;
  std::map<std::string, HANDLE> handles_;
  std::map<std::string, Memory> memory_;
  std::map<std::string, std::unique_ptr<Request>> requests_;
};

}  // namespace

ProcessPlan scripted(ProcessText text, std::uint32_t driver) {
  const auto process = std::make_shared<const ProcessText>(std::move(text));
  return {.image = process->image,
          .user = process->user,
          .end = process->end,
          .driver = driver,
          .body = [process](Application& application) {
            const auto script =
                std::make_shared<Script>(application, *machine::Machine::current(), process);
            application.keep(script);  // buffers of requests that nobody waits for
            script->play();
          }};
}

}  // namespace drydock::scenario
