// SPDX-License-Identifier: Apache-2.0
// Choices of the platform's kernel side that no other test is about.
#include "wfp/kernel/kernel_run.h"

namespace drydock::wfp {
namespace {

// E-8
TEST(KernelVariants, a_callout_finds_a_fresh_classify_out_or_that_of_the_one_before_it) {
  for (const bool kept : {false, true}) {
    KernelRun run({.engine = {}, .lifecycle = {.classify_out_kept = kept}});
    std::vector<UINT32> found;
    run.script.classify = [&](const FWPS_INCOMING_VALUES0&, const FWPS_FILTER3&, UINT64,
                              FWPS_CLASSIFY_OUT0& out) {
      found.push_back(out.actionType);
      if (found.size() == 1) out.actionType = FWP_ACTION_CONTINUE;
    };
    run.run([&] {
      run.registered(first_key);
      run.registered(second_key);
      run.add_filter(first_key, Action::callout_unknown, 2);
      run.add_filter(second_key, Action::callout_unknown, 1);
      run.indicate();
    });
    EXPECT_EQ(found, (std::vector<UINT32>{0, kept ? UINT32{FWP_ACTION_CONTINUE} : 0}));
  }
}

using Variant = LifecycleVariants::NotifyDelete;
using Heard = std::pair<Variant, const char*>;

struct NotifyDelete : testing::TestWithParam<Heard> {
  KernelRun run{{.engine = {}, .lifecycle = {.notify_delete = GetParam().first}}};
};

// What notifyFn hears of one filter that is added and deleted, and when the delete returned.
TEST_P(NotifyDelete, comes_before_the_delete_returns_or_never_or_later) {
  std::string trace;
  run.script.notify = [&](FWPS_CALLOUT_NOTIFY_TYPE type, const GUID*, FWPS_FILTER3&) {
    trace += type == FWPS_CALLOUT_NOTIFY_ADD_FILTER ? "add " : "delete ";
    return STATUS_SUCCESS;
  };
  run.run([&] {
    run.registered(first_key);
    // Straight to the engine: no switch between its return and the next line.
    Engine& engine = run.side.engine();
    run.add_filter(first_key);
    const Guid key = engine.store().all<Filter>().begin()->first;
    EXPECT_EQ(engine.delete_filter(run.session, key), FwpStatus::success);
    trace += "returned ";
    for (int i = 0; i < 20; ++i) run.machine.switch_point();
  });
  EXPECT_EQ(trace, GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(Every, NotifyDelete,
                         testing::Values(Heard{Variant::in_order, "add delete returned "},
                                         Heard{Variant::dropped, "add returned "},
                                         Heard{Variant::late, "add returned delete "}));

}  // namespace
}  // namespace drydock::wfp
