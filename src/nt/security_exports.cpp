// SPDX-License-Identifier: Apache-2.0
// Security identifiers, access control lists and descriptors in the driver's own memory.
#include <ntddk.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "nt/context.h"
#include "nt/exports.h"

namespace drydock::nt {

namespace {

constexpr NTSTATUS allotted_space_exceeded = static_cast<NTSTATUS>(0xC0000099);
constexpr UCHAR sid_revision = 1;
constexpr UCHAR most_sub_authorities = 15;
constexpr UCHAR least_acl_revision = 2;
constexpr UCHAR most_acl_revision = 4;
constexpr UCHAR descriptor_revision = 1;
constexpr SECURITY_DESCRIPTOR_CONTROL dacl_present = 0x4, dacl_defaulted = 0x8,
                                      self_relative = 0x8000;

const SID& sid_of(PSID sid) {
  return *static_cast<const SID*>(sid);
}

ULONG length_of_sid(PSID sid) {
  return static_cast<ULONG>(offsetof(SID, SubAuthority) +
                            sid_of(sid).SubAuthorityCount * sizeof(ULONG));
}

BOOLEAN is_valid_sid(PSID sid) {
  const bool valid = sid != nullptr && sid_of(sid).Revision == sid_revision &&
                     sid_of(sid).SubAuthorityCount <= most_sub_authorities;
  return valid ? TRUE : FALSE;
}

NTSTATUS copy_sid(ULONG length, PSID to, PSID from) {
  const ULONG needed = length_of_sid(from);
  if (length < needed) return STATUS_BUFFER_TOO_SMALL;
  std::memmove(to, from, needed);
  return STATUS_SUCCESS;
}

BOOLEAN equal_sids(PSID a, PSID b) {
  const ULONG length = length_of_sid(a);
  return length == length_of_sid(b) && std::memcmp(a, b, length) == 0 ? TRUE : FALSE;
}

NTSTATUS create_acl(PACL acl, ULONG length, ULONG revision) {
  if (length < sizeof(ACL)) return STATUS_BUFFER_TOO_SMALL;
  if (length > 0xFFFF || revision < least_acl_revision || revision > most_acl_revision)
    return STATUS_INVALID_PARAMETER;
  *acl = {.AclRevision = static_cast<UCHAR>(revision),
          .Sbz1 = 0,
          .AclSize = static_cast<USHORT>(length & ~3U),
          .AceCount = 0,
          .Sbz2 = 0};
  return STATUS_SUCCESS;
}

// Where the next entry goes; null when the entries do not fit into the list as it is.
std::byte* end_of_entries(ACL& acl) {
  auto* const begin = reinterpret_cast<std::byte*>(&acl);
  std::size_t at = sizeof(ACL);
  for (USHORT i = 0; i < acl.AceCount; ++i) {
    if (at + sizeof(ACE_HEADER) > acl.AclSize) return nullptr;
    at += reinterpret_cast<const ACE_HEADER*>(begin + at)->AceSize;
  }
  return at > acl.AclSize ? nullptr : begin + at;
}

NTSTATUS add_allowed_ex(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, PSID sid) {
  if (is_valid_sid(sid) == FALSE) return STATUS_INVALID_SID;
  if (revision > most_acl_revision || acl->AclRevision > most_acl_revision)
    return STATUS_REVISION_MISMATCH;
  std::byte* const place = end_of_entries(*acl);
  if (place == nullptr) return STATUS_INVALID_ACL;
  const ULONG sid_length = length_of_sid(sid);
  const std::size_t size = offsetof(ACCESS_ALLOWED_ACE, SidStart) + sid_length;
  if (place + size > reinterpret_cast<std::byte*>(acl) + acl->AclSize)
    return allotted_space_exceeded;
  auto& ace = *reinterpret_cast<ACCESS_ALLOWED_ACE*>(place);
  ace.Header = {
      .AceType = 0, .AceFlags = static_cast<UCHAR>(flags), .AceSize = static_cast<USHORT>(size)};
  ace.Mask = mask;
  std::memcpy(&ace.SidStart, sid, sid_length);
  ++acl->AceCount;
  acl->AclRevision = std::max(acl->AclRevision, static_cast<UCHAR>(revision));
  return STATUS_SUCCESS;
}

NTSTATUS add_allowed(PACL acl, ULONG revision, ACCESS_MASK mask, PSID sid) {
  return add_allowed_ex(acl, revision, 0, mask, sid);
}

NTSTATUS create_descriptor(PSECURITY_DESCRIPTOR descriptor, ULONG revision) {
  if (revision != descriptor_revision) return STATUS_UNKNOWN_REVISION;
  auto& made = *static_cast<SECURITY_DESCRIPTOR*>(descriptor);
  made = {};
  made.Revision = descriptor_revision;
  return STATUS_SUCCESS;
}

NTSTATUS set_dacl(PSECURITY_DESCRIPTOR descriptor, BOOLEAN present, PACL dacl, BOOLEAN defaulted) {
  auto& set = *static_cast<SECURITY_DESCRIPTOR*>(descriptor);
  if (set.Revision != descriptor_revision) return STATUS_UNKNOWN_REVISION;
  if ((set.Control & self_relative) != 0) return STATUS_INVALID_SECURITY_DESCR;
  set.Control &= static_cast<SECURITY_DESCRIPTOR_CONTROL>(~(dacl_present | dacl_defaulted));
  set.Dacl = nullptr;
  if (present == FALSE) return STATUS_SUCCESS;
  set.Control |= dacl_present;
  if (defaulted != FALSE) set.Control |= dacl_defaulted;
  set.Dacl = dacl;
  return STATUS_SUCCESS;
}

void map_generic(PACCESS_MASK mask, PGENERIC_MAPPING mapping) {
  constexpr ACCESS_MASK generic = GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL;
  ACCESS_MASK mapped = *mask & ~generic;
  if ((*mask & GENERIC_READ) != 0) mapped |= mapping->GenericRead;
  if ((*mask & GENERIC_WRITE) != 0) mapped |= mapping->GenericWrite;
  if ((*mask & GENERIC_EXECUTE) != 0) mapped |= mapping->GenericExecute;
  if ((*mask & GENERIC_ALL) != 0) mapped |= mapping->GenericAll;
  *mask = mapped;
}

}  // namespace

Exports security_exports() {
  static constexpr Traits up_to_apc_memory{.max_irql = Irql::apc, .quiet = true, .may_fault = true};
  static constexpr Traits passive_memory{
      .max_irql = Irql::passive, .quiet = true, .may_fault = true};
  static const ExportRow* const rows[] = {
      kernel_row<"RtlLengthSid", decltype(::RtlLengthSid), length_of_sid, up_to_apc_memory>(),
      kernel_row<"RtlValidSid", decltype(::RtlValidSid), is_valid_sid, up_to_apc_memory>(),
      kernel_row<"RtlCopySid", decltype(::RtlCopySid), copy_sid, up_to_apc_memory>(),
      kernel_row<"RtlEqualSid", decltype(::RtlEqualSid), equal_sids, touches_memory>(),
      kernel_row<"RtlCreateAcl", decltype(::RtlCreateAcl), create_acl, up_to_apc_memory>(),
      kernel_row<"RtlAddAccessAllowedAce", decltype(::RtlAddAccessAllowedAce), add_allowed,
                 up_to_apc_memory>(),
      kernel_row<"RtlAddAccessAllowedAceEx", decltype(::RtlAddAccessAllowedAceEx), add_allowed_ex,
                 up_to_apc_memory>(),
      kernel_row<"RtlCreateSecurityDescriptor", decltype(::RtlCreateSecurityDescriptor),
                 create_descriptor, passive_memory>(),
      kernel_row<"RtlSetDaclSecurityDescriptor", decltype(::RtlSetDaclSecurityDescriptor), set_dacl,
                 passive_memory>(),
      kernel_row<"RtlMapGenericMask", decltype(::RtlMapGenericMask), map_generic,
                 up_to_apc_memory>(),
  };
  return rows;
}

}  // namespace drydock::nt
