// SPDX-License-Identifier: Apache-2.0
// Calls the management functions of the filter engine as a driver's code does, and fails to start
// at the first answer that is not the documented one: its DriverEntry's status holds the line.
#include "common.h"

namespace {

DEFINE_GUID(provider_key, 0x51d2c1a0, 0x0c3e, 0x4f6b, 0x8d, 0x11, 0x3a, 0x5c, 0x77, 0x90, 0xee,
            0x01);
DEFINE_GUID(sublayer_key, 0x51d2c1a0, 0x0c3e, 0x4f6b, 0x8d, 0x11, 0x3a, 0x5c, 0x77, 0x90, 0xee,
            0x02);
DEFINE_GUID(context_key, 0x51d2c1a0, 0x0c3e, 0x4f6b, 0x8d, 0x11, 0x3a, 0x5c, 0x77, 0x90, 0xee,
            0x03);
DEFINE_GUID(filter_key, 0x51d2c1a0, 0x0c3e, 0x4f6b, 0x8d, 0x11, 0x3a, 0x5c, 0x77, 0x90, 0xee, 0x04);

constexpr NTSTATUS all_well = 0;
constexpr SECURITY_INFORMATION dacl_information = 0x4;  // DACL_SECURITY_INFORMATION

constexpr NTSTATUS failed_at(int line) {
  return static_cast<NTSTATUS>(0xe0000000u | static_cast<unsigned>(line));
}

#define CHECK(condition) \
  if (!(condition)) return failed_at(__LINE__)

wchar_t* name() {
  static wchar_t text[] = L"Drydock management calls";
  return text;
}

template <class T>
void free(T*& memory) {
  FwpmFreeMemory0(reinterpret_cast<void**>(&memory));
}

NTSTATUS add_objects() {
  FWPM_PROVIDER0 provider = {};
  provider.providerKey = provider_key;
  provider.displayData.name = name();
  CHECK(FwpmProviderAdd0(engine, &provider, nullptr) == STATUS_SUCCESS);
  CHECK(FwpmProviderAdd0(engine, &provider, nullptr) == STATUS_FWP_ALREADY_EXISTS);

  FWPM_SUBLAYER0 sublayer = {};
  sublayer.subLayerKey = sublayer_key;
  sublayer.displayData.name = name();
  sublayer.providerKey = &provider.providerKey;
  sublayer.weight = 0x1234;
  CHECK(FwpmSubLayerAdd0(engine, &sublayer, nullptr) == STATUS_SUCCESS);

  UINT8 bytes[] = {1, 2, 3, 4};
  FWP_BYTE_BLOB blob = {sizeof(bytes), bytes};
  FWPM_PROVIDER_CONTEXT1 context = {};
  context.providerContextKey = context_key;
  context.displayData.name = name();
  context.providerKey = &provider.providerKey;
  context.type = FWPM_GENERAL_CONTEXT;
  context.dataBuffer = &blob;
  UINT64 context_id = 0;
  CHECK(FwpmProviderContextAdd1(engine, &context, nullptr, &context_id) == STATUS_SUCCESS);
  CHECK(context_id != 0);
  return add_management_callout(FWPM_LAYER_ALE_AUTH_CONNECT_V4);
}

FWPM_FILTER0 a_filter(FWPM_FILTER_CONDITION0* conditions, UINT32 count) {
  FWPM_FILTER0 filter = {};
  filter.filterKey = filter_key;
  filter.displayData.name = name();
  filter.layerKey = FWPM_LAYER_ALE_AUTH_CONNECT_V4;
  filter.subLayerKey = sublayer_key;
  filter.flags = FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT;
  filter.providerContextKey = context_key;
  filter.numFilterConditions = count;
  filter.filterCondition = conditions;
  filter.action.type = FWP_ACTION_CALLOUT_INSPECTION;
  filter.action.calloutKey = callout_key;
  return filter;
}

NTSTATUS add_a_filter_in_a_transaction() {
  FWP_V4_ADDR_AND_MASK network = {0x0a000000, 0xff000000};
  FWPM_FILTER_CONDITION0 conditions[2] = {};
  conditions[0].fieldKey = FWPM_CONDITION_IP_REMOTE_ADDRESS;
  conditions[0].matchType = FWP_MATCH_EQUAL;
  conditions[0].conditionValue.type = FWP_V4_ADDR_MASK;
  conditions[0].conditionValue.v4AddrMask = &network;
  conditions[1].fieldKey = FWPM_CONDITION_IP_REMOTE_PORT;
  conditions[1].matchType = FWP_MATCH_EQUAL;
  conditions[1].conditionValue.type = FWP_UINT16;
  conditions[1].conditionValue.uint16 = 443;
  FWPM_FILTER0 filter = a_filter(conditions, 2);
  CHECK(FwpmTransactionBegin0(engine, 0) == STATUS_SUCCESS);
  CHECK(FwpmTransactionBegin0(engine, 0) == STATUS_FWP_TXN_IN_PROGRESS);
  CHECK(FwpmFilterAdd0(engine, &filter, nullptr, &filter_id) == STATUS_SUCCESS);
  CHECK(FwpmTransactionAbort0(engine) == STATUS_SUCCESS);
  FWPM_FILTER0* shown = nullptr;
  CHECK(FwpmFilterGetByKey0(engine, &filter_key, &shown) == STATUS_FWP_FILTER_NOT_FOUND);

  CHECK(FwpmTransactionBegin0(engine, FWPM_TXN_READ_ONLY) == STATUS_SUCCESS);
  CHECK(FwpmFilterAdd0(engine, &filter, nullptr, &filter_id) == STATUS_FWP_INCOMPATIBLE_TXN);
  CHECK(FwpmTransactionCommit0(engine) == STATUS_SUCCESS);
  CHECK(FwpmTransactionCommit0(engine) == STATUS_FWP_NO_TXN_IN_PROGRESS);

  conditions[1].conditionValue.type = FWP_UINT32;
  CHECK(FwpmFilterAdd0(engine, &filter, nullptr, &filter_id) == STATUS_FWP_TYPE_MISMATCH);
  conditions[1].conditionValue.type = FWP_UINT16;
  CHECK(FwpmFilterAdd0(engine, &filter, nullptr, &filter_id) == STATUS_SUCCESS);
  CHECK(FwpmSubLayerDeleteByKey0(engine, &sublayer_key) == STATUS_FWP_IN_USE);
  return all_well;
}

NTSTATUS look_at_objects() {
  FWPM_FILTER0* filter = nullptr;
  CHECK(FwpmFilterGetById0(engine, filter_id, &filter) == STATUS_SUCCESS);
  CHECK(filter->numFilterConditions == 2 && filter->effectiveWeight.type == FWP_UINT64);
  CHECK(filter->filterCondition[0].conditionValue.v4AddrMask->mask == 0xff000000);
  free(filter);
  CHECK(filter == nullptr);
  FWPM_PROVIDER_CONTEXT0* context = nullptr;
  CHECK(FwpmProviderContextGetByKey0(engine, &context_key, &context) == STATUS_SUCCESS);
  CHECK(context->dataBuffer->size == 4 && context->dataBuffer->data[3] == 4);
  free(context);
  FWPM_SUBLAYER0* sublayer = nullptr;
  CHECK(FwpmSubLayerGetByKey0(engine, &sublayer_key, &sublayer) == STATUS_SUCCESS);
  CHECK(sublayer->weight == 0x1234);
  free(sublayer);
  FWPM_CALLOUT0* callout = nullptr;
  CHECK(FwpmCalloutGetByKey0(engine, &callout_key, &callout) == STATUS_SUCCESS);
  CHECK(callout->calloutId == callout_id);
  CHECK((callout->flags & FWPM_CALLOUT_FLAG_REGISTERED) != 0);
  free(callout);
  FWPM_LAYER0* layer = nullptr;
  CHECK(FwpmLayerGetById0(engine, FWPS_LAYER_ALE_AUTH_CONNECT_V4, &layer) == STATUS_SUCCESS);
  CHECK(layer->numFields == FWPS_FIELD_ALE_AUTH_CONNECT_V4_MAX);
  free(layer);
  return all_well;
}

NTSTATUS enumerate_filters() {
  FWPM_FILTER_CONDITION0 condition = {};
  condition.fieldKey = FWPM_CONDITION_IP_REMOTE_PORT;
  condition.matchType = FWP_MATCH_EQUAL;
  condition.conditionValue.type = FWP_UINT16;
  condition.conditionValue.uint16 = 443;
  FWPM_FILTER_ENUM_TEMPLATE0 wanted = {};
  wanted.layerKey = FWPM_LAYER_ALE_AUTH_CONNECT_V4;
  wanted.enumType = FWP_FILTER_ENUM_OVERLAPPING;
  wanted.numFilterConditions = 1;
  wanted.filterCondition = &condition;
  wanted.actionMask = 0xffffffff;
  HANDLE enumeration = nullptr;
  CHECK(FwpmFilterCreateEnumHandle0(engine, &wanted, &enumeration) == STATUS_SUCCESS);
  FWPM_FILTER0** entries = nullptr;
  UINT32 count = 0;
  CHECK(FwpmFilterEnum0(engine, enumeration, 10, &entries, &count) == STATUS_SUCCESS);
  CHECK(count == 1 && entries[0]->filterId == filter_id);
  free(entries);
  CHECK(FwpmFilterEnum0(engine, enumeration, 10, &entries, &count) == STATUS_SUCCESS);
  CHECK(count == 0 && entries == nullptr);
  CHECK(FwpmFilterDestroyEnumHandle0(engine, enumeration) == STATUS_SUCCESS);
  condition.conditionValue.uint16 = 80;
  CHECK(FwpmFilterCreateEnumHandle0(engine, &wanted, &enumeration) == STATUS_SUCCESS);
  CHECK(FwpmFilterEnum0(engine, enumeration, 10, &entries, &count) == STATUS_SUCCESS);
  CHECK(count == 0);
  CHECK(FwpmFilterDestroyEnumHandle0(engine, enumeration) == STATUS_SUCCESS);
  return all_well;
}

NTSTATUS security_and_options() {
  PACL dacl = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  CHECK(FwpmFilterGetSecurityInfoByKey0(engine, &filter_key, dacl_information, nullptr, nullptr,
                                        &dacl, nullptr, &descriptor) == STATUS_SUCCESS);
  CHECK(dacl != nullptr && dacl->AceCount != 0);
  CHECK(FwpmFilterSetSecurityInfoByKey0(engine, &filter_key, dacl_information, nullptr, nullptr,
                                        dacl, nullptr) == STATUS_SUCCESS);
  free(descriptor);
  FWP_VALUE0* option = nullptr;
  CHECK(FwpmEngineGetOption0(engine, FWPM_ENGINE_COLLECT_NET_EVENTS, &option) == STATUS_SUCCESS);
  CHECK(option->type == FWP_UINT32 && option->uint32 == 1);
  free(option);
  return all_well;
}

NTSTATUS call_them_all() {
  NTSTATUS status = add_objects();
  if (status == all_well) status = add_a_filter_in_a_transaction();
  if (status == all_well) status = look_at_objects();
  if (status == all_well) status = enumerate_filters();
  if (status == all_well) status = security_and_options();
  return status;
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  NTSTATUS status = create_device(driver);
  if (NT_SUCCESS(status)) status = register_callout(look_on);
  if (NT_SUCCESS(status)) status = open_engine(FWPM_SESSION_FLAG_DYNAMIC);
  if (NT_SUCCESS(status)) status = call_them_all();
  if (!NT_SUCCESS(status)) take_down();
  return status;
}
