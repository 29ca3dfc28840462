// SPDX-License-Identifier: Apache-2.0
// Memory copying as the kernel exports it to drivers that do not bring their own.
#include <ntddk.h>

#include <cstring>

#include "nt/exports.h"

namespace drydock::nt {

namespace {

// The exports keep the C names; these wrappers have plain types (the C library's are noexcept).
PVOID copy(PVOID to, const void* from, SIZE_T count) {
  return std::memcpy(to, from, count);
}

PVOID move(PVOID to, const void* from, SIZE_T count) {
  return std::memmove(to, from, count);
}

PVOID set(PVOID to, int value, SIZE_T count) {
  return std::memset(to, value, count);
}

int compare(const void* a, const void* b, SIZE_T count) {
  return std::memcmp(a, b, count);
}

PVOID find(const void* in, int value, SIZE_T count) {
  return const_cast<PVOID>(std::memchr(in, value, count));
}

SIZE_T equal_prefix(const void* a, const void* b, SIZE_T count) {
  const auto* left = static_cast<const std::byte*>(a);
  const auto* right = static_cast<const std::byte*>(b);
  SIZE_T equal = 0;
  while (equal < count && left[equal] == right[equal]) ++equal;
  return equal;
}

void fill(PVOID to, SIZE_T count, UCHAR value) {
  std::memset(to, value, count);
}

void zero(PVOID to, SIZE_T count) {
  std::memset(to, 0, count);
}

void move_without_result(PVOID to, const void* from, SIZE_T count) {
  std::memmove(to, from, count);
}

// rax holds the size of a frame of several pages: touch each of them downwards, so that the guard
// below the stack is hit in order. Nothing but r10 and r11 may change.
[[gnu::naked]] void probe_stack() {
  asm(R"(
      push %rcx
      push %rax
      lea 24(%rsp), %r10
      mov %rax, %r11
  1:  cmp $4096, %r11
      jb 2f
      sub $4096, %r10
      orb $0, (%r10)
      sub $4096, %r11
      jmp 1b
  2:  sub %r11, %r10
      orb $0, (%r10)
      pop %rax
      pop %rcx
      ret
  )");
}

const ExportRow probe_stack_row{"ntoskrnl.exe", "__chkstk", any_irql_quiet,
                                reinterpret_cast<void*>(&probe_stack),
                                ledger::name_hash("__chkstk")};

}  // namespace

Exports memory_exports() {
  using Copy = PVOID(PVOID, const void*, SIZE_T);
  static const ExportRow* const rows[] = {
      &probe_stack_row,
      kernel_row<"memcpy", Copy, copy, touches_memory>(),
      kernel_row<"memmove", Copy, move, touches_memory>(),
      kernel_row<"memset", PVOID(PVOID, int, SIZE_T), set, touches_memory>(),
      kernel_row<"memcmp", int(const void*, const void*, SIZE_T), compare, touches_memory>(),
      kernel_row<"memchr", PVOID(const void*, int, SIZE_T), find, touches_memory>(),
      kernel_row<"RtlCompareMemory", decltype(::RtlCompareMemory), equal_prefix, touches_memory>(),
      kernel_row<"RtlFillMemory", VOID(PVOID, SIZE_T, UCHAR), fill, touches_memory>(),
      kernel_row<"RtlZeroMemory", VOID(PVOID, SIZE_T), zero, touches_memory>(),
      kernel_row<"RtlCopyMemory", VOID(PVOID, const void*, SIZE_T), move_without_result,
                 touches_memory>(),
      kernel_row<"RtlMoveMemory", VOID(PVOID, const void*, SIZE_T), move_without_result,
                 touches_memory>(),
  };
  return rows;
}

}  // namespace drydock::nt
