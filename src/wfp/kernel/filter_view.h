// SPDX-License-Identifier: Apache-2.0
// A filter as callouts see it: made when a callout first meets it, kept with the engine's filter.
#pragma once

#include "fwpsk.h"
#include "wfp/engine/objects.h"
#include "wfp/kernel/kernel_blocks.h"

namespace drydock::wfp {

// FWPS_FILTER0 to 3 differ only in the version of the provider context, whose layouts agree.
static_assert(sizeof(FWPS_FILTER0) == sizeof(FWPS_FILTER3) &&
              offsetof(FWPS_FILTER0, providerContext) == offsetof(FWPS_FILTER3, providerContext));

class FilterView final : public FilterAttachment {
 public:
  FilterView(const Filter& filter, machine::KernelArena& arena);

  FWPS_FILTER0* filter = nullptr;

 private:
  void describe_conditions(const Filter& source);

  KernelBlocks blocks_;
};

inline FilterView& view_of(const Filter& filter, machine::KernelArena& arena) {
  if (!filter.attachment) [[unlikely]]
    filter.attachment = std::make_unique<FilterView>(filter, arena);
  return static_cast<FilterView&>(*filter.attachment);
}

}  // namespace drydock::wfp
