// SPDX-License-Identifier: Apache-2.0
// The Fwpm functions that enumerate, and layers by key and number.
#include <algorithm>
#include <set>
#include <string_view>

#include "wfp/kernel/management_run.h"

namespace drydock::wfp {
namespace {

using ledger::Kind;

struct EnumerationTest : ManagementTest {
  // All filters that fit, by context, in portions of `portion`.
  std::vector<UINT64> filters(HANDLE session, const FWPM_FILTER_ENUM_TEMPLATE0* wanted,
                              UINT32 portion = 100) {
    std::vector<UINT64> contexts;
    HANDLE enumeration = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmFilterCreateEnumHandle0)(session, wanted, &enumeration),
              STATUS_SUCCESS);
    while (true) {
      FWPM_FILTER0** entries = nullptr;
      UINT32 count = 0;
      EXPECT_EQ(IMPORT(rows, FwpmFilterEnum0)(session, enumeration, portion, &entries, &count),
                STATUS_SUCCESS);
      if (count == 0) break;
      for (UINT32 i = 0; i < count; ++i) contexts.push_back(entries[i]->rawContext);
      IMPORT(rows, FwpmFreeMemory0)(reinterpret_cast<void**>(&entries));
      EXPECT_EQ(entries, nullptr);
    }
    EXPECT_EQ(IMPORT(rows, FwpmFilterDestroyEnumHandle0)(session, enumeration), STATUS_SUCCESS);
    return contexts;
  }
  HANDLE session_with_filters(UINT64 count) {
    const HANDLE session = open();
    add_callout(session, first_key);
    for (UINT64 context = 1; context <= count; ++context) {
      FWPM_FILTER0 spec = filter(first_key);
      spec.rawContext = context;
      EXPECT_EQ(add_filter(session, spec), STATUS_SUCCESS);
    }
    return session;
  }
};

using Contexts = std::vector<UINT64>;

TEST_F(EnumerationTest, filters_come_in_portions_and_their_memory_is_released) {
  run.run([&] {
    const HANDLE session = session_with_filters(5);
    EXPECT_EQ(filters(session, nullptr, 2), (Contexts{1, 2, 3, 4, 5}));
    close(session);
  });
  EXPECT_EQ(run.alive(Kind::engine_memory), 0U);
}

TEST_F(EnumerationTest, memory_that_is_not_freed_stays_in_the_ledger_under_its_function) {
  run.run([&] {
    FWPM_SUBLAYER0* sublayer = nullptr;
    const GUID key = to_windows(universal_sublayer);
    EXPECT_EQ(IMPORT(rows, FwpmSubLayerGetByKey0)(open(), &key, &sublayer), STATUS_SUCCESS);
  });
  ASSERT_EQ(run.alive(Kind::engine_memory), 1U);
  for (const auto& entry : run.record.ledger().entries()) {
    if (entry.kind == Kind::engine_memory) {
      EXPECT_EQ(entry.name, "FwpmSubLayerGetByKey0");
    }
  }
}

TEST_F(EnumerationTest, a_template_of_conditions_reaches_the_engine) {
  run.run([&] {
    const HANDLE session = session_with_filters(1);
    FWPM_FILTER_CONDITION0 condition{};
    condition.fieldKey = to_windows(find_layer(KernelRun::layer)->fields[1].condition->key);
    const auto& field = find_layer(KernelRun::layer)->fields[1];
    condition.matchType = FWP_MATCH_EQUAL;
    condition.conditionValue.type = static_cast<FWP_DATA_TYPE>(field.type);
    condition.conditionValue.uint32 = 7;
    FWPM_FILTER0 spec = filter(first_key);
    spec.rawContext = 2;
    spec.numFilterConditions = 1;
    spec.filterCondition = &condition;
    EXPECT_EQ(add_filter(session, spec), STATUS_SUCCESS);

    FWPM_FILTER_CONDITION0 wanted_condition = condition;
    wanted_condition.conditionValue.uint32 = 8;
    FWPM_FILTER_ENUM_TEMPLATE0 wanted{};
    wanted.layerKey = layer;
    wanted.enumType = FWP_FILTER_ENUM_OVERLAPPING;
    wanted.actionMask = 0xffffffff;
    wanted.numFilterConditions = 1;
    wanted.filterCondition = &wanted_condition;
    EXPECT_EQ(filters(session, &wanted), Contexts{1});
    wanted_condition.conditionValue.uint32 = 7;
    EXPECT_EQ(filters(session, &wanted), (Contexts{1, 2}));
    HANDLE enumeration = nullptr;
    wanted.filterCondition = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmFilterCreateEnumHandle0)(session, &wanted, &enumeration),
              STATUS_FWP_NULL_POINTER);
    wanted.numFilterConditions = 0;
    wanted.layerKey = to_windows(first_key);
    EXPECT_EQ(IMPORT(rows, FwpmFilterCreateEnumHandle0)(session, &wanted, &enumeration),
              STATUS_FWP_LAYER_NOT_FOUND);
    wanted.layerKey = {};
    EXPECT_EQ(IMPORT(rows, FwpmFilterCreateEnumHandle0)(session, &wanted, &enumeration),
              STATUS_FWP_LAYER_NOT_FOUND)
        << "no template speaks of all layers";
    wanted.actionMask = 0;
    EXPECT_EQ(IMPORT(rows, FwpmFilterCreateEnumHandle0)(session, &wanted, &enumeration),
              STATUS_FWP_NEVER_MATCH);
    close(session);
  });
}

TEST_F(EnumerationTest, a_handle_belongs_to_its_session_its_kind_and_its_time) {
  run.run([&] {
    const HANDLE session = open();
    const HANDLE other = open();
    HANDLE enumeration = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmProviderCreateEnumHandle0)(session, nullptr, &enumeration),
              STATUS_SUCCESS);
    FWPM_PROVIDER0** providers = nullptr;
    FWPM_SUBLAYER0** sublayers = nullptr;
    UINT32 count = 7;
    EXPECT_EQ(IMPORT(rows, FwpmProviderEnum0)(other, enumeration, 1, &providers, &count),
              STATUS_INVALID_HANDLE);
    EXPECT_EQ(IMPORT(rows, FwpmSubLayerEnum0)(session, enumeration, 1, &sublayers, &count),
              STATUS_INVALID_HANDLE);
    EXPECT_EQ(IMPORT(rows, FwpmProviderEnum0)(session, enumeration, 1, nullptr, &count),
              STATUS_FWP_NULL_POINTER);
    EXPECT_EQ(IMPORT(rows, FwpmProviderEnum0)(session, enumeration, 1, &providers, &count),
              STATUS_SUCCESS);
    EXPECT_EQ(count, 0U);
    EXPECT_EQ(providers, nullptr);
    EXPECT_EQ(IMPORT(rows, FwpmProviderDestroyEnumHandle0)(session, enumeration), STATUS_SUCCESS);
    EXPECT_EQ(IMPORT(rows, FwpmProviderDestroyEnumHandle0)(session, enumeration),
              STATUS_INVALID_HANDLE);
    EXPECT_EQ(IMPORT(rows, FwpmProviderCreateEnumHandle0)(session, nullptr, nullptr),
              STATUS_FWP_NULL_POINTER);
    EXPECT_EQ(IMPORT(rows, FwpmProviderCreateEnumHandle0)(session, nullptr, &enumeration),
              STATUS_SUCCESS);
    close(session);
    close(other);
    EXPECT_EQ(IMPORT(rows, FwpmProviderEnum0)(open(), enumeration, 1, &providers, &count),
              STATUS_INVALID_HANDLE)
        << "it ended with its session";
  });
}

