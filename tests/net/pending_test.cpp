// SPDX-License-Identifier: Apache-2.0
// Operations and classifications that a callout holds up: what waits, what goes on, and how.
#include <gtest/gtest.h>

#include "net/conversing.h"
#include "net/host_path_run.h"

namespace drydock::net {
namespace {

using namespace testing;
using Names = std::vector<std::string>;
using ledger::Kind;
using ledger::NoteKind;
using ledger::PendMisuse;

constexpr auto rows = wfp::operation_exports;

const Place host = at("192.0.2.10", 49152), name_server = at("192.0.2.20", 53);
const Place client = at("192.0.2.20", 50000), echo = at("192.0.2.10", 7);

struct Pending : ::testing::Test {
  PathRun run;
  Peer peer;
  Names seen;  // layers, "again" for a reauthorization, "own" for what was injected
  HANDLE handle = nullptr;
  std::function<void(const Sight&)> judge;
  std::vector<NTSTATUS> statuses;  // of completed injections

  explicit Pending(const wfp::KernelOptions& options = {}) : run(nullptr, options) {}

  void watch() {
    run.script.classify = [this](const Sight& sight) {
      std::string line = sight.name().substr(0, sight.name().size() - 3);
      if (const FWP_VALUE0* flags = sight.value("FLAGS")) {
        if ((flags->uint32 & FWP_CONDITION_FLAG_IS_REAUTHORIZE) != 0) line += " again";
      }
      if (state_of(sight) == FWPS_PACKET_INJECTED_BY_SELF) line += " own";
      seen.push_back(line);
      sight.out.actionType = FWP_ACTION_PERMIT;
      if (judge) judge(sight);
    };
    run.run([&] {
      run.watch_everything();
      EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)(
                    WDK_AF_INET, FWPS_INJECTION_TYPE_TRANSPORT, &handle),
                STATUS_SUCCESS);
    });
  }
  FWPS_PACKET_INJECTION_STATE state_of(const Sight& sight) const {
    if (handle == nullptr || sight.list() == nullptr) return FWPS_PACKET_NOT_INJECTED;
    return IMPORT(wfp::injection_exports(), FwpsQueryPacketInjectionState0)(handle, sight.list(),
                                                                            nullptr);
  }
  void play(const std::vector<Step>& steps) { run.play(steps, &peer); }
  void later(std::function<void()> action) {
    run.as_driver("driver thread", [this, action = std::move(action)] {
      run.machine.sleep_until(run.machine.now() + machine::seconds(1));
      seen.emplace_back("- a second later -");
      action();
    });
  }
  static HANDLE pend(const Sight& sight) {
    HANDLE context = nullptr;
    EXPECT_EQ(IMPORT(rows(), FwpsPendOperation0)(sight.metadata.completionHandle, &context),
              STATUS_SUCCESS);
    sight.block(true);
    return context;
  }
  static void complete(HANDLE context, NET_BUFFER_LIST* list = nullptr) {
    IMPORT(rows(), FwpsCompleteOperation0)(context, list);
  }
  [[nodiscard]] std::vector<PendMisuse> misuses() const {
    std::vector<PendMisuse> found;
    for (const ledger::Note& note : run.notes(NoteKind::pend_misused)) {
      found.push_back(static_cast<PendMisuse>(note.a));
    }
    return found;
  }
  static void NTAPI injected(void* context, NET_BUFFER_LIST* list, BOOLEAN) {
    static_cast<Pending*>(context)->statuses.push_back(list->Status);
    IMPORT(wfp::injection_exports(), FwpsFreeCloneNetBufferList0)(list, 0);
  }
  // As the layer of the connect shows it: at its transport header.
  void send(NET_BUFFER_LIST* clone, UINT64 endpoint, IpAddress to) {
    auto* parameters = run.machine.memory().kernel.make<FWPS_TRANSPORT_SEND_PARAMS0>();
    auto* address = run.machine.memory().kernel.allocate(16);
    std::memcpy(address, to.bytes.data(), 16);
    parameters->remoteAddress = reinterpret_cast<UCHAR*>(address);
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectTransportSendAsync0)(
                  handle, nullptr, endpoint, 0, parameters, WDK_AF_INET, {}, clone, injected, this),
              STATUS_SUCCESS);
  }
  static NET_BUFFER_LIST* clone_of(NET_BUFFER_LIST* list) {
    NET_BUFFER_LIST* clone = nullptr;
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsAllocateCloneNetBufferList0)(list, nullptr,
                                                                                nullptr, 0, &clone),
              STATUS_SUCCESS);
    return clone;
  }
};

bool is_first(const Sight& sight, std::string_view layer) {
  const FWP_VALUE0* flags = sight.value("FLAGS");
  const bool again = flags != nullptr && (flags->uint32 & FWP_CONDITION_FLAG_IS_REAUTHORIZE) != 0;
  return sight.name() == layer && !again;
}

TEST_F(Pending,
       a_connect_waits_for_its_completion_and_is_then_decided_anew_before_its_syn_goes_out) {
  watch();
  int decider = -1;
  judge = [&](const Sight& sight) {
    if (is_first(sight, "ale_auth_connect_v4")) {
      later([this, context = pend(sight)] {
        EXPECT_EQ(run.alive(Kind::pended_operation), 1U);
        complete(context);
        seen.emplace_back("- completed -");
      });
    } else if (sight.name() == "ale_auth_connect_v4") {
      decider = run.machine.running().driver;  // inline, in the driver's thread
      EXPECT_EQ(sight.value("REAUTHORIZE_REASON")->uint32,
                FWP_CONDITION_REAUTHORIZE_REASON_CLASSIFY_COMPLETION);
      EXPECT_EQ(sight.list(), nullptr);
    }
  };
  Connection talk;
  play(talk.send("request").steps);
  EXPECT_EQ(seen,
            (Names{"ale_bind_redirect", "ale_resource_assignment", "ale_connect_redirect",
                   "ale_auth_connect", "- a second later -", "ale_auth_connect again",
                   "- completed -", "outbound_transport", "outbound_ippacket", "inbound_ippacket",
                   "inbound_transport", "ale_flow_established", "outbound_transport",
                   "outbound_ippacket", "stream", "outbound_transport", "outbound_ippacket"}));
  EXPECT_EQ(decider, static_cast<int>(test_driver));
  EXPECT_EQ(peer.sent, "request");
  EXPECT_EQ(run.alive(Kind::pended_operation), 0U);
  EXPECT_EQ(misuses(), std::vector<PendMisuse>{});
}

TEST_F(Pending, a_connect_that_is_blocked_when_decided_anew_sends_nothing) {
  watch();
  judge = [&](const Sight& sight) {
    if (is_first(sight, "ale_auth_connect_v4")) {
      later([context = pend(sight)] { complete(context); });
    } else if (sight.name() == "ale_auth_connect_v4") {
      sight.block();
    }
  };
  Connection talk;
  play(talk.send("request").close().steps);
  EXPECT_EQ(seen, (Names{"ale_bind_redirect", "ale_resource_assignment", "ale_connect_redirect",
                         "ale_auth_connect", "- a second later -", "ale_auth_connect again",
                         "ale_endpoint_closure", "ale_resource_release"}));
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Pending, a_connect_that_is_never_completed_waits_for_ever) {
  watch();
  judge = [&](const Sight& sight) {
    if (is_first(sight, "ale_auth_connect_v4")) pend(sight);
  };
  Connection talk;
  play(talk.send("request").close().steps);
  EXPECT_EQ(seen.back(), "ale_auth_connect");
  EXPECT_EQ(run.alive(Kind::pended_operation), 1U);
  EXPECT_EQ(run.side.flows().count_alive(), 1U);
}

TEST_F(Pending, the_datagram_of_a_pended_connect_is_the_drivers_to_send_again) {
  watch();
  judge = [&](const Sight& sight) {
    if (!is_first(sight, "ale_auth_connect_v4")) return;
    NET_BUFFER_LIST* clone = clone_of(sight.list());
    const UINT64 endpoint = sight.metadata.transportEndpointHandle;
    later([this, clone, endpoint, context = pend(sight)] {
      complete(context);
      run.machine.sleep_until(run.machine.now() + machine::milliseconds(10));
      send(clone, endpoint, name_server.address);
    });
  };
  Conversing talk;
  talk.feed(udp_packet(host, name_server, "question"));
  play(talk.steps);
  EXPECT_EQ(seen, (Names{"ale_bind_redirect", "ale_resource_assignment", "ale_connect_redirect",
                         "ale_auth_connect", "- a second later -", "ale_auth_connect again",
                         "ale_flow_established", "datagram_data own", "outbound_transport own",
                         "outbound_ippacket own"}));
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_SUCCESS});
}

TEST_F(Pending, a_datagram_that_is_sent_again_before_its_flow_is_decided_is_dropped) {
  watch();
  NET_BUFFER_LIST* clone = nullptr;
  judge = [&](const Sight& sight) {
    if (is_first(sight, "ale_auth_connect_v4")) {
      clone = clone_of(sight.list());
      later([context = pend(sight)] { complete(context); });
    } else if (sight.name() == "ale_auth_connect_v4") {
      send(clone, sight.metadata.transportEndpointHandle, name_server.address);
      while (statuses.empty()) run.machine.switch_point();
    }
  };
  Conversing talk;
  talk.feed(udp_packet(host, name_server, "question"));
  play(talk.steps);
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_DATA_NOT_ACCEPTED});
}

