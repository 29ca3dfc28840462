// SPDX-License-Identifier: Apache-2.0
// The objects of the filter engine, by kind: added, enumerated, got by key and id, secured,
// deleted; and what is not supported here.
#include <initguid.h>
// First: what follows defines its GUIDs.
#include "probe.h"

#include <fwpmk.h>

#define DACL_PART 4  // DACL_SECURITY_INFORMATION

static const GUID session_key = {0xb1, 1, 1, {0}};
static const GUID provider_key = {0xb1, 1, 2, {0}};
static const GUID sublayer_key = {0xb1, 1, 3, {0}};
static const GUID callout_key = {0xb1, 1, 4, {0}};
static const GUID filter_key = {0xb1, 1, 5, {0}};
static const GUID context_keys[4] = {
    {0xb1, 2, 0, {0}}, {0xb1, 2, 1, {0}}, {0xb1, 2, 2, {0}}, {0xb1, 2, 3, {0}}};

static HANDLE engine;
static wchar_t name[] = L"probe";
static UINT64 context_ids[4];
static UINT32 callout_id;
static UINT64 filter_id;

static VOID engine_is_opened_while_the_service_runs(VOID) {
  FWPM_SESSION0 session = {0};
  session.sessionKey = session_key;
  session.displayData.name = name;
  session.flags = FWPM_SESSION_FLAG_DYNAMIC;
  EXPECT_IS(FWPM_SERVICE_RUNNING, FwpmBfeStateGet0());
  EXPECT_IS(STATUS_SUCCESS, FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, &session, &engine));
}

static VOID provider_contexts_are_added_in_every_version(VOID) {
  UINT8 bytes[] = {1, 2, 3};
  FWP_BYTE_BLOB blob = {sizeof(bytes), bytes};
  FWPM_PROVIDER_CONTEXT0 first = {0};
  FWPM_PROVIDER_CONTEXT1 second = {0};
  FWPM_PROVIDER_CONTEXT2 third = {0};
  FWPM_PROVIDER_CONTEXT3 fourth = {0};
  first.displayData.name = second.displayData.name = name;
  third.displayData.name = fourth.displayData.name = name;
  first.type = second.type = third.type = fourth.type = FWPM_GENERAL_CONTEXT;
  first.dataBuffer = second.dataBuffer = third.dataBuffer = fourth.dataBuffer = &blob;
  first.providerContextKey = context_keys[0];
  second.providerContextKey = context_keys[1];
  third.providerContextKey = context_keys[2];
  fourth.providerContextKey = context_keys[3];
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextAdd0(engine, &first, NULL, &context_ids[0]));
  EXPECT_IS(STATUS_FWP_ALREADY_EXISTS, FwpmProviderContextAdd0(engine, &first, NULL, NULL));
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextAdd1(engine, &second, NULL, &context_ids[1]));
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextAdd2(engine, &third, NULL, &context_ids[2]));
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextAdd3(engine, &fourth, NULL, &context_ids[3]));
  EXPECT_IS(STATUS_FWP_NULL_POINTER, FwpmProviderContextAdd3(engine, NULL, NULL, NULL));
}

#define SAME_CONTEXT(i, context)                                                     \
  do {                                                                               \
    EXPECT(IsEqualGUID(&(context)->providerContextKey, &context_keys[i]));           \
    EXPECT((context)->providerContextId == context_ids[i] && context_ids[i] != 0);   \
    EXPECT((context)->dataBuffer->size == 3 && (context)->dataBuffer->data[2] == 3); \
    FwpmFreeMemory0((void**)&(context));                                             \
    EXPECT((context) == NULL);                                                       \
  } while (0)

