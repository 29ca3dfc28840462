// SPDX-License-Identifier: Apache-2.0
#include "policy/sddl.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace drydock::policy {
namespace {

// Control bits of a descriptor ([MS-DTYP] 2.4.6).
constexpr std::uint16_t dacl_present = 0x0004;
constexpr std::uint16_t dacl_auto_inherit_required = 0x0100;
constexpr std::uint16_t dacl_auto_inherited = 0x0400;
constexpr std::uint16_t dacl_protected = 0x1000;
constexpr std::uint16_t self_relative = 0x8000;

constexpr std::size_t header_size = 20;
constexpr std::size_t acl_header_size = 8;
constexpr std::size_t entry_header_size = 8;

struct Alias {
  std::string_view name;
  std::string_view sid;
};

// SIDs that do not depend on the machine or domain ([MS-DTYP] 2.5.1.1).
constexpr Alias aliases[] = {
    {"AN", "S-1-5-7"},      {"AU", "S-1-5-11"},     {"BA", "S-1-5-32-544"}, {"BG", "S-1-5-32-546"},
    {"BU", "S-1-5-32-545"}, {"CO", "S-1-3-0"},      {"CG", "S-1-3-1"},      {"IU", "S-1-5-4"},
    {"LS", "S-1-5-19"},     {"NS", "S-1-5-20"},     {"NU", "S-1-5-2"},      {"OW", "S-1-3-4"},
    {"PS", "S-1-5-10"},     {"RC", "S-1-5-12"},     {"SU", "S-1-5-6"},      {"SY", "S-1-5-18"},
    {"WD", "S-1-1-0"},      {"AC", "S-1-15-2-1"},   {"NO", "S-1-5-32-556"}, {"PU", "S-1-5-32-547"},
    {"RD", "S-1-5-32-555"}, {"WR", "S-1-5-33"},     {"LW", "S-1-16-4096"},  {"ME", "S-1-16-8192"},
    {"HI", "S-1-16-12288"}, {"SI", "S-1-16-16384"},
};

struct Right {
  std::string_view name;
  std::uint32_t bits;
};

constexpr Right rights[] = {
    {"CC", 0x1},        {"DC", 0x2},        {"LC", 0x4},     {"SW", 0x8},        {"RP", 0x10},
    {"WP", 0x20},       {"DT", 0x40},       {"LO", 0x80},    {"CR", 0x100},      {"SD", 0x10000},
    {"RC", 0x20000},    {"WD", 0x40000},    {"WO", 0x80000}, {"GA", 0x10000000}, {"GX", 0x20000000},
    {"GW", 0x40000000}, {"GR", 0x80000000},
};

constexpr Right entry_flags[] = {
    {"OI", 0x01}, {"CI", 0x02}, {"NP", 0x04}, {"IO", 0x08},
    {"ID", 0x10}, {"SA", 0x40}, {"FA", 0x80},
};

constexpr Right list_flags[] = {
    {"P", dacl_protected}, {"AR", dacl_auto_inherit_required}, {"AI", dacl_auto_inherited}};

std::string sid_or_alias(ByteView sid) {
  const auto text = sid_text(sid).value_or("");
  const auto* found = std::ranges::find(aliases, text, &Alias::sid);
  return found == std::end(aliases) ? text : std::string(found->name);
}

Result<Bytes> read_sid(std::string_view text) {
  const auto* found = std::ranges::find(aliases, text, &Alias::name);
  if (auto sid = parse_sid(found == std::end(aliases) ? text : found->sid)) return *sid;
  return failure(fmt::format("'{}' is no SID that is known here", text));
}

// Names one after the other, or one number.
template <std::size_t N>
std::optional<std::uint32_t> read_bits(std::string_view text, const Right (&table)[N]) {
  if (text.starts_with("0x")) {
    const auto number = parse_number(text);
    if (!number || *number > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
  }
  std::uint32_t bits = 0;
  while (!text.empty()) {
    const auto* row =
        std::ranges::find_if(table, [&](const Right& r) { return text.starts_with(r.name); });
    if (row == std::end(table)) return std::nullopt;
    bits |= row->bits;
    text.remove_prefix(row->name.size());
  }
  return bits;
}

template <std::size_t N>
std::string bits_text(std::uint32_t bits, const Right (&table)[N]) {
  std::string text;
  std::uint32_t left = bits;
  for (const Right& row : table) {
    if ((bits & row.bits) == 0) continue;
    text += row.name;
    left &= ~row.bits;
  }
  return left == 0 ? text : fmt::format("{:#x}", bits);
}

void put16(Bytes& out, std::uint32_t number) {
  out.push_back(static_cast<std::uint8_t>(number));
  out.push_back(static_cast<std::uint8_t>(number >> 8));
}

void put32(Bytes& out, std::uint32_t number) {
  put16(out, number & 0xffff);
  put16(out, number >> 16);
}

std::uint16_t get16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

std::uint32_t get32(ByteView bytes, std::size_t at) {
  return get16(bytes, at) | std::uint32_t{get16(bytes, at + 2)} << 16;
}

// What stands between two separators; the text moves behind the second one.
std::optional<std::string_view> take_until(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  if (end == std::string_view::npos) return std::nullopt;
  const auto part = text.substr(0, end);
  text.remove_prefix(end + 1);
  return part;
}

// (type;flags;rights;object;inherited object;sid), the opening bracket gone.
Result<Bytes> read_entry(std::string_view& text) {
  const auto whole = take_until(text, ')');
  if (!whole) return failure("an access entry does not end");
  std::string_view rest = *whole;
  std::vector<std::string_view> parts;
  while (auto part = take_until(rest, ';')) parts.push_back(*part);
  parts.push_back(rest);
  if (parts.size() != 6 || !parts[3].empty() || !parts[4].empty() ||
      (parts[0] != "A" && parts[0] != "D"))
    return failure(
        fmt::format("the access entry '({})' is of a kind that is not known here", *whole));
  const auto flags = read_bits(parts[1], entry_flags);
  const auto mask = read_bits(parts[2], rights);
  if (!flags || !mask || *flags > 0xff)
    return failure(
        fmt::format("'{}' in '({})' is not known here", flags ? parts[2] : parts[1], *whole));
  const auto sid = read_sid(parts[5]);
  if (!sid) return sid;
  Bytes entry{static_cast<std::uint8_t>(parts[0] == "A" ? 0 : 1),
              static_cast<std::uint8_t>(*flags)};
  put16(entry, static_cast<std::uint32_t>(entry_header_size + sid->size()));
  put32(entry, *mask);
  entry.insert(entry.end(), sid->begin(), sid->end());
  return entry;
}

struct Descriptor {
  std::uint16_t control = self_relative;
  Bytes owner;
  Bytes group;
  std::vector<Bytes> entries;
};

Result<void> read_list(std::string_view& text, Descriptor& descriptor) {
  const std::size_t end = std::min(text.find('('), text.size());
  const auto flags = read_bits(text.substr(0, end), list_flags);
  if (!flags) return failure(fmt::format("'D:{}' is not known here", text.substr(0, end)));
  descriptor.control |= static_cast<std::uint16_t>(dacl_present | *flags);
  text.remove_prefix(end);
  while (text.starts_with('(')) {
    text.remove_prefix(1);
    auto entry = read_entry(text);
    if (!entry) return std::unexpected(entry.error());
    descriptor.entries.push_back(std::move(*entry));
  }
  return {};
}

// A SID ends where the next part's letter and colon begin.
std::string_view take_sid(std::string_view& text) {
  const std::size_t colon = text.find(':');
  const std::size_t end = colon == std::string_view::npos || colon == 0 ? text.size() : colon - 1;
  const auto sid = text.substr(0, end);
  text.remove_prefix(end);
  return sid;
}

Result<void> read_part(std::string_view& text, Descriptor& descriptor) {
  if (text.size() < 2 || text[1] != ':')
    return failure(fmt::format("'{}' where O:, G: or D: should be", text));
  const char letter = text[0];
  text.remove_prefix(2);
  if (letter == 'D' && (descriptor.control & dacl_present) == 0) return read_list(text, descriptor);
  Bytes* target = letter == 'O' ? &descriptor.owner : letter == 'G' ? &descriptor.group : nullptr;
  if (target == nullptr || !target->empty())
    return failure(fmt::format("'{}:' is not known here or comes twice", letter));
  auto sid = read_sid(take_sid(text));
  if (!sid) return std::unexpected(sid.error());
  *target = std::move(*sid);
  return {};
}

Bytes assemble(const Descriptor& descriptor) {
  const bool has_list = (descriptor.control & dacl_present) != 0;
  std::size_t list_size = has_list ? acl_header_size : 0;
  for (const Bytes& entry : descriptor.entries) list_size += entry.size();
  const std::size_t owner_at = header_size;
  const std::size_t group_at = owner_at + descriptor.owner.size();
  const std::size_t list_at = group_at + descriptor.group.size();
  Bytes out{1, 0};
  put16(out, descriptor.control);
  put32(out, descriptor.owner.empty() ? 0 : static_cast<std::uint32_t>(owner_at));
  put32(out, descriptor.group.empty() ? 0 : static_cast<std::uint32_t>(group_at));
  put32(out, 0);
  put32(out, has_list ? static_cast<std::uint32_t>(list_at) : 0);
  out.insert(out.end(), descriptor.owner.begin(), descriptor.owner.end());
  out.insert(out.end(), descriptor.group.begin(), descriptor.group.end());
  if (!has_list) return out;
  put16(out, 2);  // revision, and a byte of padding
  put16(out, static_cast<std::uint32_t>(list_size));
  put32(out, static_cast<std::uint32_t>(descriptor.entries.size()));
  for (const Bytes& entry : descriptor.entries) out.insert(out.end(), entry.begin(), entry.end());
  return out;
}

// The SID that begins at `at`; empty when there is none.
ByteView sid_at(ByteView bytes, std::size_t at) {
  if (at == 0 || at + 8 > bytes.size()) return {};
  const std::size_t size = 8 + 4 * std::size_t{bytes[at + 1]};
  return at + size > bytes.size() ? ByteView{} : bytes.subspan(at, size);
}

std::string list_text(ByteView bytes, std::size_t at, std::uint16_t control) {
  std::string text = "D:" + bits_text(control & (dacl_protected | dacl_auto_inherit_required |
                                                 dacl_auto_inherited),
                                      list_flags);
  if (at == 0 || at + acl_header_size > bytes.size()) return text;
  const std::uint16_t count = get16(bytes, at + 4);
  std::size_t entry = at + acl_header_size;
  for (std::uint16_t i = 0; i < count; ++i) {
    if (entry + entry_header_size > bytes.size()) return text;
    text += fmt::format("({};{};{};;;{})", bytes[entry] == 0 ? "A" : "D",
                        bits_text(bytes[entry + 1], entry_flags),
                        bits_text(get32(bytes, entry + 4), rights),
                        sid_or_alias(sid_at(bytes, entry + entry_header_size)));
    entry += std::max<std::size_t>(get16(bytes, entry + 2), entry_header_size);
  }
  return text;
}

}  // namespace

Result<Bytes> parse_sddl(std::string_view text) {
  if (text.empty()) return failure("an empty security descriptor");
  Descriptor descriptor;
  while (!text.empty()) {
    if (auto read = read_part(text, descriptor); !read) return std::unexpected(read.error());
  }
  if (descriptor.entries.size() > 1000) return failure("more access entries than a list can hold");
  return assemble(descriptor);
}

std::optional<std::string> sddl_text(ByteView descriptor) {
  if (descriptor.size() < header_size) return std::nullopt;
  std::string text;
  const std::uint16_t control = get16(descriptor, 2);
  if (const auto owner = sid_at(descriptor, get32(descriptor, 4)); !owner.empty())
    text += "O:" + sid_or_alias(owner);
  if (const auto group = sid_at(descriptor, get32(descriptor, 8)); !group.empty())
    text += "G:" + sid_or_alias(group);
  if ((control & dacl_present) != 0) text += list_text(descriptor, get32(descriptor, 16), control);
  const auto again = parse_sddl(text);
  const bool same = again && std::ranges::equal(*again, descriptor);
  return same ? std::optional(text) : std::nullopt;
}

}  // namespace drydock::policy
