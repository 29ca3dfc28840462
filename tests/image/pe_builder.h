// SPDX-License-Identifier: Apache-2.0
// Small driver images made by hand, so that a test can break one field at a time and know what it
// broke.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace drydock::image::testing {

// Field offsets in the file that `PeBuilder::build` returns.
namespace field {
inline constexpr std::size_t signature_offset = 60;
inline constexpr std::size_t pe = 128;
inline constexpr std::size_t machine = pe + 4;
inline constexpr std::size_t section_count = pe + 6;
inline constexpr std::size_t characteristics = pe + 22;
inline constexpr std::size_t optional = pe + 24;
inline constexpr std::size_t magic = optional;
inline constexpr std::size_t entry = optional + 16;
inline constexpr std::size_t image_base = optional + 24;
inline constexpr std::size_t section_alignment = optional + 32;
inline constexpr std::size_t file_alignment = optional + 36;
inline constexpr std::size_t image_size = optional + 56;
inline constexpr std::size_t headers_size = optional + 60;
inline constexpr std::size_t subsystem = optional + 68;
inline constexpr std::size_t directories = optional + 112;
inline constexpr std::size_t sections = optional + 240;
}  // namespace field

// One image: .text at 0x1000, .rdata at 0x2000, .data at 0x3000, INIT at 0x4000, 0x200 bytes of
// file each.
class PeBuilder {
 public:
  static constexpr std::uint64_t base = 0x140000000;
  static constexpr std::uint32_t text = 0x1000;
  static constexpr std::uint32_t rdata = 0x2000;
  static constexpr std::uint32_t data = 0x3000;
  static constexpr std::uint32_t init = 0x4000;
  static constexpr std::uint32_t end = 0x5000;
  static constexpr std::uint32_t import_slot = rdata + 0x40;   // ntoskrnl.exe!ExFreePool
  static constexpr std::uint32_t ordinal_slot = rdata + 0x48;  // ntoskrnl.exe!#7
  static constexpr std::uint32_t moved_pointer = data + 0x10;  // holds base + text
  static constexpr std::uint32_t cookie = data + 0x20;

  PeBuilder() : file_(0xc00) {
    write_headers();
    section(0, ".text", text, 0x68000020);
    section(1, ".rdata", rdata, 0x48000040);
    section(2, ".data", data, 0xc8000040);
    section(3, "INIT", init, 0x62000020);
    put<std::uint8_t>(at(text), 0xc3);
    write_imports();
    write_relocations();
    put<std::uint64_t>(at(cookie), 0x2b992ddfa232);
    // Two functions: one row with one `sub rsp, 40`, one without any code.
    const std::uint32_t rows[] = {text,        text + 0x10, rdata + 0x1e0,
                                  text + 0x10, text + 0x20, rdata + 0x1e8};
    put(at(rdata + 0x1c0), rows);
    put<std::uint64_t>(at(rdata + 0x1e0), 0x4204'00'01'04'01);
    put<std::uint64_t>(at(rdata + 0x1e8), 0x01);
    directory(3, rdata + 0x1c0, 24);
  }

  template <class T>
  PeBuilder& set(std::size_t offset, T value) {
    put(offset, value);
    return *this;
  }
  PeBuilder& directory(std::size_t index, std::uint32_t rva, std::uint32_t size) {
    put(field::directories + 8 * index, rva);
    put(field::directories + 8 * index + 4, size);
    return *this;
  }
  // File offset of an rva in a section.
  static std::size_t at(std::uint32_t rva) {
    return 0x400 + (rva / 0x1000 - 1) * 0x200 + rva % 0x1000;
  }

  [[nodiscard]] std::vector<std::byte> build() const { return file_; }

 private:
  template <class T>
  void put(std::size_t offset, const T& value) {
    std::memcpy(file_.data() + offset, &value, sizeof value);
  }
  void text_at(std::size_t offset, std::string_view value) {
    std::memcpy(file_.data() + offset, value.data(), value.size());
  }
  void write_headers() {
    put<std::uint16_t>(0, 0x5a4d);
    put<std::uint32_t>(field::signature_offset, field::pe);
    put<std::uint32_t>(field::pe, 0x4550);
    put<std::uint16_t>(field::machine, 0x8664);
    put<std::uint16_t>(field::section_count, 4);
    put<std::uint16_t>(field::pe + 20, 240);
    put<std::uint16_t>(field::characteristics, 0x22);
    put<std::uint16_t>(field::magic, 0x20b);
    put<std::uint32_t>(field::entry, text);
    put<std::uint64_t>(field::image_base, base);
    put<std::uint32_t>(field::section_alignment, 0x1000);
    put<std::uint32_t>(field::file_alignment, 0x200);
    put<std::uint32_t>(field::image_size, end);
    put<std::uint32_t>(field::headers_size, 0x400);
    put<std::uint16_t>(field::subsystem, 1);
    put<std::uint32_t>(field::directories - 4, 16);
  }
  void section(std::size_t index, std::string_view name, std::uint32_t rva, std::uint32_t flags) {
    const std::size_t header = field::sections + 40 * index;
    text_at(header, name);
    put<std::uint32_t>(header + 8, 0x200);
    put<std::uint32_t>(header + 12, rva);
    put<std::uint32_t>(header + 16, 0x200);
    put<std::uint32_t>(header + 20, static_cast<std::uint32_t>(at(rva)));
    put<std::uint32_t>(header + 36, flags);
  }
  void write_imports() {
    const std::uint32_t descriptor[5] = {rdata + 0x60, 0, 0, rdata + 0x90, import_slot};
    put(at(rdata), descriptor);
    const std::uint64_t thunks[3] = {rdata + 0xa0, 7ULL | 1ULL << 63, 0};
    put(at(import_slot), thunks);
    put(at(rdata + 0x60), thunks);
    text_at(at(rdata + 0x90), "ntoskrnl.exe");
    text_at(at(rdata + 0xa2), "ExFreePool");
    directory(1, rdata, 40);
  }
  void write_relocations() {
    put<std::uint64_t>(at(moved_pointer), base + text);
    const std::uint32_t block[3] = {data, 12, 0xa010};
    put(at(rdata + 0x100), block);
    directory(5, rdata + 0x100, 12);
  }

  std::vector<std::byte> file_;
};

}  // namespace drydock::image::testing
