// SPDX-License-Identifier: Apache-2.0
// Looks at every packet and every byte of a stream, and lets all of it go on: what inspection costs
// before it does anything.
#include <initguid.h>

#include "drivers/reference/start.h"
#include "kit/wdm_device.h"

namespace {

using namespace reference;

using Driver = kit::CalloutDriver<kit::WdmDevice, kit::UnregisterById, DataPath>;

#ifdef ABOVE_ALL
constexpr UINT16 weight = 0xffff;
#else
constexpr UINT16 weight = 0x100;
#endif

constexpr Identity identity = {
    L"Onlooker",
    {0x2b9e7d14, 0x53c8, 0x4f0a, {0x8e, 0x61, 0x7c, 0x05, 0xd9, 0x32, 0xa4, 0x1f}},
    weight};

void NTAPI look(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*, void*,
                const void*, const FWPS_FILTER1*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  InterlockedIncrement64(&running->authorised);
  if (kit::may_decide(*out)) out->actionType = FWP_ACTION_CONTINUE;
}

constexpr CalloutRow callouts[] = {
    {&FWPM_LAYER_INBOUND_IPPACKET_V4, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_INBOUND_IPPACKET_V6, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_OUTBOUND_IPPACKET_V4, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_OUTBOUND_IPPACKET_V6, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_INBOUND_TRANSPORT_V4, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_INBOUND_TRANSPORT_V6, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_OUTBOUND_TRANSPORT_V4, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_OUTBOUND_TRANSPORT_V6, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_STREAM_V4, look, FWP_ACTION_CALLOUT_INSPECTION},
    {&FWPM_LAYER_STREAM_V6, look, FWP_ACTION_CALLOUT_INSPECTION},
};

Driver* driver = nullptr;

void unload() {
  delete driver;
  driver = nullptr;
}

_Function_class_(DRIVER_UNLOAD) VOID NTAPI on_unload(DRIVER_OBJECT*) {
  unload();
}

NTSTATUS load(DRIVER_OBJECT* object) {
  const NTSTATUS status =
      driver->device.create(object, RTL_CONSTANT_STRING(L"\\Device\\DrydockOnlooker"),
                            RTL_CONSTANT_STRING(L"\\DosDevices\\DrydockOnlooker"));
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
