// SPDX-License-Identifier: Apache-2.0
// The routines of ntstrsafe.h for one kind of characters and of sizes; included by that header, for
// each of them.

NTSTRSAFEDDI WDK_NAME(Copy)(WDK_CHAR* to, size_t size, const WDK_CHAR* source) {
  return WDK_CORE(place)(to, size, 0, source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0, WDK_UNIT);
}
NTSTRSAFEDDI WDK_NAME(CopyN)(WDK_CHAR* to, size_t size, const WDK_CHAR* source, size_t count) {
  return WDK_CORE(place)(to, size, 0, source, count, NULL, NULL, 0, WDK_UNIT);
}
NTSTRSAFEDDI WDK_NAME(CopyEx)(WDK_CHAR* to, size_t size, const WDK_CHAR* source, WDK_CHAR** end,
                              size_t* remaining, ULONG flags) {
  return WDK_CORE(place)(to, size, 0, source, NTSTRSAFE_MAX_CCH, end, remaining, flags, WDK_UNIT);
}
NTSTRSAFEDDI WDK_NAME(CopyNEx)(WDK_CHAR* to, size_t size, const WDK_CHAR* source, size_t count,
                               WDK_CHAR** end, size_t* remaining, ULONG flags) {
  return WDK_CORE(place)(to, size, 0, source, count, end, remaining, flags, WDK_UNIT);
}
NTSTRSAFEDDI WDK_NAME(Cat)(WDK_CHAR* to, size_t size, const WDK_CHAR* source) {
  return WDK_CORE(place)(to, size, 1, source, NTSTRSAFE_MAX_CCH, NULL, NULL, 0, WDK_UNIT);
}
NTSTRSAFEDDI WDK_NAME(CatN)(WDK_CHAR* to, size_t size, const WDK_CHAR* source, size_t count) {
  return WDK_CORE(place)(to, size, 1, source, count, NULL, NULL, 0, WDK_UNIT);
}
NTSTRSAFEDDI WDK_NAME(CatEx)(WDK_CHAR* to, size_t size, const WDK_CHAR* source, WDK_CHAR** end,
                             size_t* remaining, ULONG flags) {
  return WDK_CORE(place)(to, size, 1, source, NTSTRSAFE_MAX_CCH, end, remaining, flags, WDK_UNIT);
}
NTSTRSAFEDDI WDK_NAME(CatNEx)(WDK_CHAR* to, size_t size, const WDK_CHAR* source, size_t count,
                              WDK_CHAR** end, size_t* remaining, ULONG flags) {
  return WDK_CORE(place)(to, size, 1, source, count, end, remaining, flags, WDK_UNIT);
}
NTSTRSAFEDDI WDK_NAME(VPrintf)(WDK_CHAR* to, size_t size, const WDK_CHAR* format,
                               va_list arguments) {
  return WDK_CORE(format)(to, size, NULL, NULL, 0, WDK_UNIT, format, arguments);
}
NTSTRSAFEDDI WDK_NAME(VPrintfEx)(WDK_CHAR* to, size_t size, WDK_CHAR** end, size_t* remaining,
                                 ULONG flags, const WDK_CHAR* format, va_list arguments) {
  return WDK_CORE(format)(to, size, end, remaining, flags, WDK_UNIT, format, arguments);
}
static inline __attribute__((unused)) NTSTATUS WDK_NAME(Printf)(WDK_CHAR* to, size_t size,
                                                                const WDK_CHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  va_start(arguments, format);
  status = WDK_CORE(format)(to, size, NULL, NULL, 0, WDK_UNIT, format, arguments);
  va_end(arguments);
  return status;
}
static inline __attribute__((unused)) NTSTATUS WDK_NAME(PrintfEx)(WDK_CHAR* to, size_t size,
                                                                  WDK_CHAR** end, size_t* remaining,
                                                                  ULONG flags,
                                                                  const WDK_CHAR* format, ...) {
  va_list arguments;
  NTSTATUS status;
  va_start(arguments, format);
  status = WDK_CORE(format)(to, size, end, remaining, flags, WDK_UNIT, format, arguments);
  va_end(arguments);
  return status;
}
NTSTRSAFEDDI WDK_NAME(Length)(const WDK_CHAR* s, size_t limit, size_t* length) {
  return WDK_CORE(measure)(s, limit, length, WDK_UNIT);
}
