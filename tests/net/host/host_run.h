// SPDX-License-Identifier: Apache-2.0
// A host with sockets and a network around it, and what its layers show to probes.
#pragma once

#include <string>
#include <vector>

#include "net/host/far_network.h"
#include "net/host/socket_host.h"
#include "net/host_path_run.h"

namespace drydock::net::testing {

using Names = std::vector<std::string>;

inline SocketPlace place(const std::string& address, std::uint16_t port) {
  return {*IpAddress::parse(address), port};
}

inline std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

inline std::string text_of(std::span<const std::uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

struct HostRun : PathRun {
  Agenda agenda{machine};
  SocketHost host;
  FarNetwork far;
  Names seen;  // layers without family, as they are shown
  std::function<void(const Sight&)> judge;

  explicit HostRun(FarNetworkOptions options = {}, const wfp::KernelOptions& kernel = {},
                   SocketHostOptions sockets = {})
      : PathRun(nullptr, kernel, sockets.host),
        host(network, agenda, std::move(sockets)),
        far(agenda, host, std::move(options)) {
    host.set_wire(far);
    script.classify = [this](const Sight& sight) {
      seen.push_back(sight.name().substr(0, sight.name().rfind("_v")) +
                     (sight.name().ends_with("_discard") ? "_discard" : ""));
      sight.out.actionType = FWP_ACTION_PERMIT;
      if (judge) judge(sight);
    };
    run([&] { watch_everything(); });
  }
  static Process program(std::uint64_t id, const std::string& name) {
    return make_process(id, {R"(\device\harddiskvolume1\)" + name});
  }
  // A thread of a program.
  void start(std::function<void()> body) {
    machine.spawn("program", machine::Irql::passive, [body = std::move(body)] { body(); });
  }
  // Until all is quiet.
  void go() {
    machine.run();
    EXPECT_FALSE(machine.stopped());
  }
  void say(std::string line) { seen.push_back("- " + std::move(line) + " -"); }
};

}  // namespace drydock::net::testing
