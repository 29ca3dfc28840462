// SPDX-License-Identifier: Apache-2.0
// Any bytes through parse, prepare and the unwinder: must end as an image or as one line, without a
// read or write outside.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "image/framework.h"
#include "image/unwind.h"

namespace drydock::image {
namespace {

void unwind_all(const PreparedImage& image) {
  const UnwindView view(image);
  (void)find_unwind_problem(view);
  std::array<std::uint64_t, 64> stack{};
  const auto low = reinterpret_cast<std::uint64_t>(stack.data());
  for (const RuntimeFunction& function : view.functions) {
    RegisterContext context;
    context.general.fill(low);
    context.rip = image.base + function.begin + (function.end - function.begin) / 2;
    std::array<std::uint64_t, 8> addresses{};
    (void)walk(view, {.low = low, .high = low + sizeof stack}, context, addresses);
  }
}

void try_bytes(std::span<const std::byte> bytes) {
  const Inspection inspection = inspect_headers(bytes, "x.sys");
  (void)detect_framework(inspection.file);
  const auto file = parse(bytes, "x.sys");
  if (file.has_value() != inspection.problems.empty()) std::abort();
  if (!file) return;
  const auto image = prepare(*file, 0x7000'0000'0000, [](const Import&) { return 0x1000; });
  if (image) unwind_all(*image);
}

}  // namespace
}  // namespace drydock::image

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  drydock::image::try_bytes(std::as_bytes(std::span(data, size)));
  return 0;
}
