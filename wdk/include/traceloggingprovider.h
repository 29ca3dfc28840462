// SPDX-License-Identifier: Apache-2.0
// TraceLogging: providers that register and events of named fields, written through
// EtwWriteTransfer. The event's name and each field's data are its data descriptors.
#pragma once

#include "wdm.h"

#ifdef WDK_DRIVER

typedef struct _TRACELOGGING_PROVIDER {
  REGHANDLE Registration;
  GUID Id;
  const char* Name;
} TRACELOGGING_PROVIDER;
typedef TRACELOGGING_PROVIDER* TraceLoggingHProvider;

#define TRACELOGGING_DECLARE_PROVIDER(handle)      \
  EXTERN_C TRACELOGGING_PROVIDER handle##_storage; \
  EXTERN_C const TraceLoggingHProvider handle
#define WDK_TL_GUID(a, b, c, d, e, f, g, h, i, j, k) \
  {                                                  \
    a, b, c, {                                       \
      d, e, f, g, h, i, j, k                         \
    }                                                \
  }
#define TRACELOGGING_DEFINE_PROVIDER(handle, name, id, ...)           \
  EXTERN_C TRACELOGGING_PROVIDER handle##_storage;                    \
  TRACELOGGING_PROVIDER handle##_storage = {0, WDK_TL_GUID id, name}; \
  EXTERN_C const TraceLoggingHProvider handle;                        \
  const TraceLoggingHProvider handle = &handle##_storage
#define TRACELOGGING_DEFINE_PROVIDER_STORAGE TRACELOGGING_DEFINE_PROVIDER
#define TraceLoggingOptionGroup(...)
#define TraceLoggingOptionMicrosoftTelemetry()

FORCEINLINE NTSTATUS TraceLoggingRegisterEx(TraceLoggingHProvider provider,
                                            PETWENABLECALLBACK callback, PVOID context) {
  return EtwRegister(&provider->Id, callback, context, &provider->Registration);
}
FORCEINLINE NTSTATUS TraceLoggingRegister(TraceLoggingHProvider provider) {
  return TraceLoggingRegisterEx(provider, NULL, NULL);
}
FORCEINLINE void TraceLoggingUnregister(TraceLoggingHProvider provider) {
  if (provider->Registration != 0) (void)EtwUnregister(provider->Registration);
  provider->Registration = 0;
}
#define TraceLoggingProviderEnabled(provider, level, keyword) \
  EtwProviderEnabled((provider)->Registration, (UCHAR)(level), (ULONGLONG)(keyword))
#define TraceLoggingProviderId(provider) ((provider)->Id)

FORCEINLINE EVENT_DATA_DESCRIPTOR wdk_tl_data(const volatile void* data, ULONG size) {
  EVENT_DATA_DESCRIPTOR field;
  field.Ptr = (ULONGLONG)data;
  field.Size = size;
  field.Reserved = 0;
  return field;
}
FORCEINLINE void wdk_tl_send(TraceLoggingHProvider provider, LPCGUID activity, LPCGUID related,
                             EVENT_DATA_DESCRIPTOR* fields, ULONG count) {
  EVENT_DESCRIPTOR event = {0, 0, 11, TRACE_LEVEL_VERBOSE, 0, 0, 0};
  (void)EtwWriteTransfer(provider->Registration, &event, activity, related, count, fields);
}

#ifdef __cplusplus
extern "C++" {  // whoever includes this within extern "C"
// Temporaries among the fields live until the call returns.
template <ULONG N>
FORCEINLINE void wdk_tl_send_all(TraceLoggingHProvider provider, LPCGUID activity, LPCGUID related,
                                 EVENT_DATA_DESCRIPTOR (&&fields)[N]) {
  wdk_tl_send(provider, activity, related, fields, N);
}
template <class T>
FORCEINLINE EVENT_DATA_DESCRIPTOR wdk_tl_value(const T& value) {
  return wdk_tl_data(&value, sizeof(T));
}
}
#define WDK_TL_WRITE(provider, activity, related, name, ...) \
  wdk_tl_send_all(provider, activity, related,               \
                  {wdk_tl_data(name, sizeof(name)) __VA_OPT__(, ) __VA_ARGS__})
