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

TEST(IpAddressText, is_read_as_far_as_it_is_an_address) {
  struct Case {
    const char* text;
    bool strict;
    const char* rest;  // behind the address; null: it is none
    std::array<UCHAR, 4> bytes;
  };
  static constexpr Case cases[] = {
      {"192.0.2.10", true, "", {192, 0, 2, 10}},
      {"192.0.2.10:80", true, ":80", {192, 0, 2, 10}},
      {"10.1", false, "", {10, 0, 0, 1}},
      {"10.1.258", false, "", {10, 1, 1, 2}},
      {"0x0a.010.0.1/8", false, "/8", {10, 8, 0, 1}},
      {"3221225994", false, "", {192, 0, 2, 10}},
      {"10.1", true, nullptr, {}},
      {"256.0.0.1", true, nullptr, {}},
      {"1.2.3.256", false, nullptr, {}},
      {"", true, nullptr, {}},
      {"a.b", false, nullptr, {}},
  };
  KernelRun run;
  run.run([] {
    for (const Case& c : cases) {
      const std::u16string wide(c.text, c.text + std::strlen(c.text));
      PCSTR end = nullptr;
      PCWSTR wide_end = nullptr;
      std::array<UCHAR, 4> bytes{};
      auto* address = reinterpret_cast<WDK_IN_ADDR*>(bytes.data());
      const BOOLEAN strict = c.strict ? TRUE : FALSE;
      const NTSTATUS expected = c.rest != nullptr ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
      EXPECT_EQ(KERNEL(RtlIpv4StringToAddressA)(c.text, strict, &end, address), expected) << c.text;
      EXPECT_EQ(bytes, c.bytes) << c.text;
      bytes = {};
      EXPECT_EQ(KERNEL(RtlIpv4StringToAddressW)(wide.c_str(), strict, &wide_end, address),
                expected);
      EXPECT_EQ(bytes, c.bytes) << c.text;
      EXPECT_EQ(end - c.text, wide_end - wide.c_str()) << c.text;
      if (c.rest != nullptr) EXPECT_STREQ(end, c.rest);
    }
  });
}

TEST(IpAddressText, of_version_6_is_read_as_far_as_it_is_an_address) {
  struct Case {
    const char* text;
    const char* rest;
    const char* again;  // as it is written
  };
  static constexpr Case cases[] = {
      {"::", "", "::"},
      {"::1", "", "::1"},
      {"2001:DB8::10", "", "2001:db8::10"},
      {"1:2:3:4:5:6:7:8", "", "1:2:3:4:5:6:7:8"},
      {"1:2:3:4:5:6:7::", "", "1:2:3:4:5:6:7:0"},
      {"1::%4", "%4", "1::"},
      {"fe80::1/64", "/64", "fe80::1"},
      {"::ffff:192.0.2.1", "", "::ffff:192.0.2.1"},
      {"64:ff9b::192.0.2.33", "", "64:ff9b::c000:221"},
      {"1:2", nullptr, nullptr},
      {":1", nullptr, nullptr},
      {"g::", nullptr, nullptr},
      {"", nullptr, nullptr},
  };
  KernelRun run;
  run.run([] {
    for (const Case& c : cases) {
      const std::u16string wide(c.text, c.text + std::strlen(c.text));
      PCSTR end = nullptr;
      PCWSTR wide_end = nullptr;
      std::array<UCHAR, 16> narrow_bytes{};
      std::array<UCHAR, 16> bytes{};
      auto* address = reinterpret_cast<WDK_IN6_ADDR*>(bytes.data());
      const NTSTATUS expected = c.rest != nullptr ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
      EXPECT_EQ(KERNEL(RtlIpv6StringToAddressA)(
                    c.text, &end, reinterpret_cast<WDK_IN6_ADDR*>(narrow_bytes.data())),
                expected)
          << c.text;
      EXPECT_EQ(KERNEL(RtlIpv6StringToAddressW)(wide.c_str(), &wide_end, address), expected);
      EXPECT_EQ(bytes, narrow_bytes) << c.text;
      if (c.rest == nullptr) continue;
      EXPECT_STREQ(end, c.rest) << c.text;
      EXPECT_EQ(end - c.text, wide_end - wide.c_str());
      CHAR again[46];
      KERNEL(RtlIpv6AddressToStringA)(address, again);
      EXPECT_STREQ(again, c.again);
    }
  });
}

TEST(MultiByte, goes_to_utf_16_and_back_as_far_as_there_is_room) {
  KernelRun run;
  run.run([] {
    WCHAR wide[3] = {};
    ULONG written = 0;
    EXPECT_EQ(KERNEL(RtlMultiByteToUnicodeN)(wide, 4, &written, "a\xe4 b", 4), STATUS_SUCCESS);
    EXPECT_EQ(written, 4U);
    EXPECT_EQ(std::u16string_view(wide, 2), u"a\u00e4");
    wide[2] = 0x20ac;
    CHAR narrow[4] = {};
    EXPECT_EQ(KERNEL(RtlUnicodeToMultiByteN)(narrow, sizeof narrow, &written, wide, sizeof wide),
              STATUS_SUCCESS);
    EXPECT_EQ(std::string_view(narrow, written), "a\xe4?");
  });
}

}  // namespace
}  // namespace drydock::nt
