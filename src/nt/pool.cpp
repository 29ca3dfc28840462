// SPDX-License-Identifier: Apache-2.0
#include "nt/pool.h"

#include "nt/context.h"
#include "nt/stop.h"

namespace drydock::nt {

using ledger::BadFree;
using ledger::EntryId;
using ledger::Kind;
using ledger::NoteKind;
using machine::Corruption;

namespace {

// More than any driver's single block; a computed size that wrapped around fails as on Windows.
constexpr std::size_t largest_block = std::size_t{256} << 20;

// What a driver finds in a block it should have initialised: odd, not a valid pointer, not text.
constexpr std::byte poison{0xB5};

constexpr std::uint64_t p1_already_freed = 0x07;
constexpr std::uint64_t p1_invalid_address = 0x46;
constexpr std::uint64_t p1_inside_block = 0x99;

}  // namespace

std::string tag_text(std::uint32_t tag) {
  std::string text(4, '.');
  for (std::size_t i = 0; i < 4; ++i) {
    const auto c = static_cast<unsigned char>(tag >> (8 * i));
    if (c >= 0x20 && c < 0x7F) text[i] = static_cast<char>(c);
  }
  return text;
}

void* Pool::allocate(std::size_t size, std::uint32_t tag, Contents contents) {
  if (size > largest_block) return nullptr;
  std::byte* data =
      machine_.memory().pool.allocate(size, contents == Contents::zeroed ? std::byte{0} : poison);
  if (data == nullptr) return nullptr;
  record_.ledger().acquire(Kind::pool_block, address_of(data),
                           {.name = tag_text(tag), .a = size, .b = tag});
  return data;
}

void Pool::release(void* block, std::uint32_t tag) {
  const EntryId entry = record_.ledger().find(Kind::pool_block, address_of(block));
  if (entry == 0) refuse(block);
  const auto owner_tag = static_cast<std::uint32_t>(record_.ledger().entry(entry).b);
  if (tag != 0 && tag != owner_tag) {
    record_.note(NoteKind::pool_bad_free, entry, address_of(block),
                 static_cast<std::uint64_t>(BadFree::wrong_tag), tag_text(tag));
  }
  const Corruption damage = machine_.memory().pool.release(static_cast<std::byte*>(block));
  if (damage != Corruption::none) {
    record_.note(NoteKind::pool_corrupted, entry, static_cast<std::uint64_t>(damage));
  }
  record_.ledger().release(entry);
}

void Pool::refuse(void* block) {
  const std::uint64_t address = address_of(block);
  if (const EntryId freed = record_.ledger().find_latest(Kind::pool_block, address); freed != 0) {
    record_.note(NoteKind::pool_bad_free, freed, address,
                 static_cast<std::uint64_t>(BadFree::already_freed));
    bug_check(bugcheck::bad_pool_caller, "pool was freed that had been freed already",
              {p1_already_freed, 0, 0, address}, freed);
  }
  const auto around = machine_.memory().pool.find(address);
  const EntryId entry =
      around ? record_.ledger().find_latest(Kind::pool_block, address_of(around->data)) : 0;
  record_.note(NoteKind::pool_bad_free, entry, address,
               static_cast<std::uint64_t>(BadFree::not_pool));
  bug_check(bugcheck::bad_pool_caller, "an address was freed that is no pool block",
            {entry != 0 ? p1_inside_block : p1_invalid_address, address, 0, 0}, entry);
}

void Pool::audit_canaries() {
  const auto entries = static_cast<EntryId>(record_.ledger().entries().size());
  for (EntryId id = 1; id <= entries; ++id) {
    const ledger::Entry& entry = record_.ledger().entry(id);
    if (entry.kind != Kind::pool_block || !entry.alive()) continue;
    const Corruption damage =
        machine_.memory().pool.inspect(reinterpret_cast<const std::byte*>(entry.key));
    if (damage != Corruption::none) {
      record_.note(NoteKind::pool_corrupted, id, static_cast<std::uint64_t>(damage));
    }
  }
}

}  // namespace drydock::nt
