// SPDX-License-Identifier: Apache-2.0
// The C library's formatted output, as Microsoft's run-time library and ntoskrnl.exe have it: sizes
// I64 and w, counted strings (%Z), pointers of sixteen digits, no floating point.
#include <ntddk.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "nt/context.h"
#include "nt/exports.h"

namespace drydock::nt {

namespace {

// Arguments as the Microsoft calling convention lays them out: one slot of eight bytes each.
class Arguments {
 public:
  explicit Arguments(WDK_VA_LIST list) : next_(reinterpret_cast<const std::uint64_t*>(list)) {}
  std::uint64_t take() { return *next_++; }
  template <class T>
  const T* pointer() {
    return reinterpret_cast<const T*>(take());
  }

 private:
  const std::uint64_t* next_;
};

// What stands between % and the conversion's letter.
struct Form {
  bool left = false;
  bool plus = false;
  bool blank = false;
  bool zeros = false;
  bool alternate = false;
  int width = 0;
  int precision = -1;
  unsigned bytes = 4;   // of an integer
  bool narrow = false;  // h
  bool wide = false;    // l, w
};

// Output that counts what does not fit any more.
template <class Char>
struct Output {
  Char* buffer;
  std::size_t room;
  std::size_t count = 0;

  void put(char16_t c) {
    if (count < room) buffer[count] = static_cast<Char>(sizeof(Char) == 1 && c > 0xff ? u'?' : c);
    ++count;
  }
  void fill(char16_t c, std::ptrdiff_t times) {
    for (; times > 0; --times) put(c);
  }
};

template <class Char>
struct Format {
  const Char* at;

