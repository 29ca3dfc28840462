// SPDX-License-Identifier: Apache-2.0
// ETW, WPP and WMI registration.
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;

constexpr GUID provider = {0x11223344, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
constexpr EVENT_DESCRIPTOR event = {
    .Id = 1, .Version = 0, .Channel = 0, .Level = 4, .Opcode = 0, .Task = 0, .Keyword = 1};

std::vector<std::string> registrations(const KernelRun& run) {
  std::vector<std::string> names;
  for (const ledger::Entry& entry : run.record.ledger().entries()) {
    if (entry.kind == Kind::callback && entry.alive()) names.push_back(entry.name);
  }
  return names;
}

TEST(Etw, provider_is_registered_until_it_is_unregistered_and_nobody_listens) {
  KernelRun run;
  run.run([&] {
    REGHANDLE first = 0;
    REGHANDLE second = 0;
    EXPECT_EQ(KERNEL(EtwRegister)(&provider, nullptr, nullptr, &first), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(EtwRegister)(&provider, nullptr, nullptr, &second), STATUS_SUCCESS);
    EXPECT_NE(first, second);
    EXPECT_EQ(KERNEL(EtwSetInformation)(first, EventProviderSetTraits, nullptr, 0), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(EtwProviderEnabled)(first, TRACE_LEVEL_ERROR, 0), FALSE);
    EXPECT_EQ(KERNEL(EtwEventEnabled)(first, &event), FALSE);
    EXPECT_EQ(KERNEL(EtwWrite)(first, &event, nullptr, 0, nullptr), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(EtwWriteEx)(first, &event, 0, 0, nullptr, nullptr, 0, nullptr),
              STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(EtwWriteTransfer)(first, &event, nullptr, nullptr, 0, nullptr),
              STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(EtwWriteString)(first, 4, 0, nullptr, u"text"), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(EtwUnregister)(first), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(EtwUnregister)(first), STATUS_INVALID_HANDLE);
    EXPECT_EQ(KERNEL(EtwWrite)(first, &event, nullptr, 0, nullptr), STATUS_INVALID_HANDLE);
    EXPECT_EQ(KERNEL(EtwSetInformation)(first, EventProviderSetTraits, nullptr, 0),
              STATUS_INVALID_HANDLE);
  });
  EXPECT_EQ(registrations(run), std::vector<std::string>{"ETW provider"});
}

TEST(Wpp, is_found_by_name_registers_and_unregisters) {
  KernelRun run;
  run.run([&] {
    UNICODE_STRING name{};
    KERNEL(RtlInitUnicodeString)(&name, u"EtwRegisterClassicProvider");
    auto* by_name = reinterpret_cast<decltype(&::EtwRegisterClassicProvider)>(
        KERNEL(MmGetSystemRoutineAddress)(&name));
    ASSERT_NE(by_name, nullptr);
    REGHANDLE handle = 0;
    EXPECT_EQ(KERNEL(EtwRegisterClassicProvider)(&provider, 0, nullptr, nullptr, &handle),
              STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(EtwUnregister)(handle), STATUS_SUCCESS);
    EXPECT_EQ(KERNEL(WmiTraceMessage)(0, 0x2b, &provider, 10, &handle, sizeof handle, nullptr),
              STATUS_INVALID_HANDLE);
    EXPECT_EQ(KERNEL(WmiTraceMessageVa)(0, 0x2b, &provider, 10, {}), STATUS_INVALID_HANDLE);
    EXPECT_EQ(KERNEL(WmiQueryTraceInformation)(TraceIdClass, nullptr, 0, nullptr, nullptr),
              STATUS_NOT_FOUND);
  });
  EXPECT_TRUE(registrations(run).empty());
}

// Older WPP passes its control block as if it were a device.
TEST(Wmi, registration_is_of_an_address_until_it_is_taken_back) {
  KernelRun run;
  run.run([&] {
    auto* const block = reinterpret_cast<PDEVICE_OBJECT>(run.make<std::array<char, 64>>());
    const auto control = KERNEL(IoWMIRegistrationControl);
    EXPECT_EQ(control(block, 0x80010001), STATUS_SUCCESS);
    EXPECT_EQ(registrations(run), std::vector<std::string>{"WMI registration"});
    EXPECT_EQ(control(block, WMIREG_ACTION_UPDATE_GUIDS), STATUS_SUCCESS);
    EXPECT_EQ(control(block, 0x80000002), STATUS_SUCCESS);
    EXPECT_EQ(control(block, 0x80000002), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(control(block, 99), STATUS_INVALID_PARAMETER);
  });
  EXPECT_TRUE(registrations(run).empty());
}

TEST(WppRecorder, takes_messages_and_keeps_none) {
  using Start = NTAPI VOID(PVOID, PDRIVER_OBJECT, PCUNICODE_STRING);
  using Stop = NTAPI VOID(PVOID, PDRIVER_OBJECT);
  using Trace = NTAPI NTSTATUS(PVOID, UCHAR, ULONG, LPCGUID, USHORT, ...);
  using Replay = NTAPI VOID(PVOID, TRACEHANDLE, ULONG, UCHAR);
  KernelRun run;
  run.run([&] {
    auto* const block = run.make<std::array<char, 0x80>>();
    kernel_import<Start>("WppAutoLogStart")(block, nullptr, nullptr);
    EXPECT_EQ(kernel_import<Trace>("WppAutoLogTrace")(nullptr, 4, 1, &provider, 11, nullptr),
              STATUS_SUCCESS);
    kernel_import<Replay>("imp_WppRecorderReplay")(block, 0, 0, 0);
    kernel_import<Stop>("WppAutoLogStop")(block, nullptr);
  });
  EXPECT_TRUE(run.record.notes().empty());
}

}  // namespace
}  // namespace drydock::nt
