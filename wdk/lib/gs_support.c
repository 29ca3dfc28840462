// SPDX-License-Identifier: Apache-2.0
// What every driver image starts with: the stack cookie, the load configuration that tells the
// loader where it is, and the entry point that insists on a cookie the loader has set (the form of
// current Windows builds).
#include <ntddk.h>

#define DEFAULT_SECURITY_COOKIE 0x00002B992DDFA232ULL

ULONG_PTR __security_cookie = DEFAULT_SECURITY_COOKIE;
ULONG_PTR __security_cookie_complement = ~DEFAULT_SECURITY_COOKIE;

// Compilers refer to it from code that touches floating point.
int _fltused = 0x9875;

// Only the part up to the cookie is used; the fields after it stay zero.
typedef struct _LOAD_CONFIG {
  ULONG Size;
  ULONG Unused[21];
  ULONG_PTR* SecurityCookie;
  ULONG_PTR SEHandlers[2];
  ULONG_PTR GuardControlFlow[4];
  ULONG GuardFlags;
  ULONG CodeIntegrity[3];
} LOAD_CONFIG;
C_ASSERT(offsetof(LOAD_CONFIG, SecurityCookie) == 0x58);
C_ASSERT(offsetof(LOAD_CONFIG, GuardFlags) == 0x90);

// The linker points the load configuration directory at this name.
const LOAD_CONFIG _load_config_used = {.Size = sizeof(LOAD_CONFIG),
                                       .SecurityCookie = &__security_cookie};

// DriverEntry of a WDM driver, the framework's entry of a KMDF driver.
DRIVER_INITIALIZE WDK_REAL_ENTRY;

__attribute__((section("INIT"))) NTSTATUS GsDriverEntry(PDRIVER_OBJECT DriverObject,
                                                        PUNICODE_STRING RegistryPath) {
  if (__security_cookie == 0 || __security_cookie == DEFAULT_SECURITY_COOKIE) {
    RtlFailFast(FAST_FAIL_GS_COOKIE_INIT);
  }
  __security_cookie_complement = ~__security_cookie;
  return WDK_REAL_ENTRY(DriverObject, RegistryPath);
}
