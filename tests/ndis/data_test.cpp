// SPDX-License-Identifier: Apache-2.0
#include "ndis/data.h"

#include <cstring>
#include <numeric>
#include <tuple>
#include <vector>

#include "ndis/exports.h"
#include "ndis/packet_buffer.h"
#include "ndis/run.h"

namespace drydock::ndis {
namespace {

std::vector<std::byte> counting(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i);
  return bytes;
}

struct DataTest : testing::Test {
  TestRun run;
  PacketBuffer packet;
  std::vector<std::byte> bytes = counting(60);

  // 20 bytes of headers, 40 of payload.
  NET_BUFFER& two_mdls(std::size_t back_fill = 0) {
    packet.fill(bytes, {.back_fill = back_fill, .header_bytes = 20});
    return packet.buffer();
  }
};

using Place = std::tuple<ULONG, ULONG, ULONG,
                         int>;  // DataOffset, DataLength, CurrentMdlOffset, index of CurrentMdl

Place place_of(const NET_BUFFER& buffer) {
  int index = 0;
  for (PMDL mdl = buffer.MdlChain; mdl != nullptr && mdl != buffer.CurrentMdl; mdl = mdl->Next)
    ++index;
  return {buffer.DataOffset, buffer.DataLength, buffer.CurrentMdlOffset, index};
}

TEST_F(DataTest, a_packet_is_shaped_as_headers_and_payload_and_gives_its_bytes_back) {
  NET_BUFFER& buffer = two_mdls(8);
  EXPECT_EQ(buffer.MdlChain->ByteCount, 28U);
  EXPECT_EQ(buffer.MdlChain->Next->ByteCount, 40U);
  EXPECT_EQ(place_of(buffer), Place(8, 60, 8, 0));
  EXPECT_EQ(packet.bytes(), bytes);
  EXPECT_EQ(bytes_of(*packet.list()), bytes);
}

TEST_F(DataTest, a_net_buffer_holds_what_its_mdls_describe_whatever_it_claims) {
  NET_BUFFER& buffer = two_mdls(8);
  advance(buffer, 5, false, nullptr);
  EXPECT_EQ(described_bytes(buffer), 55U);
  buffer.DataLength = 0xfffffff0;
  EXPECT_EQ(described_bytes(buffer), 55U);
  buffer.DataLength = 30;
  EXPECT_EQ(described_bytes(buffer), 30U);
}

TEST_F(DataTest, advance_crosses_mdls_and_retreat_comes_back) {
  NET_BUFFER& buffer = two_mdls();
  advance(buffer, 20, false, nullptr);
  EXPECT_EQ(place_of(buffer), Place(20, 40, 0, 1));
  advance(buffer, 5, false, nullptr);
  EXPECT_EQ(place_of(buffer), Place(25, 35, 5, 1));
  EXPECT_EQ(retreat(buffer, 25, 0, nullptr), NDIS_STATUS_SUCCESS);
  EXPECT_EQ(place_of(buffer), Place(0, 60, 0, 0));
  EXPECT_TRUE(packet.as_left());
}

TEST_F(DataTest, retreat_without_room_puts_a_new_mdl_in_front_and_advance_frees_it) {
  NET_BUFFER& buffer = two_mdls();
  EXPECT_EQ(retreat(buffer, 14, 2, nullptr), NDIS_STATUS_SUCCESS);
  EXPECT_EQ(place_of(buffer), Place(2, 74, 2, 0));
  EXPECT_EQ(buffer.MdlChain->ByteCount, 16U);
  EXPECT_FALSE(packet.as_left());
  advance(buffer, 14, true, nullptr);
  EXPECT_TRUE(packet.as_left());
}

TEST_F(DataTest, retreat_uses_the_room_there_is_before_it_adds_an_mdl) {
  NET_BUFFER& buffer = two_mdls(8);
  EXPECT_EQ(retreat(buffer, 20, 0, nullptr), NDIS_STATUS_SUCCESS);
  EXPECT_EQ(buffer.MdlChain->ByteCount, 12U);
  EXPECT_EQ(place_of(buffer), Place(0, 80, 0, 0));
}

TEST_F(DataTest, data_buffer_points_into_the_packet_when_contiguous_and_copies_otherwise) {
  NET_BUFFER& buffer = two_mdls();
  std::byte storage[60];
  EXPECT_EQ(data_buffer(buffer, 20, storage, {}), buffer.MdlChain->MappedSystemVa);
  EXPECT_EQ(data_buffer(buffer, 21, nullptr, {}), nullptr);
  ASSERT_EQ(data_buffer(buffer, 60, storage, {}), storage);
  EXPECT_EQ(std::memcmp(storage, bytes.data(), 60), 0);
  EXPECT_EQ(data_buffer(buffer, 61, storage, {}), nullptr);
  EXPECT_EQ(data_buffer(buffer, 0, storage, {}), nullptr);
}

TEST_F(DataTest, data_buffer_copies_what_is_not_aligned_as_asked) {
  NET_BUFFER& buffer = two_mdls();
  std::byte storage[8];
  advance(buffer, 1, false, nullptr);
  EXPECT_EQ(data_buffer(buffer, 8, storage, {.multiple = 4}), storage);
  EXPECT_NE(data_buffer(buffer, 8, storage, {.multiple = 4, .offset = 1}), storage);
}

TEST_F(DataTest, a_pool_lends_a_packet_again_only_when_no_driver_refers_to_it) {
  PacketPool pool;
  PacketBuffer& first = pool.take();
  first.fill(bytes, {});
  record_of(first.list())->references = 1;
  pool.give_back(first);
  PacketBuffer& second = pool.take();
  EXPECT_NE(&first, &second);
  EXPECT_EQ(pool.pinned(), 1U);
  record_of(first.list())->references = 0;
  EXPECT_EQ(&pool.take(), &first);
}

struct ExportTest : testing::Test {
  TestRun run;
  std::span<const machine::ExportRow* const> rows = ndis_exports();

