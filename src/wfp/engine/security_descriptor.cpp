// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/security_descriptor.h"

#include <cstring>

namespace drydock::wfp {
namespace {

using Bytes = std::span<const std::uint8_t>;

// SECURITY_DESCRIPTOR_CONTROL.
constexpr std::uint16_t dacl_present = 0x0004;
constexpr std::uint16_t sacl_present = 0x0010;
constexpr std::uint16_t self_relative = 0x8000;

constexpr std::size_t header_size = 20;
constexpr std::size_t owner_at = 4;
constexpr std::size_t group_at = 8;
constexpr std::size_t sacl_at = 12;
constexpr std::size_t dacl_at = 16;

template <class T>
T number_at(Bytes bytes, std::size_t offset) {
  T number{};
  std::memcpy(&number, bytes.data() + offset, sizeof(T));
  return number;
}

template <class T>
void put_number(SecurityBytes& bytes, std::size_t offset, T number) {
  std::memcpy(bytes.data() + offset, &number, sizeof(T));
}

using Part = SecurityView::Part;
using SizeOf = std::size_t (*)(Bytes);

// Sets `part` to the SID or ACL that the field points to. False: damaged.
bool find_part(Bytes descriptor, std::size_t field, SizeOf size_of, Part& part) {
  const auto offset = number_at<std::uint32_t>(descriptor, field);
  if (offset == 0) return true;
  if (offset < header_size || offset >= descriptor.size()) return false;
  const Bytes rest = descriptor.subspan(offset);
  const std::size_t size = size_of(rest);
  part = rest.first(size);
  return size != 0;
}

// A list that is present without an offset is a NULL list.
bool find_list(Bytes descriptor, std::size_t field, bool present, Part& list) {
  if (!present) return true;
  list = Bytes{};
  return find_part(descriptor, field, acl_size, list);
}

// As many entries as the list says, each within it and long enough for its header.
bool holds_whole_entries(const Part& list) {
  constexpr std::size_t header = 8;
  constexpr std::size_t shortest_entry = 4;
  if (!list || list->empty()) return true;
  Bytes rest = list->subspan(header);
  for (auto left = number_at<std::uint16_t>(*list, 4); left > 0; --left) {
    if (rest.size() < shortest_entry) return false;
    const std::size_t size = number_at<std::uint16_t>(rest, 2);
    if (size < shortest_entry || size > rest.size()) return false;
    rest = rest.subspan(size);
  }
  return true;
}

std::optional<SecurityBytes> copy_of(const Part& part) {
  if (!part) return std::nullopt;
  return SecurityBytes(part->begin(), part->end());
}

void append(SecurityBytes& descriptor, std::size_t field,
            const std::optional<SecurityBytes>& part) {
  if (!part || part->empty()) return;
  descriptor.resize((descriptor.size() + 3) & ~std::size_t{3});
  put_number(descriptor, field, static_cast<std::uint32_t>(descriptor.size()));
  descriptor.insert(descriptor.end(), part->begin(), part->end());
}

}  // namespace

std::size_t sid_size(Bytes bytes) {
  constexpr std::size_t fixed = 8;
  constexpr std::uint8_t most_sub_authorities = 15;
  if (bytes.size() < fixed || bytes[0] != 1 || bytes[1] > most_sub_authorities) return 0;
  const std::size_t size = fixed + 4 * std::size_t{bytes[1]};
  return size <= bytes.size() ? size : 0;
}

std::size_t acl_size(Bytes bytes) {
  constexpr std::size_t fixed = 8;
  if (bytes.size() < fixed || bytes[0] < 2 || bytes[0] > 4) return 0;
  const std::size_t size = number_at<std::uint16_t>(bytes, 2);
  return size >= fixed && size <= bytes.size() ? size : 0;
}

bool is_whole(Bytes descriptor) {
  const auto view = view_security(descriptor);
  return view && holds_whole_entries(view->dacl) && holds_whole_entries(view->sacl);
}

std::optional<SecurityView> view_security(Bytes descriptor) {
  if (descriptor.size() < header_size || descriptor[0] != 1) return std::nullopt;
  const auto control = number_at<std::uint16_t>(descriptor, 2);
  if ((control & self_relative) == 0) return std::nullopt;
  SecurityView view;
  const bool whole = find_part(descriptor, owner_at, sid_size, view.owner) &&
                     find_part(descriptor, group_at, sid_size, view.group) &&
                     find_list(descriptor, dacl_at, (control & dacl_present) != 0, view.dacl) &&
                     find_list(descriptor, sacl_at, (control & sacl_present) != 0, view.sacl);
  return whole ? std::optional(view) : std::nullopt;
}

std::optional<SecurityParts> parse_security(Bytes descriptor) {
  const auto view = view_security(descriptor);
  if (!view) return std::nullopt;
  return SecurityParts{.owner = copy_of(view->owner),
                       .group = copy_of(view->group),
                       .dacl = copy_of(view->dacl),
                       .sacl = copy_of(view->sacl)};
}

SecurityBytes compose_security(const SecurityParts& parts) {
  SecurityBytes descriptor(header_size);
  descriptor[0] = 1;
  std::uint16_t control = self_relative;
  if (parts.dacl) control |= dacl_present;
  if (parts.sacl) control |= sacl_present;
  put_number(descriptor, 2, control);
  append(descriptor, owner_at, parts.owner);
  append(descriptor, group_at, parts.group);
  append(descriptor, sacl_at, parts.sacl);
  append(descriptor, dacl_at, parts.dacl);
  return descriptor;
}

const SecurityParts& default_security() {
  // O:SY G:SY D:(A;;GA;;;BA)(A;;GRGX;;;WD)
  static const SecurityParts parts{
      .owner = SecurityBytes{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0},
      .group = SecurityBytes{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0},
      .dacl = SecurityBytes{2, 0, 52, 0, 2, 0, 0, 0,
                            // ACCESS_ALLOWED_ACE, generic all, BUILTIN\Administrators
                            0, 0, 24, 0, 0, 0, 0, 0x10, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20,
                            2, 0, 0,
                            // ACCESS_ALLOWED_ACE, generic read and execute, everybody
                            0, 0, 20, 0, 0, 0, 0, 0xa0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}};
  return parts;
}

}  // namespace drydock::wfp
