// SPDX-License-Identifier: Apache-2.0
// Framework drivers of Plug and Play: the order of their callbacks from AddDevice to removal, and
// what becomes of requests on the way.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "kmdf/drivers/kmdf_pnp.h"
#include "kmdf/run.h"

namespace drydock::kmdf {
namespace {

using Lines = std::vector<std::string>;

constexpr std::u16string_view parameters =
    u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
constexpr Guid interface_class = std::bit_cast<Guid>(GUID PNP_INTERFACE);

const Lines started = {"device add", "prepare hardware", "D0 entry", "self-managed init"};
const Lines powered_down = {"self-managed suspend", "D0 exit", "release hardware"};
const Lines removed = {"self-managed flush", "self-managed cleanup", "device cleanup",
                       "device destroy"};

Lines joined(std::initializer_list<Lines> parts) {
  Lines all;
  for (const Lines& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

struct Form {
  const char* compiler;
  const char* version;
};

struct PnpDevice : testing::TestWithParam<Form>, FrameworkRun {
  machine::DriverId start(ULONG mode = 0) {
    const std::string name = std::string("kmdf_pnp_") + GetParam().version;
    std::array<std::byte, sizeof mode> value{};
    std::memcpy(value.data(), &mode, sizeof mode);
    kernel.registry.set(std::u16string(parameters) + nt::widen(name) + u"\\Parameters", u"Mode",
                        REG_DWORD, value);
    return load(DRYDOCK_BINARY_DIR "/drivers/" + std::string(GetParam().compiler) + "/" + name +
                ".sys");
  }
  std::u16string interface() {
    const auto links = kernel.io.pnp().interfaces(interface_class, nullptr);
    return links.empty() ? std::u16string() : links.front();
  }
  [[nodiscard]] const nt::Driver& driver(machine::DriverId id) { return kernel.io.driver(id); }
};

INSTANTIATE_TEST_SUITE_P(Forms, PnpDevice,
                         testing::Values(Form{"clang", "1.9"}, Form{"clang", "1.33"},
                                         Form{"mingw", "1.15"}),
                         [](const auto& form) {
                           std::string name = form.param.compiler + std::string(form.param.version);
                           std::erase(name, '.');
                           return name;
                         });

TEST_P(PnpDevice, is_added_and_started_after_driver_entry_and_removed_before_the_unload) {
  const machine::DriverId id = start();
  EXPECT_EQ(said, started);
  EXPECT_EQ(driver(id).device_status, STATUS_SUCCESS) << stop();
  said.clear();
  EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(said, joined({{"query remove"}, powered_down, removed, {"unload"}}));
  EXPECT_EQ(driver(id).state, nt::DriverState::gone);
  EXPECT_EQ(stop(), "");
  EXPECT_EQ(alive(), Lines{});
  EXPECT_TRUE(record.notes().empty());
}

TEST(PnpDevices, of_two_drivers_that_start_at_once_are_each_started_and_removed) {
  FrameworkRun run;
  std::vector<machine::DriverId> ids;
  for (const char* version : {"1.9", "1.33"}) {
    ids.push_back(run.begin_load(std::string(DRYDOCK_BINARY_DIR "/drivers/clang/kmdf_pnp_") +
                                 version + ".sys"));
  }
  run.machine.run();
  for (const machine::DriverId id : ids) {
    EXPECT_EQ(run.kernel.io.driver(id).device_status, STATUS_SUCCESS);
    run.kernel.io.request_unload(id);
  }
  EXPECT_EQ(std::ranges::count(run.said, "prepare hardware"), 2);
  run.machine.run();
  EXPECT_EQ(std::ranges::count(run.said, "release hardware"), 2);
  EXPECT_EQ(run.alive(), Lines{});
  EXPECT_EQ(run.stop(), "");
}

TEST_P(PnpDevice, is_opened_by_its_interface_as_long_as_it_is_started) {
  const machine::DriverId id = start();
  const std::u16string link = interface();
  std::array<std::byte, 4> output{};
  nt::Transfer transfer;
  NTSTATUS after_removal = STATUS_SUCCESS;
  on_fiber([&] {
    const auto opened = kernel.io.open(link, nt::system_process);
    EXPECT_EQ(opened.status, STATUS_SUCCESS);
    transfer = kernel.io.ioctl(opened.handle, PNP_ECHO, output, output);
    kernel.io.close(opened.handle);
    kernel.io.request_unload(id);
    kernel.io.wait_gone(id);
    after_removal = kernel.io.open(link, nt::system_process).status;
  });
  EXPECT_EQ(nt::printable(link).substr(0, 18), "\\??\\ROOT#KMDF_PNP_");
  EXPECT_EQ(transfer.status, STATUS_SUCCESS);
  EXPECT_EQ(transfer.information, 4U);
  EXPECT_EQ(after_removal, STATUS_OBJECT_NAME_NOT_FOUND);
  EXPECT_EQ(stop(), "");
}

TEST_P(PnpDevice, with_an_open_handle_is_removed_when_that_is_closed) {
  const machine::DriverId id = start();
  NTSTATUS answer = STATUS_SUCCESS;
  on_fiber([&] {
    const auto opened = kernel.io.open(interface(), nt::system_process);
    said.clear();
    answer = kernel.io.request_unload(id);
    EXPECT_EQ(kernel.io.open(interface(), nt::system_process).status, STATUS_DELETE_PENDING);
    EXPECT_EQ(said, Lines{});
    kernel.io.close(opened.handle);
  });
  EXPECT_EQ(answer, STATUS_PENDING);
  EXPECT_EQ(said.back(), "unload");
  EXPECT_EQ(driver(id).state, nt::DriverState::gone);
  ASSERT_EQ(record.notes().size(), 1U);
  EXPECT_EQ(record.notes().front().kind, ledger::NoteKind::unload_deferred);
}

TEST_P(PnpDevice, whose_adding_fails_leaves_the_driver_without_one) {
  const machine::DriverId id = start(PNP_FAILS_ADD);
  EXPECT_EQ(driver(id).device_status, STATUS_DEVICE_CONFIGURATION_ERROR);
  EXPECT_EQ(said, (Lines{"device add", "device cleanup", "device destroy"}));
  said.clear();
  kernel.io.request_unload(id);
  machine.run();
  EXPECT_EQ(said, Lines{"unload"});
  EXPECT_EQ(alive(), Lines{});
  EXPECT_EQ(stop(), "");
}

TEST_P(PnpDevice, that_does_not_start_is_removed_at_once) {
  const machine::DriverId id = start(PNP_FAILS_PREPARE);
  EXPECT_EQ(driver(id).device_status, STATUS_DEVICE_CONFIGURATION_ERROR);
  EXPECT_EQ(said, (Lines{"device add", "prepare hardware", "release hardware", "device cleanup",
                         "device destroy"}));
  EXPECT_EQ(stop(), "");
}

TEST_P(PnpDevice, that_does_not_reach_d0_does_not_leave_it_either) {
  const machine::DriverId id = start(PNP_FAILS_D0);
  EXPECT_EQ(driver(id).device_status, STATUS_DEVICE_POWER_FAILURE);
  EXPECT_EQ(said, (Lines{"device add", "prepare hardware", "D0 entry", "release hardware",
                         "device cleanup", "device destroy"}));
}

TEST_P(PnpDevice, is_none_of_the_drivers_when_it_creates_none) {
  const machine::DriverId id = start(PNP_STAYS_OUT);
  EXPECT_EQ(driver(id).device_status, STATUS_SUCCESS);
  kernel.io.request_unload(id);
  machine.run();
  EXPECT_EQ(said, (Lines{"device add", "unload"}));
  EXPECT_EQ(alive(), Lines{});
}

TEST_P(PnpDevice, whose_removal_the_driver_refuses_stays) {
  const machine::DriverId id = start(PNP_REFUSES_REMOVAL);
  said.clear();
  bool gone = true;
  on_fiber([&] {
    EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
    gone = kernel.io.wait_gone(id);
    EXPECT_EQ(kernel.io.open(interface(), nt::system_process).status, STATUS_SUCCESS);
  });
  EXPECT_FALSE(gone);
  EXPECT_EQ(said, Lines{"query remove"});
  EXPECT_EQ(driver(id).removal_status, STATUS_DEVICE_NOT_READY);
  ASSERT_EQ(record.notes().size(), 1U);
  EXPECT_EQ(record.notes().front().name, "answer 0xc00000a3 to IRP_MN_QUERY_REMOVE_DEVICE");
}

TEST_P(PnpDevice, and_a_control_device_of_the_same_driver_both_work) {
  const machine::DriverId id = start(PNP_WITH_CONTROL_DEVICE);
  on_fiber([&] {
    for (const std::u16string& name : {std::u16string(u"\\Device\\KmdfPnpControl"), interface()}) {
      const auto opened = kernel.io.open(name, nt::system_process);
      EXPECT_EQ(opened.status, STATUS_SUCCESS);
      kernel.io.close(opened.handle);
    }
  });
  kernel.io.request_unload(id);
  machine.run();
  EXPECT_EQ(driver(id).state, nt::DriverState::gone);
  EXPECT_EQ(said.back(), "unload");
  EXPECT_EQ(alive(), Lines{});
  EXPECT_EQ(stop(), "");
}

// What the driver holds is acknowledged, given back or completed; then the device sleeps.
TEST_P(PnpDevice, that_is_stopped_and_started_again_resumes_what_it_kept) {
  const machine::DriverId id = start();
  std::array<nt::Transfer, 3> transfers;
  on_fiber([&] {
    const auto opened = kernel.io.open(interface(), nt::system_process);
    std::vector<nt::RequestId> requests;
    for (const ULONG code : {PNP_KEEP_ACKNOWLEDGE, PNP_KEEP_REQUEUE, PNP_KEEP_COMPLETE})
      requests.push_back(kernel.io.start_ioctl(opened.handle, code, {}, {}));
    said.clear();
    EXPECT_EQ(kernel.io.pnp().rebalance(driver(id)), STATUS_SUCCESS);
    EXPECT_EQ(said,
              (Lines{"query stop", "self-managed suspend", "stop to suspend", "stop to suspend",
                     "stop to suspend", "D0 exit", "release hardware", "prepare hardware",
                     "D0 entry", "resume", "kept", "self-managed restart"}));
    EXPECT_EQ(kernel.io.pnp().rebalance(driver(id)), STATUS_SUCCESS);
    kernel.io.pnp().unplug(driver(id));
    for (std::size_t i = 0; i < requests.size(); ++i) transfers[i] = kernel.io.wait(requests[i]);
    kernel.io.close(opened.handle);
    kernel.io.request_unload(id);
  });
  EXPECT_EQ(transfers[0].status, STATUS_SUCCESS);
  EXPECT_EQ(transfers[1].status, STATUS_CANCELLED);
  EXPECT_EQ(transfers[2].status, STATUS_CANCELLED);
  EXPECT_EQ(driver(id).state, nt::DriverState::gone);
  EXPECT_EQ(alive(), Lines{});
  EXPECT_EQ(stop(), "");
}

TEST_P(PnpDevice, whose_driver_refuses_to_stop_goes_on_working) {
  const machine::DriverId id = start(PNP_REFUSES_STOP);
  said.clear();
  std::array<std::byte, 4> output{};
  on_fiber([&] {
    EXPECT_EQ(kernel.io.pnp().rebalance(driver(id)), STATUS_DEVICE_NOT_READY);
    const auto opened = kernel.io.open(interface(), nt::system_process);
    EXPECT_EQ(kernel.io.ioctl(opened.handle, PNP_ECHO, output, output).information, 4U);
    kernel.io.close(opened.handle);
  });
  EXPECT_EQ(said, Lines{"query stop"});
}

TEST_P(PnpDevice, that_is_unplugged_stops_at_once_and_goes_when_the_last_handle_is_closed) {
  const machine::DriverId id = start();
  nt::Transfer transfer;
  on_fiber([&] {
    const auto opened = kernel.io.open(interface(), nt::system_process);
    const auto request = kernel.io.start_ioctl(opened.handle, PNP_KEEP_COMPLETE, {}, {});
    said.clear();
    kernel.io.pnp().unplug(driver(id));
    transfer = kernel.io.wait(request);
    EXPECT_EQ(kernel.io.ioctl(opened.handle, PNP_ECHO, {}, {}).status, STATUS_INVALID_DEVICE_STATE);
    EXPECT_EQ(kernel.io.request_unload(id), STATUS_PENDING);
    kernel.io.close(opened.handle);
  });
  EXPECT_EQ(transfer.status, STATUS_CANCELLED);
  EXPECT_EQ(said, joined({{"surprise removal", "self-managed suspend", "stop to purge", "D0 exit",
                           "release hardware"},
                          removed,
                          {"unload"}}));
  EXPECT_EQ(stop(), "");
}

}  // namespace
}  // namespace drydock::kmdf
