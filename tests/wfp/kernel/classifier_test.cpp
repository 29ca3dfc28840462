// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/classifier.h"

#include <map>

#include "wfp/kernel/kernel_run.h"

namespace drydock::wfp {
namespace {

// Answers by the callout's key number.
struct Answers {
  struct Answer {
    FWP_ACTION_TYPE action = 0;
    bool hard = false;
    bool absorb = false;
  };
  KernelRun run;
  std::map<UINT32, Answer> by_callout;
  std::vector<UINT32> rights;  // as each classifyFn found them

  Answers() {
    run.script.classify = [this](auto&, const FWPS_FILTER3& filter, UINT64,
                                 FWPS_CLASSIFY_OUT0& out) {
      const Answer& answer = by_callout[filter.action.calloutId];
      EXPECT_EQ(out.actionType, 0U);
      rights.push_back(out.rights);
      out.actionType = answer.action;
      if (answer.hard) out.rights &= ~FWPS_RIGHT_ACTION_WRITE;
      if (answer.absorb) out.flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
    };
  }

  // Two callouts in one sublayer, the first with the heavier filter.
  Verdict verdict(Answer first, Answer second, Action action = Action::callout_unknown) {
    Verdict result;
    run.run([&] {
      by_callout[run.registered(first_key)] = first;
      by_callout[run.registered(second_key)] = second;
      run.add_filter(first_key, action, 9);
      run.add_filter(second_key, action, 1);
      result = run.indicate();
    });
    return result;
  }
};

TEST(Classifier, without_filters_everything_passes_and_nobody_is_called) {
  KernelRun run;
  run.run([&] {
    run.registered(first_key);
    const Verdict verdict = run.indicate();
    EXPECT_EQ(verdict.action, Action::permit);
    EXPECT_EQ(verdict.callouts, 0U);
  });
}

TEST(Classifier, continue_goes_on_to_the_next_filter_and_the_first_decision_ends_the_sublayer) {
  Answers going_on;
  EXPECT_EQ(going_on.verdict({FWP_ACTION_CONTINUE}, {FWP_ACTION_BLOCK, true}).action,
            Action::block);
  EXPECT_EQ(going_on.rights, (std::vector<UINT32>{1, 1}));
  Answers ended;
  const Verdict verdict = ended.verdict({FWP_ACTION_PERMIT}, {FWP_ACTION_BLOCK, true});
  EXPECT_EQ(verdict.action, Action::permit);
  EXPECT_EQ(verdict.callouts, 1U);
}

TEST(Classifier, a_block_with_absorb_is_a_silent_drop) {
  Answers answers;
  const Verdict verdict = answers.verdict({FWP_ACTION_BLOCK, true, true}, {});
  EXPECT_EQ(verdict.action, Action::block);
  EXPECT_TRUE(verdict.absorbed);
}

TEST(Classifier, what_an_inspection_callout_answers_has_no_effect) {
  Answers answers;
  const Verdict verdict = answers.verdict({FWP_ACTION_BLOCK, true}, {FWP_ACTION_BLOCK, true},
                                          Action::callout_inspection);
  EXPECT_EQ(verdict.action, Action::permit);
  EXPECT_EQ(verdict.callouts, 2U);
}

TEST(Classifier, filters_of_callouts_without_functions_block_unless_they_say_permit) {
  KernelRun run;
  run.run([&] {
    run.add_filter(first_key, Action::callout_terminating, 1);
    EXPECT_EQ(run.indicate().action, Action::block);
    run.add_filter(first_key, Action::callout_terminating, 9,
                   filter_flag::permit_if_callout_unregistered);
    EXPECT_EQ(run.indicate().action, Action::permit);
  });
}

TEST(Classifier, callouts_run_at_the_wanted_irql_on_the_same_fiber_and_it_is_put_back) {
  KernelRun run;
  machine::Irql seen = machine::Irql::passive;
  run.script.classify = [&](auto&, auto&, UINT64, FWPS_CLASSIFY_OUT0&) {
    seen = run.machine.irql();
  };
  run.run([&] {
    run.registered(first_key);
    run.add_filter(first_key, Action::callout_inspection);
    run.indicate(FlowId::none, machine::Irql::dispatch);
    EXPECT_EQ(seen, machine::Irql::dispatch);
    EXPECT_EQ(run.machine.irql(), machine::Irql::passive);
    run.indicate(FlowId::none, machine::Irql::passive);
    EXPECT_EQ(seen, machine::Irql::passive);
  });
}

TEST(Classifier, a_callout_sees_the_values_and_the_filter_with_its_conditions) {
  KernelRun run;
  const Layer& layer = *find_layer(KernelRun::layer);
  run.script.classify = [&](const FWPS_INCOMING_VALUES0& values, const FWPS_FILTER3& filter, UINT64,
                            FWPS_CLASSIFY_OUT0&) {
    EXPECT_EQ(values.valueCount, layer.fields.size());
    EXPECT_EQ(values.incomingValue[0].value.uint8, 17);
    EXPECT_EQ(filter.context, 0x1234U);
    ASSERT_EQ(filter.numFilterConditions, 1U);
    EXPECT_EQ(filter.filterCondition[0].fieldId, 0);
    EXPECT_EQ(filter.filterCondition[0].conditionValue.uint8, 17);
    EXPECT_EQ(filter.flags, FWPS_FILTER_FLAG_CLEAR_ACTION_RIGHT);
  };
  run.run([&] {
    const UINT32 id = run.registered(first_key);
    run.add_filter(first_key, Action::callout_inspection);
    FilterSpec spec;
    spec.display.name = u"condition";
    spec.layer = layer.key;
    spec.action = Action::callout_inspection;
    spec.callout = first_key;
    spec.raw_context = 0x1234;
    spec.flags = filter_flag::clear_action_right;
    spec.conditions.push_back(
        {layer.fields[0].condition->key, MatchType::equal, Value::number(DataType::uint8, 17)});
    ASSERT_TRUE(run.side.engine().add_filter(run.session, spec));
    EXPECT_EQ(run.side.engine().store().filters_of(KernelRun::layer).rbegin()->second->callout_id,
              CalloutId{id});
    run.values[0].type = FWP_UINT8;
    run.values[0].uint8 = 17;
    const auto only = run.side.engine().store().filters_of(KernelRun::layer).begin()->first;
    run.side.engine().delete_filter(run.session, only);
    EXPECT_EQ(run.indicate().callouts, 1U);
    run.values[0].uint8 = 6;
    EXPECT_EQ(run.indicate().callouts, 0U);
  });
}

TEST(Classifier, counts_what_happened_at_each_layer) {
  Answers answers;
  answers.verdict({FWP_ACTION_BLOCK, true}, {});
  ledger::Counters counters;
  answers.run.side.classifier().fold_counts(counters);
  const std::string layer(find_layer(KernelRun::layer)->name);
  EXPECT_EQ(counters.values,
            (std::map<std::string, std::uint64_t>{
                {"block " + layer, 1}, {"classify " + layer, 1}, {"classifyFn " + layer, 1}}));
}

TEST(Notifications, add_may_set_the_context_that_classify_sees_and_delete_comes_without_key) {
  KernelRun run;
  std::string trace;
  run.script.notify = [&](FWPS_CALLOUT_NOTIFY_TYPE type, const GUID* key, FWPS_FILTER3& filter) {
    trace += type == FWPS_CALLOUT_NOTIFY_ADD_FILTER ? "add " : "delete ";
    EXPECT_EQ(key != nullptr, type == FWPS_CALLOUT_NOTIFY_ADD_FILTER);
    if (type == FWPS_CALLOUT_NOTIFY_ADD_FILTER) filter.context = 77;
    EXPECT_EQ(filter.context, 77U);
    return STATUS_SUCCESS;
  };
  run.script.classify = [&](auto&, const FWPS_FILTER3& filter, UINT64, auto&) {
    trace += "classify ";
    EXPECT_EQ(filter.context, 77U);
  };
  run.run([&] {
    run.registered(first_key);
    run.add_filter(first_key);
    run.indicate();
    const auto only = run.side.engine().store().filters_of(KernelRun::layer).begin()->first;
    EXPECT_EQ(run.side.engine().delete_filter(run.session, only), FwpStatus::success);
  });
  EXPECT_EQ(trace, "add classify delete ");
}

TEST(Notifications, a_callout_that_refuses_a_filter_keeps_it_out) {
  KernelRun run;
  run.script.notify = [](FWPS_CALLOUT_NOTIFY_TYPE, const GUID*, FWPS_FILTER3&) {
    return STATUS_UNSUCCESSFUL;
  };
  run.run([&] {
    run.registered(first_key);
    const Guid layer = find_layer(KernelRun::layer)->key;
    ASSERT_TRUE(run.side.engine().add_callout(
        run.session, {.key = first_key, .display = {u"c", {}}, .provider = {}, .layer = layer}));
    FilterSpec spec;
    spec.display.name = u"f";
    spec.layer = layer;
    spec.action = Action::callout_terminating;
    spec.callout = first_key;
    const auto added = run.side.engine().add_filter(run.session, spec);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error(), FwpStatus::callout_notification_failed);
  });
}

TEST(Notifications, a_deletion_is_announced_after_the_last_classify_with_the_filter) {
  KernelRun run;
  std::string trace;
  bool inside = false;
  run.script.classify = [&](auto&, auto&, UINT64, auto&) {
    trace += "(";
    inside = true;
    for (int i = 0; i < 10; ++i) run.machine.switch_point();
    trace += ")";
  };
  run.script.notify = [&](FWPS_CALLOUT_NOTIFY_TYPE type, const GUID*, FWPS_FILTER3&) {
    if (type == FWPS_CALLOUT_NOTIFY_DELETE_FILTER) trace += "n";
    return STATUS_SUCCESS;
  };
  run.as_driver("setup", [&] {
    run.registered(first_key);
    run.add_filter(first_key);
    run.machine.spawn("traffic", machine::Irql::passive, [&] { run.indicate(); });
    run.as_driver("delete", [&] {
      while (!inside) run.machine.switch_point();
      const auto only = run.side.engine().store().filters_of(KernelRun::layer).begin()->first;
      run.side.engine().delete_filter(run.session, only);
      trace += "d";
      EXPECT_EQ(run.indicate().callouts, 0U);
    });
  });
  run.machine.run();
  EXPECT_EQ(trace, "()nd");
}

}  // namespace
}  // namespace drydock::wfp
