// SPDX-License-Identifier: Apache-2.0
// RTL_AVL_TABLE: balanced trees in the driver's own memory. Its routines compare, allocate and
// free; an element's data lie behind its links. Links, counts and balances are kept as the
// structure says, for drivers look into it.
#include <ntddk.h>

#include <cstring>
#include <utility>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/exports.h"

namespace drydock::nt {

namespace {

using Links = RTL_BALANCED_LINKS;

enum class Side : bool { left, right };

Side other(Side side) {
  return side == Side::left ? Side::right : Side::left;
}
CHAR sign(Side side) {
  return side == Side::right ? 1 : -1;
}
Links*& child(Links& node, Side side) {
  return side == Side::right ? node.RightChild : node.LeftChild;
}
Side side_of(const Links& node) {
  return node.Parent->RightChild == &node ? Side::right : Side::left;
}
void* data_of(Links* node) {
  return node + 1;
}
// The tree hangs to the right of the table's own links.
Links*& root_of(RTL_AVL_TABLE& table) {
  return table.BalancedRoot.RightChild;
}

// --- the driver's routines

ledger::CallbackInfo callback_info() {
  return {.kind = machine::CallbackKind::other, .driver = the_machine().running().driver};
}
RTL_GENERIC_COMPARE_RESULTS compare(RTL_AVL_TABLE& table, void* first, void* second) {
  return ledger::call_driver(callback_info(), table.CompareRoutine, &table, first, second);
}

// --- balancing

void replace(Links& node, Links* by) {
  child(*node.Parent, side_of(node)) = by;
  if (by != nullptr) by->Parent = node.Parent;
}

// The child on that side takes the node's place.
Links& rotate(Links& node, Side up) {
  Links& raised = *child(node, up);
  Links* inner = child(raised, other(up));
  replace(node, &raised);
  child(node, up) = inner;
  if (inner != nullptr) inner->Parent = &node;
  child(raised, other(up)) = &node;
  node.Parent = &raised;
  return raised;
}

// The node is too heavy on that side. The subtree's new root.
Links& rebalance(Links& node, Side heavy) {
  Links& high = *child(node, heavy);
  if (high.Balance != -sign(heavy)) {
    Links& top = rotate(node, heavy);
    const bool as_high_as_before = top.Balance == 0;  // only when something was removed
    node.Balance = as_high_as_before ? sign(heavy) : CHAR{0};
    top.Balance = as_high_as_before ? static_cast<CHAR>(-sign(heavy)) : CHAR{0};
    return top;
  }
  rotate(high, other(heavy));
  Links& top = rotate(node, heavy);
  node.Balance = top.Balance == sign(heavy) ? static_cast<CHAR>(-sign(heavy)) : CHAR{0};
  high.Balance = top.Balance == -sign(heavy) ? sign(heavy) : CHAR{0};
  top.Balance = 0;
  return top;
}

void grown(RTL_AVL_TABLE& table, Links* node) {
  for (; node->Parent != &table.BalancedRoot; node = node->Parent) {
    Links& parent = *node->Parent;
    const Side side = side_of(*node);
    if (parent.Balance == -sign(side)) {
      parent.Balance = 0;
      return;
    }
    if (parent.Balance == sign(side)) {
      rebalance(parent, side);
      return;
    }
    parent.Balance = sign(side);
  }
  ++table.DepthOfTree;
}

void shrunk(RTL_AVL_TABLE& table, Links* parent, Side side) {
  while (parent != &table.BalancedRoot) {
    Links* top = parent;
    if (parent->Balance == 0) {
      parent->Balance = static_cast<CHAR>(-sign(side));
      return;
    }
    if (parent->Balance == sign(side)) {
      parent->Balance = 0;
    } else {
      top = &rebalance(*parent, other(side));
      if (top->Balance != 0) return;
    }
    side = side_of(*top);
    parent = top->Parent;
  }
  --table.DepthOfTree;
}

// --- order

Links* outermost(Links* node, Side side) {
  while (node != nullptr && child(*node, side) != nullptr) node = child(*node, side);
  return node;
}

Links* first_of(RTL_AVL_TABLE& table) {
  return outermost(root_of(table), Side::left);
}

// Null behind the last one.
Links* successor(RTL_AVL_TABLE& table, Links* node) {
  if (node->RightChild != nullptr) return outermost(node->RightChild, Side::left);
  while (node->Parent != &table.BalancedRoot && side_of(*node) == Side::right) node = node->Parent;
  return node->Parent == &table.BalancedRoot ? nullptr : node->Parent;
}

// --- finding a place

struct Place {
  Links* node = nullptr;  // the element, or the one below which it would go
  TABLE_SEARCH_RESULT result = TableEmptyTree;
};

Place find_place(RTL_AVL_TABLE& table, void* key) {
  Links* node = root_of(table);
  Place place;
  while (node != nullptr) {
    place.node = node;
    const auto order = compare(table, key, data_of(node));
    if (order == GenericEqual) return {node, TableFoundNode};
    place.result = order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
    node = order == GenericLessThan ? node->LeftChild : node->RightChild;
  }
  return place;
}

void attach(RTL_AVL_TABLE& table, Links& node, const Place& place) {
  node = {};
  const bool first = place.result == TableEmptyTree;
  Links& parent = first ? table.BalancedRoot : *place.node;
  const Side side = place.result == TableInsertAsLeft ? Side::left : Side::right;
  child(parent, side) = &node;
  node.Parent = &parent;
  ++table.NumberGenericTableElements;
  grown(table, &node);
}

// Takes the successor out of its place and puts it into the node's.
void exchange_with_successor(Links& node) {
  Links& next = *outermost(node.RightChild, Side::left);
  const bool adjacent = next.Parent == &node;
  Links* const next_parent = next.Parent;
  Links* const next_right = next.RightChild;
  replace(node, &next);
  next.LeftChild = node.LeftChild;
  next.LeftChild->Parent = &next;
  next.RightChild = adjacent ? &node : node.RightChild;
  next.RightChild->Parent = &next;
  std::swap(next.Balance, node.Balance);
  if (!adjacent) {
    next_parent->LeftChild = &node;
    node.Parent = next_parent;
  }
  node.LeftChild = nullptr;
  node.RightChild = next_right;
  if (next_right != nullptr) next_right->Parent = &node;
}

void detach(RTL_AVL_TABLE& table, Links& node) {
  if (node.LeftChild != nullptr && node.RightChild != nullptr) exchange_with_successor(node);
  Links* const parent = node.Parent;
  const Side side = side_of(node);
  replace(node, node.LeftChild != nullptr ? node.LeftChild : node.RightChild);
  --table.NumberGenericTableElements;
  shrunk(table, parent, side);
}

// --- the exports

VOID initialize(PRTL_AVL_TABLE table, PRTL_AVL_COMPARE_ROUTINE compare_routine,
                PRTL_AVL_ALLOCATE_ROUTINE allocate, PRTL_AVL_FREE_ROUTINE free, PVOID context) {
  *table = {};
  table->BalancedRoot.Parent = &table->BalancedRoot;
  table->CompareRoutine = compare_routine;
  table->AllocateRoutine = allocate;
  table->FreeRoutine = free;
  table->TableContext = context;
}

PVOID insert_at(PRTL_AVL_TABLE table, PVOID buffer, CLONG size, PBOOLEAN is_new, PVOID place_node,
                TABLE_SEARCH_RESULT result) {
  if (is_new != nullptr) *is_new = FALSE;
  const Place place{static_cast<Links*>(place_node), result};
  if (result == TableFoundNode) return data_of(place.node);
  auto* node = static_cast<Links*>(ledger::call_driver(callback_info(), table->AllocateRoutine,
                                                       table, size + CLONG{sizeof(Links)}));
  if (node == nullptr) return nullptr;
  attach(*table, *node, place);
  std::memcpy(data_of(node), buffer, size);
  if (is_new != nullptr) *is_new = TRUE;
  return data_of(node);
}

PVOID insert(PRTL_AVL_TABLE table, PVOID buffer, CLONG size, PBOOLEAN is_new) {
  const Place place = find_place(*table, buffer);
  return insert_at(table, buffer, size, is_new, place.node, place.result);
}

PVOID look_up_place(PRTL_AVL_TABLE table, PVOID key, PVOID* node, TABLE_SEARCH_RESULT* result) {
  const Place place = find_place(*table, key);
  *node = place.node;
  *result = place.result;
  return place.result == TableFoundNode ? data_of(place.node) : nullptr;
}

PVOID look_up(PRTL_AVL_TABLE table, PVOID key) {
  const Place place = find_place(*table, key);
  return place.result == TableFoundNode ? data_of(place.node) : nullptr;
}

// An enumeration that stands at the element goes on behind the one before it.
BOOLEAN remove(PRTL_AVL_TABLE table, PVOID key) {
  const Place place = find_place(*table, key);
  if (place.result != TableFoundNode) return FALSE;
  Links* const node = place.node;
  if (table->RestartKey == node) {
    Links* before = nullptr;
    for (Links* at = first_of(*table); at != node; at = successor(*table, at)) before = at;
    table->RestartKey = before;
  }
  ++table->DeleteCount;
  table->WhichOrderedElement = 0;
  table->OrderedPointer = nullptr;
  detach(*table, *node);
  ledger::call_driver(callback_info(), table->FreeRoutine, table, static_cast<PVOID>(node));
  return TRUE;
}

// By its place in order, from 0.
PVOID get_element(PRTL_AVL_TABLE table, ULONG index) {
  if (index >= table->NumberGenericTableElements) return nullptr;
  Links* node = first_of(*table);
  for (ULONG i = 0; i < index; ++i) node = successor(*table, node);
  return data_of(node);
}

PVOID enumerate_from(PRTL_AVL_TABLE table, PVOID* restart_key) {
  auto* const last = static_cast<Links*>(*restart_key);
  Links* const node = last == nullptr ? first_of(*table) : successor(*table, last);
  if (node == nullptr) return nullptr;
  *restart_key = node;
  return data_of(node);
}

PVOID enumerate(PRTL_AVL_TABLE table, BOOLEAN restart) {
  PVOID key = restart != FALSE ? nullptr : table->RestartKey;
  PVOID const element = enumerate_from(table, &key);
  table->RestartKey = static_cast<Links*>(key);
  return element;
}

BOOLEAN is_empty(PRTL_AVL_TABLE table) {
  return table->NumberGenericTableElements == 0 ? TRUE : FALSE;
}

ULONG count(PRTL_AVL_TABLE table) {
  return table->NumberGenericTableElements;
}

}  // namespace

// Tables in pageable memory want less, which nobody can see from here.
Exports avl_table_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"RtlInitializeGenericTableAvl", decltype(::RtlInitializeGenericTableAvl),
                 initialize, up_to_dispatch_quiet>(),
      kernel_row<"RtlInsertElementGenericTableAvl", decltype(::RtlInsertElementGenericTableAvl),
                 insert, up_to_dispatch_raises>(),
      kernel_row<"RtlInsertElementGenericTableFullAvl",
                 decltype(::RtlInsertElementGenericTableFullAvl), insert_at,
                 up_to_dispatch_raises>(),
      kernel_row<"RtlLookupElementGenericTableAvl", decltype(::RtlLookupElementGenericTableAvl),
                 look_up, up_to_dispatch_raises>(),
      kernel_row<"RtlLookupElementGenericTableFullAvl",
                 decltype(::RtlLookupElementGenericTableFullAvl), look_up_place,
                 up_to_dispatch_raises>(),
      kernel_row<"RtlDeleteElementGenericTableAvl", decltype(::RtlDeleteElementGenericTableAvl),
                 remove, up_to_dispatch_raises>(),
      kernel_row<"RtlGetElementGenericTableAvl", decltype(::RtlGetElementGenericTableAvl),
                 get_element, up_to_dispatch_quiet>(),
      kernel_row<"RtlEnumerateGenericTableAvl", decltype(::RtlEnumerateGenericTableAvl), enumerate,
                 up_to_dispatch_quiet>(),
      kernel_row<"RtlEnumerateGenericTableWithoutSplayingAvl",
                 decltype(::RtlEnumerateGenericTableWithoutSplayingAvl), enumerate_from,
                 up_to_dispatch_quiet>(),
      kernel_row<"RtlIsGenericTableEmptyAvl", decltype(::RtlIsGenericTableEmptyAvl), is_empty,
                 up_to_dispatch_quiet>(),
      kernel_row<"RtlNumberGenericTableElementsAvl", decltype(::RtlNumberGenericTableElementsAvl),
                 count, up_to_dispatch_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt
