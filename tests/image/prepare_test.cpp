// SPDX-License-Identifier: Apache-2.0
// What the prepared bytes of a hand-made image hold.
#include "image/prepare.h"

#include <gtest/gtest.h>

#include <cstring>

#include "pe_builder.h"

namespace drydock::image {
namespace {

using testing::PeBuilder;

std::uint64_t value_at(const PreparedImage& image, Rva rva) {
  std::uint64_t value = 0;
  std::memcpy(&value, image.bytes.data() + rva, sizeof value);
  return value;
}

std::uint64_t numbered(const Import& import) {
  return import.ordinal ? 0x9000 + *import.ordinal : 0x8000;
}

Result<PreparedImage> prepared(const PeBuilder& builder, std::uint64_t base,
                               const ImportResolver& resolver, const PrepareOptions& options = {}) {
  const auto file = parse(builder.build(), "x.sys");
  if (!file) return std::unexpected(file.error());
  return prepare(*file, base, resolver, options);
}

TEST(Prepare, pointers_move_and_imports_and_cookie_are_filled_in) {
  constexpr std::uint64_t base = 0x7123'4567'8000;
  const auto image = prepared(PeBuilder(), base, numbered, {.security_cookie = 0x1234'5678'9abc});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->bytes.size(), PeBuilder::end);
  EXPECT_EQ(value_at(*image, PeBuilder::moved_pointer), base + PeBuilder::text);
  EXPECT_EQ(value_at(*image, PeBuilder::import_slot), 0x8000u);
  EXPECT_EQ(value_at(*image, PeBuilder::ordinal_slot), 0x9007u);
  EXPECT_EQ(image->security_cookie, PeBuilder::cookie);
  EXPECT_EQ(value_at(*image, PeBuilder::cookie), 0x1234'5678'9abcu);
  EXPECT_EQ(value_at(*image, testing::field::image_base), base);
}

TEST(Prepare, same_input_gives_the_same_bytes) {
  const auto one = prepared(PeBuilder(), 0x10000, numbered);
  const auto two = prepared(PeBuilder(), 0x10000, numbered);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->bytes, two->bytes);
}

TEST(Prepare, regions_carry_the_protection_of_their_sections) {
  const auto image = prepared(PeBuilder(), 0x10000, numbered);
  ASSERT_TRUE(image);
  std::vector<std::string> lines;
  for (const Region& region : image->regions) {
    lines.push_back(region.name + " " + std::to_string(region.rva) + "+" +
                    std::to_string(region.size) + " " + (region.readable ? "r" : "-") +
                    (region.writable ? "w" : "-") + (region.executable ? "x" : "-") +
                    (region.discardable ? "d" : "-") + (region.pageable ? "p" : "-"));
  }
  const std::vector<std::string> expected{"headers 0+4096 r----", ".text 4096+4096 r-x--",
                                          ".rdata 8192+4096 r----", ".data 12288+4096 rw---",
                                          "INIT 16384+4096 r-xd-"};
  EXPECT_EQ(lines, expected);
}

TEST(Prepare, constants_into_the_shared_user_page_are_found_in_code_only) {
  PeBuilder builder;
  builder.set<std::uint64_t>(PeBuilder::at(PeBuilder::text + 0x33), 0xfffff78000000320);
  builder.set<std::uint64_t>(PeBuilder::at(PeBuilder::init + 8), 0xfffff78000000008);
  builder.set<std::uint64_t>(PeBuilder::at(PeBuilder::data + 0x100), 0xfffff78000000014);
  builder.set<std::uint64_t>(PeBuilder::at(PeBuilder::text + 0x60), 0xfffff78000001000);
  const auto image = prepared(builder, 0x10000, numbered);
  ASSERT_TRUE(image);
  ASSERT_EQ(image->kuser_sites.size(), 2u);
  EXPECT_EQ(image->kuser_sites[0].rva, PeBuilder::text + 0x33);
  EXPECT_EQ(image->kuser_sites[0].offset, 0x320u);
  EXPECT_EQ(image->kuser_sites[1].rva, PeBuilder::init + 8);
  EXPECT_EQ(image->kuser_sites[1].offset, 8u);
}

TEST(Prepare, refusals_say_why) {
  const auto message = [](const Result<PreparedImage>& result) {
    return result ? std::string("prepared") : result.error().message;
  };
  EXPECT_EQ(message(prepared(PeBuilder(), 0x10001, numbered)),
            "x.sys: load address 0x10001 is not a multiple of the page size");
  EXPECT_EQ(message(prepared(PeBuilder(), 0x10000, [](const Import&) { return 0; })),
            "x.sys: import ntoskrnl.exe!ExFreePool has no address");
  EXPECT_EQ(message(prepared(PeBuilder(), 0x10000, numbered, {.security_cookie = 0x2b992ddfa232})),
            "x.sys: security cookie 0x2b992ddfa232 is not a 48-bit value of its own");
  PeBuilder stripped;
  stripped.directory(5, 0, 0).set<std::uint16_t>(testing::field::characteristics, 0x23);
  EXPECT_EQ(message(prepared(stripped, 0x10000, numbered)),
            "x.sys: relocations are stripped, it can be loaded at 0x140000000 only");
  EXPECT_EQ(message(prepared(stripped, PeBuilder::base, numbered)), "prepared");
}

}  // namespace
}  // namespace drydock::image