TEST_F(Pending, a_pended_datagram_is_accepted_when_it_is_injected_again_after_the_completion) {
  watch();
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_recv_accept_v4" || state_of(sight) != FWPS_PACKET_NOT_INJECTED) {
      return;
    }
    // The clone has to begin at its IP header.
    NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    ndis::retreat(buffer, 28, 0, nullptr);
    NET_BUFFER_LIST* clone = clone_of(sight.list());
    ndis::advance(buffer, 28, false, nullptr);
    later([this, clone, context = pend(sight)] {
      complete(context);
      EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectTransportReceiveAsync0)(
                    handle, nullptr, nullptr, 0, WDK_AF_INET, {}, 7, 0, clone, injected, this),
                STATUS_SUCCESS);
    });
  };
  Conversing talk;
  talk.feed(udp_packet(client, echo, "hello"));
  talk.feed(udp_packet(echo, client, "hello"));
  play(talk.steps);
  EXPECT_EQ(seen,
            (Names{"ale_bind_redirect", "ale_resource_assignment", "inbound_ippacket",
                   "inbound_transport", "ale_auth_recv_accept", "- a second later -",
                   "inbound_ippacket own", "inbound_transport own", "ale_auth_recv_accept own",
                   "ale_flow_established own", "datagram_data own",
                   // What waited: the answer.
                   "datagram_data", "outbound_transport", "outbound_ippacket"}));
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{STATUS_SUCCESS});
  EXPECT_EQ(misuses(), std::vector<PendMisuse>{});
}

TEST_F(Pending, pending_answers_what_it_cannot_do) {
  watch();
  std::vector<NTSTATUS> answers;
  const auto attempt = [&](HANDLE completion, HANDLE* context) {
    answers.push_back(IMPORT(rows(), FwpsPendOperation0)(completion, context));
  };
  HANDLE finished = nullptr;
  judge = [&](const Sight& sight) {
    HANDLE context = nullptr;
    HANDLE completion = sight.metadata.completionHandle;
    if (is_first(sight, "ale_auth_connect_v4")) {
      attempt(nullptr, &context);
      attempt(completion, nullptr);
      HANDLE pended = pend(sight);
      attempt(completion, &context);  // once is enough
      later([&, pended] {
        complete(pended);
        complete(pended);
      });
      finished = completion;
    } else if (sight.name() == "ale_auth_connect_v4") {
      attempt(completion, &context);  // decided anew
    } else if (sight.name() == "outbound_transport_v4") {
      attempt(finished, &context);  // its callouts have returned
    }
  };
  Connection talk;
  play({talk.steps.begin(), talk.steps.begin() + 5});
  EXPECT_EQ(answers, (std::vector<NTSTATUS>{STATUS_FWP_NULL_POINTER, STATUS_FWP_NULL_POINTER,
                                            STATUS_FWP_CANNOT_PEND, STATUS_FWP_CANNOT_PEND,
                                            STATUS_FWP_CANNOT_PEND}));
  EXPECT_EQ(misuses(), (std::vector{PendMisuse::not_pendable, PendMisuse::not_pendable,
                                    PendMisuse::completed_again, PendMisuse::not_pendable}));
}

TEST_F(Pending, a_callout_that_pends_and_permits_is_noted) {
  watch();
  judge = [&](const Sight& sight) {
    if (!is_first(sight, "ale_auth_connect_v4")) return;
    pend(sight);
    sight.out.actionType = FWP_ACTION_PERMIT;
  };
  play(Connection().steps);
  EXPECT_EQ(misuses(), std::vector{PendMisuse::not_blocked});
}

TEST_F(Pending, a_pended_listen_keeps_its_clients_waiting) {
  watch();
  judge = [&](const Sight& sight) {
    if (!is_first(sight, "ale_auth_listen_v4")) return;
    later([context = pend(sight)] { complete(context); });
  };
  Conversing talk;
  talk.feed(tcp_packet(client, at("192.0.2.10", 8080), tcp::syn, 100, 0));
  play(talk.steps);
  EXPECT_EQ(seen, (Names{"ale_bind_redirect", "ale_resource_assignment", "ale_auth_listen",
                         "- a second later -", "ale_auth_listen again", "inbound_ippacket",
                         "inbound_transport", "ale_auth_recv_accept"}));
}

