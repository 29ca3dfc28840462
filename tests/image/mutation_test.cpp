// SPDX-License-Identifier: Apache-2.0
// Damaged drivers: whatever the bytes, the answer is an image or one line.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "image/framework.h"
#include "image/unwind.h"
#include "pe_builder.h"
#include "real_drivers.h"

namespace drydock::image {
namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t limit) {
  return static_cast<std::size_t>(random() % limit);
}

// Values that make arithmetic overflow or land just outside.
std::uint32_t hostile_value(Random& random, std::size_t file_size) {
  const auto size = static_cast<std::uint32_t>(file_size);
  const std::uint32_t values[] = {
      0,          1,    0x7fffffff, 0x80000000, 0xffffffff,
      0xfffffff8, size, size - 1,   size + 1,   static_cast<std::uint32_t>(random())};
  return values[below(random, std::size(values))];
}

// Headers and tables are a small part of a file, so most damage is aimed there.
std::size_t aim(Random& random, const std::vector<std::byte>& bytes,
                std::span<const std::size_t> tables) {
  switch (below(random, 4)) {
    case 0:
      return below(random, bytes.size());
    case 1:
      return below(random, std::min<std::size_t>(bytes.size(), 0x400));
    default:
      return tables[below(random, tables.size())] + below(random, 0x200);
  }
}

std::vector<std::byte> mutate(std::vector<std::byte> bytes, Random& random,
                              std::span<const std::size_t> tables) {
  if (below(random, 10) == 0) bytes.resize(below(random, bytes.size()));
  const std::size_t changes = 1 + below(random, 6);
  for (std::size_t i = 0; i < changes && bytes.size() > 8; ++i) {
    const std::size_t at = std::min(aim(random, bytes, tables), bytes.size() - 4);
    const std::uint32_t value = hostile_value(random, bytes.size());
    const std::size_t width = std::size_t{1} << below(random, 3);
    std::memcpy(bytes.data() + at, &value, width);
  }
  return bytes;
}

// File offsets of the data directories.
std::vector<std::size_t> tables_of(const std::vector<std::byte>& bytes) {
  std::vector<std::size_t> offsets{0};
  const Inspection inspection = inspect_headers(bytes, "x");
  for (const DataDirectory& directory : inspection.file.directories) {
    if (const Section* section = inspection.file.section_at(directory.rva)) {
      offsets.push_back(section->raw_offset + (directory.rva - section->rva));
    }
  }
  return offsets;
}

// Walks from every function's middle with a stack of junk.
void unwind_everywhere(const PreparedImage& image, Random& random) {
  const UnwindView view(image);
  (void)find_unwind_problem(view);
  std::array<std::uint64_t, 64> junk{};
  for (auto& word : junk) word = image.base + below(random, image.bytes.size() + 4096);
  const auto low = reinterpret_cast<std::uint64_t>(junk.data());
  for (const RuntimeFunction& function : view.functions) {
    RegisterContext context;
    for (auto& value : context.general) value = low + 8 * below(random, 80);
    context.rip = image.base + function.begin + below(random, function.end - function.begin);
    std::uint64_t addresses[16];
    walk(view, {low, low + sizeof junk}, context, addresses);
    FrameInfo frame;
    context.rip = image.base + function.begin;
    context.rsp = low;
    if (!virtual_unwind(view, {low, low + sizeof junk}, context, &frame) || frame.handler == 0)
      continue;
    const auto scopes = scope_table(view, frame.handler_data);
    for (std::uint32_t i = 0; scopes && i < std::min(scopes->size(), 64U); ++i) (void)(*scopes)[i];
  }
}

bool is_one_line_about(const std::string& message, std::string_view name) {
  return message.starts_with(name) && message.find('\n') == std::string::npos;
}

struct Tally {
  int loaded = 0;
  int refused = 0;
};

Tally damage(const std::vector<std::byte>& original, int rounds, std::uint64_t seed) {
  Random random(seed);
  const auto tables = tables_of(original);
  Tally tally;
  for (int round = 0; round < rounds; ++round) {
    const auto bytes = mutate(original, random, tables);
    const Inspection inspection = inspect_headers(bytes, "x.sys");
    (void)detect_framework(inspection.file);
    for (const std::string& problem : inspection.problems) {
      EXPECT_TRUE(is_one_line_about(problem, "x.sys: ")) << problem;
    }
    const auto file = parse(bytes, "x.sys");
    EXPECT_EQ(file.has_value(), inspection.problems.empty());
    if (!file) {
      ++tally.refused;
      continue;
    }
    const auto image = prepare(*file, 0x7000'0000'0000, [](const Import&) { return 0x1000; });
    if (image) {
      ++tally.loaded;
      unwind_everywhere(*image, random);
    } else {
      ++tally.refused;
      EXPECT_TRUE(is_one_line_about(image.error().message, "x.sys: ")) << image.error().message;
    }
  }
  return tally;
}

constexpr int rounds_in_all = 10'000;

TEST(Mutation, hand_made_driver_gives_an_image_or_one_line) {
  const Tally tally = damage(testing::PeBuilder().build(), rounds_in_all, 1);
  EXPECT_GT(tally.loaded, 500);
  EXPECT_GT(tally.refused, 500);
}

TEST(Mutation, real_drivers_give_an_image_or_one_line) {
  const auto paths = testing::driver_paths();
  if (paths.empty()) GTEST_SKIP() << "no drivers built or installed below " << DRYDOCK_BINARY_DIR;
  const int rounds = rounds_in_all / static_cast<int>(paths.size()) + 1;
  Tally tally;
  std::uint64_t seed = 2;
  for (const std::string& path : paths) {
    const Tally one = damage(testing::load(path), rounds, seed++);
    tally.loaded += one.loaded;
    tally.refused += one.refused;
  }
  EXPECT_GT(tally.loaded, 500);
  EXPECT_GT(tally.refused, 500);
}

}  // namespace
}  // namespace drydock::image