#define WDK_TL_VALUE(type, value, ...) wdk_tl_value((type)(value))
#define TraceLoggingValue(value, ...) wdk_tl_value(value)
#else
#define WDK_TL_WRITE(provider, activity, related, name, ...)                             \
  do {                                                                                   \
    EVENT_DATA_DESCRIPTOR wdk_fields[] = {wdk_tl_data(name, sizeof(name)) __VA_OPT__(, ) \
                                              __VA_ARGS__};                              \
    wdk_tl_send(provider, activity, related, wdk_fields, (ULONG)ARRAYSIZE(wdk_fields));  \
  } while (0)
#define WDK_TL_VALUE(type, value, ...) wdk_tl_data((type[1]){(type)(value)}, sizeof(type))
#define TraceLoggingValue(value, ...) \
  wdk_tl_data((__typeof__(((void)0, (value)))[1]){(value)}, sizeof((void)0, (value)))
#endif
#define TraceLoggingWrite(provider, name, ...) \
  WDK_TL_WRITE(provider, NULL, NULL, name __VA_OPT__(, ) __VA_ARGS__)
#define TraceLoggingWriteActivity(provider, name, activity, related, ...) \
  WDK_TL_WRITE(provider, activity, related, name __VA_OPT__(, ) __VA_ARGS__)

// What describes an event rather than being data of it.
#define TraceLoggingLevel(level) wdk_tl_data(NULL, 0)
#define TraceLoggingKeyword(keyword) wdk_tl_data(NULL, 0)
#define TraceLoggingOpcode(opcode) wdk_tl_data(NULL, 0)
#define TraceLoggingEventTag(tag) wdk_tl_data(NULL, 0)
#define TraceLoggingDescription(text) wdk_tl_data(NULL, 0)
#define TraceLoggingStruct(count, name, ...) wdk_tl_data(NULL, 0)
#define TraceLoggingChannel(channel) wdk_tl_data(NULL, 0)

