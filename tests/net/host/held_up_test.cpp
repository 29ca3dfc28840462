// SPDX-License-Identifier: Apache-2.0
// Sockets whose connections and packets a driver holds up, decides anew or carries itself (engine
// sections 8, 9 and 12).
#include <gtest/gtest.h>

#include "net/host/host_run.h"
#include "net/host/packets.h"

namespace drydock::net {
namespace {

using namespace testing;

const SocketPlace web = place("192.0.2.20", 80), local = place("127.0.0.1", 8080);

struct HeldUp : ::testing::Test {
  HostRun run;
  HANDLE injection = nullptr;
  int injected = 0;
  std::set<int> statuses;  // of what was injected

  HeldUp() {
    run.run([&] {
      EXPECT_EQ(
          IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)(
              WDK_AF_INET, FWPS_INJECTION_TYPE_NETWORK | FWPS_INJECTION_TYPE_TRANSPORT, &injection),
          STATUS_SUCCESS);
    });
  }
  static HANDLE pend(const Sight& sight) {
    HANDLE context = nullptr;
    EXPECT_EQ(IMPORT(wfp::operation_exports(), FwpsPendOperation0)(sight.metadata.completionHandle,
                                                                   &context),
              STATUS_SUCCESS);
    sight.block(true);
    return context;
  }
  void complete_later(HANDLE context) {
    run.as_driver("driver thread", [this, context] {
      run.machine.sleep_until(run.machine.now() + machine::seconds(1));
      IMPORT(wfp::operation_exports(), FwpsCompleteOperation0)(context, nullptr);
    });
  }
  static bool is_again(const Sight& sight) {
    return (sight.value("FLAGS")->uint32 & FWP_CONDITION_FLAG_IS_REAUTHORIZE) != 0;
  }
  [[nodiscard]] bool is_own(const Sight& sight) const {
    return IMPORT(wfp::injection_exports(), FwpsQueryPacketInjectionState0)(
               injection, sight.list(), nullptr) != FWPS_PACKET_NOT_INJECTED;
  }
  static void NTAPI completed(void* context, NET_BUFFER_LIST* list, BOOLEAN) {
    auto& self = *static_cast<HeldUp*>(context);
    self.statuses.insert(list->Status);
    IMPORT(wfp::injection_exports(), FwpsFreeCloneNetBufferList0)(list, 0);
  }
  static void NTAPI completed_own(void* context, NET_BUFFER_LIST* list, BOOLEAN) {
    static_cast<HeldUp*>(context)->statuses.insert(list->Status);
    IMPORT(wfp::injection_exports(), FwpsFreeNetBufferList0)(list);
  }
  // The packet that the layer shows, from `front` bytes before its data on.
  NET_BUFFER_LIST* clone(const Sight& sight, ULONG front) {
    NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    if (front != 0) ndis::retreat(buffer, front, 0, nullptr);
    NET_BUFFER_LIST* list = nullptr;
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsAllocateCloneNetBufferList0)(
                  sight.list(), nullptr, nullptr, 0, &list),
              STATUS_SUCCESS);
    if (front != 0) ndis::advance(buffer, front, false, nullptr);
    ++injected;
    return list;
  }
  // Takes each packet at the IP layers, and sends it on itself.
  void divert(const Sight& sight) {
    const bool sends = sight.name() == "outbound_ippacket_v4";
    if ((!sends && sight.name() != "inbound_ippacket_v4") || is_own(sight)) return;
    NET_BUFFER_LIST* list = clone(sight, sends ? 0 : 20);
    if (sends) {
      EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectNetworkSendAsync0)(
                    injection, nullptr, 0, {}, list, completed, this),
                STATUS_SUCCESS);
    } else {
      EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectNetworkReceiveAsync0)(
                    injection, nullptr, 0, {}, 7, 0, list, completed, this),
                STATUS_SUCCESS);
    }
    sight.block(true);
  }
  SocketId open(Protocol protocol = Protocol::tcp) {
    return run.host.open(HostRun::program(400, "browser.exe"), protocol, IpVersion::v4);
  }
};

TEST_F(HeldUp, a_connect_that_a_driver_pends_waits_for_its_completion_and_its_verdict) {
  bool allow = true;
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_connect_v4") return;
    if (!is_again(sight)) return complete_later(pend(sight));
    if (!allow) sight.block();
  };
  run.start([&] {
    const auto before = run.machine.now();
    const SocketId first = open();
    EXPECT_EQ(run.host.connect(first, web), STATUS_SUCCESS);
    EXPECT_GE(run.machine.now() - before, machine::seconds(1));
    run.host.close(first);
    allow = false;
    EXPECT_EQ(run.host.connect(open(), web), STATUS_ACCESS_DENIED);
  });
  run.go();
  EXPECT_EQ(run.alive(ledger::Kind::pended_operation), 0U);
}

TEST_F(HeldUp, closing_a_socket_gives_up_the_connect_that_is_pended) {
  HANDLE pended = nullptr;
  run.judge = [&](const Sight& sight) {
    if (sight.name() == "ale_auth_connect_v4" && !is_again(sight)) pended = pend(sight);
  };
  const SocketId socket = open();
  run.start([&] { EXPECT_EQ(run.host.connect(socket, web), STATUS_CANCELLED); });
  run.start([&] {
    run.machine.sleep_until(machine::seconds(1));
    run.host.close(socket);
    run.say("closed");
    complete_later(pended);
  });
  run.go();
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
  const Names last(std::ranges::find(run.seen, "- closed -") + 1, run.seen.end());
  EXPECT_EQ(last, (Names{"ale_auth_connect", "ale_endpoint_closure", "ale_resource_release"}));
}

