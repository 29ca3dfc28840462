// SPDX-License-Identifier: Apache-2.0
// The version a driver is built for; chooses what the names without a version number stand for.
// Windows 10 1709 unless told.
#pragma once

#define NTDDI_WIN6 0x06000000
#define NTDDI_VISTA NTDDI_WIN6
#define NTDDI_WIN6SP1 0x06000100
#define NTDDI_WIN7 0x06010000
#define NTDDI_WIN8 0x06020000
#define NTDDI_WINBLUE 0x06030000
#define NTDDI_WIN10 0x0A000000
#define NTDDI_WIN10_TH2 0x0A000001
#define NTDDI_WIN10_RS1 0x0A000002
#define NTDDI_WIN10_RS2 0x0A000003
#define NTDDI_WIN10_RS3 0x0A000004
#define NTDDI_WIN10_RS4 0x0A000005
#define NTDDI_WIN10_RS5 0x0A000006
#define NTDDI_WIN10_19H1 0x0A000007
#define NTDDI_WIN10_VB 0x0A000008
#define NTDDI_WIN10_MN 0x0A000009
#define NTDDI_WIN10_FE 0x0A00000A
#define NTDDI_WIN10_CO 0x0A00000B
#define NTDDI_WIN10_NI 0x0A00000C

#define NTDDI_WINXP 0x05010000
#define NTDDI_WS03 0x05020000
#define NTDDI_VISTASP1 NTDDI_WIN6SP1
#define NTDDI_WS08 NTDDI_WIN6SP1
#define NTDDI_WINTHRESHOLD NTDDI_WIN10
#define NTDDI_WIN11_ZN 0x0A00000D
#define NTDDI_WIN11_GA 0x0A00000E
#define NTDDI_WIN11_GE 0x0A000010
#define _WIN32_WINNT_VISTA 0x0600
#define _WIN32_WINNT_WIN7 0x0601
#define _WIN32_WINNT_WIN8 0x0602
#define _WIN32_WINNT_WINBLUE 0x0603
#define _WIN32_WINNT_WIN10 0x0A00
#define OSVERSION_MASK 0xFFFF0000U
#define SPVERSION_MASK 0x0000FF00

#ifndef NTDDI_VERSION
#if defined(_WIN32_WINNT) && _WIN32_WINNT < 0x0A00
#define NTDDI_VERSION (_WIN32_WINNT << 16)
#else
#define NTDDI_VERSION NTDDI_WIN10_RS3
#endif
#endif

#ifdef WDK_DRIVER
// wdm.h of Windows declares neither of these two, and drivers that call them declare them in their
// own ways: what wdm/zw.h has for the host goes by another name until wdm/basics.h.
#define ZwQueryInformationProcess wdk_host_ZwQueryInformationProcess
#define ZwQuerySystemInformation wdk_host_ZwQuerySystemInformation
#endif