#define TraceLoggingBool(value, ...) WDK_TL_VALUE(INT, value)
#define TraceLoggingBoolean(value, ...) WDK_TL_VALUE(BOOLEAN, value)
#define TraceLoggingChar(value, ...) WDK_TL_VALUE(CHAR, value)
#define TraceLoggingWChar(value, ...) WDK_TL_VALUE(WCHAR, value)
#define TraceLoggingInt8(value, ...) WDK_TL_VALUE(INT8, value)
#define TraceLoggingUInt8(value, ...) WDK_TL_VALUE(UINT8, value)
#define TraceLoggingHexUInt8(value, ...) WDK_TL_VALUE(UINT8, value)
#define TraceLoggingInt16(value, ...) WDK_TL_VALUE(INT16, value)
#define TraceLoggingUInt16(value, ...) WDK_TL_VALUE(UINT16, value)
#define TraceLoggingHexUInt16(value, ...) WDK_TL_VALUE(UINT16, value)
#define TraceLoggingPort(value, ...) WDK_TL_VALUE(UINT16, value)
#define TraceLoggingInt32(value, ...) WDK_TL_VALUE(INT32, value)
#define TraceLoggingUInt32(value, ...) WDK_TL_VALUE(UINT32, value)
#define TraceLoggingHexUInt32(value, ...) WDK_TL_VALUE(UINT32, value)
#define TraceLoggingHexInt32(value, ...) WDK_TL_VALUE(INT32, value)
#define TraceLoggingHexInt64(value, ...) WDK_TL_VALUE(INT64, value)
#define TraceLoggingHexInt8(value, ...) WDK_TL_VALUE(INT8, value)
#define TraceLoggingHexInt16(value, ...) WDK_TL_VALUE(INT16, value)
#define WDK_TL_ARRAY(p, count) wdk_tl_data((p), (ULONG)((count) * sizeof(*(p))))
#define TraceLoggingUInt8Array(p, count, ...) WDK_TL_ARRAY(p, count)
#define TraceLoggingUInt16Array(p, count, ...) WDK_TL_ARRAY(p, count)
#define TraceLoggingUInt32Array(p, count, ...) WDK_TL_ARRAY(p, count)
#define TraceLoggingUInt64Array(p, count, ...) WDK_TL_ARRAY(p, count)
#define TraceLoggingInt32Array(p, count, ...) WDK_TL_ARRAY(p, count)
#define TraceLoggingHexUInt8Array(p, count, ...) WDK_TL_ARRAY(p, count)
#define TraceLoggingHexUInt32Array(p, count, ...) WDK_TL_ARRAY(p, count)
#define TraceLoggingSid(p, ...) wdk_tl_data((p), 8 + 4 * ((const UCHAR*)(p))[1])
#define TraceLoggingLong(value, ...) WDK_TL_VALUE(LONG, value)
#define TraceLoggingULong(value, ...) WDK_TL_VALUE(ULONG, value)
#define TraceLoggingHexULong(value, ...) WDK_TL_VALUE(ULONG, value)
#define TraceLoggingHexLong(value, ...) WDK_TL_VALUE(LONG, value)
#define TraceLoggingPid(value, ...) WDK_TL_VALUE(UINT32, value)
#define TraceLoggingTid(value, ...) WDK_TL_VALUE(UINT32, value)
#define TraceLoggingNTStatus(value, ...) WDK_TL_VALUE(NTSTATUS, value)
#define TraceLoggingNtStatus(value, ...) WDK_TL_VALUE(NTSTATUS, value)
#define TraceLoggingHResult(value, ...) WDK_TL_VALUE(LONG, value)
#define TraceLoggingWinError(value, ...) WDK_TL_VALUE(ULONG, value)
#define TraceLoggingIPv4Address(value, ...) WDK_TL_VALUE(UINT32, value)
#define TraceLoggingInt64(value, ...) WDK_TL_VALUE(INT64, value)
#define TraceLoggingUInt64(value, ...) WDK_TL_VALUE(UINT64, value)
#define TraceLoggingHexUInt64(value, ...) WDK_TL_VALUE(UINT64, value)
#define TraceLoggingUIntPtr(value, ...) WDK_TL_VALUE(ULONG_PTR, value)
#define TraceLoggingHexUIntPtr(value, ...) WDK_TL_VALUE(ULONG_PTR, value)
#define TraceLoggingPointer(value, ...) WDK_TL_VALUE(ULONG_PTR, value)
#define TraceLoggingCodePointer(value, ...) WDK_TL_VALUE(ULONG_PTR, value)
#define TraceLoggingFileTime(value, ...) TraceLoggingValue(value)
#define TraceLoggingSystemTime(value, ...) TraceLoggingValue(value)
#define TraceLoggingGuid(value, ...) TraceLoggingValue(value)
#define TraceLoggingIPv6Address(p, ...) wdk_tl_data((p), 16)
#define TraceLoggingSocketAddress(p, size, ...) wdk_tl_data((p), (ULONG)(size))
#define TraceLoggingBinary(p, size, ...) wdk_tl_data((p), (ULONG)(size))
#define TraceLoggingString(text, ...) wdk_tl_text((text))
#define TraceLoggingUtf8String(text, ...) wdk_tl_text((text))
#define TraceLoggingWideString(text, ...) wdk_tl_wide_text((text))
#define TraceLoggingCountedString(text, count, ...) wdk_tl_data((text), (ULONG)(count))
#define TraceLoggingCountedWideString(text, count, ...) \
  wdk_tl_data((text), (ULONG)(count) * (ULONG)sizeof(WCHAR))
#define TraceLoggingUnicodeString(string, ...) wdk_tl_data((string)->Buffer, (string)->Length)
#define TraceLoggingAnsiString(string, ...) wdk_tl_data((string)->Buffer, (string)->Length)

FORCEINLINE EVENT_DATA_DESCRIPTOR wdk_tl_text(PCSTR text) {
  return text == NULL ? wdk_tl_data("", 1) : wdk_tl_data(text, (ULONG)strlen(text) + 1);
}
FORCEINLINE EVENT_DATA_DESCRIPTOR wdk_tl_wide_text(PCWSTR text) {
  return text == NULL ? wdk_tl_data(L"", sizeof(WCHAR))
                      : wdk_tl_data(text, (ULONG)((wcslen(text) + 1) * sizeof(WCHAR)));
}

#endif  // WDK_DRIVER