TEST_F(HeldUp, a_driver_that_carries_every_packet_itself_changes_nothing_for_the_programs) {
  run.judge = [&](const Sight& sight) { divert(sight); };
  std::size_t heard = 0;
  run.start([&] {
    const SocketId socket = open();
    EXPECT_EQ(run.host.connect(socket, web), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(socket, bytes_of("question")), STATUS_SUCCESS);
    heard = run.host.receive(socket, 1000).bytes.size();
    run.host.close(socket);
    const SocketId names = open(Protocol::udp);
    EXPECT_EQ(run.host.send_to(names, {web.address, 53}, bytes_of("who")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(names, 1000).bytes.size(), 200U);
    run.host.close(names);
  });
  run.go();
  EXPECT_EQ(heard, 200U);
  EXPECT_GT(injected, 10);
  EXPECT_EQ(statuses, std::set<int>{STATUS_SUCCESS});
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

// The layers that what comes in meets, and those of its flow; "+": the driver's own packet.
std::string incoming_name(const HeldUp& test, const Sight& sight) {
  const std::string name = sight.name().substr(0, sight.name().rfind("_v"));
  const bool told = name.starts_with("inbound") || name == "ale_auth_recv_accept" ||
                    name == "ale_flow_established" || name == "datagram_data" ||
                    name == "ale_endpoint_closure";
  if (!told) return {};
  return sight.list() != nullptr && test.is_own(sight) ? name + "+" : name;
}

TEST_F(HeldUp, whoever_connects_gets_in_with_the_syn_that_a_driver_took_and_injected_again) {
  Names shown;
  run.judge = [&](const Sight& sight) {
    if (const std::string name = incoming_name(*this, sight); !name.empty()) shown.push_back(name);
    divert(sight);
  };
  std::string heard;
  run.start([&] {
    const SocketId listener = open();
    EXPECT_EQ(run.host.bind(listener, place("192.0.2.10", 80)), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    run.far.add({.address = web.address, .to = place("192.0.2.10", 80), .says = bytes_of("hello")});
    const SocketId accepted = run.host.accept(listener).socket;
    EXPECT_LT(run.machine.now(), machine::seconds(1));  // nothing had to be sent twice
    heard = text_of(run.host.receive(accepted, 100).bytes);
    run.host.close(accepted);
    run.host.close(listener);
  });
  run.go();
  EXPECT_EQ(heard, "hello");
  EXPECT_EQ(statuses, std::set<int>{STATUS_SUCCESS});
  const Names opening(shown.begin(), shown.begin() + 4);
  EXPECT_EQ(opening, (Names{"inbound_ippacket", "inbound_ippacket+", "inbound_transport+",
                            "ale_auth_recv_accept+"}));
  EXPECT_EQ(std::ranges::count(shown, "ale_flow_established"), 1);
  EXPECT_EQ(std::ranges::count(shown, "ale_endpoint_closure"), 2);  // its own and the listener's
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(HeldUp, a_datagram_that_a_driver_took_begins_its_flow_when_it_is_injected_again) {
  const SocketPlace names = place("192.0.2.10", 53);
  for (const char* layer : {"inbound_ippacket_v4", "inbound_transport_v4"}) {
    Names shown;
    run.judge = [&](const Sight& sight) {
      const std::string name = incoming_name(*this, sight);
      if (!name.empty()) shown.push_back(name);
      if (sight.name() != layer || is_own(sight)) return;
      NET_BUFFER_LIST* list = clone(
          sight, sight.metadata.ipHeaderSize + (sight.has(FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE)
                                                    ? sight.metadata.transportHeaderSize
                                                    : 0));
      EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectTransportReceiveAsync0)(
                    injection, nullptr, nullptr, 0, WDK_AF_INET, {}, 7, 0, list, completed, this),
                STATUS_SUCCESS);
      sight.block(true);
    };
    std::vector<std::string> heard;
    run.start([&] {
      const SocketId socket = open(Protocol::udp);
      EXPECT_EQ(run.host.bind(socket, names), STATUS_SUCCESS);
      run.far.add({.protocol = Protocol::udp,
                   .address = web.address,
                   .to = names,
                   .says = bytes_of("who?"),
                   .rounds = 2});
      for (int i = 0; i < 2; ++i) {
        const Received question = run.host.receive(socket, 100);
        heard.push_back(text_of(question.bytes));
        EXPECT_EQ(run.host.send_to(socket, question.from, bytes_of("me")), STATUS_SUCCESS);
      }
      run.host.close(socket);
    });
    run.go();
    EXPECT_EQ(heard, (Names{"who?", "who?"})) << layer;
    Names first = {"inbound_ippacket"};
    if (std::string(layer) == "inbound_transport_v4") first.emplace_back("inbound_transport");
    first.insert(first.end(), {"inbound_ippacket+", "inbound_transport+", "ale_auth_recv_accept+",
                               "ale_flow_established+", "datagram_data+"});
    Names expected = first;
    expected.emplace_back("datagram_data");  // the answer
    std::erase_if(first, [](const std::string& name) { return name.starts_with("ale_"); });
    expected.insert(expected.end(), first.begin(), first.end());
    expected.insert(expected.end(), {"datagram_data", "ale_endpoint_closure"});
    EXPECT_EQ(shown, expected) << layer;
  }
  EXPECT_EQ(statuses, std::set<int>{STATUS_SUCCESS});
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

// What a proxy for datagrams does (E-17).
TEST_F(HeldUp, a_datagram_that_a_driver_sends_to_somebody_else_begins_a_flow_and_is_answered) {
  const SocketPlace asked{web.address, 53}, proxy = place("192.0.2.99", 53);
  Names shown;
  run.judge = [&](const Sight& sight) {
    const std::string name = sight.name();
    const bool told = name.starts_with("ale_auth_connect") || name.starts_with("datagram") ||
                      name.starts_with("ale_flow");
    if (told)
      shown.push_back(fmt::format("{} {:x}{}", name, sight.value("IP_REMOTE_ADDRESS")->uint32,
                                  is_own(sight) ? "+" : ""));
    const bool sends =
        name == "datagram_data_v4" && sight.value("DIRECTION")->uint32 == FWP_DIRECTION_OUTBOUND;
    if (!sends || is_own(sight)) return;
    auto* parameters = run.machine.memory().kernel.make<FWPS_TRANSPORT_SEND_PARAMS0>();
    auto* address = run.machine.memory().kernel.allocate(16);
    std::memcpy(address, proxy.address.bytes.data(), 16);
    parameters->remoteAddress = reinterpret_cast<UCHAR*>(address);
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectTransportSendAsync0)(
                  injection, nullptr, sight.metadata.transportEndpointHandle, 0, parameters,
                  WDK_AF_INET, {}, clone(sight, 0), completed, this),
              STATUS_SUCCESS);
    sight.block(true);
  };
  run.start([&] {
    const SocketId socket = open(Protocol::udp);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(run.host.send_to(socket, asked, bytes_of("who")), STATUS_SUCCESS);
      const Received answer = run.host.receive(socket, 1000);
      EXPECT_EQ(answer.bytes.size(), 200U);
      EXPECT_EQ(answer.from, proxy);
    }
    run.host.close(socket);
  });
  run.go();
  EXPECT_EQ(statuses, std::set<int>{STATUS_SUCCESS});
  EXPECT_EQ(shown, (Names{"ale_auth_connect_v4 c0000214", "ale_flow_established_v4 c0000214",
                          "datagram_data_v4 c0000214", "ale_auth_connect_v4 c0000263+",
                          "ale_flow_established_v4 c0000263+", "datagram_data_v4 c0000263+",
                          "datagram_data_v4 c0000263", "datagram_data_v4 c0000214",
                          "datagram_data_v4 c0000263+", "datagram_data_v4 c0000263"}));
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(HeldUp, a_datagram_of_a_pended_connect_gets_there_when_the_driver_sends_it_again) {
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_connect_v4" || is_again(sight)) return;
    NET_BUFFER_LIST* list = clone(sight, 0);
    const UINT64 endpoint = sight.metadata.transportEndpointHandle;
    run.as_driver("driver thread", [this, list, endpoint, context = pend(sight)] {
      IMPORT(wfp::operation_exports(), FwpsCompleteOperation0)(context, nullptr);
      run.machine.sleep_until(run.machine.now() + machine::milliseconds(10));
      auto* parameters = run.machine.memory().kernel.make<FWPS_TRANSPORT_SEND_PARAMS0>();
      auto* address = run.machine.memory().kernel.allocate(16);
      std::memcpy(address, web.address.bytes.data(), 16);
      parameters->remoteAddress = reinterpret_cast<UCHAR*>(address);
      EXPECT_EQ(
          IMPORT(wfp::injection_exports(), FwpsInjectTransportSendAsync0)(
              injection, nullptr, endpoint, 0, parameters, WDK_AF_INET, {}, list, completed, this),
          STATUS_SUCCESS);
    });
  };
  run.start([&] {
    const SocketId socket = open(Protocol::udp);
    EXPECT_EQ(run.host.send_to(socket, {web.address, 53}, bytes_of("who")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).bytes.size(), 200U);
    run.host.close(socket);
  });
  run.go();
  EXPECT_EQ(statuses, std::set<int>{STATUS_SUCCESS});
}

