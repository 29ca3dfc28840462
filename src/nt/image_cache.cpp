// SPDX-License-Identifier: Apache-2.0
#include "nt/image_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "nt/image_space.h"

namespace drydock::nt {

namespace {

std::string describe(const image::Import& import) {
  return import.ordinal ? fmt::format("{}!#{}", import.module, *import.ordinal)
                        : fmt::format("{}!{}", import.module, import.name);
}

// The same import twice shares one trap.
std::uint64_t bind_trap(ExportDirectory& exports, std::uint32_t slot, const image::Import& import,
                        std::vector<std::string>& traps) {
  std::string name = describe(import);
  const auto known = std::ranges::find(traps, name);
  const auto index = static_cast<std::uint32_t>(known - traps.begin());
  if (known == traps.end()) traps.push_back(std::move(name));
  return exports.trap(slot, index);
}

}  // namespace

Result<std::shared_ptr<const BoundImage>> DriverFile::bind(ExportDirectory& exports,
                                                           std::uint32_t slot) {
  if (slot < bound_.size() && bound_[slot] != nullptr) return bound_[slot];
  if (slot >= ImageSpace::max_slots || pe_.image_size > ImageSpace::slot_stride) {
    return failure(fmt::format("{}: larger than 64 MiB, or loaded more than {} times in one run",
                               pe_.name, ImageSpace::max_slots));
  }
  auto bound = std::make_shared<BoundImage>();
  const auto resolve = [&](const image::Import& import) {
    const std::uint64_t address = import.ordinal ? 0 : exports.find(import.module, import.name);
    return address != 0 ? address : bind_trap(exports, slot, import, bound->traps);
  };
  auto prepared = image::prepare(pe_, ImageSpace::base(slot), resolve);
  if (!prepared) return std::unexpected(prepared.error());
  bound->prepared = std::make_shared<const image::PreparedImage>(std::move(*prepared));
  if (bound_.size() <= slot) bound_.resize(slot + 1);
  bound_[slot] = bound;
  return bound;
}

Result<std::shared_ptr<DriverFile>> ImageCache::open(std::span<const std::byte> content,
                                                     std::string_view name) {
  const auto known = std::ranges::find_if(files_, [&](const auto& file) {
    return file->content().size() == content.size() && file->name() == name &&
           std::memcmp(file->content().data(), content.data(), content.size()) == 0;
  });
  if (known != files_.end()) return *known;
  auto pe = image::parse(content, name);
  if (!pe) return std::unexpected(pe.error());
  if (files_.size() == kept) files_.erase(files_.begin());
  return files_.emplace_back(std::make_shared<DriverFile>(
      std::move(*pe), std::vector<std::byte>(content.begin(), content.end())));
}

}  // namespace drydock::nt
