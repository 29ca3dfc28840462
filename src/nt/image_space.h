// SPDX-License-Identifier: Apache-2.0
// The addresses that images are loaded at, one slot after the other in load order. Loading the same
// image into the same slot again touches only what a driver can have changed: that is what makes a
// life cheap.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "image/prepare.h"
#include "machine/region.h"

namespace drydock::nt {

// One per process; it outlives runs.
class ImageSpace {
 public:
  static constexpr std::uint64_t slot_stride = std::uint64_t{64} << 20;
  static constexpr std::uint32_t max_slots = 256;

  static constexpr std::uint64_t base(std::uint32_t slot) {
    return machine::home::images + slot * slot_stride;
  }

  // Puts the image there with its final protections, ready to run; `image` must have been prepared
  // for base(slot) and fit into slot_stride.
  void load(std::uint32_t slot, std::shared_ptr<const image::PreparedImage> image);
  void write(std::uint32_t slot, image::Rva rva, std::uint64_t value);
  // Pages that belong to the discardable regions become inaccessible.
  void discard(std::uint32_t slot);
  // All of the slot becomes inaccessible.
  void close(std::uint32_t slot);
  void close_all();

 private:
  struct Slot {
    std::unique_ptr<machine::Region> region;
    std::shared_ptr<const image::PreparedImage> image;
    std::vector<machine::Access> pages;  // of the image, as they are
    std::vector<machine::Access> final;  // as they are to be once it is loaded
  };

  Slot& slot_for(std::uint32_t index);
  static std::vector<machine::Access> final_access(const image::PreparedImage& image);
  static void protect_finally(Slot& slot);
  static void protect(Slot& slot, std::size_t first, std::size_t count, machine::Access access);
  static void replace(Slot& slot, std::shared_ptr<const image::PreparedImage> image);
  static void separate_regions(const Slot& slot);
  static void copy_writable(const Slot& slot);

  std::vector<Slot> slots_;
};

}  // namespace drydock::nt
