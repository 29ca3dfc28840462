// SPDX-License-Identifier: Apache-2.0
#include "nt/image_space.h"

#include <algorithm>
#include <cstring>

namespace drydock::nt {

using machine::Access;
using machine::page_size;

namespace {

Access access_of(const image::Region& region) {
  int bits = PROT_NONE;
  if (region.readable) bits |= PROT_READ;
  if (region.writable) bits |= PROT_READ | PROT_WRITE;
  if (region.executable) bits |= PROT_READ | PROT_EXEC;
  return static_cast<Access>(bits);
}

std::size_t pages_of(std::size_t size) {
  return machine::round_up(size, page_size) / page_size;
}

}  // namespace

ImageSpace::Slot& ImageSpace::slot_for(std::uint32_t index) {
  if (slots_.size() <= index) slots_.resize(index + 1);
  Slot& slot = slots_[index];
  if (slot.region == nullptr)
    slot.region = std::make_unique<machine::Region>(base(index), slot_stride, Access::none);
  return slot;
}

// One system call for each stretch of pages that is not as wanted yet.
void ImageSpace::protect(Slot& slot, std::size_t first, std::size_t count, Access access) {
  const std::size_t end = std::min(first + count, slot.pages.size());
  for (std::size_t page = first; page < end;) {
    if (slot.pages[page] == access) {
      ++page;
      continue;
    }
    std::size_t stop = page + 1;
    while (stop < end && slot.pages[stop] != access) ++stop;
    slot.region->protect(page * page_size, (stop - page) * page_size, access);
    std::fill(slot.pages.begin() + static_cast<std::ptrdiff_t>(page),
              slot.pages.begin() + static_cast<std::ptrdiff_t>(stop), access);
    page = stop;
  }
}

std::vector<Access> ImageSpace::final_access(const image::PreparedImage& image) {
  std::vector<Access> pages(pages_of(image.bytes.size()), Access::none);
  for (const image::Region& region : image.regions) {
    const std::size_t first = std::min(region.rva / page_size, pages.size());
    const std::size_t count = std::min(pages_of(region.size), pages.size() - first);
    std::fill_n(pages.begin() + static_cast<std::ptrdiff_t>(first), count, access_of(region));
  }
  return pages;
}

// System calls are most of what loading costs, so neighbours that are to be alike share one.
void ImageSpace::protect_finally(Slot& slot) {
  for (std::size_t page = 0; page < slot.final.size();) {
    std::size_t stop = page + 1;
    while (stop < slot.final.size() && slot.final[stop] == slot.final[page]) ++stop;
    protect(slot, page, stop - page, slot.final[page]);
    page = stop;
  }
}

// Every life changes the access of each region, and of all of them at its end.
void ImageSpace::separate_regions(const Slot& slot) {
  bool odd = false;
  for (const image::Region& region : slot.image->regions) {
    odd = !odd;
    const std::size_t first = std::min(region.rva / page_size, slot.pages.size());
    const std::size_t count = std::min(pages_of(region.size), slot.pages.size() - first);
    if (odd && count > 0) slot.region->separate(first * page_size, count * page_size);
  }
}

void ImageSpace::replace(Slot& slot, std::shared_ptr<const image::PreparedImage> image) {
  if (!slot.pages.empty()) {
    slot.region->join(0, slot.pages.size() * page_size);
    slot.region->protect(0, slot.pages.size() * page_size, Access::none);
    slot.region->discard(0, slot.pages.size() * page_size);
  }
  slot.image = std::move(image);
  slot.final = final_access(*slot.image);
  const std::vector<std::byte>& bytes = slot.image->bytes;
  slot.pages.assign(pages_of(bytes.size()), Access::none);
  separate_regions(slot);
  protect(slot, 0, slot.pages.size(), Access::read_write);
  std::memcpy(slot.region->data(), bytes.data(), bytes.size());
}

// Only writable pages can differ from what was prepared.
void ImageSpace::copy_writable(const Slot& slot) {
  for (const image::Region& region : slot.image->regions) {
    if (!region.writable) continue;
    const std::size_t size =
        std::min<std::size_t>(region.size, slot.image->bytes.size() - region.rva);
    std::memcpy(slot.region->data() + region.rva, slot.image->bytes.data() + region.rva, size);
  }
}

void ImageSpace::load(std::uint32_t index, std::shared_ptr<const image::PreparedImage> image) {
  Slot& slot = slot_for(index);
  const bool is_same = slot.image == image;
  if (!is_same) replace(slot, std::move(image));
  protect_finally(slot);
  if (is_same) copy_writable(slot);
}

void ImageSpace::write(std::uint32_t index, image::Rva rva, std::uint64_t value) {
  Slot& slot = slots_[index];
  const std::size_t page = rva / page_size;
  const Access before = slot.pages[page];
  const bool writable = (static_cast<int>(before) & PROT_WRITE) != 0;
  if (!writable) protect(slot, page, 1, Access::read_write);
  std::memcpy(slot.region->data() + rva, &value, sizeof value);
  if (!writable) protect(slot, page, 1, before);
}

// Regions that lie side by side, as they mostly do, go in one call.
void ImageSpace::discard(std::uint32_t index) {
  Slot& slot = slots_[index];
  std::size_t first = 0;
  std::size_t end = 0;
  for (const image::Region& region : slot.image->regions) {
    if (!region.discardable) continue;
    const std::size_t page = region.rva / page_size;
    if (page != end) {
      protect(slot, first, end - first, Access::none);
      first = page;
    }
    end = page + pages_of(region.size);
  }
  protect(slot, first, end - first, Access::none);
}

void ImageSpace::close(std::uint32_t index) {
  Slot& slot = slots_[index];
  const bool open =
      std::ranges::any_of(slot.pages, [](Access access) { return access != Access::none; });
  if (!open) return;
  slot.region->protect(0, slot.pages.size() * page_size, Access::none);
  std::ranges::fill(slot.pages, Access::none);
}

void ImageSpace::close_all() {
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].region != nullptr) close(i);
  }
}

}  // namespace drydock::nt
