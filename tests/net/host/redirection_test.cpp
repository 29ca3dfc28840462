// SPDX-License-Identifier: Apache-2.0
// Connections that a driver sends to a proxy on the same host, and what the proxy and the driver
// can learn of them (engine section 10).
#include <gtest/gtest.h>

#include "net/host/host_run.h"
#include "nt/exports.h"
#include "nt/pool.h"

namespace drydock::net {
namespace {

using namespace testing;

constexpr auto rows = wfp::operation_exports;

const SocketPlace web = place("192.0.2.20", 80), proxy = place("127.0.0.1", 3128);
constexpr UINT64 browser_process = 400, proxy_process = 500;

struct Redirection : ::testing::Test {
  HostRun run;
  nt::Pool pool{run.machine, run.record};
  HANDLE handle = nullptr;         // the driver's
  HANDLE other_handle = nullptr;   // another driver's
  std::vector<std::string> asked;  // connects, and what the driver knows of them

  Redirection() {
    run.machine.install(pool);
    run.run([&] {
      EXPECT_EQ(IMPORT(rows(), FwpsRedirectHandleCreate0)(nullptr, 0, &handle), STATUS_SUCCESS);
      EXPECT_EQ(IMPORT(rows(), FwpsRedirectHandleCreate0)(nullptr, 0, &other_handle),
                STATUS_SUCCESS);
    });
    run.judge = [this](const Sight& sight) {
      if (sight.name() == "ale_connect_redirect_v4") redirect(sight);
    };
  }