  [[nodiscard]] char16_t peek() const { return static_cast<std::make_unsigned_t<Char>>(*at); }
  bool take(char c) {
    if (peek() != static_cast<char16_t>(c)) return false;
    ++at;
    return true;
  }
  bool take(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (static_cast<char16_t>(static_cast<std::make_unsigned_t<Char>>(at[i])) !=
          static_cast<char16_t>(text[i]))
        return false;
    }
    at += text.size();
    return true;
  }
  // Digits, or an argument for '*'. Never the one int whose negative is none.
  int number(Arguments& arguments) {
    constexpr int largest = INT_MAX;
    if (take('*')) return std::max(static_cast<int>(arguments.take()), -largest);
    std::int64_t value = 0;
    for (; peek() >= u'0' && peek() <= u'9'; ++at)
      value = std::min<std::int64_t>(value * 10 + (peek() - u'0'), largest);
    return static_cast<int>(value);
  }
};

template <class Char>
void read_flags(Format<Char>& format, Form& form) {
  for (;;) {
    if (format.take('-')) {
      form.left = true;
    } else if (format.take('+')) {
      form.plus = true;
    } else if (format.take(' ')) {
      form.blank = true;
    } else if (format.take('0')) {
      form.zeros = true;
    } else if (format.take('#')) {
      form.alternate = true;
    } else {
      return;
    }
  }
}

template <class Char>
void read_size(Format<Char>& format, Form& form) {
  if (format.take("I64") || format.take("ll") || format.take('j') || format.take('z') ||
      format.take('t')) {
    form.bytes = 8;
  } else if (format.take("I32")) {
    form.bytes = 4;
  } else if (format.take('I')) {
    form.bytes = 8;
  } else if (format.take("hh")) {
    form.bytes = 1;
  } else if (format.take('h')) {
    form.bytes = 2;
    form.narrow = true;
  } else if (format.take('l') || format.take('w')) {
    form.wide = true;
  }
}

template <class Char>
Form read_form(Format<Char>& format, Arguments& arguments) {
  Form form;
  read_flags(format, form);
  form.width = format.number(arguments);
  if (form.width < 0) {
    form.left = true;
    form.width = -form.width;
  }
  if (format.take('.')) form.precision = format.number(arguments);
  read_size(format, form);
  return form;
}

// --- conversions

template <class Char, class Text>
void put_text(Output<Char>& output, const Form& form, const Text* text, std::size_t length) {
  const auto missing = form.width - static_cast<std::ptrdiff_t>(length);
  const char16_t pad = form.zeros && !form.left ? u'0' : u' ';
  if (!form.left) output.fill(pad, missing);
  for (std::size_t i = 0; i < length; ++i)
    output.put(static_cast<std::make_unsigned_t<Text>>(text[i]));
  if (form.left) output.fill(u' ', missing);
}

template <class Char, class Text>
void put_string(Output<Char>& output, const Form& form, const Text* text) {
  if (text == nullptr) return put_text(output, form, "(null)", 6);
  const std::size_t most = form.precision < 0 ? SIZE_MAX : static_cast<std::size_t>(form.precision);
  std::size_t length = 0;
  while (length < most && text[length] != 0) ++length;
  put_text(output, form, text, length);
}

template <class Char, class Counted>
void put_counted(Output<Char>& output, const Form& form, const Counted* counted) {
  if (counted == nullptr || counted->Buffer == nullptr) return put_text(output, form, "(null)", 6);
  std::size_t length = counted->Length / sizeof(*counted->Buffer);
  if (form.precision >= 0) length = std::min<std::size_t>(length, form.precision);
  put_text(output, form, counted->Buffer, length);
}

struct Integer {
  std::uint64_t value = 0;
  bool negative = false;
  unsigned base = 10;
  bool upper = false;
};

template <class Char>
void put_integer(Output<Char>& output, Form form, const Integer& integer) {
  std::array<char, 24> digits{};
  std::size_t count = 0;
  for (std::uint64_t rest = integer.value; rest != 0; rest /= integer.base)
    digits[count++] =
        (integer.upper ? "0123456789ABCDEF" : "0123456789abcdef")[rest % integer.base];
  std::string prefix;
  if (integer.negative) {
    prefix = "-";
  } else if (form.plus || form.blank) {
    prefix = form.plus ? "+" : " ";
  }
  if (form.alternate && integer.base == 16 && integer.value != 0)
    prefix = integer.upper ? "0X" : "0x";
  if (form.alternate && integer.base == 8) prefix = "0";
  const auto shown = static_cast<std::ptrdiff_t>(count);
  std::ptrdiff_t zeros =
      std::max<std::ptrdiff_t>(form.precision < 0 ? 1 : form.precision, shown) - shown;
  const auto taken = static_cast<std::ptrdiff_t>(prefix.size()) + shown;
  if (form.zeros && !form.left && form.precision < 0) zeros = std::max(zeros, form.width - taken);
  const std::ptrdiff_t missing = form.width - taken - zeros;
  if (!form.left) output.fill(u' ', missing);
  for (const char c : prefix) output.put(static_cast<unsigned char>(c));
  output.fill(u'0', zeros);
  for (std::size_t i = count; i-- > 0;) output.put(static_cast<unsigned char>(digits[i]));
  if (form.left) output.fill(u' ', missing);
}

// The low bytes of a slot.
std::uint64_t as_unsigned(std::uint64_t slot, unsigned bytes) {
  return bytes == 8 ? slot : slot & ((std::uint64_t{1} << (8 * bytes)) - 1);
}

Integer signed_integer(std::uint64_t slot, unsigned bytes) {
  const std::uint64_t value = as_unsigned(slot, bytes);
  const bool negative = (value >> (8 * bytes - 1) & 1) != 0;
  return {.value = negative ? as_unsigned(~value + 1, bytes) : value, .negative = negative};
}

// Letters that read what the function's own text is not: %S, %C.
template <class Char>
bool is_wide(const Form& form, bool other) {
  if (form.narrow) return false;
  if (form.wide) return true;
  return (sizeof(Char) == 2) != other;
}

template <class Char>
void convert(Output<Char>& output, Form form, char16_t letter, Arguments& arguments) {
  switch (letter) {
    case u'd':
    case u'i':
      return put_integer(output, form, signed_integer(arguments.take(), form.bytes));
    case u'u':
    case u'o':
    case u'x':
    case u'X':
      form.plus = form.blank = false;
      return put_integer(output, form,
                         {.value = as_unsigned(arguments.take(), form.bytes),
                          .base = letter == u'u'   ? 10U
                                  : letter == u'o' ? 8U
                                                   : 16U,
                          .upper = letter == u'X'});
    case u'p':
      form.precision = 16;
      return put_integer(output, form, {.value = arguments.take(), .base = 16, .upper = true});
    case u'c':
    case u'C': {
      const std::uint64_t slot = arguments.take();
      const auto c =
          static_cast<WCHAR>(is_wide<Char>(form, letter == u'C') ? slot & 0xffff : slot & 0xff);
      return put_text(output, form, &c, 1);
    }
    case u's':
    case u'S':
      if (is_wide<Char>(form, letter == u'S'))
        return put_string(output, form, arguments.pointer<WCHAR>());
      return put_string(output, form, arguments.pointer<CHAR>());
    case u'Z':
      if (form.wide) return put_counted(output, form, arguments.pointer<UNICODE_STRING>());
      return put_counted(output, form, arguments.pointer<ANSI_STRING>());
    default:  // among them %%
      output.put(letter);
  }
}

// The whole length, whatever fits.
template <class Char>
std::size_t print(Output<Char>& output, const Char* text, Arguments arguments) {
  Format<Char> format{text};
  while (format.peek() != 0) {
    if (!format.take('%')) {
      output.put(format.peek());
      ++format.at;
      continue;
    }
    const Form form = read_form(format, arguments);
    if (format.peek() == 0) break;
    const char16_t letter = format.peek();
    ++format.at;
    convert(output, form, letter, arguments);
  }
  return output.count;
}

// -1 when it does not fit; a NUL when there is room for it.
template <class Char>
int print_bounded(Char* buffer, SIZE_T room, const Char* format, WDK_VA_LIST arguments) {
  Output<Char> output{buffer, room};
  const std::size_t length = print(output, format, Arguments(arguments));
  if (length < room) buffer[length] = 0;
  return length > room ? -1 : static_cast<int>(length);
}

// --- variadic ones enter here instead of through the thunk, which forwards arguments

extern const ExportRow narrow_row;
extern const ExportRow wide_row;
extern const ExportRow unbounded_row;

NTAPI int print_narrow(char* buffer, SIZE_T room, const char* format, ...) {
  const ledger::detail::KernelCall call(narrow_row, __builtin_return_address(0),
                                        __builtin_frame_address(0));
  WDK_VA_LIST arguments;
  __builtin_ms_va_start(arguments, format);
  const int length = print_bounded(buffer, room, format, arguments);
  __builtin_ms_va_end(arguments);
  return length;
}

NTAPI int print_wide(WCHAR* buffer, SIZE_T room, const WCHAR* format, ...) {
  const ledger::detail::KernelCall call(wide_row, __builtin_return_address(0),
                                        __builtin_frame_address(0));
  WDK_VA_LIST arguments;
  __builtin_ms_va_start(arguments, format);
  const int length = print_bounded(buffer, room, format, arguments);
  __builtin_ms_va_end(arguments);
  return length;
}

NTAPI int print_wide_unbounded(WCHAR* buffer, const WCHAR* format, ...) {
  const ledger::detail::KernelCall call(unbounded_row, __builtin_return_address(0),
                                        __builtin_frame_address(0));
  WDK_VA_LIST arguments;
  __builtin_ms_va_start(arguments, format);
  const int length = print_bounded(buffer, SIZE_T{INT_MAX}, format, arguments);
  __builtin_ms_va_end(arguments);
  return length;
}

const ExportRow narrow_row{"ntoskrnl.exe", "_snprintf", any_irql_quiet,
                           reinterpret_cast<void*>(&print_narrow), ledger::name_hash("_snprintf")};
const ExportRow wide_row{"ntoskrnl.exe", "_snwprintf", any_irql_quiet,
                         reinterpret_cast<void*>(&print_wide), ledger::name_hash("_snwprintf")};
const ExportRow unbounded_row{"ntoskrnl.exe", "swprintf", any_irql_quiet,
                              reinterpret_cast<void*>(&print_wide_unbounded),
                              ledger::name_hash("swprintf")};

int to_integer(const char* text) {
  while (*text == ' ' || (*text >= '\t' && *text <= '\r')) ++text;
  const bool negative = *text == '-';
  if (*text == '-' || *text == '+') ++text;
  std::uint32_t value = 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    value = value * 10 + static_cast<unsigned char>(*text - '0');
  return static_cast<int>(negative ? 0 - value : value);
}

}  // namespace

Exports formatted_exports() {
  static const ExportRow* const rows[] = {
      &narrow_row,
      &wide_row,
      &unbounded_row,
      kernel_row<"_vsnprintf", int(char*, SIZE_T, const char*, WDK_VA_LIST), print_bounded<char>,
                 touches_memory>(),
      kernel_row<"_vsnwprintf", int(WCHAR*, SIZE_T, const WCHAR*, WDK_VA_LIST),
                 print_bounded<WCHAR>, touches_memory>(),
      kernel_row<"atoi", int(const char*), to_integer, touches_memory>(),
  };
  return rows;
}

}  // namespace drydock::nt
