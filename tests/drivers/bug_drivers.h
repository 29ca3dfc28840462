// SPDX-License-Identifier: Apache-2.0
// What each driver of drivers/bugs breaks: the rules that its run must yield, no more and no fewer.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace drydock {

struct BugDriver {
  const char* name;                // without bug_ or fixed_
  std::vector<std::string> rules;  // sorted
};

// clang-format off: one a line
inline const std::vector<BugDriver>& bug_drivers() {
  static const std::vector<BugDriver> table = {
      {"unload_01", {"UNLOAD-01"}},
      {"unload_02", {"UNLOAD-02"}},
      {"unload_03", {"UNLOAD-03"}},
      {"unload_04", {"UNLOAD-04"}},
      {"unload_05", {"UNLOAD-05"}},
      {"unload_06", {"UNLOAD-06"}},
      {"unload_08", {"UNLOAD-08"}},
      {"unload_09", {"UNLOAD-09"}},
      {"unload_10", {"UNLOAD-10"}},
      {"load_01", {"LOAD-01"}},
      {"load_02", {"LOAD-02"}},
      {"callout_01", {"CALLOUT-01"}},
      {"callout_02", {"CALLOUT-02"}},
      {"callout_04", {"CALLOUT-04"}},
      {"flow_01", {"FLOW-01"}},
      {"flow_02", {"FLOW-02"}},
      {"inject_01", {"INJECT-01"}},
      {"inject_02", {"INJECT-02"}},
      {"inject_04", {"INJECT-04"}},
      {"nbl_01", {"NBL-01"}},
      {"pend_01", {"PEND-01"}},
      {"pend_02", {"PEND-02"}},
      {"pend_03", {"PEND-03"}},
      {"pend_04", {"PEND-04"}},
      {"pend_06", {"PEND-06"}},
      {"inject_08", {"INJECT-08"}},
      {"pend_05", {"PEND-05"}},
      {"stream_01", {"STREAM-01"}},
      {"stream_02", {"STREAM-02"}},
      {"mgmt_01", {"MGMT-01"}},
      {"mgmt_02", {"MGMT-02"}},
      {"mgmt_03", {"MGMT-03"}},
      {"mgmt_04", {"MGMT-04"}},
      {"mgmt_05", {"MGMT-05"}},
      {"mgmt_06", {"MGMT-06"}},
      {"mgmt_07", {"MGMT-07"}},
      {"mgmt_08", {"MGMT-08"}},  // needs_service_restart()
      {"pool_01", {"POOL-01"}},
      {"pool_02", {"POOL-02"}},
      {"pool_03", {"POOL-03"}},
      {"pool_04", {"POOL-04"}},
      {"mem_04", {"MEM-04"}},
      {"device_01", {"DEVICE-01"}},
      {"device_02", {"DEVICE-02"}},
      {"device_03", {"DEVICE-03"}},
      {"device_08", {"DEVICE-08"}},
      {"thread_01", {"THREAD-01"}},
      {"thread_02", {"THREAD-02"}},
      {"thread_03", {"THREAD-03"}},
      {"thread_04", {"THREAD-04"}},
      {"thread_05", {"THREAD-05"}},
      {"wdf_02", {"WDF-02"}},
      {"wdf_04", {"WDF-04"}},
      {"pnp_device", {"DEVICE-01"}},
      {"lock_01", {"LOCK-01"}},
      {"irql_01", {"IRQL-01"}},
      {"irql_02", {"IRQL-02"}},
      {"b12", {"FLOW-02", "POOL-02"}},
      {"b20", {"DEVICE-01", "MGMT-05", "UNLOAD-01"}},
  };
  return table;
}

// Shows only when the filtering engine's service restarts while the driver unloads.
inline bool needs_service_restart(const BugDriver& bug) {
  return std::string_view(bug.name) == "mgmt_08";
}

// clang-format on

inline constexpr std::array compilers = {"clang", "mingw"};

}  // namespace drydock
