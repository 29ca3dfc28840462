// SPDX-License-Identifier: Apache-2.0
#include "image/framework.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "image/bytes.h"

namespace drydock::image {
namespace {

// WDF_BIND_INFO, which the framework's entry stub passes to WdfVersionBind: size, component name,
// version.
constexpr std::uint64_t component_offset = 8;
constexpr std::uint64_t version_offset = 16;
constexpr std::uint32_t bind_info_sizes[] = {0x30, 0x58};  // up to KMDF 1.23, and later
constexpr std::string_view component = "KmdfLibrary";

bool same_module(std::string_view left, std::string_view right) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(left, right, {}, lower, lower);
}

bool imports_framework_loader(const PeFile& file) {
  return std::ranges::any_of(file.imports, [](const Import& import) {
    return same_module(import.module, "wdfldr.sys") && import.name == "WdfVersionBind";
  });
}

bool is_bind_info(const PeFile& file, std::uint64_t rva) {
  const auto size = read<std::uint32_t>(file.layout, rva);
  const auto name = read<std::uint64_t>(file.layout, rva + component_offset);
  return size && name && std::ranges::find(bind_info_sizes, *size) != std::end(bind_info_sizes) &&
         *name > file.image_base && read_utf16(file.layout, *name - file.image_base) == component;
}

std::optional<KmdfVersion> bound_version(const PeFile& file) {
  for (std::uint64_t rva = 0; rva < file.layout.size(); rva += sizeof(std::uint64_t)) {
    if (is_bind_info(file, rva)) return read<KmdfVersion>(file.layout, rva + version_offset);
  }
  return std::nullopt;
}

}  // namespace

Framework detect_framework(const PeFile& file) {
  if (!imports_framework_loader(file)) return {};
  return {.kmdf = true, .version = bound_version(file)};
}

std::string to_string(const Framework& framework) {
  if (!framework.kmdf) return "WDM";
  if (!framework.version) return "KMDF";
  return fmt::format("KMDF {}.{}.{}", framework.version->major, framework.version->minor,
                     framework.version->build);
}

}  // namespace drydock::image
