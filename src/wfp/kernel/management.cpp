// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/management.h"

#include <algorithm>
#include <string>

#include "base/guid.h"
#include "wfp/kernel/windows_specs.h"

namespace drydock::wfp {

using ledger::Kind;
using ledger::NoteKind;

namespace {

constexpr machine::VirtualTime end_of_time{INT64_MAX};
constexpr std::size_t handle_size = 16;  // what a handle points to; nothing is in it

std::uint64_t number_of(HANDLE handle) {
  return reinterpret_cast<std::uint64_t>(handle);
}

// Characters beyond ASCII show as '?': a name is for messages.
std::string plain_text(std::u16string_view text) {
  std::string plain;
  for (const char16_t c : text) plain += c >= ' ' && c <= '~' ? static_cast<char>(c) : '?';
  return plain;
}

}  // namespace

bool Management::refuses_irql() const {
  return variants_.wrong_irql_is_refused && machine_.irql() != machine::Irql::passive;
}

const Management::Session* Management::find(HANDLE handle) const {
  const auto found = sessions_.find(number_of(handle));
  return found == sessions_.end() ? nullptr : &found->second;
}

NTSTATUS Management::fail(const char* name, NTSTATUS status, ledger::EntryId subject) {
  ledger::record().note(NoteKind::management_status, subject, static_cast<std::uint32_t>(status), 0,
                        name);
  return status;
}

NTSTATUS Management::open(const FWPM_SESSION0* session, HANDLE* handle) {
  constexpr const char* name = "FwpmEngineOpen0";
  if (refuses_irql()) return fail(name, STATUS_NOT_SUPPORTED, 0);
  if (handle == nullptr) return fail(name, STATUS_FWP_NULL_POINTER, 0);
  if (bfe_.state() != FWPM_SERVICE_RUNNING) return fail(name, call_failed, 0);
  auto spec = session_spec(session);
  if (!spec) return fail(name, static_cast<NTSTATUS>(spec.error()), 0);
  const bool dynamic = spec->dynamic;
  const auto opened = engine_.open(std::move(*spec));
  if (!opened) return fail(name, static_cast<NTSTATUS>(opened.error()), 0);
  auto* token = machine_.memory().kernel.allocate(handle_size);
  const auto number = reinterpret_cast<std::uint64_t>(token);
  const ledger::EntryId entry = ledger::record().ledger().acquire(
      Kind::engine_session, number, {.name = dynamic ? "dynamic session" : "session"});
  sessions_[number] = {*opened, entry};
  note_maker(entry);
  *handle = token;
  return STATUS_SUCCESS;
}

NTSTATUS Management::close(HANDLE handle) {
  constexpr const char* name = "FwpmEngineClose0";
  if (refuses_irql()) return fail(name, STATUS_NOT_SUPPORTED, 0);
  const Session* session = find(handle);
  if (session == nullptr) return fail(name, STATUS_INVALID_HANDLE, 0);
  const SessionId id = session->id;
  if (engine_.in_transaction(id))
    ledger::record().note(NoteKind::transaction_left_open, session->entry, 0, 0, name);
  if (!session->dead) {
    while (engine_.close_session(id) == FwpStatus::would_block) wait_for_writer(end_of_time);
  }
  if (!engine_.busy()) {
    settle();
    wake_writers();
  }
  // Another thread may have closed the handle while this one waited or notifyFn ran.
  const auto found = sessions_.find(number_of(handle));
  if (found == sessions_.end()) return fail(name, STATUS_INVALID_HANDLE, 0);
  ledger::record().ledger().release(found->second.entry);
  enumerations_.forget_session(handle);
  sessions_.erase(found);
  machine_.memory().kernel.release(static_cast<std::byte*>(handle), handle_size);
  return STATUS_SUCCESS;
}

void Management::set_bfe_state(FWPM_SERVICE_STATE state) {
  bfe_.set_state(state);
  if (state == FWPM_SERVICE_RUNNING) {
    while (engine_.start() == FwpStatus::would_block) wait_for_writer(end_of_time);
  }
  if (state != FWPM_SERVICE_STOPPED) return;
  for (auto& [number, session] : sessions_) session.dead = true;
  while (engine_.stop() == FwpStatus::would_block) wait_for_writer(end_of_time);
  settle();
  wake_writers();
}

machine::VirtualTime Management::deadline_of(const Session& session) const {
  const SessionSpec* spec = engine_.session(session.id);
  const std::uint32_t wait = spec != nullptr ? spec->transaction_wait_ms : usual_wait_ms;
  return wait == no_limit ? end_of_time : machine_.now() + machine::milliseconds(wait);
}

bool Management::wait_for_writer(machine::VirtualTime deadline) {
  if (machine_.now() >= deadline) return false;
  machine::Fiber* self = &machine_.running();
  waiting_writers_.push_back(self);
  machine::TimerHandle timer = 0;
  if (deadline != end_of_time) {
    timer = machine_.call_at(deadline, [this, self] { machine_.make_ready(*self); });
  }
  machine_.block("another session's transaction to end");
  if (timer != 0) machine_.cancel(timer);
  std::erase(waiting_writers_, self);
  return true;
}

void Management::wake_writers() {
  for (machine::Fiber* fiber : waiting_writers_) machine_.make_ready(*fiber);
}

ledger::EntryId Management::entry_of_session(SessionId id) const {
  if (id == SessionId::none) return 0;
  for (const auto& [handle, session] : sessions_) {
    if (session.id == id) return session.entry;
  }
  return 0;
}

void Management::record_added(ManagedKind kind, const Guid& key, std::uint64_t serial,
                              const DisplayData& display, std::uint64_t id,
                              ledger::EntryId related) {
  std::string name = plain_text(display.name.value_or(u""));
  if (name.empty()) name = to_string(key);
  const ledger::EntryId entry =
      ledger::record().ledger().acquire(Kind::management_object, serial,
                                        {.name = std::move(name),
                                         .a = static_cast<std::uint64_t>(kind),
                                         .b = id,
                                         .related = related});
  objects_[serial] = {kind, key, entry};
  note_maker(entry);
}

ledger::EntryId Management::entry_of(std::uint64_t serial) const {
  const auto found = objects_.find(serial);
  return found == objects_.end() ? 0 : found->second.entry;
}

bool Management::exists(const Object& object, std::uint64_t serial) const {
  const auto present = [&]<class T>(const Collection<T>& all) {
    const auto* entry = all.find(object.key);
    return entry != nullptr && entry->object->serial == serial;
  };
  const Store& store = engine_.store();
  switch (object.kind) {
    case ManagedKind::provider:
      return present(store.all<Provider>());
    case ManagedKind::provider_context:
      return present(store.all<ProviderContext>());
    case ManagedKind::sublayer:
      return present(store.all<SubLayer>());
    case ManagedKind::callout:
      return present(store.all<CalloutObject>());
    case ManagedKind::filter:
      return present(store.all<Filter>());
  }
  return false;
}

NTSTATUS Management::transient_failure() {
  static constexpr NTSTATUS kinds[] = {STATUS_SUCCESS, call_failed, STATUS_FWP_IN_USE,
                                       STATUS_FWP_TIMEOUT};
  machine::Choices& choices = machine_.choices();
  if (!choices.injects_faults()) return STATUS_SUCCESS;
  return kinds[choices.choose(machine::Question::fault, std::size(kinds))];
}

void Management::note_deleted(const char* name, ledger::EntryId entry) {
  if (entry != 0) ledger::record().note(NoteKind::management_deleted, entry, 0, 0, name);
}

void Management::note_maker(ledger::EntryId made) {
  if (bfe_.is_telling(machine_.running().id))
    ledger::record().note(NoteKind::made_in_service_callback, made);
}

void Management::forget(ledger::EntryId entry) {
  if (entry == 0) return;
  auto& book = ledger::record().ledger();
  if (objects_.erase(book.entry(entry).key) != 0) book.release(entry);
}

void Management::settle() {
  std::erase_if(objects_, [this](const auto& item) {
    const auto& [serial, object] = item;
    if (exists(object, serial)) return false;
    ledger::record().ledger().release(object.entry);
    return true;
  });
}

void Management::keep(const char* name, void* structure, KernelBlocks blocks) {
  handed_out_.emplace(structure, std::move(blocks));
  ledger::record().ledger().acquire(Kind::engine_memory, reinterpret_cast<std::uint64_t>(structure),
                                    {.name = name});
}

void Management::free_memory(void* structure) {
  if (handed_out_.erase(structure) != 0)
    ledger::record().ledger().release(Kind::engine_memory,
                                      reinterpret_cast<std::uint64_t>(structure));
}

}  // namespace drydock::wfp
