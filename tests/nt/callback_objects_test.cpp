// SPDX-License-Identifier: Apache-2.0
// Callback objects, and sorting by a routine of the driver's.
#include <array>
#include <string>

#include "nt/context.h"
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

std::string* trace = nullptr;

VOID NTAPI told(PVOID context, PVOID first, PVOID second) {
  *trace += std::string(static_cast<const char*>(context)) + ":" +
            std::to_string(address_of(first)) + "," + std::to_string(address_of(second)) + " ";
}

PVOID number(std::uint64_t value) {
  return reinterpret_cast<PVOID>(value);
}

struct Named {
  UNICODE_STRING name{};
  OBJECT_ATTRIBUTES attributes{};
  explicit Named(const char16_t* text) {
    KERNEL(RtlInitUnicodeString)(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, nullptr, nullptr);
  }
};

TEST(CallbackObjects, routines_are_told_in_order_until_they_unregister) {
  KernelRun run;
  trace = &run.trace;
  run.run([&] {
    Named named(u"\\Callback\\Ours");
    PCALLBACK_OBJECT object = nullptr;
    EXPECT_EQ(KERNEL(ExCreateCallback)(&object, &named.attributes, FALSE, TRUE),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(KERNEL(ExCreateCallback)(&object, &named.attributes, TRUE, TRUE), STATUS_SUCCESS);
    PCALLBACK_OBJECT again = nullptr;
    EXPECT_EQ(KERNEL(ExCreateCallback)(&again, &named.attributes, FALSE, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(again, object);
    PVOID first = KERNEL(ExRegisterCallback)(object, told, const_cast<char*>("first"));
    PVOID second = KERNEL(ExRegisterCallback)(object, told, const_cast<char*>("second"));
    KERNEL(ExNotifyCallback)(object, number(1), number(2));
    KERNEL(ExUnregisterCallback)(first);
    KERNEL(ExNotifyCallback)(object, number(3), number(4));
    KERNEL(ExUnregisterCallback)(second);
    KERNEL(ExNotifyCallback)(object, number(5), number(6));
    KERNEL(ObfDereferenceObject)(again);
    KERNEL(ObfDereferenceObject)(object);
    EXPECT_EQ(KERNEL(ExCreateCallback)(&object, &named.attributes, FALSE, TRUE),
              STATUS_OBJECT_NAME_NOT_FOUND);
  });
  EXPECT_EQ(run.trace, "first:1,2 second:1,2 second:3,4 ");
  for (const ledger::Entry& entry : run.record.ledger().entries()) {
    EXPECT_FALSE(entry.kind == ledger::Kind::callback && entry.alive()) << entry.name;
  }
}

TEST(CallbackObjects, one_for_a_single_routine_refuses_the_second) {
  KernelRun run;
  run.run([&] {
    OBJECT_ATTRIBUTES unnamed{};
    InitializeObjectAttributes(&unnamed, nullptr, 0, nullptr, nullptr);
    PCALLBACK_OBJECT object = nullptr;
    EXPECT_EQ(KERNEL(ExCreateCallback)(&object, &unnamed, TRUE, FALSE), STATUS_SUCCESS);
    PVOID first = KERNEL(ExRegisterCallback)(object, told, nullptr);
    EXPECT_NE(first, nullptr);
    EXPECT_EQ(KERNEL(ExRegisterCallback)(object, told, nullptr), nullptr);
    KERNEL(ExUnregisterCallback)(first);
    PVOID second = KERNEL(ExRegisterCallback)(object, told, nullptr);
    EXPECT_NE(second, nullptr);
    KERNEL(ExUnregisterCallback)(second);
    KERNEL(ObfDereferenceObject)(object);
  });
}

TEST(CallbackObjects, power_state_exists_and_a_forgotten_registration_stays_in_the_ledger) {
  KernelRun run;
  run.run([&] {
    Named named(u"\\callback\\powerstate");
    PCALLBACK_OBJECT object = nullptr;
    EXPECT_EQ(KERNEL(ExCreateCallback)(&object, &named.attributes, FALSE, TRUE), STATUS_SUCCESS);
    EXPECT_NE(KERNEL(ExRegisterCallback)(object, told, nullptr), nullptr);
    KERNEL(ObfDereferenceObject)(object);
  });
  std::vector<std::string> forgotten;
  for (const ledger::Entry& entry : run.record.ledger().entries()) {
    if (entry.kind == ledger::Kind::callback && entry.alive()) forgotten.push_back(entry.name);
  }
  EXPECT_EQ(forgotten, std::vector<std::string>{"callback object registration"});
}

int NTAPI by_value(const void* a, const void* b) {
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}

TEST(Sorting, qsort_asks_the_driver_and_leaves_the_elements_in_order) {
  KernelRun run;
  std::array<int, 5> numbers = {5, -1, 4, 4, 0};
  using Sort = VOID NTAPI(void*, SIZE_T, SIZE_T, int(NTAPI*)(const void*, const void*));
  run.run(
      [&] { kernel_import<Sort>("qsort")(numbers.data(), numbers.size(), sizeof(int), by_value); });
  EXPECT_EQ(numbers, (std::array<int, 5>{-1, 0, 4, 4, 5}));
}

}  // namespace
}  // namespace drydock::nt