static VOID provider_contexts_are_got_in_every_version(VOID) {
  FWPM_PROVIDER_CONTEXT0* first = NULL;
  FWPM_PROVIDER_CONTEXT1* second = NULL;
  FWPM_PROVIDER_CONTEXT2* third = NULL;
  FWPM_PROVIDER_CONTEXT3* fourth = NULL;
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextGetById0(engine, context_ids[3], &first));
  SAME_CONTEXT(3, first);
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextGetById1(engine, context_ids[2], &second));
  SAME_CONTEXT(2, second);
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextGetById2(engine, context_ids[1], &third));
  SAME_CONTEXT(1, third);
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextGetById3(engine, context_ids[0], &fourth));
  SAME_CONTEXT(0, fourth);
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextGetByKey1(engine, &context_keys[0], &second));
  SAME_CONTEXT(0, second);
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextGetByKey2(engine, &context_keys[3], &third));
  SAME_CONTEXT(3, third);
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextGetByKey3(engine, &context_keys[1], &fourth));
  SAME_CONTEXT(1, fourth);
  EXPECT_IS(STATUS_FWP_PROVIDER_CONTEXT_NOT_FOUND,
            FwpmProviderContextGetByKey3(engine, &provider_key, &fourth));
  EXPECT(fourth == NULL);
}

static VOID one_object_of_each_other_kind_is_added(VOID) {
  FWPM_PROVIDER0 provider = {0};
  FWPM_SUBLAYER0 sublayer = {0};
  FWPM_CALLOUT0 callout = {0};
  FWPM_FILTER0 filter = {0};
  provider.providerKey = provider_key;
  sublayer.subLayerKey = sublayer_key;
  sublayer.providerKey = &provider.providerKey;
  callout.calloutKey = callout_key;
  filter.filterKey = filter_key;
  provider.displayData.name = sublayer.displayData.name = name;
  callout.displayData.name = filter.displayData.name = name;
  callout.applicableLayer = filter.layerKey = FWPM_LAYER_ALE_AUTH_CONNECT_V4;
  filter.subLayerKey = sublayer_key;
  filter.action.type = FWP_ACTION_BLOCK;
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderAdd0(engine, &provider, NULL));
  EXPECT_IS(STATUS_SUCCESS, FwpmSubLayerAdd0(engine, &sublayer, NULL));
  EXPECT_IS(STATUS_SUCCESS, FwpmCalloutAdd0(engine, &callout, NULL, &callout_id));
  EXPECT_IS(STATUS_SUCCESS, FwpmFilterAdd0(engine, &filter, NULL, &filter_id));
}

static VOID objects_are_got_by_key_and_id(VOID) {
  FWPM_PROVIDER0* provider = NULL;
  FWPM_CALLOUT0* callout = NULL;
  FWPM_LAYER0* layer = NULL;
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderGetByKey0(engine, &provider_key, &provider));
  EXPECT(IsEqualGUID(&provider->providerKey, &provider_key));
  EXPECT_TEXT(name, sizeof(name), provider->displayData.name);
  FwpmFreeMemory0((void**)&provider);
  EXPECT_IS(STATUS_FWP_PROVIDER_NOT_FOUND, FwpmProviderGetByKey0(engine, &filter_key, &provider));
  EXPECT_IS(STATUS_SUCCESS, FwpmCalloutGetById0(engine, callout_id, &callout));
  EXPECT(IsEqualGUID(&callout->calloutKey, &callout_key) && callout->calloutId == callout_id);
  FwpmFreeMemory0((void**)&callout);
  EXPECT_IS(STATUS_FWP_CALLOUT_NOT_FOUND, FwpmCalloutGetById0(engine, 0xfffffff, &callout));
  EXPECT_IS(STATUS_SUCCESS, FwpmLayerGetByKey0(engine, &FWPM_LAYER_ALE_AUTH_CONNECT_V4, &layer));
  EXPECT(IsEqualGUID(&layer->layerKey, &FWPM_LAYER_ALE_AUTH_CONNECT_V4) && layer->numFields > 8);
  FwpmFreeMemory0((void**)&layer);
  EXPECT_IS(STATUS_FWP_LAYER_NOT_FOUND, FwpmLayerGetByKey0(engine, &filter_key, &layer));
}

// --- enumerations: every object once, a page at a time. All of them begin with their key.

typedef NTSTATUS NTAPI CREATE_ENUMERATION(HANDLE, const void*, HANDLE*);
typedef NTSTATUS NTAPI ENUMERATE(HANDLE, HANDLE, UINT32, void***, UINT32*);
typedef NTSTATUS NTAPI DESTROY_ENUMERATION(HANDLE, HANDLE);

