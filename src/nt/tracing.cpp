// SPDX-License-Identifier: Apache-2.0
// ETW, WPP and WMI registration. The simulated machine has no session that listens: providers
// register, are never enabled, and what they write is an event of the trace and nothing more. A
// registration that the driver forgets is in the ledger.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"

namespace drydock::nt {

namespace {

using ledger::Kind;

constexpr REGHANDLE first_handle = 0xE700'0000'0000;

bool is_registered(REGHANDLE handle) {
  return the_ledger().find(Kind::callback, handle) != 0;
}

// Each call counts, so no two handles are alike.
NTSTATUS register_provider(const char* what, PREGHANDLE handle) {
  *handle = first_handle + the_machine().calls();
  the_ledger().acquire(Kind::callback, *handle, {.name = what});
  return STATUS_SUCCESS;
}

NTSTATUS etw_register(LPCGUID, PETWENABLECALLBACK, PVOID, PREGHANDLE handle) {
  return register_provider("ETW provider", handle);
}

NTSTATUS etw_register_classic(LPCGUID, ULONG, PVOID, PVOID, PREGHANDLE handle) {
  return register_provider("WPP provider", handle);
}

NTSTATUS etw_unregister(REGHANDLE handle) {
  return the_ledger().release(Kind::callback, handle) != 0 ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

NTSTATUS set_information(REGHANDLE handle, EVENT_INFO_CLASS information, PVOID, ULONG) {
  if (!is_registered(handle)) return STATUS_INVALID_HANDLE;
  return information > EventProviderSetTraits ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

NTSTATUS answer_write(REGHANDLE handle) {
  return is_registered(handle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

NTSTATUS write(REGHANDLE handle, PCEVENT_DESCRIPTOR, LPCGUID, ULONG, PEVENT_DATA_DESCRIPTOR) {
  return answer_write(handle);
}

NTSTATUS write_ex(REGHANDLE handle, PCEVENT_DESCRIPTOR, ULONG64, ULONG, LPCGUID, LPCGUID, ULONG,
                  PEVENT_DATA_DESCRIPTOR) {
  return answer_write(handle);
}

NTSTATUS write_transfer(REGHANDLE handle, PCEVENT_DESCRIPTOR, LPCGUID, LPCGUID, ULONG,
                        PEVENT_DATA_DESCRIPTOR) {
  return answer_write(handle);
}

NTSTATUS write_string(REGHANDLE handle, UCHAR, ULONGLONG, LPCGUID, PCWSTR) {
  return answer_write(handle);
}

BOOLEAN provider_enabled(REGHANDLE, UCHAR, ULONGLONG) {
  return FALSE;
}

BOOLEAN event_enabled(REGHANDLE, PCEVENT_DESCRIPTOR) {
  return FALSE;
}

// WPP registers the address of its control block, not a device. Other actions change nothing here.
NTSTATUS wmi_registration(PDEVICE_OBJECT device, ULONG action) {
  const ULONG what = action & ~(WMIREG_FLAG_CALLBACK | WMIREG_FLAG_TRACE_PROVIDER);
  const std::uint64_t key = address_of(device);
  switch (what) {
    case WMIREG_ACTION_REGISTER:
      if (the_ledger().find(Kind::callback, key) == 0)
        the_ledger().acquire(Kind::callback, key, {.name = "WMI registration"});
      return STATUS_SUCCESS;
    case WMIREG_ACTION_DEREGISTER:
      return the_ledger().release(Kind::callback, key) != 0 ? STATUS_SUCCESS
                                                            : STATUS_INVALID_PARAMETER;
    case WMIREG_ACTION_REREGISTER:
    case WMIREG_ACTION_UPDATE_GUIDS:
    case WMIREG_ACTION_BLOCK_IRPS:
      return STATUS_SUCCESS;
    default:
      return STATUS_INVALID_PARAMETER;
  }
}

// There is no session to ask about or to write to.
NTSTATUS query_trace(TRACE_INFORMATION_CLASS, PVOID, ULONG, PULONG, PVOID) {
  return STATUS_NOT_FOUND;
}

NTSTATUS trace_message_va(TRACEHANDLE, ULONG, LPCGUID, USHORT, WDK_VA_LIST) {
  return STATUS_INVALID_HANDLE;
}

// --- variadic ones enter here instead of through the thunk, which forwards arguments

NTSTATUS record_message(ledger::detail::KernelCall& call, const ExportRow& row, const void* guid,
                        USHORT number, NTSTATUS answer) {
  call.record(call.machine_.get<ledger::Record>(), row, {address_of(guid), number, 0, 0});
  call.machine_.switch_point();
  return answer;
}

extern const ExportRow trace_message_row;
extern const ExportRow auto_log_trace_row;

NTAPI NTSTATUS trace_message(TRACEHANDLE, ULONG, LPCGUID guid, USHORT number, ...) {
  ledger::detail::KernelCall call(trace_message_row, __builtin_return_address(0),
                                  __builtin_frame_address(0));
  return record_message(call, trace_message_row, guid, number, STATUS_INVALID_HANDLE);
}

NTAPI NTSTATUS auto_log_trace(PVOID, UCHAR, ULONG, LPCGUID guid, USHORT number, ...) {
  ledger::detail::KernelCall call(auto_log_trace_row, __builtin_return_address(0),
                                  __builtin_frame_address(0));
  return record_message(call, auto_log_trace_row, guid, number, STATUS_SUCCESS);
}

constexpr const char* recorder = "wpprecorder.sys";

const ExportRow trace_message_row{"ntoskrnl.exe", "WmiTraceMessage", any_irql,
                                  reinterpret_cast<void*>(&trace_message),
                                  ledger::name_hash("WmiTraceMessage")};
const ExportRow auto_log_trace_row{recorder, "WppAutoLogTrace", any_irql,
                                   reinterpret_cast<void*>(&auto_log_trace),
                                   ledger::name_hash("WppAutoLogTrace")};

// The recorder's log stays empty: the control block's context remains NULL, which
// WppAutoLogTrace takes.
void auto_log_start(PVOID, PDRIVER_OBJECT, PCUNICODE_STRING) {}
void auto_log_stop(PVOID, PDRIVER_OBJECT) {}
void replay(PVOID, TRACEHANDLE, ULONG, UCHAR) {}

using AutoLogStart = __attribute__((ms_abi)) VOID(PVOID, PDRIVER_OBJECT, PCUNICODE_STRING);
using AutoLogStop = __attribute__((ms_abi)) VOID(PVOID, PDRIVER_OBJECT);
using Replay = __attribute__((ms_abi)) VOID(PVOID, TRACEHANDLE, ULONG, UCHAR);

}  // namespace

Exports tracing_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"EtwRegister", decltype(::EtwRegister), etw_register, passive_only>(),
      kernel_row<"EtwRegisterClassicProvider", decltype(::EtwRegisterClassicProvider),
                 etw_register_classic, passive_only>(),
      kernel_row<"EtwUnregister", decltype(::EtwUnregister), etw_unregister, passive_only>(),
      kernel_row<"EtwSetInformation", decltype(::EtwSetInformation), set_information,
                 passive_only>(),
      kernel_row<"EtwWrite", decltype(::EtwWrite), write, any_irql>(),
      kernel_row<"EtwWriteEx", decltype(::EtwWriteEx), write_ex, any_irql>(),
      kernel_row<"EtwWriteTransfer", decltype(::EtwWriteTransfer), write_transfer, any_irql>(),
      kernel_row<"EtwWriteString", decltype(::EtwWriteString), write_string, any_irql>(),
      kernel_row<"EtwProviderEnabled", decltype(::EtwProviderEnabled), provider_enabled,
                 any_irql_quiet>(),
      kernel_row<"EtwEventEnabled", decltype(::EtwEventEnabled), event_enabled, any_irql_quiet>(),
      kernel_row<"IoWMIRegistrationControl", decltype(::IoWMIRegistrationControl), wmi_registration,
                 passive_only>(),
      kernel_row<"WmiQueryTraceInformation", decltype(::WmiQueryTraceInformation), query_trace,
                 passive_only>(),
      &trace_message_row,
      kernel_row<"WmiTraceMessageVa", decltype(::WmiTraceMessageVa), trace_message_va, any_irql>(),
      &ledger::export_row<"wpprecorder.sys", "WppAutoLogStart", AutoLogStart, auto_log_start,
                          passive_only>(),
      &ledger::export_row<"wpprecorder.sys", "WppAutoLogStop", AutoLogStop, auto_log_stop,
                          passive_only>(),
      &auto_log_trace_row,
      &ledger::export_row<"wpprecorder.sys", "imp_WppRecorderReplay", Replay, replay,
                          passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt
