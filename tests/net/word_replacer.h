// SPDX-License-Identifier: Apache-2.0
// A stream callout that replaces "foo" by "barbar", both ways.
#pragma once

#include "net/host_path_run.h"

namespace drydock::net::testing {

class WordReplacer {
 public:
  // Watches the IPv4 streams of `run`, which outlives it.
  explicit WordReplacer(PathRun& run) : run_(run) {
    run_.script.classify = [this](const Sight& sight) { classify(sight); };
    run_.run([this] {
      callout_ = run_.watch(LayerId::stream_v4);
      IMPORT(wfp::injection_exports(), FwpsInjectionHandleCreate0)
      (WDK_AF_INET, FWPS_INJECTION_TYPE_STREAM, &handle_);
    });
  }
  WordReplacer(const WordReplacer&) = delete;
  WordReplacer& operator=(const WordReplacer&) = delete;
  ~WordReplacer() { run_.script.classify = nullptr; }

 private:
  static void NTAPI completed(void*, NET_BUFFER_LIST* list, BOOLEAN) {
    IMPORT(wfp::injection_exports(), FwpsFreeNetBufferList0)(list);
  }

  // What comes before the word is let through; then the word is asked about alone.
  void classify(const Sight& sight) const {
    const std::size_t place = sight.text().find("foo");
    sight.out.actionType = FWP_ACTION_PERMIT;
    if (place == std::string::npos) return;
    sight.stream().countBytesEnforced = place == 0 ? 3 : place;
    if (place != 0) return;
    sight.out.actionType = FWP_ACTION_BLOCK;
    EXPECT_EQ(IMPORT(wfp::stream_exports(), FwpsStreamInjectAsync0)(
                  handle_, nullptr, 0, sight.metadata.flowHandle, callout_, FWPS_LAYER_STREAM_V4,
                  sight.sends() ? FWPS_STREAM_FLAG_SEND : FWPS_STREAM_FLAG_RECEIVE,
                  run_.list_of(text_bytes("barbar")), 6, completed, nullptr),
              STATUS_SUCCESS);
  }

  PathRun& run_;
  HANDLE handle_ = nullptr;
  UINT32 callout_ = 0;
};

}  // namespace drydock::net::testing
