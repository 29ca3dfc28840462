#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the exception cases as a Windows program and runs it under Wine, for comparison in
# development: one line a case. Usage, from the project's root: seh_program.sh FOLDER
set -eu
out=$1
folder=tests/nt/drivers
flags="--target=x86_64-pc-windows-msvc -O1 -std=c11 -ffreestanding -nostdinc
  -isystem wdk/include -isystem wdk/include/crt -fasynchronous-unwind-tables -fms-extensions
  -fno-stack-protector -Wno-microsoft-anon-tag"
mkdir -p "$out"
for source in seh_program.c seh_cases.c seh_finally.c seh_frames.c seh_frames_asm.S; do
  # shellcheck disable=SC2086
  clang-19 $flags -c $folder/$source -o "$out/$source.obj"
done
# shellcheck disable=SC2086
clang-19 $flags -fasync-exceptions -c $folder/seh_async.c -o "$out/seh_async.c.obj"
printf '%s\n' "LIBRARY ntdll.dll" EXPORTS __C_specific_handler __chkstk _local_unwind memcpy memset \
  RtlRaiseException RtlRaiseStatus RtlUnwindEx RtlCaptureContext RtlRestoreContext RtlVirtualUnwind \
  RtlLookupFunctionEntry RtlPcToFileHeader NtWriteFile RtlExitUserProcess RtlGetCurrentPeb \
  > "$out/ntdll.def"
llvm-dlltool-19 -m i386:x86-64 -d "$out/ntdll.def" -l "$out/ntdll.lib"
lld-link-19 /subsystem:console /entry:start /nodefaultlib "/out:$out/seh.exe" "$out"/*.obj "$out/ntdll.lib"
WINEDEBUG=-all "${WINE:-wine64}" "$out/seh.exe"
