// SPDX-License-Identifier: Apache-2.0
#include <ip2string.h>

#include <array>
#include <cstring>
#include <set>

#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;

std::u16string text(const UNICODE_STRING& string) {
  return {string.Buffer, string.Length / sizeof(WCHAR)};
}

struct Buffer {
  WCHAR units[64]{};
  UNICODE_STRING string{0, sizeof units, units};
};

UNICODE_STRING literal(const char16_t* value) {
  UNICODE_STRING string;
  KERNEL(RtlInitUnicodeString)(&string, value);
  return string;
}

TEST(Strings, a_literal_is_counted_without_its_terminator) {
  KernelRun run;
  run.run([] {
    const UNICODE_STRING string = literal(u"\\Device\\Dock");
    EXPECT_EQ(string.Length, 24);
    EXPECT_EQ(string.MaximumLength, 26);
    EXPECT_EQ(literal(nullptr).Buffer, nullptr);
  });
}

TEST(Strings, copying_and_appending_respect_the_buffer) {
  KernelRun run;
  run.run([] {
    Buffer buffer;
    const UNICODE_STRING device = literal(u"\\Device\\");
    KERNEL(RtlCopyUnicodeString)(&buffer.string, &device);
    EXPECT_EQ(KERNEL(RtlAppendUnicodeToString)(&buffer.string, u"Dock"), STATUS_SUCCESS);
    EXPECT_EQ(text(buffer.string), u"\\Device\\Dock");
    buffer.string.MaximumLength = buffer.string.Length;
    EXPECT_EQ(KERNEL(RtlAppendUnicodeStringToString)(&buffer.string, &device),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(text(buffer.string), u"\\Device\\Dock");
  });
}

TEST(Strings, comparing_ignores_case_only_when_asked) {
  KernelRun run;
  run.run([] {
    const UNICODE_STRING small = literal(u"\\device\\\u00e4\u043b");
    const UNICODE_STRING capital = literal(u"\\DEVICE\\\u00c4\u041b");
    EXPECT_TRUE(KERNEL(RtlEqualUnicodeString)(&small, &capital, TRUE));
    EXPECT_FALSE(KERNEL(RtlEqualUnicodeString)(&small, &capital, FALSE));
    EXPECT_GT(KERNEL(RtlCompareUnicodeString)(&small, &capital, FALSE), 0);
    const UNICODE_STRING prefix = literal(u"\\Device");
    EXPECT_TRUE(KERNEL(RtlPrefixUnicodeString)(&prefix, &small, TRUE));
    EXPECT_FALSE(KERNEL(RtlPrefixUnicodeString)(&small, &prefix, TRUE));
  });
}

TEST(Strings, an_allocated_result_belongs_to_the_driver_until_it_is_freed) {
  KernelRun run;
  run.run([&] {
    const UNICODE_STRING capital = literal(u"DOCK");
    UNICODE_STRING small;
    ASSERT_EQ(KERNEL(RtlDowncaseUnicodeString)(&small, &capital, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(text(small), u"dock");
    EXPECT_EQ(run.alive(Kind::pool_block), 1U);
    KERNEL(RtlFreeUnicodeString)(&small);
  });
  EXPECT_EQ(run.alive(Kind::pool_block), 0U);
}

TEST(Strings, numbers_go_to_text_and_back) {
  KernelRun run;
  run.run([] {
    Buffer buffer;
    EXPECT_EQ(KERNEL(RtlIntegerToUnicodeString)(48879, 16, &buffer.string), STATUS_SUCCESS);
    EXPECT_EQ(text(buffer.string), u"BEEF");
    EXPECT_EQ(KERNEL(RtlIntegerToUnicodeString)(1, 7, &buffer.string), STATUS_INVALID_PARAMETER);
    buffer.string.MaximumLength = 2;
    EXPECT_EQ(KERNEL(RtlIntegerToUnicodeString)(10, 10, &buffer.string), STATUS_BUFFER_OVERFLOW);
    ULONG value = 0;
    const UNICODE_STRING hexadecimal = literal(u"  0xBeef rest");
    EXPECT_EQ(KERNEL(RtlUnicodeStringToInteger)(&hexadecimal, 0, &value), STATUS_SUCCESS);
    EXPECT_EQ(value, 0xBEEFU);
  });
}

TEST(Strings, a_guid_goes_to_text_and_back) {
  KernelRun run;
  run.run([] {
    const GUID guid{0x01234567, 0x89ab, 0xcdef, {0, 1, 2, 3, 4, 5, 6, 0xff}};
    UNICODE_STRING string;
    ASSERT_EQ(KERNEL(RtlStringFromGUID)(&guid, &string), STATUS_SUCCESS);
    EXPECT_EQ(text(string), u"{01234567-89ab-cdef-0001-0203040506ff}");
    GUID back{};
    EXPECT_EQ(KERNEL(RtlGUIDFromString)(&string, &back), STATUS_SUCCESS);
    EXPECT_EQ(std::memcmp(&back, &guid, sizeof guid), 0);
    KERNEL(RtlFreeUnicodeString)(&string);
  });
}

TEST(Strings, c_strings_compare_and_search_as_in_c) {
  KernelRun run;
  run.run([] {
    using Compare = NTAPI int(const WCHAR*, const WCHAR*);
    using Find = NTAPI WCHAR*(const WCHAR*, const WCHAR*);
    EXPECT_EQ(kernel_import<Compare>("_wcsicmp")(u"Dock", u"dOCK"), 0);
    EXPECT_LT(kernel_import<Compare>("wcscmp")(u"Dock", u"dock"), 0);
    const WCHAR* path = u"\\Device\\Dock";
    EXPECT_EQ(kernel_import<Find>("wcsstr")(path, u"Dock"), path + 8);
    EXPECT_EQ(kernel_import<Find>("wcsstr")(path, u"dock"), nullptr);
  });
}

TEST(Strings, the_stack_probe_keeps_the_size_and_the_arguments) {
  const auto find = [] {
    for (const ExportRow* row : memory_exports()) {
      if (std::string_view(row->name) == "__chkstk") return row->entry;
    }
    return static_cast<void*>(nullptr);
  };
  KernelRun run;
  std::uint64_t rax = 0;
  std::uint64_t rcx = 0;
  run.run([&] {
    void* probe = find();
    asm volatile("sub $128, %%rsp\n call *%[probe]\n add $128, %%rsp"
                 : "=a"(rax), "=c"(rcx)
                 : "a"(20'000), "c"(7), [probe] "r"(probe)
                 : "r10", "r11", "memory", "cc");
  });
  EXPECT_EQ(rax, 20'000U);
  EXPECT_EQ(rcx, 7U);
}

TEST(Version, is_windows_10_by_every_way_to_ask) {
  KernelRun run;
  run.run([] {
    RTL_OSVERSIONINFOEXW info{};
    info.dwOSVersionInfoSize = sizeof info;
    EXPECT_EQ(KERNEL(RtlGetVersion)(reinterpret_cast<PRTL_OSVERSIONINFOW>(&info)), STATUS_SUCCESS);
    ULONG build = 0;
    KERNEL(PsGetVersion)(nullptr, nullptr, &build, nullptr);
    EXPECT_EQ(info.dwMajorVersion, 10U);
    EXPECT_EQ(info.dwBuildNumber, build);
  });
}

TEST(Uuid, each_one_is_another_of_version_4_even_when_nothing_happens_in_between) {
  KernelRun run;
  std::set<std::string> seen;
  run.run([&] {
    for (int i = 0; i < 100; ++i) {
      UUID uuid;
      EXPECT_EQ(KERNEL(ExUuidCreate)(&uuid), STATUS_SUCCESS);
      EXPECT_EQ(uuid.Data3 >> 12, 4);
      EXPECT_EQ(uuid.Data4[0] >> 6, 2);
      seen.emplace(reinterpret_cast<const char*>(&uuid), sizeof uuid);
    }
  });
  EXPECT_EQ(seen.size(), 100U);
}

TEST(IpAddressText, is_that_of_rfc_4291_and_ends_at_the_returned_address) {
  struct Case {
    std::array<UCHAR, 16> bytes;
    const char* text;
  };
  static constexpr Case cases[] = {
      {{}, "::"},
      {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, "::1"},
      {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10}, "2001:db8::10"},
      {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, "2001:db8:0:1::"},
      {{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 2, 0x11, 0, 0x22, 0, 0x33, 0xff, 0xfe},
       "fe80::211:22:33:fffe"},
      {{0, 1, 0, 0, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}, "1:0:3:4:5:6:7:8"},
      {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}, "::ffff:192.0.2.1"},
      {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1}, "::192.0.2.1"},
      {{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe, 192, 0, 2, 1}, "fe80::5efe:192.0.2.1"},
  };
  KernelRun run;
  run.run([] {
    for (const Case& c : cases) {
      const auto* address = reinterpret_cast<const WDK_IN6_ADDR*>(c.bytes.data());
      CHAR narrow[46];
      WCHAR wide[46];
      EXPECT_EQ(KERNEL(RtlIpv6AddressToStringA)(address, narrow), narrow + std::strlen(c.text));
      EXPECT_STREQ(narrow, c.text);
      EXPECT_EQ(KERNEL(RtlIpv6AddressToStringW)(address, wide), wide + std::strlen(c.text));
      EXPECT_EQ(std::u16string(wide), std::u16string(c.text, c.text + std::strlen(c.text)));
    }
    const std::array<UCHAR, 4> bytes = {192, 0, 2, 255};
    const auto* address = reinterpret_cast<const WDK_IN_ADDR*>(bytes.data());
    CHAR narrow[16];
    WCHAR wide[16];
    EXPECT_EQ(KERNEL(RtlIpv4AddressToStringA)(address, narrow), narrow + 11);
    EXPECT_STREQ(narrow, "192.0.2.255");
    EXPECT_EQ(KERNEL(RtlIpv4AddressToStringW)(address, wide), wide + 11);
    EXPECT_EQ(std::u16string(wide), u"192.0.2.255");
  });
}

}  // namespace
}  // namespace drydock::nt