  static NET_BUFFER_LIST_POOL_PARAMETERS pool_parameters() {
    NET_BUFFER_LIST_POOL_PARAMETERS parameters{};
    parameters.Header = {NDIS_OBJECT_TYPE_DEFAULT, 1, 16};
    parameters.fAllocateNetBuffer = 1;
    parameters.PoolTag = 0x31766457;  // Wdv1
    return parameters;
  }
};

TEST_F(ExportTest, pools_and_lists_are_in_the_ledger_until_freed) {
  run.run([this] {
    const auto parameters = pool_parameters();
    const NDIS_HANDLE pool = IMPORT(rows, NdisAllocateNetBufferListPool)(nullptr, &parameters);
    NET_BUFFER_LIST* list =
        IMPORT(rows, NdisAllocateNetBufferAndNetBufferList)(pool, 32, 0, nullptr, 0, 0);
    EXPECT_EQ(list->Context->Size, 32);
    EXPECT_EQ(list->FirstNetBuffer->NdisPoolHandle, pool);
    EXPECT_EQ(run.alive(ledger::Kind::net_buffer_list), 1U);
    const auto entry = run.record.ledger().find(ledger::Kind::net_buffer_list_pool,
                                                reinterpret_cast<std::uint64_t>(pool));
    EXPECT_EQ(run.record.ledger().entry(entry).name, "Wdv1");
    IMPORT(rows, NdisFreeNetBufferList)(list);
    IMPORT(rows, NdisFreeNetBufferListPool)(pool);
  });
  EXPECT_EQ(run.alive(ledger::Kind::net_buffer_list), 0U);
  EXPECT_EQ(run.alive(ledger::Kind::net_buffer_list_pool), 0U);
  EXPECT_TRUE(run.record.notes().empty());
}

TEST_F(ExportTest, a_list_freed_twice_is_noted_with_its_entry) {
  run.run([this] {
    const auto parameters = pool_parameters();
    const NDIS_HANDLE pool = IMPORT(rows, NdisAllocateNetBufferListPool)(nullptr, &parameters);
    NET_BUFFER_LIST* list = IMPORT(rows, NdisAllocateNetBufferList)(pool, 0, 0);
    IMPORT(rows, NdisFreeNetBufferList)(list);
    IMPORT(rows, NdisFreeNetBufferList)(list);
  });
  const auto notes = run.notes(ledger::NoteKind::pool_bad_free);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].b, static_cast<std::uint64_t>(ledger::BadFree::already_freed));
  EXPECT_EQ(notes[0].name, "NdisFreeNetBufferList");
  EXPECT_NE(notes[0].entry, 0U);
}

TEST_F(ExportTest, a_clone_covers_the_used_data_and_pins_its_original_until_freed) {
  for (const ULONG flags : {ULONG{NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS}, ULONG{0}}) {
    PacketBuffer packet;
    packet.fill(counting(60), {.header_bytes = 20});
    packet.set_data_offset(8);
    run.run([&] {
      NET_BUFFER_LIST* clone =
          IMPORT(rows, NdisAllocateCloneNetBufferList)(packet.list(), nullptr, nullptr, flags);
      const auto whole = counting(60);
      EXPECT_EQ(bytes_of(*clone), std::vector<std::byte>(whole.begin() + 8, whole.end()));
      EXPECT_EQ(clone->FirstNetBuffer->MdlChain == packet.buffer().MdlChain, flags != 0);
      EXPECT_EQ(clone->ParentNetBufferList, packet.list());
      EXPECT_TRUE(packet.pinned());
      IMPORT(rows, NdisFreeCloneNetBufferList)(clone, 0);
      EXPECT_FALSE(packet.pinned());
    });
  }
  EXPECT_EQ(run.alive(ledger::Kind::net_buffer_list), 0U);
}

TEST_F(ExportTest, copying_between_buffers_crosses_mdls_and_reports_what_fitted) {
  PacketBuffer from;
  PacketBuffer to;
  from.fill(counting(60), {.header_bytes = 20});
  to.fill(std::vector<std::byte>(50), {.header_bytes = 30});
  run.run([&] {
    ULONG copied = 0;
    const NDIS_STATUS status = IMPORT(rows, NdisCopyFromNetBufferToNetBuffer)(
        &to.buffer(), 10, 60, &from.buffer(), 5, &copied);
    EXPECT_EQ(status, NDIS_STATUS_SUCCESS);
    EXPECT_EQ(copied, 40U);
  });
  const auto whole = counting(60);
  const auto result = to.bytes();
  EXPECT_TRUE(std::equal(result.begin() + 10, result.end(), whole.begin() + 5));
}

}  // namespace
}  // namespace drydock::ndis
