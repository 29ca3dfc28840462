// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using ledger::BadFree;
using ledger::Kind;
using ledger::NoteKind;

constexpr ULONG tag = 'looP';

bool all_bytes_are(const void* block, std::size_t size, unsigned char value) {
  const auto* bytes = static_cast<const unsigned char*>(block);
  return std::all_of(bytes, bytes + size, [value](unsigned char b) { return b == value; });
}

TEST(Pool, a_block_is_an_entry_with_size_and_tag_until_it_is_freed) {
  KernelRun run;
  run.run([&] {
    void* block = KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, 100, tag);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(run.alive(Kind::pool_block), 1U);
    KERNEL(ExFreePoolWithTag)(block, tag);
  });
  const ledger::Entry& entry = run.record.ledger().entry(1);
  EXPECT_EQ(entry.name, "Pool");
  EXPECT_EQ(entry.a, 100U);
  EXPECT_FALSE(entry.alive());
  EXPECT_TRUE(run.record.notes().empty());
}

TEST(Pool, contents_are_zero_or_poison_as_each_function_documents) {
  KernelRun run;
  run.run([] {
    EXPECT_FALSE(all_bytes_are(KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, 64, tag), 64, 0));
    const auto zeroed = static_cast<POOL_TYPE>(NonPagedPoolNx | POOL_ZERO_ALLOCATION);
    EXPECT_TRUE(all_bytes_are(KERNEL(ExAllocatePoolWithTag)(zeroed, 64, tag), 64, 0));
    EXPECT_TRUE(all_bytes_are(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED, 64, tag), 64, 0));
    const POOL_FLAGS dirty = POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED;
    EXPECT_FALSE(all_bytes_are(KERNEL(ExAllocatePool2)(dirty, 64, tag), 64, 0));
  });
}

TEST(Pool, absurd_sizes_and_bad_flags_get_null) {
  KernelRun run;
  run.run([] {
    EXPECT_EQ(KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, ~SIZE_T{0} - 7, tag), nullptr);
    EXPECT_EQ(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED, ~SIZE_T{0}, tag), nullptr);
    EXPECT_EQ(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 8, tag), nullptr);
    EXPECT_EQ(KERNEL(ExAllocatePool2)(0, 8, tag), nullptr);
    EXPECT_EQ(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED, 8, 0), nullptr);
    EXPECT_NE(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED, 3 * PAGE_SIZE, tag), nullptr);
  });
  EXPECT_EQ(run.alive(Kind::pool_block), 1U);
}

TEST(Pool, a_second_free_is_noted_with_the_block_and_ends_the_run) {
  KernelRun run;
  bool went_on = false;
  run.run([&] {
    void* block = KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, 100, tag);
    KERNEL(ExFreePoolWithTag)(block, tag);
    KERNEL(ExFreePoolWithTag)(block, tag);
    went_on = true;
  });
  ASSERT_EQ(run.record.notes().size(), 1U);
  const ledger::Note& note = run.record.notes()[0];
  EXPECT_EQ(note.kind, NoteKind::pool_bad_free);
  EXPECT_EQ(static_cast<BadFree>(note.b), BadFree::already_freed);
  EXPECT_EQ(note.entry, 1U);
  EXPECT_EQ(run.bug_check_code(), 0xC2U);
  EXPECT_FALSE(went_on);
}

TEST(Pool, freeing_an_address_inside_a_block_names_that_block) {
  KernelRun run;
  run.run([&] {
    auto* block = static_cast<char*>(KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, 100, tag));
    KERNEL(ExFreePoolWithTag)(block + 16, tag);
  });
  ASSERT_EQ(run.record.notes().size(), 1U);
  EXPECT_EQ(static_cast<BadFree>(run.record.notes()[0].b), BadFree::not_pool);
  EXPECT_EQ(run.record.notes()[0].entry, 1U);
  EXPECT_EQ(run.bug_check_code(), 0xC2U);
}