TEST_F(HeldUp, closing_a_datagram_socket_gives_up_the_datagram_whose_redirection_is_pended) {
  UINT64 classify = 0;
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_connect_redirect_v4") return;
    EXPECT_EQ(IMPORT(wfp::operation_exports(), FwpsAcquireClassifyHandle0)(
                  const_cast<void*>(sight.classify_context), 0, &classify),
              STATUS_SUCCESS);
    EXPECT_EQ(IMPORT(wfp::operation_exports(), FwpsPendClassify0)(classify, 7, 0, &sight.out),
              STATUS_SUCCESS);
  };
  const SocketId socket = open(Protocol::udp);
  run.start([&] {
    EXPECT_EQ(run.host.send_to(socket, {web.address, 53}, bytes_of("who")), STATUS_CANCELLED);
    EXPECT_EQ(run.host.send_to(socket, {web.address, 53}, bytes_of("who")), STATUS_CANCELLED);
  });
  run.start([&] {
    run.machine.sleep_until(machine::seconds(1));
    run.host.close(socket);
    run.as_driver("driver thread", [&] {
      FWPS_CLASSIFY_OUT0 out{};
      out.actionType = FWP_ACTION_PERMIT;
      IMPORT(wfp::operation_exports(), FwpsCompleteClassify0)(classify, 0, &out);
      IMPORT(wfp::operation_exports(), FwpsReleaseClassifyHandle0)(classify);
    });
  });
  run.go();
  EXPECT_TRUE(run.host.stats().empty());  // nothing went out
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
  EXPECT_EQ(run.alive(ledger::Kind::classify_handle), 0U);
}