// E-14.
TEST(PendingVariants, a_completion_may_be_acted_upon_later_by_a_thread_of_the_stack) {
  struct Late : Pending {
    Late() : Pending({.engine = {}, .lifecycle = {.complete_comes_late = true}}) {}
    void TestBody() override {}
  } test;
  test.watch();
  test.judge = [&](const Sight& sight) {
    if (!is_first(sight, "ale_auth_connect_v4")) return;
    test.later([&test, context = Pending::pend(sight)] {
      Pending::complete(context);
      test.seen.emplace_back("- completed -");
    });
  };
  Connection talk;
  test.play({talk.steps.begin(), talk.steps.begin() + 5});
  EXPECT_EQ(test.seen, (Names{"ale_bind_redirect", "ale_resource_assignment",
                              "ale_connect_redirect", "ale_auth_connect", "- a second later -",
                              "- completed -", "ale_auth_connect again", "outbound_transport"}));
}

struct Classifying : Pending {
  explicit Classifying(const wfp::KernelOptions& options = {}) : Pending(options) {}

  UINT64 classify = 0;  // handle

  void acquire(const Sight& sight) {
    EXPECT_EQ(IMPORT(rows(), FwpsAcquireClassifyHandle0)(const_cast<void*>(sight.classify_context),
                                                         0, &classify),
              STATUS_SUCCESS);
  }
  void release() const { IMPORT(rows(), FwpsReleaseClassifyHandle0)(classify); }
  NTSTATUS hold(const Sight& sight) const {
    return IMPORT(rows(), FwpsPendClassify0)(classify, 0, 0, &sight.out);
  }
  void let_go(const FWPS_CLASSIFY_OUT0* out) const {
    IMPORT(rows(), FwpsCompleteClassify0)(classify, 0, out);
  }
};

TEST_F(Classifying, a_pended_redirection_keeps_the_connect_until_it_is_completed) {
  watch();
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_connect_redirect_v4") return;
    acquire(sight);
    EXPECT_EQ(hold(sight), STATUS_SUCCESS);
    EXPECT_EQ(sight.out.actionType, FWP_ACTION_BLOCK);
    EXPECT_EQ(sight.out.rights & FWPS_RIGHT_ACTION_WRITE, 0U);
    later([&] {
      EXPECT_EQ(run.alive(Kind::classify_handle), 1U);
      FWPS_CLASSIFY_OUT0 out{};
      out.actionType = FWP_ACTION_PERMIT;
      let_go(&out);
      release();
    });
  };
  Connection talk;
  play({talk.steps.begin(), talk.steps.begin() + 5});
  EXPECT_EQ(seen, (Names{"ale_bind_redirect", "ale_resource_assignment", "ale_connect_redirect",
                         "- a second later -", "ale_auth_connect", "outbound_transport"}));
  EXPECT_EQ(run.alive(Kind::classify_handle), 0U);
  EXPECT_EQ(run.alive(Kind::pended_operation), 0U);
  EXPECT_EQ(misuses(), std::vector<PendMisuse>{});
}

TEST_F(Classifying, a_classification_that_is_completed_without_an_answer_is_done_again) {
  watch();
  judge = [&, first = true](const Sight& sight) mutable {
    if (sight.name() != "ale_endpoint_closure_v4" || !std::exchange(first, false)) return;
    acquire(sight);
    EXPECT_EQ(hold(sight), STATUS_SUCCESS);
    later([&] {
      let_go(nullptr);
      release();
    });
  };
  Connection talk;
  const std::size_t before = talk.steps.size();
  talk.close();
  std::vector<Step> steps(talk.steps.begin() + static_cast<std::ptrdiff_t>(before),
                          talk.steps.end());
  play(steps);
  EXPECT_EQ(seen, (Names{"ale_endpoint_closure", "- a second later -", "ale_endpoint_closure",
                         "ale_resource_release"}));
}

TEST_F(Classifying, a_connect_cannot_be_pended_by_its_classification) {
  watch();
  NTSTATUS answer = STATUS_SUCCESS;
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_connect_v4") return;
    acquire(sight);
    answer = hold(sight);
    release();
    release();
  };
  play(Connection().steps);
  EXPECT_EQ(answer, STATUS_FWP_CANNOT_PEND);
  EXPECT_EQ(misuses(), (std::vector{PendMisuse::not_pendable, PendMisuse::handle_unknown}));
}

