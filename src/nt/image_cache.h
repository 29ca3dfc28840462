// SPDX-License-Identifier: Apache-2.0
// Driver files that this process has seen: parsed once, and laid out and bound once for each slot
// they were loaded into. Nothing in it changes once made, so lives can share it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "image/framework.h"
#include "image/pe.h"
#include "image/prepare.h"
#include "nt/export_directory.h"

namespace drydock::nt {

// An image as it lies in memory right after loading.
struct BoundImage {
  std::shared_ptr<const image::PreparedImage> prepared;
  std::vector<std::string> traps;  // "module!name" of each unimplemented import, by trap index
};

class DriverFile {
 public:
  DriverFile(image::PeFile pe, std::vector<std::byte> content)
      : pe_(std::move(pe)),
        content_(std::move(content)),
        framework_(image::detect_framework(pe_)) {}

  [[nodiscard]] const std::string& name() const { return pe_.name; }
  [[nodiscard]] const image::PeFile& pe() const { return pe_; }
  [[nodiscard]] std::span<const std::byte> content() const { return content_; }
  [[nodiscard]] const image::Framework& framework() const { return framework_; }

  // Laid out for an image slot, every import bound. Errors: as image::prepare, or too large.
  Result<std::shared_ptr<const BoundImage>> bind(ExportDirectory& exports, std::uint32_t slot);

 private:
  image::PeFile pe_;
  std::vector<std::byte> content_;
  image::Framework framework_;
  std::vector<std::shared_ptr<const BoundImage>> bound_;  // by slot
};

class ImageCache {
 public:
  // The parsed file; the same object for the same name and content while it is cached.
  Result<std::shared_ptr<DriverFile>> open(std::span<const std::byte> content,
                                           std::string_view name);

 private:
  static constexpr std::size_t kept = 64;  // files; a campaign over mutated ones must not grow

  std::vector<std::shared_ptr<DriverFile>> files_;  // newest last
};

}  // namespace drydock::nt
