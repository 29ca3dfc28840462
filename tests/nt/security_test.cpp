// SPDX-License-Identifier: Apache-2.0
// Security identifiers, lists and descriptors, and the stack.
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

// S-1-5-32-544
struct Administrators {
  SID sid{.Revision = 1,
          .SubAuthorityCount = 2,
          .IdentifierAuthority = {{0, 0, 0, 0, 0, 5}},
          .SubAuthority = {32}};
  ULONG second = 544;
};
static_assert(sizeof(Administrators) == 16);

TEST(Sid, has_a_length_a_validity_and_copies) {
  KernelRun run;
  run.run([] {
    Administrators sid;
    EXPECT_EQ(KERNEL(RtlLengthSid)(&sid), 16U);
    EXPECT_NE(KERNEL(RtlValidSid)(&sid), FALSE);
    EXPECT_EQ(KERNEL(RtlValidSid)(nullptr), FALSE);
    Administrators copy{.sid = {}, .second = 0};
    EXPECT_EQ(KERNEL(RtlCopySid)(15, &copy, &sid), STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(KERNEL(RtlEqualSid)(&copy, &sid), FALSE);
    EXPECT_EQ(KERNEL(RtlCopySid)(16, &copy, &sid), STATUS_SUCCESS);
    EXPECT_NE(KERNEL(RtlEqualSid)(&copy, &sid), FALSE);
    sid.sid.Revision = 2;
    EXPECT_EQ(KERNEL(RtlValidSid)(&sid), FALSE);
  });
}

TEST(Acl, takes_entries_until_it_is_full) {
  static constexpr auto allotted_space_exceeded = static_cast<NTSTATUS>(0xC0000099);
  KernelRun run;
  run.run([] {
    Administrators sid;
    alignas(8) std::array<std::byte, sizeof(ACL) + 2 * 24> memory{};
    auto* const acl = reinterpret_cast<PACL>(memory.data());
    EXPECT_EQ(KERNEL(RtlCreateAcl)(acl, 7, 2), STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(KERNEL(RtlCreateAcl)(acl, memory.size(), 1), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(KERNEL(RtlCreateAcl)(acl, memory.size(), 2), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(RtlAddAccessAllowedAce)(acl, 2, FILE_GENERIC_READ, &sid), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(RtlAddAccessAllowedAceEx)(acl, 2, 3, GENERIC_ALL, &sid), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(RtlAddAccessAllowedAce)(acl, 2, 1, &sid), allotted_space_exceeded);
    EXPECT_EQ(acl->AceCount, 2);
    const auto* ace = reinterpret_cast<const ACCESS_ALLOWED_ACE*>(memory.data() + sizeof(ACL) + 24);
    EXPECT_EQ(ace->Header.AceFlags, 3);
    EXPECT_EQ(ace->Header.AceSize, 24);
    EXPECT_EQ(ace->Mask, ACCESS_MASK{GENERIC_ALL});
    EXPECT_EQ(std::memcmp(&ace->SidStart, &sid, sizeof sid), 0);
    EXPECT_EQ(KERNEL(RtlAddAccessAllowedAce)(acl, 5, 1, &sid), STATUS_REVISION_MISMATCH);
    sid.sid.Revision = 9;
    EXPECT_EQ(KERNEL(RtlAddAccessAllowedAce)(acl, 2, 1, &sid), STATUS_INVALID_SID);
  });
}

TEST(SecurityDescriptor, takes_a_list_and_gives_it_up) {
  KernelRun run;
  run.run([] {
    SECURITY_DESCRIPTOR descriptor{};
    ACL acl{};
    EXPECT_EQ(KERNEL(RtlSetDaclSecurityDescriptor)(&descriptor, TRUE, &acl, FALSE),
              STATUS_UNKNOWN_REVISION);
    EXPECT_EQ(KERNEL(RtlCreateSecurityDescriptor)(&descriptor, 2), STATUS_UNKNOWN_REVISION);
    EXPECT_EQ(KERNEL(RtlCreateSecurityDescriptor)(&descriptor, 1), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(RtlSetDaclSecurityDescriptor)(&descriptor, TRUE, &acl, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(descriptor.Dacl, &acl);
    EXPECT_EQ(descriptor.Control, 0x0c);
    EXPECT_EQ(KERNEL(RtlSetDaclSecurityDescriptor)(&descriptor, FALSE, nullptr, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(descriptor.Dacl, nullptr);
    EXPECT_EQ(descriptor.Control, 0);
    descriptor.Control = 0x8000;
    EXPECT_EQ(KERNEL(RtlSetDaclSecurityDescriptor)(&descriptor, TRUE, &acl, FALSE),
              STATUS_INVALID_SECURITY_DESCR);
  });
}

TEST(AccessMask, generic_rights_become_those_of_the_mapping) {
  KernelRun run;
  run.run([] {
    GENERIC_MAPPING mapping{1, 2, 4, 0xff};
    ACCESS_MASK mask = GENERIC_READ | GENERIC_EXECUTE | DELETE;
    KERNEL(RtlMapGenericMask)(&mask, &mapping);
    EXPECT_EQ(mask, ACCESS_MASK{1 | 4 | DELETE});
    mask = GENERIC_ALL | GENERIC_WRITE;
    KERNEL(RtlMapGenericMask)(&mask, &mapping);
    EXPECT_EQ(mask, 0xffU);
  });
}

NTAPI VOID count_call(PVOID parameter) {
  ++*static_cast<int*>(parameter);
}

TEST(KernelStack, has_limits_and_room_for_a_callout) {
  KernelRun run;
  run.run([&run] {
    ULONG_PTR low = 0;
    ULONG_PTR high = 0;
    KERNEL(IoGetStackLimits)(&low, &high);
    const auto here = reinterpret_cast<ULONG_PTR>(__builtin_frame_address(0));
    EXPECT_LT(low, here);
    EXPECT_GT(high, here);
    const ULONG_PTR left = KERNEL(IoGetRemainingStackSize)();
    EXPECT_LE(left, here - low);
    EXPECT_GT(left, 24U * 1024);
    int calls = 0;
    EXPECT_EQ(KERNEL(KeExpandKernelStackAndCallout)(count_call, &calls, 0x4000), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(KeExpandKernelStackAndCalloutEx)(count_call, &calls, 0x4000, TRUE, nullptr),
              STATUS_SUCCESS);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(KERNEL(KeExpandKernelStackAndCalloutEx)(count_call, &calls, 0x20000, FALSE, nullptr),
              STATUS_INVALID_PARAMETER_3);
    run.machine.set_irql(machine::Irql::dispatch);
    EXPECT_EQ(KERNEL(KeExpandKernelStackAndCalloutEx)(count_call, &calls, 0x4000, TRUE, nullptr),
              STATUS_INVALID_PARAMETER_4);
    run.machine.set_irql(machine::Irql::passive);
    EXPECT_EQ(calls, 2);
  });
}

}  // namespace
}  // namespace drydock::nt
