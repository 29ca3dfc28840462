// SPDX-License-Identifier: Apache-2.0
#include "nt/processes.h"

#include <gtest/gtest.h>

#include "ledger/callback.h"
#include "nt/io_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;

struct Script {
  std::string trace;
  NTSTATUS verdict = STATUS_SUCCESS;
  bool lingers = false;
};
Script* script = nullptr;

std::uint64_t number(HANDLE id) {
  return reinterpret_cast<std::uint64_t>(id);
}

NTAPI void plain_routine(HANDLE parent, HANDLE id, BOOLEAN create) {
  script->trace += fmt::format("{}{}<{} ", create != FALSE ? "+" : "-", number(id), number(parent));
  if (!script->lingers) return;
  auto& machine = *machine::Machine::current();
  machine.sleep_until(machine.now() + machine::seconds(5));
}

NTAPI void extended_routine(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info) {
  EXPECT_EQ(import <decltype(::PsGetProcessId)>("PsGetProcessId")(process), id);
  script->trace += info != nullptr ? fmt::format("create {} {} ", number(id),
                                                 printable(view_of(info->ImageFileName)))
                                   : fmt::format("exit {} ", number(id));
  if (info != nullptr) info->CreationStatus = script->verdict;
}

struct ProcessesTest : testing::Test, IoRun {
  Script plan;
  ProcessesTest() { script = &plan; }
  ~ProcessesTest() override { script = nullptr; }

  static NTSTATUS set_plain(bool remove) {
    return import <decltype(::PsSetCreateProcessNotifyRoutine)>("PsSetCreateProcessNotifyRoutine")(
        plain_routine, remove ? TRUE : FALSE);
  }
  static NTSTATUS set_extended(bool remove) {
    return import <decltype(::PsSetCreateProcessNotifyRoutineEx)>(
        "PsSetCreateProcessNotifyRoutineEx")(extended_routine, remove ? TRUE : FALSE);
  }
};

TEST_F(ProcessesTest, routines_of_both_kinds_see_processes_come_and_go) {
  on_fiber([&] {
    EXPECT_EQ(set_plain(false), STATUS_SUCCESS);
    EXPECT_EQ(set_extended(false), STATUS_SUCCESS);
    EXPECT_EQ(set_plain(false), STATUS_INVALID_PARAMETER);
    const ProcessId id = processes.create(u"\\Device\\a.exe").id;
    processes.exit(id);
    EXPECT_EQ(set_extended(true), STATUS_SUCCESS);
    EXPECT_EQ(set_extended(true), STATUS_PROCEDURE_NOT_FOUND);
    processes.create(u"\\Device\\b.exe");
  });
  EXPECT_EQ(plan.trace, "+1000<4 create 1000 \\Device\\a.exe -1000<4 exit 1000 +1004<4 ");
  EXPECT_EQ(alive(), std::vector<std::string>{"callback registration process notify routine"});
}

TEST_F(ProcessesTest, extended_routine_can_refuse_a_process) {
  plan.verdict = STATUS_ACCESS_DENIED;
  Processes::Created created;
  on_fiber([&] {
    set_extended(false);
    created = processes.create(u"x");
  });
  EXPECT_EQ(created.status, STATUS_ACCESS_DENIED);
  EXPECT_EQ(processes.find(ProcessId{1000}), nullptr);
  EXPECT_EQ(plan.trace, "create 1000 x exit 1000 ");
}

TEST_F(ProcessesTest, removal_waits_while_the_routine_runs) {
  plan.lingers = true;
  on_fiber([&] {
    set_plain(false);
    machine.spawn("parent", machine::Irql::passive, [&] { processes.create(u"x"); });
    machine.sleep_until(machine.now() + machine::seconds(1));
    set_plain(true);
    EXPECT_GE(machine.now(), machine::seconds(5));
  });
  EXPECT_TRUE(alive().empty());
}

TEST_F(ProcessesTest, fibers_belong_to_the_process_they_are_attached_to) {
  on_fiber([&] {
    auto* const current_id = import <decltype(::PsGetCurrentProcessId)>("PsGetCurrentProcessId");
    EXPECT_EQ(number(current_id()), system_process);
    const ProcessId id = processes.create(u"x").id;
    processes.attach(machine.running(), id);
    EXPECT_EQ(number(current_id()), id);
    PEPROCESS found = nullptr;
    EXPECT_EQ(import <decltype(::PsLookupProcessByProcessId)>("PsLookupProcessByProcessId")(
                  current_id(), &found),
              STATUS_SUCCESS);
    EXPECT_EQ(found, import <decltype(::IoGetCurrentProcess)>("IoGetCurrentProcess")());
    processes.exit(id);
    EXPECT_EQ(number(import <decltype(::PsGetProcessId)>("PsGetProcessId")(found)), id);
    import <decltype(::ObfDereferenceObject)>("ObfDereferenceObject")(found);
    EXPECT_EQ(import <decltype(::PsGetProcessId)>("PsGetProcessId")(found), nullptr);
  });
  EXPECT_FALSE(machine.stopped());
}

TEST_F(ProcessesTest, system_routine_that_does_not_exist_has_no_address) {
  on_fiber([&] {
    UNICODE_STRING missing{24, 24, const_cast<PWSTR>(u"PsGetVersity")};
    UNICODE_STRING present{28, 28, const_cast<PWSTR>(u"PsGetProcessId")};
    auto* const find = import <decltype(::MmGetSystemRoutineAddress)>("MmGetSystemRoutineAddress");
    EXPECT_EQ(find(&missing), nullptr);
    EXPECT_EQ(find(&present),
              reinterpret_cast<PVOID>(import <decltype(::PsGetProcessId)>("PsGetProcessId")));
  });
}

}  // namespace
}  // namespace drydock::nt
