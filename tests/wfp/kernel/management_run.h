// SPDX-License-Identifier: Apache-2.0
// Short ways to the Fwpm functions, for tests in which a function plays the driver.
#pragma once

#include <string>
#include <vector>

#include "wfp/kernel/kernel_run.h"

namespace drydock::wfp {

inline wchar_t* text(const char16_t* characters) {
  return reinterpret_cast<wchar_t*>(const_cast<char16_t*>(characters));
}

struct ManagementTest : testing::Test {
  explicit ManagementTest(const KernelOptions& options = {}) : run(options) {}

  KernelRun run;
  std::vector<const machine::ExportRow*> rows = all_exports();
  GUID layer = to_windows(find_layer(KernelRun::layer)->key);

  HANDLE open(UINT32 flags = 0, UINT32 wait_ms = 0) {
    FWPM_SESSION0 session{};
    session.flags = flags;
    session.txnWaitTimeoutInMSec = wait_ms;
    HANDLE handle = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmEngineOpen0)(nullptr, RPC_C_AUTHN_WINNT, nullptr, &session, &handle),
              STATUS_SUCCESS);
    return handle;
  }
  NTSTATUS close(HANDLE handle) { return IMPORT(rows, FwpmEngineClose0)(handle); }
  NTSTATUS begin(HANDLE handle) { return IMPORT(rows, FwpmTransactionBegin0)(handle, 0); }
  NTSTATUS commit(HANDLE handle) { return IMPORT(rows, FwpmTransactionCommit0)(handle); }
  NTSTATUS abort(HANDLE handle) { return IMPORT(rows, FwpmTransactionAbort0)(handle); }
  NTSTATUS add_sublayer(HANDLE handle, const Guid& key) {
    FWPM_SUBLAYER0 sublayer{};
    sublayer.subLayerKey = to_windows(key);
    sublayer.displayData.name = text(u"sub");
    return IMPORT(rows, FwpmSubLayerAdd0)(handle, &sublayer, nullptr);
  }
  NTSTATUS add_callout(HANDLE handle, const Guid& key, UINT32* id = nullptr) {
    FWPM_CALLOUT0 callout{};
    callout.calloutKey = to_windows(key);
    callout.displayData.name = text(u"callout");
    callout.applicableLayer = layer;
    return IMPORT(rows, FwpmCalloutAdd0)(handle, &callout, nullptr, id);
  }
  FWPM_FILTER0 filter(const Guid& callout) {
    FWPM_FILTER0 result{};
    result.displayData.name = text(u"filter");
    result.layerKey = layer;
    result.action.type = FWP_ACTION_CALLOUT_TERMINATING;
    result.action.calloutKey = to_windows(callout);
    return result;
  }
  NTSTATUS add_filter(HANDLE handle, const FWPM_FILTER0& spec, UINT64* id = nullptr) {
    return IMPORT(rows, FwpmFilterAdd0)(handle, &spec, nullptr, id);
  }
};

}  // namespace drydock::wfp
