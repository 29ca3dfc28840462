// SPDX-License-Identifier: Apache-2.0
// Birth and death of framework objects (lifecycle.md section 5.1b): children are cleaned up before
// their parents, references drop after that, and the last one destroys.
#include <algorithm>
#include <utility>

#include "kmdf/check.h"
#include "kmdf/framework.h"
#include "nt/context.h"
#include "nt/irql_notes.h"
#include "nt/pool.h"

namespace drydock::kmdf {

using machine::Irql;

namespace {

constexpr std::uint32_t default_tag = 'WDFx';

std::uint32_t tag_of(const Client& client) {
  return client.globals != nullptr && client.globals->DriverTag != 0 ? client.globals->DriverTag
                                                                     : default_tag;
}

std::size_t context_size(const WDF_OBJECT_ATTRIBUTES& attributes) {
  return attributes.ContextSizeOverride != 0 ? attributes.ContextSizeOverride
                                             : attributes.ContextTypeInfo->ContextSize;
}

Object* first_live_child(const Object& object) {
  const auto found = std::ranges::find(object.children, ObjectState::live, &Object::state);
  return found == object.children.end() ? nullptr : *found;
}

void detach(Object& object) {
  if (object.parent == nullptr) return;
  std::erase(object.parent->children, &object);
  object.parent = nullptr;
}

}  // namespace

NTSTATUS Framework::adopt(std::unique_ptr<Object> owned, const WDF_OBJECT_ATTRIBUTES* attributes,
                          Object* parent) {
  if (parent != nullptr && parent->state != ObjectState::live) return STATUS_DELETE_PENDING;
  Object& object = *owned;
  give_handle(object);
  objects_.push_back(std::move(owned));
  if (attributes != nullptr) {
    const NTSTATUS status = add_context(object, *attributes, nullptr);
    if (!NT_SUCCESS(status)) {
      forget(object);
      return status;
    }
    object.level = attributes->ExecutionLevel;
    object.scope = attributes->SynchronizationScope;
  }
  object.parent = parent;
  if (parent != nullptr) parent->children.push_back(&object);
  object.entry = nt::the_ledger().acquire(
      ledger::Kind::wdf_object, nt::address_of(object.handle),
      {.name = type_name(object.type), .a = static_cast<std::uint64_t>(object.type)});
  return STATUS_SUCCESS;
}

NTSTATUS Framework::add_context(Object& object, const WDF_OBJECT_ATTRIBUTES& attributes,
                                PVOID* memory) {
  Context context{.type = attributes.ContextTypeInfo,
                  .cleanup = attributes.EvtCleanupCallback,
                  .destroy = attributes.EvtDestroyCallback};
  if (context.type != nullptr) {
    context.memory = static_cast<std::byte*>(
        nt::service<nt::Pool>().allocate(std::max<std::size_t>(context_size(attributes), 1),
                                         tag_of(object.client), nt::Pool::Contents::zeroed));
    if (context.memory == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  }
  if (memory != nullptr) *memory = context.memory;
  if (context.type != nullptr || context.cleanup != nullptr || context.destroy != nullptr)
    object.contexts.push_back(context);
  return STATUS_SUCCESS;
}

bool Framework::must_wait(const Object& object) const {
  if (machine_.irql() == Irql::passive) return false;
  return object.disposed_at_passive() ||
         std::ranges::any_of(object.children,
                             [this](const Object* child) { return must_wait(*child); });
}

void Framework::run_on_worker(Client& client, std::move_only_function<void()> work) {
  ++client.pending_disposals;
  machine_.spawn_helper("framework disposal", Irql::passive,
                        [this, &client, work = std::move(work)]() mutable {
                          work();
                          if (--client.pending_disposals > 0) return;
                          for (machine::Fiber* waiter : client.waiters)
                            machine_.make_ready(*waiter);
                          client.waiters.clear();
                        });
}

MayBlock::MayBlock(bool waits, const char* function) : before_(nt::the_machine().irql()) {
  if (!waits) return;
  nt::note_above(Irql::passive, function);
  if (before_ >= Irql::dispatch) nt::the_machine().set_irql(Irql::apc);
}

MayBlock::~MayBlock() {
  if (nt::the_machine().irql() != before_) nt::the_machine().set_irql(before_);
}

void Framework::wait_for_disposals(Client& client) {
  while (client.pending_disposals > 0) {
    client.waiters.push_back(&machine_.running());
    machine_.block("framework objects to be disposed of");
  }
}

void Framework::remove(Object& object) {
  if (object.state != ObjectState::live) return;
  if (!must_wait(object)) return remove_now(object);
  object.deletion_requested = true;
  reference(object);  // its parent may go first, and take it along
  run_on_worker(object.client, [this, &object] {
    remove_now(object);
    release(object);
  });
}

void Framework::remove_now(Object& object) {
  if (object.state != ObjectState::live) return;
  reference(object);
  dispose(object);
  detach(object);
  drop_tree(object);
  release(object);
}

// Siblings go in order of creation; Windows promises no order.
void Framework::dispose(Object& object) {
  object.state = ObjectState::deleting;
  while (Object* child = first_live_child(object)) dispose(*child);
  object.on_dispose();
  for (std::size_t i = 0; i < object.contexts.size(); ++i) {
    const auto cleanup = object.contexts[i].cleanup;
    if (cleanup != nullptr) call(object, cleanup, object.handle);
  }
}

void Framework::drop_tree(Object& object) {
  while (!object.children.empty()) {
    Object& child = *object.children.front();
    detach(child);
    drop_tree(child);
  }
  drop_creation_reference(object);
}

void Framework::drop_creation_reference(Object& object) {
  if (object.state == ObjectState::deleted) return;
  object.state = ObjectState::deleted;
  release(object);
}

void Framework::release(Object& object) {
  if (--object.references > 0) return;
  if (object.state != ObjectState::deleted) {
    bug_check(WDF_OBJECT_ERROR,
              "the last reference to a framework object was dropped, but nobody had deleted it",
              nt::address_of(object.handle), 0, object.entry);
  }
  if (machine_.irql() != Irql::passive && object.disposed_at_passive()) {
    run_on_worker(object.client, [this, &object] { destroy(object); });
  } else {
    destroy(object);
  }
}

void Framework::destroy(Object& object) {
  for (std::size_t i = 0; i < object.contexts.size(); ++i) {
    const auto destroyed = object.contexts[i].destroy;
    if (destroyed != nullptr) call(object, destroyed, object.handle);
  }
  object.on_destroy();
  nt::the_ledger().release(object.entry);
  forget(object);
}

void Framework::forget(Object& object) {
  for (const Context& context : object.contexts) {
    if (context.memory != nullptr) nt::service<nt::Pool>().release(context.memory);
  }
  std::unique_ptr<Object>& place = objects_[*static_cast<const std::uint64_t*>(object.handle)];
  // Drivers may hold references to what was below these.
  const bool is_named =
      object.type == ObjectType::device || object.type == ObjectType::wmi_provider;
  if (is_named) destroyed_.push_back(std::move(place));
  place.reset();
}

}  // namespace drydock::kmdf
