// SPDX-License-Identifier: Apache-2.0
// The inlined list code drivers carry: order, emptiness, and the stop on a damaged list.
#include <gtest/gtest.h>

#include <vector>

#include "wdk/all_headers.h"

namespace {

struct Item {
  int value;
  LIST_ENTRY link;
};

std::vector<int> values(LIST_ENTRY& head) {
  std::vector<int> result;
  for (LIST_ENTRY* entry = head.Flink; entry != &head; entry = entry->Flink) {
    result.push_back(CONTAINING_RECORD(entry, Item, link)->value);
  }
  return result;
}

TEST(Lists, keep_the_order_of_insertion_at_both_ends) {
  LIST_ENTRY head;
  Item first{1, {}}, second{2, {}}, third{3, {}};
  InitializeListHead(&head);
  InsertTailList(&head, &second.link);
  InsertTailList(&head, &third.link);
  InsertHeadList(&head, &first.link);
  EXPECT_EQ(values(head), (std::vector{1, 2, 3}));
}

TEST(Lists, report_the_removal_of_the_last_entry) {
  LIST_ENTRY head;
  Item first{1, {}}, second{2, {}};
  InitializeListHead(&head);
  InsertTailList(&head, &first.link);
  InsertTailList(&head, &second.link);
  const BOOLEAN empty_after_one = RemoveEntryList(&first.link);
  const BOOLEAN empty_after_both = RemoveEntryList(&second.link);
  EXPECT_EQ((std::vector<int>{empty_after_one, empty_after_both, IsListEmpty(&head)}),
            (std::vector{0, 1, 1}));
}

TEST(ListsDeathTest, stop_at_an_entry_whose_neighbours_disown_it) {
  LIST_ENTRY head;
  Item first{1, {}}, second{2, {}};
  InitializeListHead(&head);
  InsertTailList(&head, &first.link);
  InsertTailList(&head, &second.link);
  second.link.Blink = &head;
  EXPECT_DEATH(RemoveEntryList(&first.link), "");
}

}  // namespace
