// SPDX-License-Identifier: Apache-2.0
#include "nt/loader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "ledger/record.h"
#include "machine/shared_memory.h"
#include "nt/test_store.h"

namespace drydock::nt {
namespace {

using Function = IntFunction*;

struct LoaderTest : testing::Test {
  machine::RoundRobin choices;
  machine::Machine machine{machine::shared_memory(), choices, {}};
  ledger::Record record{machine};
  LoaderTest() { machine.install(record); }

  void on_fiber(std::move_only_function<void()> body) {
    machine.spawn("test", machine::Irql::passive, std::move(body));
    machine.run();
  }
};

TEST_F(LoaderTest, import_binds_to_a_stub_that_enters_the_thunk_of_its_row) {
  Loader loader(machine, test_store(), 0);
  const std::uint64_t stub = test_store().exports.find("NTOSKRNL.EXE", "Twice");
  EXPECT_EQ(stub, machine::home::stubs);
  EXPECT_EQ(test_store().exports.find("hal.dll", "Twice"), stub);
  EXPECT_EQ(test_store().exports.find("other.sys", "Twice"), 0u);
  EXPECT_EQ(test_store().exports.find("Other.SYS", "Thrice"), stub + 16);
  int result = 0;
  on_fiber([&] { result = reinterpret_cast<Function>(stub)(21); });
  EXPECT_EQ(result, 42);
  EXPECT_STREQ(record.events().find(record.events().last())->name, "Twice");
}

TEST_F(LoaderTest, system_routines_are_found_by_name_in_the_kernel_only) {
  EXPECT_EQ(test_store().exports.find_system_routine("Twice"), machine::home::stubs);
  EXPECT_EQ(test_store().exports.find_system_routine("Thrice"), 0u);
}

TEST_F(LoaderTest, imported_variables_hold_their_values_anew_in_each_run) {
  const std::uint64_t address = test_store().exports.find("ntoskrnl.exe", "KeNumberProcessors");
  for (int life = 0; life < 2; ++life) {
    Loader loader(machine, test_store(), 0);
    auto* const count = reinterpret_cast<char*>(address);
    EXPECT_EQ(*count, 2);
    *count = 9;
  }
}

// Headers and read-only data, a writable page, and a discardable one.
std::shared_ptr<image::PreparedImage> three_pages(std::uint32_t slot) {
  auto image = std::make_shared<image::PreparedImage>();
  image->base = ImageSpace::base(slot);
  image->bytes.assign(3 * machine::page_size, std::byte{7});
  image->regions = {{.rva = 0, .size = 4096, .readable = true, .name = "headers"},
                    {.rva = 4096, .size = 4096, .readable = true, .writable = true, .name = "data"},
                    {.rva = 8192,
                     .size = 4096,
                     .readable = true,
                     .executable = true,
                     .discardable = true,
                     .name = "INIT"}};
  return image;
}

char& byte_at(std::uint64_t address) {
  return *reinterpret_cast<char*>(address);
}

TEST_F(LoaderTest, image_is_as_prepared_each_time_it_is_loaded_with_its_protections) {
  ImageSpace& space = test_store().space;
  const auto image = three_pages(3);
  for (int life = 0; life < 2; ++life) {
    space.load(3, image);
    EXPECT_EQ(byte_at(image->base + 4096), 7);
    byte_at(image->base + 4096) = 8;
    EXPECT_DEATH(byte_at(image->base) = 8, "");
    EXPECT_DEATH(byte_at(image->base + 8192) = 8, "");
    space.write(3, 8, 0x0102030405060708);
    EXPECT_EQ(byte_at(image->base + 15), 1);
    EXPECT_DEATH(byte_at(image->base) = 8, "");
    space.close(3);
  }
}

TEST_F(LoaderTest, discarded_and_closed_pages_are_inaccessible) {
  ImageSpace& space = test_store().space;
  const auto image = three_pages(4);
  space.load(4, image);
  EXPECT_EQ(byte_at(image->base + 8192), 7);
  space.discard(4);
  EXPECT_DEATH(++byte_at(image->base + 8192), "");
  EXPECT_EQ(byte_at(image->base), 7);
  space.close(4);
  EXPECT_DEATH(++byte_at(image->base + 4096), "");
}

TEST_F(LoaderTest, another_image_in_a_slot_leaves_nothing_of_the_one_before) {
  ImageSpace& space = test_store().space;
  space.load(5, three_pages(5));
  auto smaller = three_pages(5);
  smaller->bytes.assign(2 * machine::page_size, std::byte{1});
  smaller->regions.resize(2);
  space.load(5, smaller);
  EXPECT_EQ(byte_at(smaller->base + 4096), 1);
  EXPECT_DEATH(++byte_at(smaller->base + 8192), "");
  space.close_all();
}

}  // namespace
}  // namespace drydock::nt
