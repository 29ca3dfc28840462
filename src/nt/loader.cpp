// SPDX-License-Identifier: Apache-2.0
#include "nt/loader.h"

#include "ledger/record.h"

namespace drydock::nt {

namespace {

// 48 bits, neither zero nor the value that compilers put there.
std::uint64_t cookie_from(std::uint64_t seed) {
  constexpr std::uint64_t mask = 0x0000'ffff'ffff'ffffULL;
  constexpr std::uint64_t compiler_default = 0x0000'2b99'2ddf'a232ULL;
  const std::uint64_t mixed = ((seed + 1) * 0x9e37'79b9'7f4a'7c15ULL ^ (seed >> 29)) & mask;
  return mixed == 0 || mixed == compiler_default ? 0x0000'5ea5'0b0a'7d0cULL : mixed;
}

}  // namespace

Loader::Loader(machine::Machine& machine, ImageStore& store, std::uint64_t seed)
    : machine_(machine), store_(store), cookie_(cookie_from(seed)) {
  store_.space.close_all();
  store_.exports.variables().reset(machine.processors());
  machine.install(*this);
  machine.install<ledger::Unwinder>(*this);
}

Result<LoadedImage*> Loader::load(DriverFile& file, machine::DriverId driver) {
  const auto slot_index = static_cast<std::uint32_t>(images_.size());
  auto bound = file.bind(store_.exports, slot_index);
  if (!bound) return std::unexpected(bound.error());
  const auto& prepared = (*bound)->prepared;
  store_.space.load(slot_index, prepared);
  if (prepared->security_cookie != 0)
    store_.space.write(slot_index, prepared->security_cookie, cookie_);
  machine_.get<ledger::Record>().add_image(
      {driver, file.name(), prepared->base, prepared->bytes.size()});
  return &images_.emplace_back(driver, slot_index, ImageState::loaded, std::move(*bound));
}

void Loader::discard_initialisation(LoadedImage& image) {
  store_.space.discard(image.slot);
}

void Loader::unload(LoadedImage& image) {
  store_.space.close(image.slot);
  image.state = ImageState::gone;
}

const LoadedImage* Loader::image_at(std::uint64_t address) const {
  const std::uint64_t index = (address - ImageSpace::base(0)) / ImageSpace::slot_stride;
  if (address < ImageSpace::base(0) || index >= images_.size()) return nullptr;
  const LoadedImage& image = images_[index];
  return address - image.base() < image.size() ? &image : nullptr;
}

machine::DriverId Loader::driver_at(std::uint64_t address) const {
  const LoadedImage* image = image_at(address);
  return image == nullptr ? machine::no_driver : image->driver;
}

bool Loader::step(Place& place) const {
  const LoadedImage* image = image_at(place.rip);
  const machine::StackArena& stacks = machine_.memory().stacks;
  if (image == nullptr || !stacks.contains(place.rsp)) return false;
  const std::uint32_t stack = stacks.index_of(place.rsp);
  image::RegisterContext context;
  context.rip = place.rip;
  context.rsp = place.rsp;
  context.rbp = place.rbp;
  if (!image::virtual_unwind(image::UnwindView(*image->bound->prepared),
                             {stacks.low(stack), stacks.top(stack)}, context)) {
    return false;
  }
  place = {context.rip, context.rsp, context.rbp};
  return image_at(place.rip) != nullptr;
}

namespace {

// The handlers that only check stack cookies have other data there: their first word is no count of
// rows that lie in the image.
bool has_scope_around(const image::UnwindView& view, const image::FrameInfo& frame,
                      image::Rva place) {
  const auto table = image::scope_table(view, frame.handler_data);
  if (!table || table->size() == 0) return false;
  bool found = false;
  for (std::uint32_t i = 0; i < table->size(); ++i) {
    const image::ScopeRecord scope = (*table)[i];
    if (scope.begin >= scope.end || scope.end > view.bytes.size()) return false;
    found = found || (place >= scope.begin && place < scope.end && scope.target != 0);
  }
  return found;
}

}  // namespace

bool Loader::guards_exceptions(const Place& place) const {
  const LoadedImage* image = image_at(place.rip);
  const machine::StackArena& stacks = machine_.memory().stacks;
  if (image == nullptr || !stacks.contains(place.rsp)) return false;
  const std::uint32_t stack = stacks.index_of(place.rsp);
  image::RegisterContext context;
  context.rip = place.rip;
  context.rsp = place.rsp;
  context.rbp = place.rbp;
  image::FrameInfo frame;
  const image::UnwindView view(*image->bound->prepared);
  return image::virtual_unwind(view, {stacks.low(stack), stacks.top(stack)}, context, &frame) &&
         frame.handles_exceptions &&
         has_scope_around(view, frame, static_cast<image::Rva>(place.rip - view.base));
}

void Loader::end_run_at_trap(std::uint32_t slot_index, std::uint32_t trap) {
  machine_.stop(
      machine::Inconclusive{images_[slot_index].bound->traps[trap] + " is not implemented"});
}

}  // namespace drydock::nt
