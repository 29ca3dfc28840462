// SPDX-License-Identifier: Apache-2.0
// Classifications that a callout holds up, and requests that it rewrites.
#include <gtest/gtest.h>

#include "net/pending_run.h"
#include "nt/exports.h"
#include "nt/pool.h"

namespace drydock::net {
namespace {

using namespace testing;

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
  EXPECT_EQ(misuses(), std::vector{PendMisuse::handle_unknown}) << "it permits, as it may";
}

TEST_F(Classifying, a_refused_callout_that_blocks_and_waits_for_its_completion_is_noted) {
  watch();
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_auth_connect_v4") return;
    acquire(sight);
    EXPECT_EQ(hold(sight), STATUS_FWP_CANNOT_PEND);
    sight.block();
  };
  play(Connection().steps);
  EXPECT_EQ(misuses(), std::vector{PendMisuse::refusal_ignored});
}

TEST_F(Classifying, one_that_is_completed_without_an_answer_at_once_is_done_again_all_the_same) {
  watch();
  judge = [&, first = true](const Sight& sight) mutable {
    if (sight.name() != "ale_connect_redirect_v4" || !std::exchange(first, false)) return;
    acquire(sight);
    EXPECT_EQ(hold(sight), STATUS_SUCCESS);
    let_go(nullptr);
    release();
  };
  Connection talk;
  play({talk.steps.begin(), talk.steps.begin() + 5});
  EXPECT_EQ(seen, (Names{"ale_bind_redirect", "ale_resource_assignment", "ale_connect_redirect",
                         "ale_connect_redirect", "ale_auth_connect", "outbound_transport"}));
  EXPECT_EQ(misuses(), std::vector<PendMisuse>{});
}

TEST_F(Classifying, two_callouts_have_a_handle_and_a_version_of_the_request_each) {
  watch();
  UINT32 upper = 0;
  run.run([&] {
    upper = run.watch(LayerId::ale_connect_redirect_v4, {.number = 1, .sublayer = 0xffff});
  });
  std::vector<UINT64> handles;
  std::vector<FWPS_CONNECT_REQUEST0*> requests;
  judge = [&](const Sight& sight) {
    if (sight.name() != "ale_connect_redirect_v4") return;
    acquire(sight);
    handles.push_back(classify);
    PVOID data = nullptr;
    EXPECT_EQ(IMPORT(rows(), FwpsAcquireWritableLayerDataPointer0)(classify, sight.callout, 0,
                                                                   &data, &sight.out),
              STATUS_SUCCESS);
    requests.push_back(static_cast<FWPS_CONNECT_REQUEST0*>(data));
    if (sight.callout != upper) {
      IMPORT(rows(), FwpsApplyModifiedLayerData0)(classify, data, 0);  // and never releases
      return;
    }
    EXPECT_EQ(hold(sight), STATUS_SUCCESS);
    later([this, mine = classify, data] {
      FWPS_CLASSIFY_OUT0 out{};
      out.actionType = FWP_ACTION_PERMIT;
      IMPORT(rows(), FwpsApplyModifiedLayerData0)(mine, data, 0);
      IMPORT(rows(), FwpsCompleteClassify0)(mine, 0, &out);
      IMPORT(rows(), FwpsReleaseClassifyHandle0)(mine);
      EXPECT_EQ(run.alive(Kind::classify_handle), 1U) << "that of the other one";
    });
  };
  Connection talk;
  play({talk.steps.begin(), talk.steps.begin() + 5});
  ASSERT_EQ(handles.size(), 2U);
  EXPECT_NE(handles[0], handles[1]);
  // Applied last, on top of the other one's.
  EXPECT_EQ(requests[0]->previousVersion, requests[1]);
  EXPECT_EQ(seen.back(), "outbound_transport");
  EXPECT_EQ(misuses(), std::vector<PendMisuse>{});
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

TEST_F(Classifying, the_context_of_a_redirection_is_the_platforms_until_the_recorded_flow_ends) {
  nt::Pool pool{run.machine, run.record};
  run.machine.install(pool);
  watch();
  const auto of = [&](machine::DriverId owner) {
    return run.record.ledger().count_alive(Kind::pool_block, owner);
  };
  std::vector<std::size_t> left;  // of the platform, then of the driver, at the datagram
  judge = [&](const Sight& sight) {
    if (sight.name() == "datagram_data_v4") {
      left = {of(machine::no_driver), of(test_driver)};
    }
    if (sight.name() != "ale_connect_redirect_v4") return;
    acquire(sight);
    PVOID data = nullptr;
    IMPORT(rows(), FwpsAcquireWritableLayerDataPointer0)(classify, 7, 0, &data, &sight.out);
    auto& request = *static_cast<FWPS_CONNECT_REQUEST0*>(data);
    EXPECT_EQ(IMPORT(rows(), FwpsRedirectHandleCreate0)(nullptr, 0, &request.localRedirectHandle),
              STATUS_SUCCESS);
    request.localRedirectContextSize = 16;
    request.localRedirectContext =
        IMPORT(nt::pool_exports(), ExAllocatePoolWithTag)(NonPagedPoolNx, 16, 'txtc');
    EXPECT_EQ(of(test_driver), 1U);
    IMPORT(rows(), FwpsApplyModifiedLayerData0)(classify, data, 0);
    release();
    sight.out.actionType = FWP_ACTION_PERMIT;
  };
  Conversing talk;
  talk.feed(udp_packet(host, name_server, "question")).close();
  play(talk.steps);
  EXPECT_EQ(left, (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(of(machine::no_driver), 0U);
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
