// SPDX-License-Identifier: Apache-2.0
// Callouts that hold up operations and classifications, for the tests of what becomes of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net/conversing.h"
#include "net/host_path_run.h"

namespace drydock::net::testing {

using Names = std::vector<std::string>;
using ledger::Kind;
using ledger::NoteKind;
using ledger::PendMisuse;

inline constexpr auto rows = wfp::operation_exports;

inline const Place host = at("192.0.2.10", 49152), name_server = at("192.0.2.20", 53);
inline const Place client = at("192.0.2.20", 50000), echo = at("192.0.2.10", 7);

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

inline bool is_first(const Sight& sight, std::string_view layer) {
  const FWP_VALUE0* flags = sight.value("FLAGS");
  const bool again = flags != nullptr && (flags->uint32 & FWP_CONDITION_FLAG_IS_REAUTHORIZE) != 0;
  return sight.name() == layer && !again;
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

}  // namespace drydock::net::testing