TEST_F(HeldUp, a_new_filter_that_forbids_a_connection_ends_it_at_both_ends) {
  bool forbidden = false;
  run.judge = [&](const Sight& sight) {
    if (sight.name() == "ale_auth_connect_v4" && forbidden && is_again(sight)) sight.block();
  };
  run.start([&] {
    const SocketId socket = open();
    EXPECT_EQ(run.host.connect(socket, web), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send(socket, bytes_of("question")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(socket, 1000).bytes.size(), 200U);
    forbidden = true;
    run.watch(wfp::LayerId::ale_auth_connect_v4, Attached{.number = 1});
    static_cast<void>(run.host.send(socket, bytes_of("more")));
    EXPECT_EQ(run.host.receive(socket, 1000).status, STATUS_CONNECTION_ABORTED);
  });
  run.go();
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
  const Names last(run.seen.end() - 2, run.seen.end());
  EXPECT_EQ(last, (Names{"outbound_transport", "outbound_ippacket"}));  // the reset
}

TEST_F(HeldUp, a_packet_that_is_injected_for_forwarding_goes_out_and_meets_no_layer) {
  const SocketPlace other = place("198.51.100.7", 4000);
  HANDLE forwarding = nullptr;
  run.run([&] {
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)(
                  WDK_AF_INET, FWPS_INJECTION_TYPE_FORWARD, &forwarding),
              STATUS_SUCCESS);
    NET_BUFFER_LIST* list = run.list_of(make_udp_packet(other, web, bytes_of("through")));
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectForwardAsync0)(
                  forwarding, nullptr, 0, WDK_AF_INET, {}, 7, list, completed_own, this),
              STATUS_SUCCESS);
  });
  EXPECT_EQ(statuses, std::set<int>{STATUS_SUCCESS});
  EXPECT_EQ(run.host.stats().at("inject forward").packets, 1U);
  EXPECT_TRUE(run.seen.empty());
}

// Which is how a driver says no to it.
TEST_F(HeldUp, a_syn_that_is_not_brought_back_is_lost_and_the_next_one_is_decided_by_itself) {
  int asked = 0;
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_recv_accept_v4" || ++asked > 2) return;
    IMPORT(wfp::operation_exports(), FwpsCompleteOperation0)(pend(sight), nullptr);
  };
  run.start([&] {
    const SocketId listener = open();
    EXPECT_EQ(run.host.bind(listener, local), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    const SocketId client = open();
    EXPECT_EQ(run.host.connect(client, local), STATUS_SUCCESS);
    const Accepted accepted = run.host.accept(listener);
    EXPECT_EQ(run.host.send(client, bytes_of("hello")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(accepted.socket, 100).bytes, bytes_of("hello"));
    for (const SocketId socket : {client, accepted.socket, listener}) run.host.close(socket);
  });
  run.go();
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(HeldUp, a_datagram_that_is_not_brought_back_does_not_keep_the_next_one) {
  bool asked = false;
  run.judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_recv_accept_v4" || std::exchange(asked, true)) return;
    IMPORT(wfp::operation_exports(), FwpsCompleteOperation0)(pend(sight), nullptr);
  };
  run.start([&] {
    const SocketId receiver = open(Protocol::udp), sender = open(Protocol::udp);
    EXPECT_EQ(run.host.bind(receiver, local), STATUS_SUCCESS);
    EXPECT_EQ(run.host.send_to(sender, local, bytes_of("one")), STATUS_SUCCESS);
    run.machine.sleep_until(run.machine.now() + machine::milliseconds(10));
    EXPECT_EQ(run.host.send_to(sender, local, bytes_of("two")), STATUS_SUCCESS);
    EXPECT_EQ(run.host.receive(receiver, 100).bytes, bytes_of("two"));
    run.host.close(sender);
    run.host.close(receiver);
  });
  run.go();
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(HeldUp, an_accept_that_a_driver_blocks_is_not_answered) {
  run.judge = [](const Sight& sight) {
    if (sight.name() == "ale_auth_recv_accept_v4") sight.block();
  };
  run.start([&] {
    const SocketId listener = open();
    EXPECT_EQ(run.host.bind(listener, local), STATUS_SUCCESS);
    EXPECT_EQ(run.host.listen(listener), STATUS_SUCCESS);
    EXPECT_EQ(run.host.connect(open(), local), STATUS_IO_TIMEOUT);
  });
  run.go();
  EXPECT_EQ(std::ranges::count(run.seen, "ale_flow_established"), 0);
}

}  // namespace
}  // namespace drydock::net