TEST_F(Classifying, a_connect_that_is_redirected_goes_to_the_proxy_as_the_layers_behind_see_it) {
  watch();
  Names remotes;
  judge = [&](const Sight& sight) {
    if (const FWP_VALUE0* port = sight.value("IP_REMOTE_PORT")) {
      const FWP_VALUE0* flags = sight.value("FLAGS");
      remotes.push_back(fmt::format(
          "{} {:x}:{}{}", sight.name(), sight.value("IP_REMOTE_ADDRESS")->uint32, port->uint16,
          (flags->uint32 & FWP_CONDITION_FLAG_IS_CONNECTION_REDIRECTED) != 0 ? " redirected" : ""));
    }
    if (sight.name() != "ale_connect_redirect_v4") return;
    acquire(sight);
    PVOID data = nullptr;
    EXPECT_EQ(
        IMPORT(rows(), FwpsAcquireWritableLayerDataPointer0)(classify, 77, 0, &data, &sight.out),
        STATUS_SUCCESS);
    EXPECT_EQ(sight.out.actionType, FWP_ACTION_BLOCK);
    auto& request = *static_cast<FWPS_CONNECT_REQUEST0*>(data);
    const SocketPlace asked = read_socket_address(request.remoteAddressAndPort);
    EXPECT_EQ(asked.address, at("192.0.2.20").address);
    EXPECT_EQ(asked.port, 80);
    EXPECT_EQ(request.modifierFilterId, 77U);
    ASSERT_NE(request.previousVersion, nullptr);
    EXPECT_EQ(request.previousVersion->previousVersion, nullptr);
    auto* bytes = reinterpret_cast<UINT8*>(&request.remoteAddressAndPort);
    bytes[2] = 8888 >> 8;
    bytes[3] = 8888 & 0xff;
    bytes[4] = 127;
    bytes[5] = bytes[6] = 0;
    bytes[7] = 1;
    IMPORT(rows(), FwpsApplyModifiedLayerData0)(classify, data, 0);
    IMPORT(rows(), FwpsApplyModifiedLayerData0)(classify, data, 0);
    release();
    sight.out.actionType = FWP_ACTION_PERMIT;
  };
  Connection talk;
  play({talk.steps.begin(), talk.steps.begin() + 5});
  EXPECT_EQ(remotes, (Names{"ale_connect_redirect_v4 c0000214:80",
                            "ale_auth_connect_v4 7f000001:8888 redirected",
                            "outbound_transport_v4 7f000001:8888 redirected"}));
  EXPECT_EQ(misuses(), std::vector{PendMisuse::data_not_acquired}) << "applied twice";
  EXPECT_EQ(run.alive(Kind::layer_data), 0U);
}

// E-15
TEST(PendingVariants, applying_layer_data_leaves_the_block_of_the_acquire_or_permits) {
  struct Applying : Classifying {
    explicit Applying(bool permits)
        : Classifying({.engine = {}, .lifecycle = {.apply_permits = permits}}) {}
    void TestBody() override {}
  };
  for (const bool permits : {false, true}) {
    Applying test(permits);
    test.watch();
    UINT32 action = 0;
    test.judge = [&](const Sight& sight) {
      if (sight.name() != "ale_connect_redirect_v4") return;
      test.acquire(sight);
      PVOID data = nullptr;
      IMPORT(rows(), FwpsAcquireWritableLayerDataPointer0)
      (test.classify, 0, 0, &data, &sight.out);
      IMPORT(rows(), FwpsApplyModifiedLayerData0)(test.classify, data, 0);
      action = sight.out.actionType;
      test.release();
    };
    test.play(Connection().steps);
    EXPECT_EQ(action, permits ? UINT32{FWP_ACTION_PERMIT} : UINT32{FWP_ACTION_BLOCK});
  }
}

TEST_F(Classifying, layer_data_that_are_acquired_and_not_applied_are_noted) {
  watch();
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_bind_redirect_v4") return;
    acquire(sight);
    PVOID data = nullptr;
    IMPORT(rows(), FwpsAcquireWritableLayerDataPointer0)(classify, 0, 0, &data, &sight.out);
    release();
  };
  play(Connection().steps);
  EXPECT_EQ(misuses(), std::vector{PendMisuse::data_not_acquired});
}

TEST_F(Classifying, other_layers_have_no_data_to_modify) {
  watch();
  NTSTATUS answer = STATUS_SUCCESS;
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_connect_v4") return;
    acquire(sight);
    PVOID data = nullptr;
    answer =
        IMPORT(rows(), FwpsAcquireWritableLayerDataPointer0)(classify, 0, 0, &data, &sight.out);
    release();
  };
  play(Connection().steps);
  EXPECT_EQ(answer, STATUS_FWP_INCOMPATIBLE_LAYER);
}

}  // namespace
}  // namespace drydock::net
