// SPDX-License-Identifier: Apache-2.0
// The images of one run: where each lies, whether it is still there, and how to walk up its stack
// frames.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "image/unwind.h"
#include "ledger/unwinder.h"
#include "machine/machine.h"
#include "nt/export_directory.h"
#include "nt/image_cache.h"
#include "nt/image_space.h"

namespace drydock::nt {

// What a process keeps of images between runs.
struct ImageStore {
  explicit ImageStore(std::span<const ExportTable> tables) : exports(tables) {}

  ExportDirectory exports;
  ImageSpace space;
  ImageCache cache;
};

enum class ImageState : std::uint8_t { loaded, gone };

struct LoadedImage {
  machine::DriverId driver = machine::no_driver;
  std::uint32_t slot = 0;
  ImageState state = ImageState::loaded;
  std::shared_ptr<const BoundImage> bound;

  [[nodiscard]] std::uint64_t base() const { return bound->prepared->base; }
  [[nodiscard]] std::size_t size() const { return bound->prepared->bytes.size(); }
  [[nodiscard]] std::uint64_t entry() const { return base() + bound->prepared->entry; }
};

class Loader final : public ledger::Unwinder {
 public:
  static constexpr auto slot = machine::Slot::loader;

  // Installs itself, and itself as the unwinder. `seed` decides the images' security cookies.
  Loader(machine::Machine& machine, ImageStore& store, std::uint64_t seed);

  // Maps the image into the next slot, imports bound, protections final. Errors: DriverFile::bind.
  // The image stays known when it is gone; references stay valid for the whole run.
  Result<LoadedImage*> load(DriverFile& file, machine::DriverId driver);
  // Sections needed for initialisation only become inaccessible.
  void discard_initialisation(LoadedImage& image);
  // The whole image becomes inaccessible.
  void unload(LoadedImage& image);

  // Also an image that is gone; null when the address never belonged to one in this run.
  [[nodiscard]] const LoadedImage* image_at(std::uint64_t address) const;

  bool step(Place& place) const override;
  [[nodiscard]] machine::DriverId driver_at(std::uint64_t address) const override;
  // Does the function at this place have an exception handler of the compiler's (__try) there?
  // Leaves `place` as it is.
  [[nodiscard]] bool guards_exceptions(const Place& place) const;

  ImageStore& store() { return store_; }

  // Called by trap stubs.
  [[noreturn]] void end_run_at_trap(std::uint32_t slot_index, std::uint32_t trap);

 private:
  machine::Machine& machine_;
  ImageStore& store_;
  std::uint64_t cookie_;
  std::deque<LoadedImage> images_;  // by slot
};

}  // namespace drydock::nt