TEST_F(EnumerationTest, providers_contexts_sublayers_callouts_and_sessions_show_what_was_said) {
  run.run([&] {
    const HANDLE session = open(FWPM_SESSION_FLAG_DYNAMIC);
    FWPM_PROVIDER0 provider{};
    provider.providerKey = to_windows(first_key);
    provider.displayData.name = text(u"provider");
    EXPECT_EQ(IMPORT(rows, FwpmProviderAdd0)(session, &provider, nullptr), STATUS_SUCCESS);
    std::uint8_t bytes[] = {1, 2, 3};
    FWP_BYTE_BLOB blob{3, bytes};
    FWPM_PROVIDER_CONTEXT2 context{};
    context.providerContextKey = to_windows(first_key);
    context.displayData.name = text(u"context");
    context.providerKey = &provider.providerKey;
    context.providerData = blob;
    context.type = FWPM_GENERAL_CONTEXT;
    context.dataBuffer = &blob;
    EXPECT_EQ(IMPORT(rows, FwpmProviderContextAdd2)(session, &context, nullptr, nullptr),
              STATUS_SUCCESS);
    FWPM_SUBLAYER0 sublayer{};
    sublayer.subLayerKey = to_windows(first_key);
    sublayer.displayData.name = text(u"sublayer");
    sublayer.providerKey = &provider.providerKey;
    sublayer.providerData = blob;
    EXPECT_EQ(IMPORT(rows, FwpmSubLayerAdd0)(session, &sublayer, nullptr), STATUS_SUCCESS);
    add_callout(session, first_key);

    HANDLE enumeration = nullptr;
    UINT32 count = 0;
    FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0 of_provider{&provider.providerKey, FWPM_GENERAL_CONTEXT};
    EXPECT_EQ(
        IMPORT(rows, FwpmProviderContextCreateEnumHandle0)(session, &of_provider, &enumeration),
        STATUS_SUCCESS);
    FWPM_PROVIDER_CONTEXT1** contexts = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmProviderContextEnum1)(session, enumeration, 9, &contexts, &count),
              STATUS_SUCCESS);
    ASSERT_EQ(count, 1U);
    EXPECT_EQ(contexts[0]->dataBuffer->data[2], 3);
    EXPECT_EQ(contexts[0]->providerData.size, 3U);

    FWPM_SUBLAYER_ENUM_TEMPLATE0 sublayers_of_provider{&provider.providerKey};
    EXPECT_EQ(
        IMPORT(rows, FwpmSubLayerCreateEnumHandle0)(session, &sublayers_of_provider, &enumeration),
        STATUS_SUCCESS);
    FWPM_SUBLAYER0** sublayers = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmSubLayerEnum0)(session, enumeration, 9, &sublayers, &count),
              STATUS_SUCCESS);
    ASSERT_EQ(count, 1U);
    EXPECT_EQ(sublayers[0]->providerData.data[1], 2);

    FWPM_CALLOUT_ENUM_TEMPLATE0 at_layer{nullptr, layer};
    EXPECT_EQ(IMPORT(rows, FwpmCalloutCreateEnumHandle0)(session, &at_layer, &enumeration),
              STATUS_SUCCESS);
    FWPM_CALLOUT0** callouts = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmCalloutEnum0)(session, enumeration, 9, &callouts, &count),
              STATUS_SUCCESS);
    ASSERT_EQ(count, 1U);
    EXPECT_EQ(from_windows(callouts[0]->calloutKey), first_key);

    EXPECT_EQ(IMPORT(rows, FwpmSessionCreateEnumHandle0)(session, nullptr, &enumeration),
              STATUS_SUCCESS);
    FWPM_SESSION0** sessions = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmSessionEnum0)(session, enumeration, 9, &sessions, &count),
              STATUS_SUCCESS);
    ASSERT_EQ(count, 2U) << "the test's own and the driver's";
    EXPECT_EQ(sessions[1]->flags, static_cast<UINT32>(FWPM_SESSION_FLAG_DYNAMIC));
    EXPECT_TRUE(sessions[1]->kernelMode);
    EXPECT_EQ(sessions[1]->txnWaitTimeoutInMSec, 15000U);
    close(session);
  });
}

TEST_F(EnumerationTest, layers_are_found_and_enumerated_with_their_fields) {
  run.run([&] {
    const HANDLE session = open();
    FWPM_LAYER0* one = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmLayerGetByKey0)(session, &layer, &one), STATUS_SUCCESS);
    EXPECT_EQ(one->layerId, KernelRun::layer_number);
    EXPECT_EQ(from_windows(one->defaultSubLayerKey), universal_sublayer);
    ASSERT_EQ(one->numFields, find_layer(KernelRun::layer)->fields.size());
    EXPECT_EQ(one->field[0].dataType,
              static_cast<FWP_DATA_TYPE>(find_layer(KernelRun::layer)->fields[0].type));
    EXPECT_EQ(one->flags, static_cast<UINT32>(FWPM_LAYER_FLAG_BUILTIN | FWPM_LAYER_FLAG_KERNEL));
    EXPECT_EQ(IMPORT(rows, FwpmLayerGetById0)(session, 98, &one), STATUS_SUCCESS);
    EXPECT_EQ(one->flags, static_cast<UINT32>(FWPM_LAYER_FLAG_BUILTIN));
    EXPECT_EQ(IMPORT(rows, FwpmLayerGetById0)(session, 99, &one), STATUS_FWP_LAYER_NOT_FOUND);

    HANDLE enumeration = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmLayerCreateEnumHandle0)(session, nullptr, &enumeration),
              STATUS_SUCCESS);
    FWPM_LAYER0** all = nullptr;
    UINT32 count = 0;
    EXPECT_EQ(IMPORT(rows, FwpmLayerEnum0)(session, enumeration, 1000, &all, &count),
              STATUS_SUCCESS);
    EXPECT_EQ(count, layer_count);
    EXPECT_EQ(all[98]->layerId, 98);
    close(session);
  });
}

