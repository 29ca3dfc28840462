// SPDX-License-Identifier: Apache-2.0
// Operations that a callout holds up: what waits, what goes on, and how.
#include <gtest/gtest.h>

#include "net/pending_run.h"

namespace drydock::net {
namespace {

using namespace testing;

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

TEST_F(Pending, the_next_datagram_is_decided_by_itself_when_the_first_one_does_not_come_again) {
  watch();
  judge = [&, first = true](const Sight& sight) mutable {
    if (sight.name() != "ale_auth_recv_accept_v4" || !std::exchange(first, false)) return;
    complete(pend(sight));
  };
  Conversing talk;
  talk.feed(udp_packet(client, echo, "hello"));
  talk.feed(udp_packet(client, echo, "hello again"));
  talk.feed(udp_packet(echo, client, "hello"));
  talk.feed(udp_packet(client, echo, "and again"));
  talk.close();
  play(talk.steps);
  EXPECT_EQ(seen, (Names{"ale_bind_redirect", "ale_resource_assignment", "inbound_ippacket",
                         "inbound_transport", "ale_auth_recv_accept",
                         // The second one
                         "inbound_ippacket", "inbound_transport", "ale_auth_recv_accept",
                         "ale_flow_established", "datagram_data",
                         // What comes behind it
                         "datagram_data", "outbound_transport", "outbound_ippacket",
                         "inbound_ippacket", "inbound_transport", "datagram_data",
                         "ale_endpoint_closure", "ale_resource_release"}));
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(Pending, a_client_that_sends_its_syn_again_is_decided_anew_and_may_be_pended_again) {
  watch();
  judge = [&, asked = 0](const Sight& sight) mutable {
    if (sight.name() != "ale_auth_recv_accept_v4" || ++asked > 2) return;
    complete(pend(sight));
  };
  Conversing talk;
  const Place web = at("192.0.2.10", 8080);
  for (int i = 0; i < 3; ++i) talk.feed(tcp_packet(client, web, tcp::syn, 100, 0));
  talk.feed(tcp_packet(web, client, tcp::syn | tcp::ack, 500, 101));
  talk.feed(tcp_packet(client, web, tcp::ack, 101, 501));
  play(talk.steps);
  const Names attempt{"inbound_ippacket", "inbound_transport", "ale_auth_recv_accept"};
  Names expected{"ale_bind_redirect", "ale_resource_assignment", "ale_auth_listen"};
  for (int i = 0; i < 3; ++i) expected.insert(expected.end(), attempt.begin(), attempt.end());
  for (const char* layer : {"outbound_transport", "outbound_ippacket", "inbound_ippacket",
                            "inbound_transport", "ale_flow_established"})
    expected.emplace_back(layer);
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(run.side.flows().count_alive(), 1U);
}

TEST_F(Pending, who_is_not_let_in_leaves_no_flow_when_the_recording_ends_it) {
  watch();
  judge = [&](const Sight& sight) {
    if (sight.name() == "ale_auth_recv_accept_v4") complete(pend(sight));
  };
  Conversing talk;
  talk.feed(udp_packet(client, echo, "hello"));
  talk.feed(udp_packet(echo, client, "hello"));
  talk.close();
  play(talk.steps);
  EXPECT_EQ(seen, (Names{"ale_bind_redirect", "ale_resource_assignment", "inbound_ippacket",
                         "inbound_transport", "ale_auth_recv_accept", "ale_endpoint_closure",
                         "ale_resource_release"}));
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
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
  // Whoever takes the refusal for what it is does nothing wrong.
  EXPECT_EQ(misuses(), (std::vector{PendMisuse::completed_again, PendMisuse::not_pendable}));
}

TEST_F(Pending, a_refused_callout_that_blocks_as_if_it_had_pended_is_noted) {
  watch();
  judge = [&](const Sight& sight) {
    if (is_first(sight, "ale_auth_connect_v4")) {
      later([context = pend(sight)] { complete(context); });
    } else if (sight.name() == "ale_auth_connect_v4") {
      HANDLE context = nullptr;
      EXPECT_EQ(IMPORT(rows(), FwpsPendOperation0)(sight.metadata.completionHandle, &context),
                STATUS_FWP_CANNOT_PEND);
      sight.block(true);
    }
  };
  play(Connection().steps);
  EXPECT_EQ(misuses(), std::vector{PendMisuse::refusal_ignored});
}

TEST_F(Pending, a_refused_callout_may_block_and_one_that_pended_twice_has_pended) {
  watch();
  judge = [&](const Sight& sight) {
    HANDLE context = nullptr;
    if (is_first(sight, "ale_auth_connect_v4")) {
      later([first = pend(sight)] { complete(first); });
      IMPORT(rows(), FwpsPendOperation0)(sight.metadata.completionHandle, &context);
    } else if (sight.name() == "ale_auth_connect_v4") {
      IMPORT(rows(), FwpsPendOperation0)(sight.metadata.completionHandle, &context);
      sight.block();
    }
  };
  play(Connection().steps);
  EXPECT_EQ(misuses(), std::vector<PendMisuse>{});
}

TEST_F(Pending, a_callout_is_judged_by_what_it_returns_itself_not_by_who_blocked_before_it) {
  watch();
  UINT32 other = 0;
  run.run(
      [&] { other = run.watch(LayerId::ale_auth_connect_v4, {.number = 1, .sublayer = 0xffff}); });
  judge = [&](const Sight& sight) {
    if (!is_first(sight, "ale_auth_connect_v4")) return;
    if (sight.callout == other) {
      sight.out.actionType = FWP_ACTION_BLOCK;  // a soft one, and not absorbed
    } else {
      later([context = pend(sight)] { complete(context); });
    }
  };
  play(Connection().steps);
  EXPECT_EQ(misuses(), std::vector<PendMisuse>{});
  EXPECT_EQ(run.alive(Kind::pended_operation), 0U);
}

TEST_F(Pending, a_completion_that_comes_before_the_classifyFn_has_returned_is_not_lost) {
  watch();
  judge = [&](const Sight& sight) {
    if (!is_first(sight, "ale_auth_connect_v4")) return;
    complete(pend(sight));
    seen.emplace_back("- completed -");
  };
  Connection talk;
  play({talk.steps.begin(), talk.steps.begin() + 5});
  EXPECT_EQ(seen, (Names{"ale_bind_redirect", "ale_resource_assignment", "ale_connect_redirect",
                         "ale_auth_connect", "- completed -", "ale_auth_connect again",
                         "outbound_transport"}));
  EXPECT_EQ(misuses(), std::vector<PendMisuse>{});
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

TEST_F(Pending, the_packet_of_an_early_completion_is_taken_over_and_may_come_again) {
  watch();
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_recv_accept_v4" || state_of(sight) != FWPS_PACKET_NOT_INJECTED)
      return;
    NET_BUFFER& buffer = *sight.list()->FirstNetBuffer;
    ndis::retreat(buffer, 28, 0, nullptr);
    NET_BUFFER_LIST* clone = clone_of(sight.list());
    NET_BUFFER_LIST* second = clone_of(sight.list());
    ndis::advance(buffer, 28, false, nullptr);
    complete(pend(sight), second);
    later([this, clone] {
      IMPORT(wfp::injection_exports(), FwpsInjectTransportReceiveAsync0)
      (handle, nullptr, nullptr, 0, WDK_AF_INET, {}, 7, 0, clone, injected, this);
    });
  };
  Conversing talk;
  talk.feed(udp_packet(client, echo, "hello"));
  play(talk.steps);
  EXPECT_EQ(seen,
            (Names{"ale_bind_redirect", "ale_resource_assignment", "inbound_ippacket",
                   "inbound_transport", "ale_auth_recv_accept", "- a second later -",
                   "inbound_ippacket own", "inbound_transport own", "ale_auth_recv_accept own",
                   "ale_flow_established own", "datagram_data own"}));
  EXPECT_EQ(run.alive(Kind::net_buffer_list), 0U);
}

TEST_F(Pending, a_datagrams_connect_is_decided_anew_without_a_packet_and_its_headers) {
  watch();
  std::vector<UINT32> metadata;
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_connect_v4") return;
    metadata.push_back(sight.has(FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE) ? 1 : 0);
    if (is_first(sight, "ale_auth_connect_v4"))
      later([context = pend(sight)] { complete(context); });
  };
  Conversing talk;
  talk.feed(udp_packet(host, name_server, "question"));
  play(talk.steps);
  EXPECT_EQ(metadata, (std::vector<UINT32>{1, 0}));
}

TEST_F(Pending, a_socket_that_may_be_bound_after_all_is_known_to_the_platform) {
  watch();
  judge = [&](const Sight& sight) {
    if (is_first(sight, "ale_resource_assignment_v4"))
      later([context = pend(sight)] { complete(context); });
  };
  Conversing talk;
  talk.feed(udp_packet(host, name_server, "question"));
  play(talk.steps);
  EXPECT_EQ(run.network.conversations().bound().size(), 1U);
}

// E-14.
TEST(PendingVariants, an_early_completion_may_be_acted_upon_later_still) {
  struct Late : Pending {
    Late() : Pending({.engine = {}, .lifecycle = {.complete_comes_late = true}}) {}
    void TestBody() override {}
  } test;
  test.watch();
  test.judge = [&](const Sight& sight) {
    if (is_first(sight, "ale_auth_connect_v4")) Pending::complete(Pending::pend(sight));
  };
  Connection talk;
  test.play({talk.steps.begin(), talk.steps.begin() + 5});
  EXPECT_EQ(test.seen,
            (Names{"ale_bind_redirect", "ale_resource_assignment", "ale_connect_redirect",
                   "ale_auth_connect", "ale_auth_connect again", "outbound_transport"}));
}

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

}  // namespace
}  // namespace drydock::net
