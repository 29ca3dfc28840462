// SPDX-License-Identifier: Apache-2.0
// MEM-04: an element is unlinked where it is found and once more where it is freed. The list code
// sees that its neighbours no longer agree and stops the machine (int 29h, code 3).
#include "common.h"

namespace {

struct Rule {
  LIST_ENTRY link;
  LONG number;
};

LIST_ENTRY rules;

NTSTATUS add_rule(LONG number) {
  auto* rule = static_cast<Rule*>(allocate(sizeof(Rule)));
  if (rule == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  rule->number = number;
  InsertTailList(&rules, &rule->link);
  return STATUS_SUCCESS;
}

void delete_rule(Rule* rule) {
#ifndef FIXED
  RemoveEntryList(&rule->link);
#endif
  release(rule);
}

void delete_rules() {
  while (!IsListEmpty(&rules)) delete_rule(CONTAINING_RECORD(RemoveHeadList(&rules), Rule, link));
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  delete_rules();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  InitializeListHead(&rules);
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  for (LONG number = 1; NT_SUCCESS(status) && number <= 3; ++number) status = add_rule(number);
  if (NT_SUCCESS(status)) return status;
  take_down();
  delete_rules();
  return status;
}
