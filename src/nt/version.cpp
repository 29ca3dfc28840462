// SPDX-License-Identifier: Apache-2.0
// Which Windows this is: Windows 10 22H2, for every function that tells.
#include <ntddk.h>

#include "nt/exports.h"

namespace drydock::nt {

namespace {

constexpr ULONG major_version = 10;
constexpr ULONG minor_version = 0;
constexpr ULONG build_number = 19045;
constexpr ULONG platform_nt = 2;
constexpr UCHAR product_workstation = 1;

NTSTATUS get_version(PRTL_OSVERSIONINFOW info) {
  info->dwMajorVersion = major_version;
  info->dwMinorVersion = minor_version;
  info->dwBuildNumber = build_number;
  info->dwPlatformId = platform_nt;
  info->szCSDVersion[0] = 0;
  if (info->dwOSVersionInfoSize == sizeof(RTL_OSVERSIONINFOEXW)) {
    auto* extended = reinterpret_cast<PRTL_OSVERSIONINFOEXW>(info);
    extended->wServicePackMajor = 0;
    extended->wServicePackMinor = 0;
    extended->wSuiteMask = 0;
    extended->wProductType = product_workstation;
    extended->wReserved = 0;
  }
  return STATUS_SUCCESS;
}

BOOLEAN ps_get_version(PULONG major, PULONG minor, PULONG build, PUNICODE_STRING service_pack) {
  if (major != nullptr) *major = major_version;
  if (minor != nullptr) *minor = minor_version;
  if (build != nullptr) *build = build_number;
  if (service_pack != nullptr) service_pack->Length = 0;
  return FALSE;  // no checked build
}

}  // namespace

Exports version_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"RtlGetVersion", decltype(::RtlGetVersion), get_version, passive_quiet>(),
      kernel_row<"PsGetVersion", decltype(::PsGetVersion), ps_get_version, passive_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt
