// SPDX-License-Identifier: Apache-2.0
#include "nt/presence.h"

#include "nt/context.h"

namespace drydock::nt {

namespace {

// A later image may have been loaded where an earlier one lay: memory is there while one of them
// is.
Presence presence_in_images(std::uint64_t address) {
  const ledger::Record& record = ledger::record();
  Presence presence = Presence::here;
  for (const ledger::ImageRange& image : record.images()) {
    if (address - image.base >= image.size) continue;
    presence = record.find(ledger::Moment::image_gone, image.driver) ? Presence::image_gone
                                                                     : Presence::here;
  }
  return presence;
}

}  // namespace

Presence presence_of(const void* structure) {
  const std::uint64_t address = address_of(structure);
  const auto& pool = the_machine().memory().pool;
  if (!pool.contains(address)) return presence_in_images(address);
  const auto block = pool.find(address);
  return block && block->live ? Presence::here : Presence::freed;
}

}  // namespace drydock::nt
