// SPDX-License-Identifier: Apache-2.0
// The driver images both compilers make: what a loader needs is in them, and a framework driver
// binds as a shipped one does. Reads the bytes on its own, so that the loader and this test cannot
// be wrong together.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Section {
  std::string name;
  std::uint32_t rva, size, file_offset, file_size, flags;
};

constexpr std::uint32_t discardable = 0x02000000;
constexpr std::uint32_t executable = 0x20000000;

// A PE32+ file laid out as in memory.
class Image {
 public:
  explicit Image(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    file_ = {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (file_.empty()) throw std::runtime_error("cannot read " + path);
    header_ = file_value<std::uint32_t>(0x3c);
    memory_.resize(file_value<std::uint32_t>(header_ + 0x50));
    const std::uint32_t table = header_ + 0x18 + file_value<std::uint16_t>(header_ + 0x14);
    for (std::uint32_t i = 0; i < file_value<std::uint16_t>(header_ + 6); ++i) {
      const std::uint32_t at = table + i * 40;
      const std::string name(&file_[at], 8);
      const auto& section = sections_.emplace_back(
          Section{name.c_str(), file_value<std::uint32_t>(at + 12),
                  file_value<std::uint32_t>(at + 8), file_value<std::uint32_t>(at + 20),
                  file_value<std::uint32_t>(at + 16), file_value<std::uint32_t>(at + 36)});
      std::memcpy(&memory_.at(section.rva), &file_.at(section.file_offset),
                  std::min(section.size, section.file_size));
    }
  }

  [[nodiscard]] std::uint32_t entry() const { return file_value<std::uint32_t>(header_ + 0x28); }
  [[nodiscard]] std::uint64_t base() const { return file_value<std::uint64_t>(header_ + 0x30); }
  [[nodiscard]] std::uint32_t directory_rva(std::uint32_t index) const {
    return file_value<std::uint32_t>(header_ + 0x88 + index * 8);
  }
  [[nodiscard]] std::uint32_t directory_size(std::uint32_t index) const {
    return file_value<std::uint32_t>(header_ + 0x8c + index * 8);
  }
  [[nodiscard]] const Section* section_at(std::uint32_t rva) const {
    for (const Section& section : sections_) {
      if (rva >= section.rva && rva < section.rva + section.size) return &section;
    }
    return nullptr;
  }
  template <class Value>
  [[nodiscard]] Value at(std::uint64_t rva) const {
    Value value{};
    if (rva + sizeof(Value) <= memory_.size()) std::memcpy(&value, &memory_[rva], sizeof(Value));
    return value;
  }
  [[nodiscard]] std::string bytes(std::uint64_t rva, std::size_t count) const {
    return rva + count <= memory_.size() ? std::string(&memory_[rva], count) : std::string();
  }
  [[nodiscard]] std::size_t size() const { return memory_.size(); }

 private:
  template <class Value>
  [[nodiscard]] Value file_value(std::size_t offset) const {
    Value value{};
    std::memcpy(&value, &file_.at(offset + sizeof(Value) - 1) - (sizeof(Value) - 1), sizeof(Value));
    return value;
  }

  std::vector<char> file_;
  std::vector<char> memory_;
  std::uint32_t header_ = 0;
  std::vector<Section> sections_;
};

constexpr std::uint32_t exceptions = 3, relocations = 5, load_config = 10, imports = 1;

std::string driver_path(const std::string& compiler, const std::string& name) {
  return DRYDOCK_BINARY_DIR "/drivers/" + compiler + "/" + name + ".sys";
}

class Images : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  [[nodiscard]] std::string path() const {
    return driver_path(std::get<0>(GetParam()), std::get<1>(GetParam()));
  }
};

TEST_P(Images, have_relocations_unwind_data_imports_and_start_in_a_discardable_section) {
  const Image image(path());
  const Section* entry = image.section_at(image.entry());
  ASSERT_NE(entry, nullptr);
  const std::array<bool, 6> found = {
      image.directory_size(relocations) > 8,  // more than one empty block
      image.section_at(image.directory_rva(relocations)) != nullptr,
      image.directory_size(exceptions) >= 12 && image.directory_size(exceptions) % 12 == 0,
      image.directory_size(imports) > 0,
      entry->name == "INIT",
      (entry->flags & (discardable | executable)) == (discardable | executable)};
  EXPECT_EQ(found, (std::array<bool, 6>{true, true, true, true, true, true}));
}

TEST_P(Images, show_the_loader_the_default_security_cookie_in_writable_memory) {
  const Image image(path());
  ASSERT_NE(image.directory_rva(load_config), 0u);
  const auto address = image.at<std::uint64_t>(image.directory_rva(load_config) + 0x58u);
  const auto rva = static_cast<std::uint32_t>(address - image.base());
  ASSERT_NE(image.section_at(rva), nullptr);
  EXPECT_EQ(image.at<std::uint64_t>(rva), 0x00002B992DDFA232u);
  EXPECT_EQ(image.section_at(rva)->name, ".data");
}

TEST_P(Images, do_not_name_the_folder_they_were_built_in) {
  std::ifstream stream(path(), std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(stream),
                            std::istreambuf_iterator<char>()};
  EXPECT_FALSE(content.empty());
  EXPECT_EQ(content.find(DRYDOCK_SOURCE_DIR), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Both, Images,
                         testing::Combine(testing::Values("clang", "mingw"),
                                          testing::Values("trivial_wdm", "trivial_kmdf_1.9",
                                                          "trivial_kmdf_1.15",
                                                          "trivial_kmdf_1.33")));

struct BindInfo {
  std::uint32_t size, function_count, major, minor, build;
  bool table_is_array;
  bool operator==(const BindInfo&) const = default;
};

// The record is found as a debugger would: its second field points to the component's name.
BindInfo bind_info_of(const Image& image) {
  static constexpr char name[] = "K\0m\0d\0f\0L\0i\0b\0r\0a\0r\0y\0\0";
  for (std::uint32_t rva = 0; rva + 0x30 <= image.size(); rva += 8) {
    const std::uint64_t component = image.at<std::uint64_t>(rva + 8) - image.base();
    if (image.bytes(component, sizeof(name) - 1) != std::string(name, sizeof(name) - 1)) continue;
    const auto count = image.at<std::uint32_t>(rva + 0x1c);
    const auto table =
        static_cast<std::uint32_t>(image.at<std::uint64_t>(rva + 0x20) - image.base());
    const Section* section = image.section_at(table);
    const bool room = section != nullptr && table + count * 8 <= section->rva + section->size;
    return {image.at<std::uint32_t>(rva),        count,
            image.at<std::uint32_t>(rva + 0x10), image.at<std::uint32_t>(rva + 0x14),
            image.at<std::uint32_t>(rva + 0x18), room};
  }
  return {};
}

TEST(KmdfStub, binds_with_an_array_for_1_9_and_with_a_pointer_from_1_15_on) {
  for (const char* compiler : {"clang", "mingw"}) {
    SCOPED_TRACE(compiler);
    EXPECT_EQ(bind_info_of(Image(driver_path(compiler, "trivial_kmdf_1.9"))),
              (BindInfo{0x30, 396, 1, 9, 7600, true}));
    EXPECT_EQ(bind_info_of(Image(driver_path(compiler, "trivial_kmdf_1.15"))),
              (BindInfo{0x30, 444, 1, 15, 0, false}));
    EXPECT_EQ(bind_info_of(Image(driver_path(compiler, "trivial_kmdf_1.33"))),
              (BindInfo{0x58, 458, 1, 33, 0, false}));
  }
}

}  // namespace
