// SPDX-License-Identifier: Apache-2.0
#include "nt/registry.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

constexpr const char16_t* service_key =
    u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\toy";

UNICODE_STRING text(const char16_t* literal) {
  const auto bytes = static_cast<USHORT>(2 * std::u16string_view(literal).size());
  return {bytes, bytes, const_cast<PWSTR>(literal)};
}

NTAPI NTSTATUS no_driver(PDRIVER_OBJECT, PUNICODE_STRING) {
  return STATUS_SUCCESS;
}

struct RegistryTest : testing::Test, KernelRun {
  RegistryTest() {
    const ULONG number = 7;
    kernel.registry.set(service_key, u"Number", REG_DWORD, std::as_bytes(std::span(&number, 1)));
    const std::u16string word(u"hi", 3);
    kernel.registry.set(service_key, u"Word", REG_SZ, std::as_bytes(std::span(word)));
  }
  static HANDLE open(const char16_t* path, NTSTATUS& status) {
    UNICODE_STRING name = text(path);
    OBJECT_ATTRIBUTES attributes{};
    attributes.Length = sizeof attributes;
    attributes.ObjectName = &name;
    HANDLE handle = nullptr;
    status = KERNEL(ZwOpenKey)(&handle, 0, &attributes);
    return handle;
  }
};

TEST_F(RegistryTest, value_is_read_by_handle_without_case_and_the_handle_is_in_the_ledger) {
  run([&] {
    NTSTATUS status = 0;
    const HANDLE key =
        open(u"\\REGISTRY\\machine\\System\\CurrentControlSet\\services\\TOY", status);
    ASSERT_EQ(status, STATUS_SUCCESS);
    EXPECT_EQ(alive(ledger::Kind::registry_key), 1u);
    std::array<ULONG, 4> buffer{};
    ULONG length = 0;
    UNICODE_STRING name = text(u"number");
    EXPECT_EQ(
        KERNEL(ZwQueryValueKey)(key, &name, KeyValuePartialInformation, buffer.data(), 16, &length),
        STATUS_SUCCESS);
    EXPECT_EQ(buffer, (std::array<ULONG, 4>{0, REG_DWORD, 4, 7}));
    EXPECT_EQ(
        KERNEL(ZwQueryValueKey)(key, &name, KeyValuePartialInformation, buffer.data(), 12, &length),
        STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(length, 16u);
    UNICODE_STRING other = text(u"other");
    EXPECT_EQ(KERNEL(ZwQueryValueKey)(key, &other, KeyValuePartialInformation, buffer.data(), 16,
                                      &length),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(KERNEL(ZwClose)(key), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(ZwClose)(key), STATUS_INVALID_HANDLE);
  });
  EXPECT_EQ(alive(ledger::Kind::registry_key), 0u);
}

TEST_F(RegistryTest, key_that_nobody_made_is_not_found_but_a_drivers_service_key_is) {
  kernel.io.load_code("other", no_driver);
  run([&] {
    NTSTATUS status = 0;
    open(u"\\Registry\\Machine\\Nowhere", status);
    EXPECT_EQ(status, STATUS_OBJECT_NAME_NOT_FOUND);
    open(u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\other", status);
    EXPECT_EQ(status, STATUS_SUCCESS);
  });
}

NTAPI NTSTATUS collect(PWSTR name, ULONG type, PVOID data, ULONG size, PVOID context, PVOID) {
  auto& seen = *static_cast<std::string*>(context);
  ULONG number = 0;
  std::memcpy(&number, data, std::min<std::size_t>(size, sizeof number));
  seen += printable(name) + " " + std::to_string(type) + " " + std::to_string(number) + ", ";
  return STATUS_SUCCESS;
}

TEST_F(RegistryTest, query_table_stores_directly_calls_routines_and_uses_defaults) {
  std::string seen;
  run([&] {
    ULONG number = 0;
    UNICODE_STRING word{};
    ULONG fallback = 42;
    std::array<RTL_QUERY_REGISTRY_TABLE, 5> table{};
    table[0].Flags = table[1].Flags = 0x20;  // direct
    table[0].Name = const_cast<PWSTR>(u"Number");
    table[0].EntryContext = &number;
    table[1].Name = const_cast<PWSTR>(u"Word");
    table[1].EntryContext = &word;
    table[2].QueryRoutine = collect;
    table[2].Name = const_cast<PWSTR>(u"Missing");
    table[2].DefaultType = REG_DWORD;
    table[2].DefaultData = &fallback;
    table[2].DefaultLength = 4;
    table[3].QueryRoutine = collect;
    table[3].Name = const_cast<PWSTR>(u"Number");
    EXPECT_EQ(KERNEL(RtlQueryRegistryValues)(1, u"toy", table.data(), &seen, nullptr),
              STATUS_SUCCESS);
    EXPECT_EQ(number, 7u);
    EXPECT_EQ(printable(view_of(&word)), "hi");
    EXPECT_EQ(alive(ledger::Kind::pool_block), 1u);  // the driver's to free
    table[0].Flags |= 0x04;                          // required
    table[0].Name = const_cast<PWSTR>(u"Missing");
    EXPECT_EQ(KERNEL(RtlQueryRegistryValues)(1, u"toy", table.data(), &seen, nullptr),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(KERNEL(RtlQueryRegistryValues)(1, u"none", table.data(), &seen, nullptr),
              STATUS_OBJECT_NAME_NOT_FOUND);
  });
  EXPECT_EQ(seen, "Missing 4 42, Number 4 7, ");
}

}  // namespace
}  // namespace drydock::nt
