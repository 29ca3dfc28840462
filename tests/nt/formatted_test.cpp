// SPDX-License-Identifier: Apache-2.0
// Formatted output.
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using Print = NTAPI int(char*, SIZE_T, const char*, ...);
using PrintWide = NTAPI int(WCHAR*, SIZE_T, const WCHAR*, ...);
using PrintWideUnbounded = NTAPI int(WCHAR*, const WCHAR*, ...);
using PrintList = NTAPI int(char*, SIZE_T, const char*, WDK_VA_LIST);
using PrintWideList = NTAPI int(WCHAR*, SIZE_T, const WCHAR*, WDK_VA_LIST);

template <class... A>
std::string print(const char* format, A... arguments) {
  char text[200];
  const int length = kernel_import<Print>("_snprintf")(text, sizeof text, format, arguments...);
  EXPECT_EQ(length, static_cast<int>(std::strlen(text)));
  return text;
}

template <class... A>
std::u16string print_wide(const WCHAR* format, A... arguments) {
  WCHAR text[200];
  const int length = kernel_import<PrintWide>("_snwprintf")(text, 200, format, arguments...);
  EXPECT_EQ(length, static_cast<int>(std::u16string(text).size()));
  WCHAR again[200];
  EXPECT_EQ(kernel_import<PrintWideUnbounded>("swprintf")(again, format, arguments...), length);
  EXPECT_EQ(std::u16string(again), text);
  return text;
}

NTAPI int print_through(char* text, SIZE_T room, const char* format, ...) {
  WDK_VA_LIST list;
  __builtin_ms_va_start(list, format);
  const int length = kernel_import<PrintList>("_vsnprintf")(text, room, format, list);
  __builtin_ms_va_end(list);
  return length;
}

NTAPI int print_wide_through(WCHAR* text, SIZE_T room, const WCHAR* format, ...) {
  WDK_VA_LIST list;
  __builtin_ms_va_start(list, format);
  const int length = kernel_import<PrintWideList>("_vsnwprintf")(text, room, format, list);
  __builtin_ms_va_end(list);
  return length;
}

TEST(Formatted, integers_have_sizes_bases_signs_and_widths) {
  KernelRun run;
  run.run([] {
    EXPECT_EQ(print("%d %i %u", -7, 7, 0xffffffffU), "-7 7 4294967295");
    EXPECT_EQ(print("%x %X %#x %o", 0xbeefU, 0xbeefU, 0xbeefU, 8U), "beef BEEF 0xbeef 10");
    EXPECT_EQ(print("[%5d|%-5d|%05d|%+d|% d]", 42, 42, -42, 42, 42), "[   42|42   |-0042|+42| 42]");
    EXPECT_EQ(print("%.4d %8.4x|%*d|%-*d|", 7, 0x1fU, 4, 1, 4, 2), "0007     001f|   1|2   |");
    EXPECT_EQ(print("%I64d %lld %I64x", std::int64_t{-5}, INT64_MIN, UINT64_MAX),
              "-5 -9223372036854775808 ffffffffffffffff");
    EXPECT_EQ(print("%hd %hhu %Iu %ld %lu", 65535, 257, std::uint64_t{1} << 40, -1, 4000000000U),
              "-1 1 1099511627776 -1 4000000000");
    EXPECT_EQ(print("%p", std::uint64_t{0xfffff80012345678}), "FFFFF80012345678");
    EXPECT_EQ(print("100%% %d", 0), "100% 0");
  });
}

TEST(Formatted, texts_are_narrow_wide_or_counted) {
  KernelRun run;
  run.run([] {
    WCHAR buffer[] = u"counted";
    UNICODE_STRING wide{.Length = 10, .MaximumLength = sizeof buffer, .Buffer = buffer};
    CHAR bytes[] = "counted";
    ANSI_STRING narrow{.Length = 3, .MaximumLength = sizeof bytes, .Buffer = bytes};
    EXPECT_EQ(print("%s|%S|%ws|%ls|%hs", "a", u"b", u"c", u"d", "e"), "a|b|c|d|e");
    EXPECT_EQ(print("%wZ|%Z|%.2wZ", &wide, &narrow, &wide), "count|cou|co");
    EXPECT_EQ(print("[%5s|%-5s|%.2s|%c%C]", "abc", "abc", "abc", 'x', u'y'), "[  abc|abc  |ab|xy]");
    EXPECT_EQ(
        print("%s %wZ", static_cast<const char*>(nullptr), static_cast<UNICODE_STRING*>(nullptr)),
        "(null) (null)");
    EXPECT_EQ(print("%ws", u"\u20ac\u00e4"), "?\xe4");
    EXPECT_EQ(print_wide(u"%s|%S|%hs|%wZ|%c|%d", u"a", "b", "c", &wide, u'\u20ac', -1),
              u"a|b|c|count|\u20ac|-1");
  });
}

TEST(Formatted, numbers_in_the_format_that_no_int_holds_are_very_large) {
  KernelRun run;
  run.run([] { EXPECT_EQ(print("%.4294967297s", "text"), "text"); });
}

TEST(Formatted, what_does_not_fit_is_cut_off_and_told) {
  KernelRun run;
  run.run([] {
    char text[8] = "-------";
    const auto print_to = kernel_import<Print>("_snprintf");
    EXPECT_EQ(print_to(text, 4, "%s", "abc"), 3);
    EXPECT_STREQ(text, "abc");
    EXPECT_EQ(print_to(text, 4, "%s", "defg"), 4);  // no room for the NUL
    EXPECT_EQ(std::string_view(text, 5), "defg-");
    EXPECT_EQ(print_to(text, 4, "%s", "hijkl"), -1);
    EXPECT_EQ(std::string_view(text, 5), "hijk-");
    EXPECT_EQ(print_through(text, 8, "%d%c", 12, 'x'), 3);
    EXPECT_STREQ(text, "12x");
    WCHAR wide[4];
    EXPECT_EQ(print_wide_through(wide, 4, u"%x", 0x12345), -1);
    EXPECT_EQ(std::u16string_view(wide, 4), u"1234");
    EXPECT_EQ(print_wide_through(wide, 4, u"%x", 0x12), 2);
    EXPECT_EQ(std::u16string_view(wide), u"12");
  });
}

TEST(Formatted, text_becomes_a_number_as_far_as_it_is_one) {
  using ToInteger = NTAPI int(const char*);
  KernelRun run;
  run.run([] {
    const auto to_integer = kernel_import<ToInteger>("atoi");
    EXPECT_EQ(to_integer(" \t-12x"), -12);
    EXPECT_EQ(to_integer("+7"), 7);
    EXPECT_EQ(to_integer("x"), 0);
    EXPECT_EQ(to_integer("-2147483648"), INT_MIN);
  });
}

}  // namespace
}  // namespace drydock::nt
