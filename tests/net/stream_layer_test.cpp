// SPDX-License-Identifier: Apache-2.0
// The stream layer's protocol: what a callout is shown, what its answers do, and which bytes come
// out.
#include <gtest/gtest.h>

#include "net/stream_layer_run.h"

namespace drydock::net {
namespace {

TEST_F(StreamLayerTest, permitted_data_go_out_as_they_came_in_both_directions_with_their_ends) {
  watch();
  play(Connection().send("request").receive("reply").fins().steps);
  EXPECT_EQ(seen, (Names{">request", "<reply", ">|", "<|"}));
  EXPECT_EQ(peer.sent, "request|");
  EXPECT_EQ(peer.received, "reply|");
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(StreamLayerTest, what_is_blocked_in_part_is_cut_out_and_the_rest_comes_again_at_once) {
  watch();
  judge = [&](const Sight& sight) {
    if (sight.text().starts_with("GET secret")) take_part(sight, 4);
    if (sight.text().starts_with("secret")) take_part(sight, 6, true);
  };
  play(Connection().send("GET secret HTTP").steps);
  EXPECT_EQ(seen, (Names{">GET secret HTTP", ">secret HTTP", "> HTTP"}));
  EXPECT_EQ(peer.sent, "GET  HTTP");
}

TEST_F(StreamLayerTest,
       a_callout_that_needs_more_is_asked_again_when_as_much_as_it_named_is_there) {
  watch();
  judge = [&](const Sight& sight) {
    if (sight.text() == "ab") want(sight, 5);
  };
  play(Connection().send("ab").send("cd").send("ef").send("gh").send("ij").steps);
  EXPECT_EQ(seen, (Names{">ab", ">abcdefgh", ">ij"}));
  EXPECT_EQ(peer.sent, "abcdefghij");
  EXPECT_EQ(run.alive(Kind::held_stream), 0U);
}

TEST_F(StreamLayerTest, data_that_came_in_pieces_are_shown_as_a_chain_of_lists) {
  watch();
  std::vector<SIZE_T> parts;
  std::string cloned;
  judge = [&](const Sight& sight) {
    if (sight.text().size() < 6) return want(sight, 3);
    for (NET_BUFFER_LIST* list = sight.list(); list != nullptr; list = list->Next) {
      parts.push_back(list->FirstNetBuffer->DataLength);
    }
    NET_BUFFER_LIST* chain = nullptr;
    EXPECT_EQ(IMPORT(rows(), FwpsCloneStreamData0)(sight.stream().streamData, nullptr, nullptr, 0,
                                                   &chain),
              STATUS_SUCCESS);
    for (NET_BUFFER_LIST* list = chain; list != nullptr; list = list->Next) {
      for (const std::byte byte : ndis::bytes_of(*list)) cloned += static_cast<char>(byte);
      cloned += ' ';
    }
    IMPORT(rows(), FwpsDiscardClonedStreamData0)(chain, 0, 1);
  };
  play(Connection().send("abc").send("d").send("efg").steps);
  EXPECT_EQ(parts, (std::vector<SIZE_T>{3, 1, 3}));
  EXPECT_EQ(cloned, "abc d efg ");
  EXPECT_EQ(run.alive(Kind::net_buffer_list), 0U);
}

TEST_F(StreamLayerTest, a_clone_holds_the_part_that_is_not_judged_yet_and_only_that) {
  watch();
  Names cloned;
  judge = [&](const Sight& sight) {
    NET_BUFFER_LIST* chain = nullptr;
    EXPECT_EQ(IMPORT(rows(), FwpsCloneStreamData0)(sight.stream().streamData, nullptr, nullptr, 0,
                                                   &chain),
              STATUS_SUCCESS);
    std::string& text = cloned.emplace_back();
    for (const std::byte byte : ndis::bytes_of(*chain)) text += static_cast<char>(byte);
    IMPORT(rows(), FwpsDiscardClonedStreamData0)(chain, 0, 1);
    if (sight.text() == "abcdef") take_part(sight, 4);
  };
  play(Connection().send("abcdef").steps);
  EXPECT_EQ(cloned, (Names{"abcdef", "ef"}));
}

TEST_F(StreamLayerTest, at_the_end_of_the_stream_whoever_waits_is_told_that_no_more_comes) {
  watch();
  std::vector<UINT32> flags;
  judge = [&](const Sight& sight) {
    flags.push_back(sight.out.flags);
    if ((sight.out.flags & FWPS_CLASSIFY_OUT_FLAG_NO_MORE_DATA) == 0 && !sight.is_fin()) {
      want(sight, 100);
    }
  };
  play(Connection().receive("short").fins().steps);
  EXPECT_EQ(seen, (Names{"<short", ">|", "<short", "<|"}));
  EXPECT_EQ(flags, (std::vector<UINT32>{0, 0, FWPS_CLASSIFY_OUT_FLAG_NO_MORE_DATA, 0}));
  EXPECT_EQ(peer.received, "short|");
}

TEST_F(StreamLayerTest, a_callout_that_asks_again_after_that_loses_the_connection) {
  watch();
  judge = [&](const Sight& sight) {
    if (!sight.is_fin()) want(sight, 1);
  };
  const PathCounts counts = play(Connection().receive("short").fins().steps);
  EXPECT_EQ(misuses(), std::vector{StreamMisuse::asks_again});
  EXPECT_EQ(peer.received, "");
  EXPECT_EQ(counts.blocked_flows, 1U);
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(StreamLayerTest, after_eight_megabytes_a_callout_has_to_decide) {
  watch();
  std::vector<std::pair<std::size_t, UINT32>> calls;
  judge = [&](const Sight& sight) {
    calls.emplace_back(sight.stream().streamData->dataLength, sight.out.flags);
    if (calls.size() == 1) want(sight, 16 << 20);
  };
  run.script.classify = [this](const Sight& sight) {
    sight.out.actionType = FWP_ACTION_PERMIT;
    judge(sight);
  };
  Connection talk;
  const std::string part(60'000, 'x');
  for (int i = 0; i < 141; ++i) talk.send(part);
  play(talk.steps);
  EXPECT_EQ(
      calls,
      (std::vector<std::pair<std::size_t, UINT32>>{
          {60'000, 0}, {140 * 60'000, FWPS_CLASSIFY_OUT_FLAG_BUFFER_LIMIT_REACHED}, {60'000, 0}}));
  EXPECT_EQ(peer.sent.size(), 141U * 60'000);
}

TEST_F(StreamLayerTest, a_connection_is_dropped_for_a_filter_of_unknown_action_and_no_other) {
  const auto received = [](wfp::Action action) {
    PathRun run;
    Peer peer;
    run.script.classify = [](const Sight& sight) {
      sight.stream().streamAction = FWPS_STREAM_ACTION_DROP_CONNECTION;
    };
    run.run([&] { run.watch(LayerId::stream_v4, action); });
    run.play(Connection().receive("reply").steps, &peer);
    return peer.received;
  };
  EXPECT_EQ(received(wfp::Action::callout_unknown), "");
  EXPECT_EQ(received(wfp::Action::callout_terminating), "reply");
  EXPECT_EQ(received(wfp::Action::callout_inspection), "reply");
}

TEST_F(StreamLayerTest, a_block_from_an_inspecting_filter_has_no_effect) {
  watch({.action = wfp::Action::callout_inspection});
  judge = [](const Sight& sight) { sight.block(); };
  play(Connection().receive("reply").steps);
  EXPECT_EQ(peer.received, "reply");
}

TEST_F(StreamLayerTest, a_callout_that_allows_the_connection_sees_no_more_of_it) {
  watch();
  judge = [](const Sight& sight) {
    sight.stream().streamAction = FWPS_STREAM_ACTION_ALLOW_CONNECTION;
  };
  play(Connection().send("one").send("two").receive("three").fins().steps);
  EXPECT_EQ(seen, Names{">one"});
  EXPECT_EQ(peer.sent, "onetwo|");
  EXPECT_EQ(peer.received, "three|");
}

TEST_F(StreamLayerTest, deferred_data_wait_with_all_that_follows_until_the_callout_goes_on) {
  watch();
  Names trace;
  judge = [&](const Sight& sight) {
    if (seen.size() > 1) return;
    sight.stream().streamAction = FWPS_STREAM_ACTION_DEFER;
    later([&] {
      run.machine.sleep_until(machine::seconds(1));
      trace.push_back(peer.received);
      EXPECT_EQ(run.alive(Kind::held_stream), 1U);
      EXPECT_EQ(resume(), STATUS_SUCCESS);
      EXPECT_EQ(resume(), STATUS_INVALID_DEVICE_REQUEST);
    });
  };
  Connection talk;
  play(talk.receive("re").receive("ply").steps);
  EXPECT_EQ(trace, Names{""});
  EXPECT_EQ(seen, (Names{"<re", "<reply"}));
  EXPECT_EQ(peer.received, "reply");
  EXPECT_EQ(run.alive(Kind::held_stream), 0U);
}

TEST_F(StreamLayerTest, what_is_sent_cannot_be_deferred) {
  watch();
  judge = [](const Sight& sight) { sight.stream().streamAction = FWPS_STREAM_ACTION_DEFER; };
  play(Connection().send("request").steps);
  EXPECT_EQ(peer.sent, "request");
}

TEST_F(StreamLayerTest, going_on_inside_the_classify_function_is_noted) {
  watch();
  judge = [&](const Sight&) { EXPECT_EQ(resume(), STATUS_INVALID_DEVICE_REQUEST); };
  play(Connection().receive("reply").steps);
  EXPECT_EQ(misuses(), std::vector{StreamMisuse::continues_itself});
}

TEST_F(StreamLayerTest, out_of_band_everything_is_blocked_and_comes_out_as_it_was_injected) {
  watch();
  judge = [&](const Sight& sight) {
    const UINT32 flags = sight.sends() ? FWPS_STREAM_FLAG_SEND : FWPS_STREAM_FLAG_RECEIVE;
    const bool fin = sight.is_fin();
    const UINT32 end =
        sight.sends() ? FWPS_STREAM_FLAG_SEND_DISCONNECT : FWPS_STREAM_FLAG_RECEIVE_DISCONNECT;
    later([this, flags, end, fin, text = fin ? "" : sight.text()] {
      if (fin) {
        EXPECT_EQ(inject(flags | end, nullptr, 0), STATUS_SUCCESS);
      } else {
        EXPECT_EQ(inject(flags, "[" + text + "]"), STATUS_SUCCESS);
      }
    });
    sight.block();
  };
  Names ends;
  run.script.flow_delete = nullptr;
  play(Connection().send("one").send("two").receive("three").fins().steps);
  EXPECT_EQ(peer.sent, "[one][two]|");
  EXPECT_EQ(peer.received, "[three]|");
  EXPECT_EQ(statuses, (std::vector<NTSTATUS>(3, STATUS_SUCCESS)));
  EXPECT_EQ(misuses(), std::vector<StreamMisuse>{});
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
  EXPECT_EQ(run.alive(Kind::held_stream), 0U);
}

TEST_F(StreamLayerTest, a_connection_whose_fin_is_kept_lives_until_the_fin_is_injected) {
  watch();
  run.run([&] {
    run.watch(LayerId::ale_endpoint_closure_v4);
    run.watch(LayerId::ale_resource_release_v4);
  });
  Names trace;
  auto stream = run.script.classify;
  run.script.classify = [&](const Sight& sight) {
    if (!sight.is_stream())
      trace.push_back(fmt::format("{} at {}", sight.name(), static_cast<int>(sight.irql)));
    stream(sight);
  };
  judge = [&](const Sight& sight) {
    if (!sight.is_fin() || !sight.sends()) return;
    sight.block();
    later([&] {
      run.machine.sleep_until(machine::seconds(5));
      trace.push_back(fmt::format("alive {} held {}", run.side.flows().count_alive(),
                                  run.alive(Kind::held_stream)));
      EXPECT_EQ(inject(FWPS_STREAM_FLAG_SEND | FWPS_STREAM_FLAG_SEND_DISCONNECT, "bye"),
                STATUS_SUCCESS);
    });
  };
  play(Connection().send("one").fins().steps);
  EXPECT_EQ(trace, (Names{"alive 1 held 1", "ale_endpoint_closure_v4 at 0",
                          "ale_resource_release_v4 at 0"}));
  EXPECT_EQ(peer.sent, "onebye|");
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

TEST_F(StreamLayerTest, each_list_of_an_injected_chain_completes_once) {
  watch();
  judge = [&](const Sight& sight) {
    NET_BUFFER_LIST* first = run.list_of(text_bytes("one"));
    first->Next = run.list_of(text_bytes("two"));
    EXPECT_EQ(inject(FWPS_STREAM_FLAG_SEND, first, 5), STATUS_SUCCESS);
    sight.block();
  };
  play(Connection().send("x").steps);
  EXPECT_EQ(peer.sent, "onetw") << "dataLength counts";
  EXPECT_EQ(statuses, (std::vector<NTSTATUS>(2, STATUS_SUCCESS)));
}

TEST_F(StreamLayerTest, injection_refuses_what_is_no_request) {
  watch();
  std::vector<NTSTATUS> refused;
  judge = [&](const Sight&) {
    NET_BUFFER_LIST* list = run.list_of(text_bytes("data"));
    const auto attempt = [&](UINT32 flags, NET_BUFFER_LIST* data, SIZE_T size, UINT64 connection,
                             UINT32 from, UINT16 layer, FWPS_INJECT_COMPLETE0 completion) {
      refused.push_back(IMPORT(rows(), FwpsStreamInjectAsync0)(
          handle, nullptr, 0, connection, from, layer, flags, data, size, completion, this));
    };
    constexpr UINT32 send = FWPS_STREAM_FLAG_SEND;
    attempt(send, list, 4, flow, callout, FWPS_LAYER_STREAM_V4, nullptr);
    attempt(send, nullptr, 0, flow, callout, FWPS_LAYER_STREAM_V4, complete);
    attempt(FWPS_STREAM_FLAG_SEND_DISCONNECT, list, 4, flow, callout, FWPS_LAYER_STREAM_V4,
            complete);
    attempt(send | FWPS_STREAM_FLAG_SEND_DISCONNECT | FWPS_STREAM_FLAG_SEND_ABORT, list, 4, flow,
            callout, FWPS_LAYER_STREAM_V4, complete);
    attempt(send | FWPS_STREAM_FLAG_RECEIVE, list, 4, flow, callout, FWPS_LAYER_STREAM_V4,
            complete);
    attempt(send, list, 5, flow, callout, FWPS_LAYER_STREAM_V4, complete);
    attempt(send, list, 4, flow, callout, FWPS_LAYER_DATAGRAM_DATA_V4, complete);
    attempt(send, list, 4, flow, 9999, FWPS_LAYER_STREAM_V4, complete);
    attempt(send, list, 4, 4711, callout, FWPS_LAYER_STREAM_V4, complete);
    list->FirstNetBuffer->DataLength = 0xfffffff0;  // which its MDL does not describe
    attempt(send, list, 0xfffffff0, flow, callout, FWPS_LAYER_STREAM_V4, complete);
    IMPORT(wfp::injection_exports(), FwpsFreeNetBufferList0)(list);
  };
  play(Connection().send("x").steps);
  EXPECT_EQ(refused, (std::vector<NTSTATUS>{STATUS_FWP_NULL_POINTER, STATUS_INVALID_PARAMETER,
                                            STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER,
                                            STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER,
                                            STATUS_INVALID_PARAMETER, STATUS_FWP_CALLOUT_NOT_FOUND,
                                            STATUS_NOT_FOUND, STATUS_INVALID_PARAMETER}));
  EXPECT_EQ(misuses(), std::vector{StreamMisuse::late_injection});
  EXPECT_EQ(statuses, std::vector<NTSTATUS>{});
}

TEST_F(StreamLayerTest, nothing_can_be_injected_behind_the_end_of_a_direction) {
  watch();
  std::vector<NTSTATUS> late;
  judge = [&](const Sight& sight) {
    if (!sight.is_fin() || sight.sends()) return;  // what is sent has ended before
    NET_BUFFER_LIST* list = run.list_of(text_bytes("late"));
    late.push_back(inject(FWPS_STREAM_FLAG_SEND, list, 4));
    IMPORT(wfp::injection_exports(), FwpsFreeNetBufferList0)(list);
  };
  play(Connection().fins().steps);
  EXPECT_EQ(late, std::vector<NTSTATUS>{STATUS_DATA_NOT_ACCEPTED});
  EXPECT_EQ(misuses(), std::vector{StreamMisuse::late_injection});
}

TEST_F(StreamLayerTest, permitting_and_injecting_from_outside_in_one_direction_is_noted_once) {
  watch();
  judge = [&](const Sight& sight) {
    if (seen.size() == 1) later([&] { inject(FWPS_STREAM_FLAG_SEND, "more"); });
    if (!sight.sends()) sight.block();  // the other direction is another matter
  };
  play(Connection().send("one").send("two").receive("three").steps);
  EXPECT_EQ(misuses(), std::vector{StreamMisuse::mixes_editing});
}

TEST_F(StreamLayerTest, data_that_an_editor_allows_to_pass_by_it_are_not_edited_inline) {
  watch();
  judge = [&](const Sight& sight) {
    if (seen.size() != 1) {
      sight.stream().streamAction = FWPS_STREAM_ACTION_ALLOW_CONNECTION;
      return;
    }
    sight.block();
    later([&] { inject(FWPS_STREAM_FLAG_SEND, "1"); });
  };
  play(Connection().send("one").send("two").send("three").steps);
  EXPECT_EQ(peer.sent, "1twothree");
  EXPECT_EQ(misuses(), std::vector<StreamMisuse>{});
}

TEST_F(StreamLayerTest, data_that_pass_by_an_editor_without_a_flow_context_are_not_edited_inline) {
  Names shown;
  run.script.classify = [&](const Sight& sight) {
    flow = sight.metadata.flowHandle;
    if (!sight.is_stream()) {
      EXPECT_EQ(run.associate(flow, LayerId::stream_v4, callout, 1), STATUS_SUCCESS);
      return;
    }
    shown.push_back(sight.text());
    sight.block();
    if (shown.size() != 1) return;
    later([&] {
      inject(FWPS_STREAM_FLAG_SEND, "1");
      EXPECT_EQ(IMPORT(wfp::flow_exports(), FwpsFlowRemoveContext0)(
                    flow, static_cast<UINT16>(LayerId::stream_v4), callout),
                STATUS_SUCCESS);
    });
  };
  run.run([&] {
    run.watch(LayerId::ale_flow_established_v4);
    callout = run.watch(LayerId::stream_v4, {.flags = FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW});
    IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)
    (WDK_AF_INET, FWPS_INJECTION_TYPE_STREAM, &handle);
  });
  play(Connection().send("one").send("two").send("three").steps);
  EXPECT_EQ(shown, (Names{"one", "two"}));
  EXPECT_EQ(peer.sent, "1three");
  EXPECT_EQ(misuses(), std::vector<StreamMisuse>{});
}

TEST_F(StreamLayerTest,
       what_an_upper_callout_blocks_lower_ones_never_see_but_what_it_injects_they_do) {
  UINT32 upper = 0;
  Names trace;
  run.script.classify = [&](const Sight& sight) {
    flow = sight.metadata.flowHandle;
    trace.push_back(fmt::format("{} {}", sight.callout == upper ? "upper" : "lower", sight.text()));
    sight.out.actionType = FWP_ACTION_PERMIT;
    if (sight.callout != upper || sight.text() != "old") return;
    EXPECT_EQ(inject(FWPS_STREAM_FLAG_SEND, "new", upper), STATUS_SUCCESS);
    sight.block();
  };
  run.run([&] {
    run.watch(LayerId::stream_v4, {.number = 1});
    upper = run.watch(LayerId::stream_v4, {.number = 2});
    IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)
    (WDK_AF_INET, FWPS_INJECTION_TYPE_STREAM, &handle);
  });
  play(Connection().send("old").send("next").steps);
  EXPECT_EQ(trace, (Names{"upper old", "lower new", "upper next", "lower next"}));
  EXPECT_EQ(peer.sent, "newnext");
}

TEST_F(StreamLayerTest, each_callout_waits_for_as_much_as_it_wants_itself) {
  UINT32 upper = 0;
  Names trace;
  run.script.classify = [&](const Sight& sight) {
    trace.push_back(fmt::format("{} {}", sight.callout == upper ? "upper" : "lower", sight.text()));
    sight.out.actionType = FWP_ACTION_PERMIT;
    if (sight.text().size() < (sight.callout == upper ? 2U : 4U)) want(sight, 1);
  };
  run.run([&] {
    run.watch(LayerId::stream_v4, {.number = 1});
    upper = run.watch(LayerId::stream_v4, {.number = 2});
  });
  play(Connection().send("a").send("b").send("c").send("d").steps);
  EXPECT_EQ(trace, (Names{"upper a", "upper ab", "lower ab", "upper c", "upper cd", "lower abcd"}));
  EXPECT_EQ(peer.sent, "abcd");
}

TEST_F(StreamLayerTest, a_callout_joins_a_live_connection_only_if_it_says_that_it_can) {
  const auto shown = [](UINT32 flags) {
    PathRun run;
    Names texts;
    run.script.classify = [&](const Sight& sight) {
      if (!sight.is_stream()) {
        run.watch(LayerId::stream_v4, {.flags = flags});
      } else {
        texts.push_back(sight.text());
      }
    };
    run.run([&] { run.watch(LayerId::inbound_transport_v4); });
    Connection talk;
    std::vector<Step> steps = std::move(talk.send("before").receive("then").steps);
    // The first packet that comes in behind "before" brings the filter.
    std::erase_if(steps, [](const Step& step) {
      return step.kind == StepKind::inbound_transport && step.packet_index == 1;
    });
    run.play(steps);
    return texts;
  };
  EXPECT_EQ(shown(0), Names{});
  EXPECT_EQ(shown(FWP_CALLOUT_FLAG_ALLOW_MID_STREAM_INSPECTION), Names{"then"});
}

// E-16.
TEST_F(StreamLayerTest,
       data_that_wait_for_a_callout_whose_filter_goes_are_stuck_dropped_or_permitted) {
  using enum wfp::LifecycleVariants::StreamOrphans;
  const auto received = [](wfp::LifecycleVariants::StreamOrphans orphans) {
    wfp::KernelOptions options;
    options.lifecycle.stream_orphans = orphans;
    PathRun run(nullptr, options);
    Peer peer;
    run.script.classify = [&](const Sight& sight) {
      want(sight, 100);
      run.as_driver("unloading", [&] {
        EXPECT_EQ(run.side.engine().delete_filter(run.session, run.last_filter),
                  wfp::FwpStatus::success);
      });
    };
    run.run([&] { run.watch(LayerId::stream_v4); });
    run.play(Connection().receive("one").receive("two").receive("three").steps, &peer);
    return peer.received;
  };
  EXPECT_EQ(received(stuck), "");
  EXPECT_EQ(received(dropped), "twothree");
  EXPECT_EQ(received(permitted), "onetwothree");
}

TEST_F(StreamLayerTest, injected_data_of_a_connection_that_ends_first_complete_as_aborted) {
  struct Slow final : machine::Choices {
    machine::RoundRobin round_robin{1};
    std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool goes_on) override {
      return round_robin.pick_fiber(candidates, goes_on);
    }
    std::size_t choose(machine::Question question, std::size_t options) override {
      return question == machine::Question::completion_delay ? options - 1 : 0;
    }
  } slow;
  PathRun late(&slow);
  std::vector<NTSTATUS> completed;
  UINT32 id = 0;
  HANDLE injection = nullptr;
  late.script.classify = [&](const Sight& sight) {
    const UINT64 connection = sight.metadata.flowHandle;
    sight.block();
    late.as_driver("driver thread", [&, connection] {
      EXPECT_EQ(IMPORT(rows(), FwpsStreamInjectAsync0)(
                    injection, nullptr, 0, connection, id, FWPS_LAYER_STREAM_V4,
                    FWPS_STREAM_FLAG_RECEIVE, late.list_of(text_bytes("new")), 3,
                    [](void* context, NET_BUFFER_LIST* list, BOOLEAN) __attribute__((ms_abi)) {
                      static_cast<std::vector<NTSTATUS>*>(context)->push_back(list->Status);
                    },
                    &completed),
                STATUS_SUCCESS);
    });
  };
  late.run([&] {
    id = late.watch(LayerId::stream_v4);
    IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)
    (WDK_AF_INET, FWPS_INJECTION_TYPE_STREAM, &injection);
  });
  Connection talk;
  talk.receive("old").receive("", tcp::rst);
  HostPath path(late.network);
  late.machine.spawn("traffic", machine::Irql::passive, [&] {
    for (const Step& step : talk.steps) {
      path.play(step);
      for (int i = 0; i < 8; ++i) late.machine.switch_point();
    }
  });
  late.machine.run();
  EXPECT_EQ(completed, std::vector<NTSTATUS>{STATUS_CONNECTION_ABORTED});
}

}  // namespace
}  // namespace drydock::net
