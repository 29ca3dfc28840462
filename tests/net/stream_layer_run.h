// SPDX-License-Identifier: Apache-2.0
// A callout at the stream layer whose answers a test gives in a function, and the bytes that come
// out.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "net/conversing.h"
#include "net/host_path_run.h"
#include "net/stream_layer.h"

namespace drydock::net {

using namespace testing;
using Names = std::vector<std::string>;
using ledger::Kind;
using ledger::NoteKind;
using ledger::StreamMisuse;

constexpr auto rows = wfp::stream_exports;

// What a driver's callout at the stream layer does, in a function.
struct StreamLayerTest : ::testing::Test {
  PathRun run;
  Peer peer;
  HANDLE handle = nullptr;
  UINT32 callout = 0;
  UINT64 flow = 0;
  Names seen;                      // text of every indication
  std::vector<NTSTATUS> statuses;  // of completed injections
  std::function<void(const Sight&)> judge;

  void watch(const Attached& how = {}) {
    run.script.classify = [this](const Sight& sight) {
      if (!sight.is_stream()) return;
      flow = sight.metadata.flowHandle;
      seen.push_back((sight.sends() ? ">" : "<") + (sight.is_fin() ? "|" : sight.text()));
      sight.out.actionType = FWP_ACTION_PERMIT;
      if (judge) judge(sight);
    };
    run.run([&] {
      callout = run.watch(LayerId::stream_v4, how);
      EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)(
                    WDK_AF_INET, FWPS_INJECTION_TYPE_STREAM, &handle),
                STATUS_SUCCESS);
    });
  }
  PathCounts play(const std::vector<Step>& steps) { return run.play(steps, &peer); }

  static void NTAPI complete(void* context, NET_BUFFER_LIST* list, BOOLEAN) {
    static_cast<StreamLayerTest*>(context)->statuses.push_back(list->Status);
    IMPORT(wfp::injection_exports(), FwpsFreeNetBufferList0)(list);
  }
  NTSTATUS inject(UINT32 flags, NET_BUFFER_LIST* list, std::size_t size, UINT32 from = 0) {
    return IMPORT(rows(), FwpsStreamInjectAsync0)(handle, nullptr, 0, flow,
                                                  from != 0 ? from : callout, FWPS_LAYER_STREAM_V4,
                                                  flags, list, size, complete, this);
  }
  NTSTATUS inject(UINT32 flags, std::string_view text, UINT32 from = 0) {
    return inject(flags, run.list_of(text_bytes(text)), text.size(), from);
  }
  NTSTATUS resume() {
    return IMPORT(rows(), FwpsStreamContinue0)(flow, callout, FWPS_LAYER_STREAM_V4,
                                               FWPS_STREAM_FLAG_RECEIVE);
  }
  // As soon as the caller lets others run.
  void later(std::function<void()> action) {
    run.as_driver("driver thread", [action = std::move(action)] { action(); });
  }
  [[nodiscard]] std::vector<StreamMisuse> misuses() const {
    std::vector<StreamMisuse> found;
    for (const ledger::Note& note : run.notes(NoteKind::stream_misused)) {
      found.push_back(static_cast<StreamMisuse>(note.a));
    }
    return found;
  }
};

inline void take_part(const Sight& sight, std::size_t bytes, bool block = false) {
  sight.stream().countBytesEnforced = bytes;
  sight.out.actionType = block ? FWP_ACTION_BLOCK : FWP_ACTION_PERMIT;
}

inline void want(const Sight& sight, UINT32 bytes) {
  sight.stream().streamAction = FWPS_STREAM_ACTION_NEED_MORE_DATA;
  sight.stream().countBytesRequired = bytes;
  sight.out.actionType = FWP_ACTION_NONE;
}

}  // namespace drydock::net
