// SPDX-License-Identifier: Apache-2.0
// Real driver files, by both compilers, through load, requests and unload.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "base/files.h"
#include "nt/drivers/nt_toy.h"
#include "nt/io_run.h"

namespace drydock::nt {
namespace {

std::shared_ptr<DriverFile> driver_file(const std::string& compiler, const std::string& name) {
  const auto content =
      read_file(std::string(DRYDOCK_BINARY_DIR) + "/drivers/" + compiler + "/" + name + ".sys");
  EXPECT_TRUE(content) << (content ? "" : content.error().message);
  const auto file = test_store().cache.open(*content, name + ".sys");
  EXPECT_TRUE(file) << (file ? "" : file.error().message);
  return *file;
}

struct RealDriver : testing::TestWithParam<const char*>, IoRun {
  machine::DriverId load(const std::string& name) {
    const auto id = io.load(*driver_file(GetParam(), name), name);
    EXPECT_TRUE(id) << (id ? "" : id.error().message);
    machine.run();
    return *id;
  }
};
INSTANTIATE_TEST_SUITE_P(Compilers, RealDriver, testing::Values("clang", "mingw"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(RealDriver, lives_one_whole_life_and_its_image_stays_known_when_it_is_gone) {
  load("nt_toy");
  const LoadedImage& image = *io.driver(0).image;
  EXPECT_EQ(image.base(), machine::home::images);
  EXPECT_EQ(io.request_unload(0), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(moments(),
            "DriverEntry called, DriverEntry returned 0, unload requested 0, unload called, unload "
            "returned, image gone");
  EXPECT_TRUE(alive().empty());
  EXPECT_TRUE(record.notes().empty());
  EXPECT_EQ(loader.image_at(image.entry()), &image);
  EXPECT_EQ(image.state, ImageState::gone);
  EXPECT_DEATH(++*reinterpret_cast<char*>(image.base()), "");
}

TEST_P(RealDriver, each_transfer_method_carries_data_both_ways) {
  load("nt_toy");
  const std::array<std::byte, 4> input{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  std::vector<std::string> results;
  on_fiber([&] {
    const HANDLE handle = io.open(u"\\??\\Toy", system_process).handle;
    for (const ULONG code : {TOY_INVERT_BUFFERED, TOY_INVERT_DIRECT, TOY_INVERT_NEITHER}) {
      std::array<std::byte, 4> output{};
      const Transfer transfer = io.ioctl(handle, code, input, output);
      results.push_back(
          fmt::format("{:x} {} {:x}", static_cast<unsigned>(transfer.status), transfer.information,
                      fmt::join(std::bit_cast<std::array<unsigned char, 4>>(output), " ")));
    }
    io.close(handle);
  });
  EXPECT_EQ(results, std::vector<std::string>(3, "0 4 fe fd fc fb"));
  EXPECT_EQ(alive().size(), 2u);  // device and link
}

TEST_P(RealDriver, request_names_the_thread_that_sent_it_and_that_it_came_from_user_mode) {
  load("nt_toy");
  std::array<std::byte, 4> output{};
  Transfer transfer;
  on_fiber([&] {
    const HANDLE handle = io.open(u"\\??\\Toy", system_process).handle;
    transfer = io.ioctl(handle, TOY_CALLER, {}, output);
    io.close(handle);
  });
  EXPECT_EQ(transfer.status, STATUS_SUCCESS);
  EXPECT_EQ(std::bit_cast<int>(output), 0xf);
}

TEST_P(RealDriver, file_knows_what_followed_the_device_as_it_was_written) {
  load("nt_toy");
  std::vector<std::u16string> names;
  on_fiber([&] {
    for (const char16_t* name : {u"\\??\\Toy\\mode=Sniff", u"\\dosdevices\\GLOBAL\\tOy\\a\\B",
                                 u"\\Device\\Toy\\", u"\\??\\Toy"}) {
      const HANDLE handle = io.open(name, system_process).handle;
      std::array<std::byte, 64> output{};
      const Transfer transfer = io.ioctl(handle, TOY_FILE_NAME, {}, output);
      std::u16string text(transfer.information / 2, u' ');
      std::memcpy(text.data(), output.data(), 2 * text.size());
      names.push_back(transfer.information == 1 ? u"no buffer" : text);
      io.close(handle);
    }
  });
  EXPECT_EQ(names, (std::vector<std::u16string>{u"\\mode=Sniff", u"\\a\\B", u"\\", u"no buffer"}));
}

TEST_P(RealDriver, pending_request_ends_by_its_cancel_routine) {
  load("nt_toy");
  Transfer transfer;
  bool cancelled = false;
  on_fiber([&] {
    const HANDLE handle = io.open(u"\\??\\Toy", system_process).handle;
    const RequestId request = io.start_ioctl(handle, TOY_WAIT, {}, {});
    EXPECT_FALSE(io.completed(request));
    cancelled = io.cancel(request);
    transfer = io.wait(request);
    io.close(handle);
  });
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(transfer.status, STATUS_CANCELLED);
  EXPECT_TRUE(record.notes().empty());
  EXPECT_EQ(io.request_unload(0), STATUS_SUCCESS);
}

TEST_P(RealDriver, every_life_begins_with_the_data_of_the_file) {
  std::vector<int> loads;
  for (machine::DriverId id = 0; id < 2; ++id) {
    load("nt_toy");
    on_fiber([&] {
      const HANDLE handle = io.open(u"\\??\\Toy", system_process).handle;
      std::array<std::byte, 4> output{};
      io.ioctl(handle, TOY_LOADS, {}, output);
      loads.push_back(std::bit_cast<int>(output));
      io.close(handle);
    });
    io.request_unload(id);
    machine.run();
  }
  EXPECT_EQ(loads, (std::vector{1, 1}));
  EXPECT_NE(io.driver(0).image->base(), io.driver(1).image->base());
}

TEST_P(RealDriver, calling_an_unimplemented_import_ends_the_run_inconclusive_by_name) {
  load("nt_missing");
  ASSERT_TRUE(machine.stopped());
  EXPECT_EQ(std::get<machine::Inconclusive>(*machine.stopped()).what,
            "ntoskrnl.exe!IoVolumeDeviceToDosName is not implemented");
}

TEST_P(RealDriver, call_stack_of_a_resource_lies_in_the_driver_to_its_entry) {
  load("nt_toy");
  const ledger::Entry& device = record.ledger().entries()[0];
  const auto frames = record.ledger().stacks().frames(device.stack);
  ASSERT_GE(frames.size(), 1u);
  for (const std::uint64_t frame : frames) EXPECT_NE(loader.image_at(frame), nullptr);
}

std::uint64_t hash_of_a_life() {
  IoRun run;
  EXPECT_TRUE(run.io.load(*driver_file("clang", "nt_toy"), "toy"));
  run.machine.run();
  run.io.request_unload(0);
  run.machine.run();
  return run.record.events().hash();
}

TEST(RealDriverLives, are_equal_event_by_event) {
  const std::uint64_t first = hash_of_a_life();
  for (int life = 0; life < 20; ++life) EXPECT_EQ(hash_of_a_life(), first);
}

}  // namespace
}  // namespace drydock::nt