  // As a driver should: what it has redirected itself goes on.
  void redirect(const Sight& sight) {
    void* context = nullptr;
    const HANDLE records = sight.has(FWPS_METADATA_FIELD_REDIRECT_RECORD_HANDLE)
                               ? sight.metadata.redirectRecords
                               : nullptr;
    const auto state = IMPORT(rows(), FwpsQueryConnectionRedirectState0)(records, handle, &context);
    asked.push_back(fmt::format("pid {} state {}{}", sight.metadata.processId,
                                static_cast<int>(state), context != nullptr ? " context" : ""));
    if (state == FWPS_CONNECTION_NOT_REDIRECTED) send_to_proxy(sight, handle, "from the driver");
  }
  void send_to_proxy(const Sight& sight, HANDLE redirect_handle, std::string_view context) {
    UINT64 classify = 0;
    EXPECT_EQ(IMPORT(rows(), FwpsAcquireClassifyHandle0)(const_cast<void*>(sight.classify_context),
                                                         0, &classify),
              STATUS_SUCCESS);
    void* data = nullptr;
    EXPECT_EQ(
        IMPORT(rows(), FwpsAcquireWritableLayerDataPointer0)(classify, 7, 0, &data, &sight.out),
        STATUS_SUCCESS);
    auto& request = *static_cast<FWPS_CONNECT_REQUEST0*>(data);
    auto* bytes = reinterpret_cast<std::uint8_t*>(&request.remoteAddressAndPort);
    bytes[2] = static_cast<std::uint8_t>(proxy.port >> 8);
    bytes[3] = static_cast<std::uint8_t>(proxy.port & 0xff);
    std::ranges::copy_n(proxy.address.bytes.begin(), 4, bytes + 4);
    request.localRedirectTargetPID = proxy_process;
    request.localRedirectHandle = redirect_handle;
    request.localRedirectContextSize = context.size();
    request.localRedirectContext =
        IMPORT(nt::pool_exports(), ExAllocatePoolWithTag)(NonPagedPoolNx, context.size(), 'txtc');
    std::memcpy(request.localRedirectContext, context.data(), context.size());
    IMPORT(rows(), FwpsApplyModifiedLayerData0)(classify, data, 0);
    sight.out.actionType = FWP_ACTION_PERMIT;
    IMPORT(rows(), FwpsReleaseClassifyHandle0)(classify);
  }
  [[nodiscard]] std::size_t of_the_platform() const {
    return run.record.ledger().count_alive(ledger::Kind::pool_block, machine::no_driver);
  }
  SocketId open(UINT64 process) {
    return run.host.open(HostRun::program(process, "program.exe"), Protocol::tcp, IpVersion::v4);
  }
  [[nodiscard]] std::string context_of(SocketId socket) {
    const auto context = run.host.redirect_context(socket);
    return {reinterpret_cast<const char*>(context.data()), context.size()};
  }
  // Accepts one connection, and makes its own to the place that it was meant for.
  void be_proxy(const std::function<void(SocketId accepted)>& look) {
    const SocketId listener = open(proxy_process);
    EXPECT_EQ(run.host.bind(listener, proxy), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    const SocketId accepted = run.host.accept(listener).socket;
    look(accepted);
    const SocketId onward = open(proxy_process);
    run.host.set_redirect_records(onward, run.host.redirect_records(accepted));
    EXPECT_EQ(run.host.connect(onward, web), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(onward, run.host.receive(accepted, 1000).bytes), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(accepted, run.host.receive(onward, 1000).bytes), STATUS_SUCCESS);
    EXPECT_TRUE(run.host.receive(accepted, 1000).bytes.empty());
    for (const SocketId socket : {onward, accepted, listener}) run.host.close(socket);
  }
  void browse() {
    const SocketId socket = open(browser_process);
    EXPECT_EQ(run.host.connect(socket, web), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(socket, bytes_of("question")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).bytes.size(), 200U);
    run.host.close(socket);
  }
};

TEST_F(Redirection, a_connection_reaches_the_proxy_whose_own_is_known_as_redirected) {
  std::string context;
  run.start([&] { be_proxy([&](SocketId accepted) { context = context_of(accepted); }); });
  run.start([&] { browse(); });
  run.go();
  EXPECT_EQ(context, "from the driver");
  EXPECT_EQ(asked, (std::vector<std::string>{"pid 400 state 0", "pid 500 state 1 context"}));
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Redirection, the_authorization_of_a_redirected_connection_shows_where_it_goes) {
  std::vector<std::string> authorized;
  run.judge = [&](const Sight& sight) {
    if (sight.name() == "ale_connect_redirect_v4") redirect(sight);
    if (sight.name() != "ale_auth_connect_v4") return;
    const bool redirected =
        (sight.value("FLAGS")->uint32 & FWP_CONDITION_FLAG_IS_CONNECTION_REDIRECTED) != 0;
    authorized.push_back(
        fmt::format("{:#x}:{} from {:#x} {}", sight.value("IP_REMOTE_ADDRESS")->uint32,
                    sight.value("IP_REMOTE_PORT")->uint16, sight.value("IP_LOCAL_ADDRESS")->uint32,
                    redirected ? "redirected" : "as asked"));
  };
  run.start([&] { be_proxy([](SocketId) {}); });
  run.start([&] { browse(); });
  run.go();
  EXPECT_EQ(authorized, (std::vector<std::string>{"0x7f000001:3128 from 0x7f000001 redirected",
                                                  "0xc0000214:80 from 0xc000020a as asked"}));
}

TEST_F(Redirection, the_context_is_the_platforms_and_freed_with_the_connection) {
  run.start([&] {
    be_proxy([&](SocketId) {
      EXPECT_EQ(run.alive(ledger::Kind::pool_block), 0U);  // the driver's
      EXPECT_EQ(of_the_platform(), 1U);
    });
  });
  run.start([&] { browse(); });
  run.go();
  EXPECT_EQ(of_the_platform(), 0U);
}

TEST_F(Redirection, who_has_been_overruled_is_told_so_and_others_that_it_was_another) {
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_connect_redirect_v4") return;
    if (sight.metadata.processId == proxy_process) {
      for (const HANDLE each : {handle, other_handle, HANDLE{}}) {
        asked.push_back(std::to_string(IMPORT(rows(), FwpsQueryConnectionRedirectState0)(
            sight.metadata.redirectRecords, each, nullptr)));
      }
      return;
    }
    send_to_proxy(sight, handle, "first");
    send_to_proxy(sight, other_handle, "second");
  };
  std::string context;
  run.start([&] { be_proxy([&](SocketId accepted) { context = context_of(accepted); }); });
  run.start([&] { browse(); });
  run.go();
  EXPECT_EQ(context, "second");
  EXPECT_EQ(asked, (std::vector<std::string>{"3", "1", "2"}));
}

TEST_F(Redirection, the_records_of_a_connection_can_be_had_as_bytes) {
  std::vector<NTSTATUS> answers;
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_connect_redirect_v4") return;
    const auto format = [&](HANDLE records, SIZE_T size) {
      std::array<std::byte, 64> buffer{};
      SIZE_T transferred = 0;
      answers.push_back(IMPORT(rows(), FwpsQueryConnectionSioFormatRedirectRecords0)(
          records, buffer.data(), size, &transferred));
      return transferred;
    };
    if (sight.metadata.processId != proxy_process) {
      EXPECT_EQ(format(sight.metadata.redirectRecords, 64), 0U);
      return send_to_proxy(sight, handle, "context");
    }
    const SIZE_T needed = format(sight.metadata.redirectRecords, 0);
    EXPECT_NE(needed, 0U);
    EXPECT_EQ(format(sight.metadata.redirectRecords, needed), needed);
  };
  run.start([&] { be_proxy([](SocketId) {}); });
  run.start([&] { browse(); });
  run.go();
  EXPECT_EQ(answers,
            (std::vector<NTSTATUS>{STATUS_NOT_FOUND, STATUS_BUFFER_TOO_SMALL, STATUS_SUCCESS}));
}

// IP_WFP_REDIRECT_CONTEXT and ..._RECORDS.
TEST_F(Redirection, a_datagram_reaches_the_proxy_whose_own_is_known_as_redirected) {
  const SocketPlace name_server = place("192.0.2.20", 53);
  const auto open_udp = [&](UINT64 process) {
    return run.host.open(HostRun::program(process, "program.exe"), Protocol::udp, IpVersion::v4);
  };
  std::string context;
  run.start([&] {
    const SocketId own = open_udp(proxy_process);
    EXPECT_EQ(run.host.bind(own, proxy), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(own, 100).bytes, bytes_of("question"));
    context = context_of(own);
    EXPECT_EQ(run.alive(ledger::Kind::pool_block), 0U);  // the driver's
    EXPECT_EQ(of_the_platform(), 1U);
    const SocketId onward = open_udp(proxy_process);
    run.host.set_redirect_records(onward, run.host.redirect_records(own));
    EXPECT_EQ(run.host.send_to(onward, name_server, bytes_of("question")), STATUS_SUCCESS);
    run.host.close(onward);
    run.host.close(own);
  });
  run.start([&] {
    const SocketId socket = open_udp(browser_process);
    EXPECT_EQ(run.host.send_to(socket, name_server, bytes_of("question")), STATUS_SUCCESS);
    run.machine.sleep_until(run.machine.now() + machine::seconds(1));
    run.host.close(socket);
  });
  run.go();
  EXPECT_EQ(context, "from the driver");
  EXPECT_EQ(asked, (std::vector<std::string>{"pid 400 state 0", "pid 500 state 1 context"}));
  EXPECT_EQ(of_the_platform(), 0U);
}

TEST_F(Redirection, a_proxy_that_is_not_there_makes_the_connection_fail) {
  run.start(
      [&] { EXPECT_EQ(run.host.connect(open(browser_process), web), STATUS_CONNECTION_REFUSED); });
  run.go();
  EXPECT_EQ(of_the_platform(), 0U);
}

}  // namespace
}  // namespace drydock::net