TEST(Pool, a_wrong_tag_is_noted_and_the_block_is_freed) {
  KernelRun run;
  run.run([] {
    KERNEL(ExFreePoolWithTag)(KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, 100, tag), 'rehO');
  });
  ASSERT_EQ(run.record.notes().size(), 1U);
  EXPECT_EQ(static_cast<BadFree>(run.record.notes()[0].b), BadFree::wrong_tag);
  EXPECT_EQ(run.alive(Kind::pool_block), 0U);
  EXPECT_FALSE(run.machine.stopped());
}

TEST(Pool, damage_around_a_block_is_noted_when_it_is_freed_or_at_the_end) {
  KernelRun run;
  run.run([] {
    auto* freed = static_cast<char*>(KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, 20, tag));
    auto* kept = static_cast<char*>(KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, 20, tag));
    freed[20] = 1;
    kept[-1] = 1;
    KERNEL(ExFreePoolWithTag)(freed, tag);
  });
  run.kernel.pool.audit_canaries();
  ASSERT_EQ(run.note_kinds(), (std::vector{NoteKind::pool_corrupted, NoteKind::pool_corrupted}));
  EXPECT_EQ(run.record.notes()[0].entry, 1U);
  EXPECT_EQ(static_cast<machine::Corruption>(run.record.notes()[0].a),
            machine::Corruption::overrun);
  EXPECT_EQ(run.record.notes()[1].entry, 2U);
  EXPECT_EQ(static_cast<machine::Corruption>(run.record.notes()[1].a),
            machine::Corruption::underrun);
}

TEST(Pool, paged_pool_at_dispatch_level_is_noted_with_its_own_maximum) {
  KernelRun run;
  run.run([] {
    KERNEL(KfRaiseIrql)(DISPATCH_LEVEL);
    KERNEL(ExAllocatePool2)(POOL_FLAG_PAGED, 8, tag);
    KERNEL(KeLowerIrql)(PASSIVE_LEVEL);
  });
  ASSERT_EQ(run.note_kinds(), std::vector{NoteKind::wrong_irql});
  EXPECT_EQ(run.record.notes()[0].name, "ExAllocatePool2");
  EXPECT_EQ(run.record.notes()[0].b, std::uint64_t{APC_LEVEL});
}

// What the inlined functions of the headers do.
PVOID take(PLOOKASIDE_LIST_EX list) {
  PVOID entry = KERNEL(ExpInterlockedPopEntrySList)(&list->L.ListHead);
  return entry != nullptr ? entry
                          : list->L.AllocateEx(list->L.Type, list->L.Size, list->L.Tag, list);
}

void give(PLOOKASIDE_LIST_EX list, PVOID entry) {
  if (KERNEL(ExQueryDepthSList)(&list->L.ListHead) >= list->L.Depth) {
    list->L.FreeEx(entry, list);
  } else {
    KERNEL(ExpInterlockedPushEntrySList)(&list->L.ListHead, static_cast<PSLIST_ENTRY>(entry));
  }
}

TEST(Lookaside, entries_are_pool_blocks_that_are_gone_when_given_back) {
  KernelRun run;
  auto* list = run.make<LOOKASIDE_LIST_EX>();
  run.run([&] {
    EXPECT_EQ(
        KERNEL(ExInitializeLookasideListEx)(list, nullptr, nullptr, NonPagedPoolNx, 0, 48, tag, 0),
        STATUS_SUCCESS);
    EXPECT_EQ(run.alive(Kind::lookaside_list), 1U);
    PVOID entry = take(list);
    EXPECT_EQ(run.alive(Kind::pool_block), 1U);
    give(list, entry);
    EXPECT_EQ(run.alive(Kind::pool_block), 0U);
    KERNEL(ExDeleteLookasideListEx)(list);
  });
  EXPECT_EQ(run.alive(Kind::lookaside_list), 0U);
  EXPECT_TRUE(run.record.notes().empty());
}

