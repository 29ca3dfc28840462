// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/windows_security.h"

namespace drydock::wfp {
namespace {

using Part = std::optional<SecurityBytes>;
using enum FwpStatus;

// SECURITY_INFORMATION.
constexpr SECURITY_INFORMATION owner_information = 0x1;
constexpr SECURITY_INFORMATION group_information = 0x2;
constexpr SECURITY_INFORMATION dacl_information = 0x4;
constexpr SECURITY_INFORMATION sacl_information = 0x8;

// SECURITY_DESCRIPTOR_CONTROL.
constexpr std::uint16_t dacl_present = 0x0004;
constexpr std::uint16_t sacl_present = 0x0010;
constexpr std::uint16_t self_relative = 0x8000;

// Same 20 bytes as SECURITY_DESCRIPTOR_RELATIVE.
struct Relative {
  std::uint8_t revision;
  std::uint8_t sbz1;
  std::uint16_t control;
  std::uint32_t owner, group, sacl, dacl;
};

constexpr std::size_t longest_sid = 68;
constexpr std::size_t sid_header = 8;
constexpr std::size_t acl_header = 8;

// The driver's memory ends nobody knows where: only what the part itself says is read.
FwpResult<Part> sid_from(const void* sid) {
  if (sid == nullptr) return Part{};
  const auto* bytes = static_cast<const std::uint8_t*>(sid);
  const std::size_t size = sid_header + 4 * std::size_t{bytes[1]};
  if (size > longest_sid || sid_size({bytes, size}) == 0)
    return std::unexpected(invalid_security_descriptor);
  return SecurityBytes(bytes, bytes + size);
}

FwpResult<Part> acl_from(const void* list) {
  if (list == nullptr) return SecurityBytes{};
  const auto* bytes = static_cast<const std::uint8_t*>(list);
  const std::size_t size = static_cast<const ACL*>(list)->AclSize;
  if (size < acl_header || acl_size({bytes, size}) == 0)
    return std::unexpected(invalid_security_descriptor);
  return SecurityBytes(bytes, bytes + size);
}

FwpStatus take(Part& part, const FwpResult<Part>& given) {
  if (!given) return given.error();
  part = *given;
  return success;
}

FwpResult<SecurityBytes> from_pointers(const SecurityPointers& pointers, std::uint16_t control) {
  SecurityParts parts;
  FwpStatus status = take(parts.owner, sid_from(pointers.owner));
  if (status == success) status = take(parts.group, sid_from(pointers.group));
  if (status == success && (control & dacl_present) != 0)
    status = take(parts.dacl, acl_from(pointers.dacl));
  if (status == success && (control & sacl_present) != 0)
    status = take(parts.sacl, acl_from(pointers.sacl));
  if (status != success) return std::unexpected(status);
  return compose_security(parts);
}

}  // namespace

FwpResult<SecurityBytes> security_from_windows(PSECURITY_DESCRIPTOR descriptor) {
  if (descriptor == nullptr) return SecurityBytes{};
  const auto* absolute = static_cast<const SECURITY_DESCRIPTOR*>(descriptor);
  if (absolute->Revision != 1) return std::unexpected(invalid_security_descriptor);
  if ((absolute->Control & self_relative) == 0) {
    return from_pointers({absolute->Owner, absolute->Group, absolute->Dacl, absolute->Sacl},
                         absolute->Control);
  }
  const auto* relative = static_cast<const Relative*>(descriptor);
  const auto at = [&](std::uint32_t offset) -> const void* {
    return offset == 0 ? nullptr : static_cast<const std::uint8_t*>(descriptor) + offset;
  };
  return from_pointers(
      {at(relative->owner), at(relative->group), at(relative->dacl), at(relative->sacl)},
      relative->control);
}

SecurityParts parts_of(const SecurityBytes& stored) {
  return stored.empty() ? default_security() : parse_security(stored).value_or(SecurityParts{});
}

SecurityParts only(const SecurityParts& parts, SECURITY_INFORMATION wanted) {
  const auto chosen = [&](const Part& part, SECURITY_INFORMATION bit) {
    return (wanted & bit) != 0 ? part : Part{};
  };
  return {.owner = chosen(parts.owner, owner_information),
          .group = chosen(parts.group, group_information),
          .dacl = chosen(parts.dacl, dacl_information),
          .sacl = chosen(parts.sacl, sacl_information)};
}

FwpResult<SecurityParts> replaced(SecurityParts parts, SECURITY_INFORMATION named,
                                  const SecurityPointers& given) {
  FwpStatus status = success;
  const auto replace = [&](Part& part, SECURITY_INFORMATION bit, auto read, const void* pointer) {
    if (status == success && (named & bit) != 0) status = take(part, read(pointer));
  };
  replace(parts.owner, owner_information, sid_from, given.owner);
  replace(parts.group, group_information, sid_from, given.group);
  replace(parts.dacl, dacl_information, acl_from, given.dacl);
  replace(parts.sacl, sacl_information, acl_from, given.sacl);
  if (status != success) return std::unexpected(status);
  return parts;
}

}  // namespace drydock::wfp