TEST_F(EnumerationTest, a_session_key_is_taken_as_long_as_its_session_is_open) {
  run.run([&] {
    FWPM_SESSION0 spec{};
    spec.sessionKey = to_windows(first_key);
    HANDLE first = nullptr;
    HANDLE second = nullptr;
    const auto open_spec = [&](HANDLE* handle) {
      return IMPORT(rows, FwpmEngineOpen0)(nullptr, RPC_C_AUTHN_WINNT, nullptr, &spec, handle);
    };
    EXPECT_EQ(open_spec(&first), STATUS_SUCCESS);
    EXPECT_EQ(open_spec(&second), STATUS_FWP_ALREADY_EXISTS);
    close(first);
    EXPECT_EQ(open_spec(&second), STATUS_SUCCESS);
    close(second);
    spec.flags = 0x80;
    EXPECT_EQ(open_spec(&second), STATUS_FWP_INVALID_FLAGS);
  });
}

// Calls a function by its row, whatever its signature: the engine handle, then zeroes.
NTSTATUS call_with_nothing(const machine::ExportRow& row, HANDLE session) {
  using AnyFunction =
      __attribute__((ms_abi)) NTSTATUS(HANDLE, UINT64, UINT64, UINT64, UINT64, UINT64, UINT64);
  return reinterpret_cast<AnyFunction*>(row.entry)(session, 0, 0, 0, 0, 0, 0);
}

TEST_F(EnumerationTest, what_this_machine_does_not_have_is_refused_by_name) {
  run.run([&] {
    const HANDLE session = open();
    for (const machine::ExportRow* row : refused_exports()) {
      EXPECT_TRUE(row->traits.refused) << row->name;
      EXPECT_EQ(call_with_nothing(*row, session), STATUS_NOT_SUPPORTED) << row->name;
      EXPECT_EQ(run.notes(ledger::NoteKind::management_status).back().name, row->name);
    }
    close(session);
  });
  EXPECT_GT(refused_exports().size(), 50U);
}

TEST_F(EnumerationTest, there_are_no_ipsec_connections_and_none_are_shown_without_monitoring) {
  run.run([&] {
    const HANDLE session = open();
    const auto row = [&](std::string_view name) -> const machine::ExportRow& {
      return **std::ranges::find(rows, name,
                                 [](const auto* one) { return std::string_view(one->name); });
    };
    using Create = __attribute__((ms_abi)) NTSTATUS(HANDLE, const void*, HANDLE*);
    using Get = __attribute__((ms_abi)) NTSTATUS(HANDLE, UINT64, void**);
    using Enum = __attribute__((ms_abi)) NTSTATUS(HANDLE, HANDLE, UINT32, void***, UINT32*);
    const auto create = [&](HANDLE* handle) {
      return reinterpret_cast<Create*>(row("FwpmConnectionCreateEnumHandle0").entry)(
          session, nullptr, handle);
    };
    HANDLE enumeration = nullptr;
    EXPECT_EQ(static_cast<UINT32>(create(&enumeration)), 0xc0220041U);  // CONNECTIONS_DISABLED
    FWP_VALUE0 on{};
    on.type = FWP_UINT32;
    on.uint32 = 1;
    EXPECT_EQ(
        IMPORT(rows, FwpmEngineSetOption0)(session, FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS, &on),
        STATUS_SUCCESS);
    EXPECT_EQ(create(&enumeration), STATUS_SUCCESS);
    void** entries = nullptr;
    void* one = nullptr;
    UINT32 count = 7;
    EXPECT_EQ(reinterpret_cast<Enum*>(row("FwpmConnectionEnum0").entry)(session, enumeration, 5,
                                                                        &entries, &count),
              STATUS_SUCCESS);
    EXPECT_EQ(count, 0U);
    EXPECT_EQ(reinterpret_cast<Get*>(row("FwpmConnectionGetById0").entry)(session, 1, &one),
              STATUS_FWP_NOT_FOUND);
    close(session);
  });
}

TEST_F(EnumerationTest,
       every_management_function_is_for_passive_level_but_the_state_of_the_engine) {
  std::set<std::string> exceptions;
  for (const machine::ExportRow* row : rows) {
    if (!std::string_view(row->name).starts_with("Fwpm")) continue;
    if (row->traits.max_irql != machine::Irql::passive) exceptions.insert(row->name);
  }
  EXPECT_EQ(exceptions, (std::set<std::string>{"FwpmBfeStateGet0", "FwpmFreeMemory0"}));
}

}  // namespace
}  // namespace drydock::wfp