TEST(Lookaside, deleting_a_list_frees_what_a_driver_pushed_on_it) {
  KernelRun run;
  auto* list = run.make<LOOKASIDE_LIST_EX>();
  run.run([&] {
    KERNEL(ExInitializeLookasideListEx)(list, nullptr, nullptr, NonPagedPoolNx, 0, 48, tag, 0);
    list->L.Depth = 4;
    PVOID first = take(list);
    PVOID second = take(list);
    give(list, first);
    give(list, second);
    EXPECT_EQ(take(list), second);
    give(list, second);
    EXPECT_EQ(run.alive(Kind::pool_block), 2U);
    KERNEL(ExDeleteLookasideListEx)(list);
  });
  EXPECT_EQ(run.alive(Kind::pool_block), 0U);
}

TEST(Mdl, describes_non_paged_memory_and_maps_it_where_it_is) {
  KernelRun run;
  run.run([&] {
    auto* block = static_cast<char*>(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED, 10'000, tag));
    PMDL mdl = KERNEL(IoAllocateMdl)(block + 100, 9'000, FALSE, FALSE, nullptr);
    KERNEL(MmBuildMdlForNonPagedPool)(mdl);
    EXPECT_EQ(mdl->MappedSystemVa, block + 100);
    EXPECT_EQ(mdl->ByteCount, 9'000U);
    EXPECT_EQ(MmGetMdlVirtualAddress(mdl), block + 100);
    EXPECT_EQ(run.alive(Kind::mdl), 1U);
    KERNEL(IoFreeMdl)(mdl);
    KERNEL(ExFreePoolWithTag)(block, tag);
  });
  EXPECT_EQ(run.alive(Kind::mdl), 0U);
  EXPECT_FALSE(run.machine.stopped());
}

TEST(Mdl, that_is_too_small_for_a_part_of_another_ends_the_run) {
  KernelRun run;
  run.run([&] {
    auto* block = static_cast<char*>(KERNEL(ExAllocatePool2)(POOL_FLAG_NON_PAGED, 65'536, tag));
    PMDL whole = KERNEL(IoAllocateMdl)(block, 65'536, FALSE, FALSE, nullptr);
    PMDL small = KERNEL(IoAllocateMdl)(block, 100, FALSE, FALSE, nullptr);
    KERNEL(MmBuildMdlForNonPagedPool)(whole);
    KERNEL(IoBuildPartialMdl)(whole, small, block + 4'000, 96);
    EXPECT_EQ(small->ByteCount, 96U);
    run.trace += "fits ";
    KERNEL(IoBuildPartialMdl)(whole, small, block + 4'000, 97);
    run.trace += "impossible";
  });
  EXPECT_EQ(run.trace, "fits ");
  EXPECT_EQ(run.bug_check_code(), 0x40U);
}

TEST(Mdl, may_describe_more_than_its_size_field_can_say) {
  KernelRun run;
  run.run([&] {
    PMDL mdl = KERNEL(IoAllocateMdl)(nullptr, 64U << 20, FALSE, FALSE, nullptr);
    EXPECT_EQ(mdl->ByteCount, 64U << 20);
    KERNEL(IoFreeMdl)(mdl);
    EXPECT_EQ(KERNEL(IoAllocateMdl)(nullptr, 0xffffffff, FALSE, FALSE, nullptr), nullptr);
  });
  EXPECT_EQ(run.alive(Kind::mdl), 0U);
}

TEST(Mdl, a_second_free_ends_the_run) {
  KernelRun run;
  run.run([&] {
    PMDL mdl = KERNEL(IoAllocateMdl)(&run, 8, FALSE, FALSE, nullptr);
    KERNEL(IoFreeMdl)(mdl);
    KERNEL(IoFreeMdl)(mdl);
  });
  EXPECT_EQ(run.note_kinds(), std::vector{NoteKind::pool_bad_free});
  EXPECT_EQ(run.bug_check_code(), 0xC2U);
}

}  // namespace
}  // namespace drydock::nt
