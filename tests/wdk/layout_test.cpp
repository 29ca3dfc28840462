// SPDX-License-Identifier: Apache-2.0
// Walks the fact tables and compares every row with what the headers give on the host; the same
// rows are compile-time assertions for the Windows targets (layout_asserts.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/guid.h"
#include "wdk/all_headers.h"

namespace {

struct Extent {
  std::uint64_t offset;
  std::uint64_t size;
  bool operator==(const Extent&) const = default;
};

const std::map<std::string, Extent>& measured_extents() {
  static const std::map<std::string, Extent> table = {
#define WDK_TOTAL(type, bytes) {#type ".(total)", {0, sizeof(type)}},
#define WDK_FIELD(type, field, offset, bytes) \
  {#type "." #field,                          \
   {__builtin_offsetof(type, field),          \
    (bytes) == 0 ? 0 : sizeof(static_cast<type*>(nullptr)->field)}},
#define WDK_VALUE(name, value)
#include "layout_table.inc"
#undef WDK_TOTAL
#undef WDK_FIELD
#undef WDK_VALUE
  };
  return table;
}

// Values of 32 bits are compared as such, since a status is negative in the headers and large in
// the tables.
constexpr std::uint64_t comparable(std::uint64_t value) {
  const bool sign_extended = (value >> 31) == 0x1ffffffff;
  return sign_extended ? value & 0xffffffff : value;
}

const std::map<std::string, std::uint64_t>& measured_values() {
  static const std::map<std::string, std::uint64_t> table = {
#define WDK_TOTAL(type, bytes)
#define WDK_FIELD(type, field, offset, bytes)
#define WDK_VALUE(name, value) {#name, comparable(static_cast<std::uint64_t>(name))},
#include "layout_table.inc"
#undef WDK_TOTAL
#undef WDK_FIELD
#undef WDK_VALUE
  };
  return table;
}

std::vector<std::vector<std::string>> rows_of(const std::string& suffix) {
  std::vector<std::vector<std::string>> rows;
  const std::filesystem::path folder = DRYDOCK_SOURCE_DIR "/tests/wdk/facts";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.path().filename().string().ends_with(suffix)) continue;
    std::ifstream file(entry.path());
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream cells(line);
      std::vector<std::string>& row = rows.emplace_back();
      for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    }
  }
  return rows;
}

TEST(Layout, every_field_of_the_fact_tables_has_its_offset_and_size_on_the_host) {
  const auto rows = rows_of("_layout.tsv");
  ASSERT_GT(rows.size(), 1000u);
  std::string wrong;
  for (const auto& row : rows) {
    const std::string name = row.at(0) + "." + row.at(1);
    const auto found = measured_extents().find(name);
    const Extent expected{std::stoull(row.at(2)), std::stoull(row.at(3))};
    if (found == measured_extents().end() || found->second != expected) wrong += name + "\n";
  }
  EXPECT_EQ(wrong, "");
}

TEST(Layout, every_constant_of_the_fact_tables_has_its_value_on_the_host) {
  const auto rows = rows_of("_values.tsv");
  ASSERT_GT(rows.size(), 2000u);
  std::string wrong;
  for (const auto& row : rows) {
    const auto found = measured_values().find(row.at(0));
    const std::uint64_t expected = std::stoull(row.at(1), nullptr, 16);
    if (found == measured_values().end() || found->second != expected) wrong += row.at(0) + "\n";
  }
  EXPECT_EQ(wrong, "");
}

std::string text_of(const GUID& guid) {
  drydock::Guid value{.data1 = guid.Data1, .data2 = guid.Data2, .data3 = guid.Data3, .data4 = {}};
  std::copy(std::begin(guid.Data4), std::end(guid.Data4), value.data4.begin());
  return to_string(value);
}

TEST(Layout, every_guid_of_the_fact_table_has_its_value) {
  const std::map<std::string, GUID> measured = {
#define WDK_GUID(name) {#name, name},
#include "guid_table.inc"
#undef WDK_GUID
  };
  std::string wrong;
  for (const auto& row : rows_of("_guids.tsv")) {
    const auto found = measured.find(row.at(0));
    if (found == measured.end() || text_of(found->second) != row.at(1)) wrong += row.at(0) + "\n";
  }
  EXPECT_EQ(wrong, "");
}

TEST(Layout, long_is_32_and_wchar_16_bits_wide_on_the_host) {
  const std::array<std::size_t, 6> sizes = {sizeof(LONG),      sizeof(ULONG),  sizeof(WCHAR),
                                            sizeof(ULONG_PTR), sizeof(HANDLE), sizeof(BOOLEAN)};
  EXPECT_EQ(sizes, (std::array<std::size_t, 6>{4, 4, 2, 8, 8, 1}));
}

template <class Type>
std::uint32_t low_bits(const Type& value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, std::min(sizeof(bits), sizeof(value)));
  return bits;
}

TEST(Layout, bit_fields_lie_where_windows_drivers_test_them) {
  NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO tcp{}, udp{}, ip{}, offset{}, received{};
  tcp.Transmit.TcpChecksum = 1;
  udp.Transmit.UdpChecksum = 1;
  ip.Transmit.IpHeaderChecksum = 1;
  offset.Transmit.TcpHeaderOffset = 1;
  received.Receive.IpChecksumSucceeded = 1;
  IPV4_HEADER header{};
  header.Version = 4;
  header.HeaderLength = 5;
  TCP_HDR segment{};
  segment.th_len = 5;
  std::array<std::uint8_t, sizeof(segment)> segment_bytes{};
  std::memcpy(segment_bytes.data(), &segment, sizeof(segment));
  const std::array<std::uint32_t, 7> found = {
      low_bits(tcp),      low_bits(udp),           low_bits(ip),     low_bits(offset),
      low_bits(received), low_bits(header) & 0xff, segment_bytes[12]};
  EXPECT_EQ(found, (std::array<std::uint32_t, 7>{4, 8, 16, 1 << 16, 32, 0x45, 0x50}));
}

}  // namespace
