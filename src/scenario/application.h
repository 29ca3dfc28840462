// SPDX-License-Identifier: Apache-2.0
// A process of the simulated host while it runs: its threads open devices, send requests to them
// and wait for the answers, as programs do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "machine/gate.h"
#include "nt/io_types.h"
#include "scenario/process_plan.h"
#include "scenario/world.h"

namespace drydock::scenario {

// How far the traffic of a life has come.
struct TrafficProgress {
  bool began = false;
  std::uint64_t steps = 0;  // played
  bool over = false;
  machine::Gate gate;
};

class Application {
 public:
  using Ticket = std::uint32_t;

  // `plan` and `traffic` stay.
  Application(World& world, const ProcessPlan& plan, TrafficProgress& traffic)
      : world_(world), plan_(plan), traffic_(traffic) {}
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // --- for whoever runs it, on any fiber

  // The process and its first thread.
  void start();
  // Until it is ready for traffic, or has nothing more to do.
  void wait_ready();
  // Ends it as Windows ends a killed process: requests are cancelled and awaited, then the handles
  // are closed. Returns when it is gone; requests that a driver never completes keep it for ever.
  void end();
  [[nodiscard]] const ProcessPlan& plan() const { return plan_; }
  [[nodiscard]] bool ended() const { return ending_; }
  // A driver's notify routine did not let it start.
  [[nodiscard]] bool refused() const { return refused_; }

  // --- for its threads

  // "\\.\Foo" or "\Device\Foo".
  nt::OpenResult open(std::string_view device);
  NTSTATUS close(HANDLE handle);
  // Memory of the process, zeroed; stays as long as the run.
  std::span<std::byte> allocate(std::size_t size);

  // Wait for completion. `output` of a METHOD_IN_DIRECT request is read, not written.
  nt::Transfer ioctl(HANDLE handle, std::uint32_t code, std::span<const std::byte> input,
                     std::span<std::byte> output);
  nt::Transfer read(HANDLE handle, std::span<std::byte> output);
  nt::Transfer write(HANDLE handle, std::span<const std::byte> input);
  // Overlapped: returns when the driver's dispatch routine has. `output` stays until completion.
  Ticket start_ioctl(HANDLE handle, std::uint32_t code, std::span<const std::byte> input,
                     std::span<std::byte> output);
  Ticket start_read(HANDLE handle, std::span<std::byte> output);
  Ticket start_write(HANDLE handle, std::span<const std::byte> input);
  [[nodiscard]] bool completed(Ticket ticket) const { return requests_[ticket]->completed; }
  nt::Transfer wait(Ticket ticket);
  // False: it was completed already, or the driver cannot cancel it.
  bool cancel(Ticket ticket);

  // Another thread of the process.
  void start_thread(std::function<void()> body);
  // The traffic may begin as far as this process is concerned. Whoever waits or sleeps is ready.
  void ready();
  // Until so many steps of the traffic have been played, the traffic or the process is over.
  void wait_for_steps(std::uint64_t steps);
  // Until the traffic begins: every process is ready.
  void await_traffic();
  // The machine's sockets; those that the process owns are closed when it ends.
  net::SocketHost& sockets() { return world_.sockets->host; }
  net::SocketId open_socket(net::Protocol protocol, net::IpVersion version);
  void own_socket(net::SocketId socket) { sockets_.push_back(socket); }
  // Ends early when the process is over.
  void sleep(machine::VirtualTime time);
  // It has been killed: its threads are to return.
  [[nodiscard]] bool ending() const { return ending_; }
  // Whatever requests refer to that nobody waits for.
  void keep(std::shared_ptr<void> what) { kept_.push_back(std::move(what)); }

 private:
  struct Pending {
    nt::RequestId id = 0;
    nt::Transfer result;
    bool completed = false;
  };

  Ticket await(nt::RequestId id);
  void run_thread(const std::function<void()>& body);
  void note_thread(bool starts);
  void cancel_requests();
  void close_handles();
  void close_sockets();
  [[nodiscard]] bool idle() const { return threads_ == 0 && pending_ == 0; }
  void wait_idle_until(machine::VirtualTime when);

  World& world_;
  const ProcessPlan& plan_;
  TrafficProgress& traffic_;
  nt::ProcessId id_ = nt::system_process;
  bool refused_ = false;
  bool ready_ = false;
  bool ending_ = false;
  std::uint32_t threads_ = 0;
  std::uint32_t pending_ = 0;
  std::set<HANDLE> handles_;
  net::Process process_;  // what the network sees of it
  std::vector<net::SocketId> sockets_;
  std::vector<std::unique_ptr<Pending>> requests_;  // by ticket
  std::vector<std::shared_ptr<void>> kept_;
  machine::Gate changed_;
};

}  // namespace drydock::scenario
