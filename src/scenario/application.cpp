// SPDX-License-Identifier: Apache-2.0
#include "scenario/application.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace drydock::scenario {

using machine::Irql;
using machine::VirtualTime;

namespace {

// How long Windows waits for the cancelled requests of a thread that ends, before it leaves them
// alone ("Unkillable Processes", M. Russinovich, 2005).
constexpr VirtualTime patience = machine::seconds(300);

// The Win32 form of a device's name as the object manager has it.
std::u16string nt_name(std::string_view device) {
  constexpr std::string_view win32 = R"(\\.\)";
  constexpr std::string_view verbatim = R"(\\?\)";
  if (!device.starts_with(win32) && !device.starts_with(verbatim)) return nt::widen(device);
  return u"\\??\\" + nt::widen(device.substr(win32.size()));
}

// As ALE_APP_ID has it.
std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

void Application::start() {
  start_thread([this] {
    const auto created = world_.kernel.processes.create(nt::widen(plan_.image));
    refused_ = created.status != STATUS_SUCCESS;
    if (refused_) return;
    id_ = created.id;
    world_.kernel.processes.attach(world_.machine.running(), id_);
    note_thread(true);  // of this first thread, which is older than its process
    process_ = net::make_process(id_, {lower_case(plan_.image), plan_.user});
    plan_.body(*this);
  });
}

void Application::start_thread(std::function<void()> body) {
  ++threads_;
  world_.machine.spawn("application " + plan_.image, Irql::passive,
                       [this, body = std::move(body)] { run_thread(body); });
}

void Application::run_thread(const std::function<void()>& body) {
  world_.kernel.processes.attach(world_.machine.running(), id_);
  note_thread(true);
  body();
  note_thread(false);
  --threads_;
  changed_.open(world_.machine);
}

// Threads of programs only: what plays the system has no thread that drivers know.
void Application::note_thread(bool starts) {
  if (id_ != nt::system_process)
    world_.kernel.threads.note_change(world_.machine.running(), starts);
}

void Application::ready() {
  ready_ = true;
  changed_.open(world_.machine);
}

void Application::wait_ready() {
  while (!ready_ && threads_ != 0) changed_.wait(world_.machine, "a process to be ready");
}

void Application::end() {
  ending_ = true;
  changed_.open(world_.machine);
  traffic_.gate.open(world_.machine);
  const machine::Fiber& self = world_.machine.running();
  world_.kernel.processes.attach(self, id_);
  cancel_requests();
  close_sockets();
  wait_idle_until(world_.machine.now() + patience);
  close_handles();
  while (!idle()) changed_.wait(world_.machine, "the requests of a process that ends");
  world_.kernel.processes.attach(self, nt::system_process);
  if (id_ != nt::system_process) world_.kernel.processes.exit(id_);
}

void Application::cancel_requests() {
  for (Ticket ticket = 0; ticket < requests_.size(); ++ticket) {
    if (!completed(ticket)) cancel(ticket);
  }
}

void Application::close_handles() {
  while (!handles_.empty()) close(*handles_.begin());
}

void Application::close_sockets() {
  // In rounds: while one is closed, a thread may still get another.
  while (!sockets_.empty()) {
    for (const net::SocketId socket : std::exchange(sockets_, {})) sockets().close(socket);
  }
}

net::SocketId Application::open_socket(net::Protocol protocol, net::IpVersion version) {
  const net::SocketId socket = sockets().open(process_, protocol, version);
  own_socket(socket);
  return socket;
}

void Application::await_traffic() {
  ready();
  while (!traffic_.began && !ending_) traffic_.gate.wait(world_.machine, "the traffic to begin");
}

void Application::wait_idle_until(VirtualTime when) {
  machine::Machine& machine = world_.machine;
  const auto timer = machine.call_at(when, [this] { changed_.open(world_.machine); });
  while (!idle() && machine.now() < when)
    changed_.wait(machine, "the requests of a process that ends");
  machine.cancel(timer);
}

nt::OpenResult Application::open(std::string_view device) {
  const nt::OpenResult result = world_.kernel.io.open(nt_name(device), id_);
  if (NT_SUCCESS(result.status)) handles_.insert(result.handle);
  return result;
}

NTSTATUS Application::close(HANDLE handle) {
  handles_.erase(handle);
  return world_.kernel.io.close(handle);
}

std::span<std::byte> Application::allocate(std::size_t size) {
  std::byte* block = world_.machine.memory().user.allocate(size, std::byte{0});
  if (block == nullptr) world_.machine.stop(machine::Inconclusive{"A process has no memory left."});
  return {block, size};
}

// A fiber of its own hears of the completion, so that whoever waits can wait for other things too.
Application::Ticket Application::await(nt::RequestId id) {
  const auto ticket = static_cast<Ticket>(requests_.size());
  Pending& pending = *requests_.emplace_back(std::make_unique<Pending>());
  pending.id = id;
  ++pending_;
  world_.machine.spawn_helper("completion", Irql::passive, [this, &pending] {
    pending.result = world_.kernel.io.wait(pending.id);
    pending.completed = true;
    --pending_;
    changed_.open(world_.machine);
  });
  return ticket;
}

Application::Ticket Application::start_ioctl(HANDLE handle, std::uint32_t code,
                                             std::span<const std::byte> input,
                                             std::span<std::byte> output) {
  return await(world_.kernel.io.start_ioctl(handle, code, input, output));
}

Application::Ticket Application::start_read(HANDLE handle, std::span<std::byte> output) {
  return await(world_.kernel.io.start_read(handle, output));
}

Application::Ticket Application::start_write(HANDLE handle, std::span<const std::byte> input) {
  return await(world_.kernel.io.start_write(handle, input));
}

nt::Transfer Application::ioctl(HANDLE handle, std::uint32_t code, std::span<const std::byte> input,
                                std::span<std::byte> output) {
  return wait(start_ioctl(handle, code, input, output));
}

nt::Transfer Application::read(HANDLE handle, std::span<std::byte> output) {
  return wait(start_read(handle, output));
}

nt::Transfer Application::write(HANDLE handle, std::span<const std::byte> input) {
  return wait(start_write(handle, input));
}

nt::Transfer Application::wait(Ticket ticket) {
  // One that the driver has completed is not waited for; only its fiber has not run yet.
  if (!completed(ticket) && !world_.kernel.io.completed(requests_[ticket]->id)) ready();
  while (!completed(ticket)) changed_.wait(world_.machine, "a request to complete");
  return requests_[ticket]->result;
}

bool Application::cancel(Ticket ticket) {
  return !completed(ticket) && world_.kernel.io.cancel(requests_[ticket]->id);
}

void Application::wait_for_steps(std::uint64_t steps) {
  ready();
  while (traffic_.steps < steps && !traffic_.over && !ending_)
    traffic_.gate.wait(world_.machine, "the traffic to come so far");
}

void Application::sleep(VirtualTime time) {
  ready();
  machine::Machine& machine = world_.machine;
  const VirtualTime until = machine.now() + time;
  const auto timer = machine.call_at(until, [this] { changed_.open(world_.machine); });
  while (machine.now() < until && !ending_) changed_.wait(machine, "some time to pass");
  machine.cancel(timer);
}

}  // namespace drydock::scenario