static ULONG enumerate(PVOID create, PVOID next, PVOID destroy, const GUID* wanted, UINT32 page) {
  HANDLE enumeration = NULL;
  void** entries = NULL;
  UINT32 count = 0;
  UINT32 i;
  ULONG found = 0;
  EXPECT_IS(STATUS_FWP_NULL_POINTER, ((CREATE_ENUMERATION*)create)(engine, NULL, NULL));
  EXPECT_IS(STATUS_SUCCESS, ((CREATE_ENUMERATION*)create)(engine, NULL, &enumeration));
  for (;;) {
    EXPECT_IS(STATUS_SUCCESS, ((ENUMERATE*)next)(engine, enumeration, page, &entries, &count));
    EXPECT(count <= page && (count == 0) == (entries == NULL));
    if (count == 0) break;
    for (i = 0; i < count; ++i) found += IsEqualGUID((const GUID*)entries[i], wanted) ? 1 : 0;
    FwpmFreeMemory0((void**)&entries);
  }
  EXPECT_IS(STATUS_SUCCESS, ((DESTROY_ENUMERATION*)destroy)(engine, enumeration));
  return found;
}

#define ENUMERATED_ONCE(kind, version, key, page)                                                \
  EXPECT_IS(1, enumerate((PVOID)Fwpm##kind##CreateEnumHandle0, (PVOID)Fwpm##kind##Enum##version, \
                         (PVOID)Fwpm##kind##DestroyEnumHandle0, key, page))

static VOID objects_of_every_kind_are_enumerated_a_page_at_a_time(VOID) {
  ENUMERATED_ONCE(Session, 0, &session_key, 1);
  ENUMERATED_ONCE(Provider, 0, &provider_key, 1);
  ENUMERATED_ONCE(ProviderContext, 0, &context_keys[0], 1);
  ENUMERATED_ONCE(ProviderContext, 1, &context_keys[1], 2);
  ENUMERATED_ONCE(ProviderContext, 2, &context_keys[2], 3);
  ENUMERATED_ONCE(ProviderContext, 3, &context_keys[3], 100);
  ENUMERATED_ONCE(SubLayer, 0, &sublayer_key, 2);
  ENUMERATED_ONCE(Layer, 0, &FWPM_LAYER_ALE_AUTH_CONNECT_V4, 7);
  ENUMERATED_ONCE(Callout, 0, &callout_key, 2);
  ENUMERATED_ONCE(Filter, 0, &filter_key, 2);
}

// --- security

typedef NTSTATUS NTAPI GET_BY_KEY(HANDLE, const GUID*, SECURITY_INFORMATION, PSID*, PSID*, PACL*,
                                  PACL*, PSECURITY_DESCRIPTOR*);
typedef NTSTATUS NTAPI SET_BY_KEY(HANDLE, const GUID*, SECURITY_INFORMATION, const SID*, const SID*,
                                  const ACL*, const ACL*);
typedef NTSTATUS NTAPI GET_OF_ALL(HANDLE, SECURITY_INFORMATION, PSID*, PSID*, PACL*, PACL*,
                                  PSECURITY_DESCRIPTOR*);
typedef NTSTATUS NTAPI SET_OF_ALL(HANDLE, SECURITY_INFORMATION, const SID*, const SID*, const ACL*,
                                  const ACL*);

static NTSTATUS get(PVOID function, const GUID* key, PACL* dacl, PSECURITY_DESCRIPTOR* whole) {
  PSID owner = (PSID)&engine;
  NTSTATUS status =
      key != NULL ? ((GET_BY_KEY*)function)(engine, key, DACL_PART, &owner, NULL, dacl, NULL, whole)
                  : ((GET_OF_ALL*)function)(engine, DACL_PART, &owner, NULL, dacl, NULL, whole);
  EXPECT(!NT_SUCCESS(status) || owner == NULL);  // was not asked for
  return status;
}

static NTSTATUS set(PVOID function, const GUID* key, const ACL* dacl) {
  return key != NULL ? ((SET_BY_KEY*)function)(engine, key, DACL_PART, NULL, NULL, dacl, NULL)
                     : ((SET_OF_ALL*)function)(engine, DACL_PART, NULL, NULL, dacl, NULL);
}

// Everyone may do all: what is set is what is got.
static VOID dacl_is_replaced(PVOID getter, PVOID setter, const GUID* key) {
  static SID everyone = {1, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
  static ULONG memory[8];
  PACL acl = (PACL)memory;
  PACL dacl = NULL;
  PSECURITY_DESCRIPTOR whole = NULL;
  EXPECT_IS(STATUS_SUCCESS, get(getter, key, &dacl, &whole));
  EXPECT(dacl != NULL && dacl->AceCount > 0 && whole != NULL);
  FwpmFreeMemory0((void**)&whole);
  RtlCreateAcl(acl, sizeof(memory), ACL_REVISION);
  RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, &everyone);
  EXPECT_IS(STATUS_SUCCESS, set(setter, key, acl));
  EXPECT_IS(STATUS_SUCCESS, get(getter, key, &dacl, &whole));
  EXPECT(dacl != NULL && dacl->AceCount == 1);
  FwpmFreeMemory0((void**)&whole);
}

// Declared by no header of the kernel's: exports all the same.
NTKERNELAPI GET_OF_ALL FwpmNetEventsGetSecurityInfo0;
NTKERNELAPI SET_OF_ALL FwpmNetEventsSetSecurityInfo0;
NTKERNELAPI GET_OF_ALL FwpmConnectionGetSecurityInfo0;
NTKERNELAPI SET_OF_ALL FwpmConnectionSetSecurityInfo0;
NTKERNELAPI GET_OF_ALL FwpmvSwitchEventsGetSecurityInfo0;
NTKERNELAPI SET_OF_ALL FwpmvSwitchEventsSetSecurityInfo0;
NTKERNELAPI CREATE_ENUMERATION FwpmConnectionCreateEnumHandle0;
NTKERNELAPI ENUMERATE FwpmConnectionEnum0;
NTKERNELAPI DESTROY_ENUMERATION FwpmConnectionDestroyEnumHandle0;
NTKERNELAPI NTSTATUS NTAPI FwpmConnectionGetById0(HANDLE engine_handle, UINT64 id, void** out);

#define SECURED(object, end, key) \
  dacl_is_replaced((PVOID)Fwpm##object##Get##end, (PVOID)Fwpm##object##Set##end, key)

static VOID security_of_every_kind_is_read_and_replaced(VOID) {
  PACL dacl = NULL;
  PSECURITY_DESCRIPTOR whole = NULL;
  SECURED(Provider, SecurityInfoByKey0, &provider_key);
  SECURED(ProviderContext, SecurityInfoByKey0, &context_keys[2]);
  SECURED(SubLayer, SecurityInfoByKey0, &sublayer_key);
  SECURED(Callout, SecurityInfoByKey0, &callout_key);
  SECURED(Filter, SecurityInfoByKey0, &filter_key);
  SECURED(Layer, SecurityInfoByKey0, &FWPM_LAYER_ALE_AUTH_CONNECT_V4);
  SECURED(Engine, SecurityInfo0, NULL);
  SECURED(NetEvents, SecurityInfo0, NULL);
  SECURED(Connection, SecurityInfo0, NULL);
  SECURED(vSwitchEvents, SecurityInfo0, NULL);
  EXPECT_IS(STATUS_FWP_PROVIDER_NOT_FOUND,
            get((PVOID)FwpmProviderGetSecurityInfoByKey0, &filter_key, &dacl, &whole));
  EXPECT_IS(STATUS_FWP_LAYER_NOT_FOUND,
            get((PVOID)FwpmLayerGetSecurityInfoByKey0, &filter_key, &dacl, &whole));
}

// --- options, and what hangs on one

static VOID option_is(FWPM_ENGINE_OPTION option, UINT32 should_be) {
  FWP_VALUE0* value = NULL;
  EXPECT_IS(STATUS_SUCCESS, FwpmEngineGetOption0(engine, option, &value));
  EXPECT(value->type == FWP_UINT32 && value->uint32 == should_be);
  FwpmFreeMemory0((void**)&value);
}

static VOID connections_are_enumerated_when_they_are_monitored(VOID) {
  FWP_VALUE0 value = {0};
  HANDLE enumeration = NULL;
  void** entries = (void**)&value;
  void* connection = NULL;
  UINT32 count = 7;
  EXPECT_IS(STATUS_FWP_CONNECTIONS_DISABLED,
            FwpmConnectionCreateEnumHandle0(engine, NULL, &enumeration));
  EXPECT_IS(STATUS_FWP_CONNECTIONS_DISABLED, FwpmConnectionGetById0(engine, 1, &connection));
  value.type = FWP_UINT8;
  EXPECT_IS(STATUS_FWP_TYPE_MISMATCH,
            FwpmEngineSetOption0(engine, FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS, &value));
  value.type = FWP_UINT32;
  value.uint32 = 1;
  EXPECT_IS(STATUS_SUCCESS,
            FwpmEngineSetOption0(engine, FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS, &value));
  option_is(FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS, 1);
  EXPECT_IS(STATUS_SUCCESS, FwpmConnectionCreateEnumHandle0(engine, NULL, &enumeration));
  EXPECT_IS(STATUS_SUCCESS, FwpmConnectionEnum0(engine, enumeration, 9, &entries, &count));
  EXPECT(count == 0 && entries == NULL);
  EXPECT_IS(STATUS_SUCCESS, FwpmConnectionDestroyEnumHandle0(engine, enumeration));
  EXPECT_IS(STATUS_FWP_NOT_FOUND, FwpmConnectionGetById0(engine, 1, &connection));
}

static VOID objects_are_deleted_in_order(VOID) {
  EXPECT_IS(STATUS_FWP_IN_USE, FwpmProviderDeleteByKey0(engine, &provider_key));
  EXPECT_IS(STATUS_SUCCESS, FwpmFilterDeleteByKey0(engine, &filter_key));
  EXPECT_IS(STATUS_FWP_FILTER_NOT_FOUND, FwpmFilterDeleteByKey0(engine, &filter_key));
  EXPECT_IS(STATUS_SUCCESS, FwpmCalloutDeleteById0(engine, callout_id));
  EXPECT_IS(STATUS_FWP_CALLOUT_NOT_FOUND, FwpmCalloutDeleteById0(engine, callout_id));
  EXPECT_IS(STATUS_SUCCESS, FwpmSubLayerDeleteByKey0(engine, &sublayer_key));
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderDeleteByKey0(engine, &provider_key));
  EXPECT_IS(STATUS_FWP_PROVIDER_NOT_FOUND, FwpmProviderDeleteByKey0(engine, &provider_key));
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextDeleteById0(engine, context_ids[0]));
  EXPECT_IS(STATUS_FWP_PROVIDER_CONTEXT_NOT_FOUND,
            FwpmProviderContextDeleteById0(engine, context_ids[0]));
  EXPECT_IS(STATUS_SUCCESS, FwpmProviderContextDeleteByKey0(engine, &context_keys[1]));
  EXPECT_IS(STATUS_FWP_PROVIDER_CONTEXT_NOT_FOUND,
            FwpmProviderContextDeleteByKey0(engine, &context_keys[1]));
  EXPECT_IS(STATUS_SUCCESS, FwpmEngineClose0(engine));  // the others were the session's
}

PROBE_CASE* const probe_cases[] = {
    engine_is_opened_while_the_service_runs,
    provider_contexts_are_added_in_every_version,
    provider_contexts_are_got_in_every_version,
    one_object_of_each_other_kind_is_added,
    objects_are_got_by_key_and_id,
    objects_of_every_kind_are_enumerated_a_page_at_a_time,
    security_of_every_kind_is_read_and_replaced,
    connections_are_enumerated_when_they_are_monitored,
    objects_are_deleted_in_order,
    NULL,
};
