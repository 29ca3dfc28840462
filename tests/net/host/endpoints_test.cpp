// SPDX-License-Identifier: Apache-2.0
// FwpsAleEndpoint: what a driver is told of the host's sockets.
#include <gtest/gtest.h>

#include "net/field_text.h"
#include "net/host/host_run.h"

namespace drydock::net {
namespace {

using namespace testing;
using Lines = std::vector<std::string>;
using Template = FWPS_ALE_ENDPOINT_ENUM_TEMPLATE0;

std::string text_of(const FWPS_ALE_ENDPOINT_PROPERTIES0& endpoint) {
  const bool v4 = endpoint.ipVersion == FWP_IP_VERSION_V4;
  const auto address = [v4](UINT32 number, const UINT8(&bytes)[16]) {
    return v4 ? IpAddress::from_v4(number).text() : IpAddress::from_v6(std::to_array(bytes)).text();
  };
  return fmt::format("{} {} {} > {} {} of {}", endpoint.ipProtocol,
                     address(endpoint.localV4Address, endpoint.localV6Address), endpoint.localPort,
                     address(endpoint.remoteV4Address, endpoint.remoteV6Address),
                     endpoint.remotePort, utf16_text(endpoint.appId));
}

// A program that listens, one that waits for datagrams and one that has connected.
struct Endpoints : ::testing::Test {
  HostRun run;
  HANDLE engine = nullptr;

  // With `body` as the driver, in the middle of all that.
  void with_sockets(std::function<void()> body) {
    run.start([this, body = std::move(body)] {
      const auto open = [this](const char* name, Protocol protocol, IpVersion version) {
        return run.host.open(HostRun::program(400, name), protocol, version);
      };
      const SocketId listener = open("server.exe", Protocol::tcp, IpVersion::v4);
      EXPECT_EQ(run.host.bind(listener, place("0.0.0.0", 8080)), STATUS_SUCCESS);
      EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
      const SocketId datagrams = open("names.exe", Protocol::udp, IpVersion::v6);
      EXPECT_EQ(run.host.bind(datagrams, place("2001:db8::10", 53)), STATUS_SUCCESS);
      const SocketId client = open("client.exe", Protocol::tcp, IpVersion::v4);
      EXPECT_EQ(run.host.connect(client, place("192.0.2.20", 80)), STATUS_SUCCESS);
      EXPECT_EQ(IMPORT(wfp::management_exports(), FwpmEngineOpen0)(nullptr, RPC_C_AUTHN_WINNT,
                                                                   nullptr, nullptr, &engine),
                STATUS_SUCCESS);
      body();
      for (const SocketId socket : {listener, datagrams, client}) run.host.close(socket);
      run.machine.sleep_until(run.machine.now() + machine::seconds(1));  // both ends say so
      EXPECT_EQ(all(), Lines{});
      EXPECT_EQ(IMPORT(wfp::management_exports(), FwpmEngineClose0)(engine), STATUS_SUCCESS);
    });
    run.go();
  }
  Lines all(const Template* wanted = nullptr) {
    HANDLE handle = nullptr;
    EXPECT_EQ(
        IMPORT(wfp::endpoint_exports(), FwpsAleEndpointCreateEnumHandle0)(engine, wanted, &handle),
        STATUS_SUCCESS);
    Lines lines;
    for (;;) {  // two at a time
      FWPS_ALE_ENDPOINT_PROPERTIES0** entries = nullptr;
      UINT32 count = 0;
      EXPECT_EQ(IMPORT(wfp::endpoint_exports(), FwpsAleEndpointEnum0)(engine, handle, 2, &entries,
                                                                      &count),
                STATUS_SUCCESS);
      for (UINT32 i = 0; i < count; ++i) lines.push_back(text_of(*entries[i]));
      if (count == 0) break;
      IMPORT(wfp::management_exports(), FwpmFreeMemory0)(reinterpret_cast<void**>(&entries));
    }
    EXPECT_EQ(IMPORT(wfp::endpoint_exports(), FwpsAleEndpointDestroyEnumHandle0)(engine, handle),
              STATUS_SUCCESS);
    std::ranges::sort(lines);
    return lines;
  }
};

const std::string listens = R"(6 0.0.0.0 8080 > 0.0.0.0 0 of \device\harddiskvolume1\server.exe)";
const std::string waits = R"(17 2001:db8::10 53 > :: 0 of \device\harddiskvolume1\names.exe)";
const std::string connected =
    R"(6 192.0.2.10 49152 > 192.0.2.20 80 of \device\harddiskvolume1\client.exe)";

TEST_F(Endpoints, are_the_sockets_that_are_bound_and_the_connections) {
  with_sockets([&] { EXPECT_EQ(all(), (Lines{waits, listens, connected})); });
}

TEST_F(Endpoints, are_found_by_the_handle_that_layers_show) {
  UINT64 handle = 0;
  run.judge = [&](const Sight& sight) {
    if (sight.name() == "ale_auth_connect_v4") handle = sight.metadata.transportEndpointHandle;
  };
  const auto get = [&](UINT64 id, FWPS_ALE_ENDPOINT_PROPERTIES0** out) {
    return IMPORT(wfp::endpoint_exports(), FwpsAleEndpointGetById0)(engine, id, out);
  };
  with_sockets([&] {
    FWPS_ALE_ENDPOINT_PROPERTIES0* found = nullptr;
    ASSERT_EQ(get(handle, &found), STATUS_SUCCESS);
    EXPECT_EQ(found->endpointId, handle);
    EXPECT_EQ(text_of(*found), connected);
    IMPORT(wfp::management_exports(), FwpmFreeMemory0)(reinterpret_cast<void**>(&found));
    EXPECT_EQ(get(handle + 1000, &found), STATUS_FWP_NOT_FOUND);
    EXPECT_EQ(get(handle, nullptr), STATUS_FWP_NULL_POINTER);
  });
}

TEST_F(Endpoints, that_fit_a_template_are_those_with_every_property_it_names) {
  with_sockets([&] {
    Template wanted{};
    wanted.ipProtocol.type = FWP_UINT8;
    wanted.ipProtocol.uint8 = 6;
    EXPECT_EQ(all(&wanted), (Lines{listens, connected}));
    FWP_V4_ADDR_AND_MASK network{0xc0000200, 0xffffff00};
    wanted.remoteSubNet.type = FWP_V4_ADDR_MASK;
    wanted.remoteSubNet.v4AddrMask = &network;
    EXPECT_EQ(all(&wanted), (Lines{connected}));
    wanted.localPort.type = FWP_UINT16;
    wanted.localPort.uint16 = 1;
    EXPECT_EQ(all(&wanted), Lines{});
    Template other{};
    FWP_V6_ADDR_AND_MASK prefix{{0x20, 0x01, 0x0d, 0xb8}, 32};
    other.localSubNet.type = FWP_V6_ADDR_MASK;
    other.localSubNet.v6AddrMask = &prefix;
    EXPECT_EQ(all(&other), (Lines{waits}));
    other.localPort.type = FWP_UINT32;  // ports are of 16 bits
    HANDLE handle = nullptr;
    EXPECT_EQ(
        IMPORT(wfp::endpoint_exports(), FwpsAleEndpointCreateEnumHandle0)(engine, &other, &handle),
        STATUS_FWP_TYPE_MISMATCH);
  });
}

}  // namespace
}  // namespace drydock::net
