// SPDX-License-Identifier: Apache-2.0
// Sends connections to web servers to a proxy on the same machine: whoever listens on port 3128.
// What the proxy connects to itself goes on, and the proxy can ask where a connection was meant to
// go.
#include <initguid.h>

#include "drivers/reference/start.h"
#include "kit/wdm_device.h"

namespace {

using namespace reference;

using Driver = kit::CalloutDriver<kit::WdmDevice, kit::UnregisterById, DataPath>;

constexpr Identity identity = {
    L"Redirector", {0x8c41f6a2, 0x0d7e, 0x4b95, {0xa3, 0x1c, 0x6e, 0x58, 0xf0, 0x24, 0xb7, 0x9d}}};

constexpr UINT16 web_port = 80;
constexpr UINT16 proxy_port = 3128;
constexpr ULONG context_tag = 'crDD';  // "DDrc" in memory

HANDLE redirect_handle;
LONG proxy;  // its process; 0: there is none

// ALE_AUTH_LISTEN: who listens on its port is the proxy.
void NTAPI meet_proxy(const FWPS_INCOMING_VALUES0* values,
                      const FWPS_INCOMING_METADATA_VALUES0* metadata, void*, const void*,
                      const FWPS_FILTER1*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  const FWP_VALUE0& port = values->incomingValue[FWPS_FIELD_ALE_AUTH_LISTEN_V4_IP_LOCAL_PORT].value;
  const bool knows_process =
      FWPS_IS_METADATA_FIELD_PRESENT(metadata, FWPS_METADATA_FIELD_PROCESS_ID);
  if (port.uint16 == proxy_port && knows_process)
    InterlockedExchange(&proxy, static_cast<LONG>(metadata->processId));
  kit::pass_on(*out);
}

// Where the connection was meant to go, for the proxy. The platform frees it.
bool describe(FWPS_CONNECT_REQUEST0& request) {
  void* context =
      ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof request.remoteAddressAndPort, context_tag);
  if (context == nullptr) return false;
  RtlCopyMemory(context, &request.remoteAddressAndPort, sizeof request.remoteAddressAndPort);
  request.localRedirectContext = context;
  request.localRedirectContextSize = sizeof request.remoteAddressAndPort;
  return true;
}

// 127.0.0.1 and the proxy's port.
void aim_at_proxy(FWPS_CONNECT_REQUEST0& request, LONG process) {
  auto* address = reinterpret_cast<UINT8*>(&request.remoteAddressAndPort);
  address[2] = proxy_port >> 8;
  address[3] = proxy_port & 0xff;
  constexpr UINT8 loopback[] = {127, 0, 0, 1};
  RtlCopyMemory(address + 4, loopback, sizeof loopback);
  request.localRedirectTargetPID = static_cast<DWORD>(process);
  request.localRedirectHandle = redirect_handle;
}

void redirect(UINT64 classify, const FWPS_FILTER1& filter, LONG process, FWPS_CLASSIFY_OUT0& out) {
  void* data = nullptr;
  if (!NT_SUCCESS(FwpsAcquireWritableLayerDataPointer0(classify, filter.filterId, 0, &data, &out)))
    return;
  auto& request = *static_cast<FWPS_CONNECT_REQUEST0*>(data);
  if (describe(request)) aim_at_proxy(request, process);
  FwpsApplyModifiedLayerData0(classify, data, 0);
  kit::permit(filter, out);
}

bool is_ours(const FWPS_INCOMING_METADATA_VALUES0& metadata, LONG process) {
  if (static_cast<LONG>(metadata.processId) == process) return true;
  if (!FWPS_IS_METADATA_FIELD_PRESENT(&metadata, FWPS_METADATA_FIELD_REDIRECT_RECORD_HANDLE))
    return false;
  const FWPS_CONNECTION_REDIRECT_STATE state =
      FwpsQueryConnectionRedirectState0(metadata.redirectRecords, redirect_handle, nullptr);
  return state == FWPS_CONNECTION_REDIRECTED_BY_SELF ||
         state == FWPS_CONNECTION_PREVIOUSLY_REDIRECTED_BY_SELF;
}

// ALE_CONNECT_REDIRECT.
void NTAPI consider(const FWPS_INCOMING_VALUES0* values,
                    const FWPS_INCOMING_METADATA_VALUES0* metadata, void*, const void* context,
                    const FWPS_FILTER1* filter, UINT64, FWPS_CLASSIFY_OUT0* out) {
  const auto field = [&](UINT32 index) { return values->incomingValue[index].value; };
  const LONG process = ReadNoFence(&proxy);
  const bool wanted = field(FWPS_FIELD_ALE_CONNECT_REDIRECT_V4_IP_PROTOCOL).uint8 == IPPROTO_TCP &&
                      field(FWPS_FIELD_ALE_CONNECT_REDIRECT_V4_IP_REMOTE_PORT).uint16 == web_port;
  if (!kit::may_decide(*out)) return;
  out->actionType = FWP_ACTION_PERMIT;
  if (!wanted || process == 0 || is_ours(*metadata, process)) return;
  UINT64 classify = 0;
  if (!NT_SUCCESS(FwpsAcquireClassifyHandle0(const_cast<void*>(context), 0, &classify))) return;
  redirect(classify, *filter, process, *out);
  FwpsReleaseClassifyHandle0(classify);
}

constexpr CalloutRow callouts[] = {
    {&FWPM_LAYER_ALE_AUTH_LISTEN_V4, meet_proxy, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_ALE_CONNECT_REDIRECT_V4, consider, FWP_ACTION_CALLOUT_UNKNOWN},
};

Driver* driver = nullptr;

void unload() {
  delete driver;
  driver = nullptr;
  if (redirect_handle != nullptr) FwpsRedirectHandleDestroy0(redirect_handle);
  redirect_handle = nullptr;
}

_Function_class_(DRIVER_UNLOAD) VOID NTAPI on_unload(DRIVER_OBJECT*) {
  unload();
}

NTSTATUS load(DRIVER_OBJECT* object) {
  NTSTATUS status = FwpsRedirectHandleCreate0(&identity.sublayer, 0, &redirect_handle);
  if (!NT_SUCCESS(status)) return status;
  status = driver->device.create(object, RTL_CONSTANT_STRING(L"\\Device\\DrydockRedirector"),
                                 RTL_CONSTANT_STRING(L"\\DosDevices\\DrydockRedirector"));
  return NT_SUCCESS(status) ? start(*driver, identity, callouts) : status;
}

}  // namespace

extern "C" DRIVER_INITIALIZE DriverEntry;

extern "C" NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT* object, UNICODE_STRING*) {
  object->DriverUnload = on_unload;
  driver = new Driver;
  if (driver == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const NTSTATUS status = load(object);
  if (!NT_SUCCESS(status)) unload();
  return status;
}
