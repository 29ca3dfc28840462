// SPDX-License-Identifier: Apache-2.0
// The half of the engine that keeps settings: security descriptors of objects, options of the
// whole.
#include <utility>

#include "wfp/engine/engine.h"

namespace drydock::wfp {
namespace {

using enum FwpStatus;

FwpStatus missing(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::provider:
      return provider_not_found;
    case ObjectKind::provider_context:
      return provider_context_not_found;
    case ObjectKind::sublayer:
      return sublayer_not_found;
    case ObjectKind::callout:
      return callout_not_found;
    case ObjectKind::filter:
      return filter_not_found;
  }
  return not_found;
}

template <class T>
std::optional<AnyObject> find_in(const Store& store, const Guid& key) {
  const auto* entry = store.all<T>().find(key);
  return entry ? std::optional<AnyObject>(entry->object) : std::nullopt;
}

std::optional<AnyObject> find_object(const Store& store, ObjectKind kind, const Guid& key) {
  switch (kind) {
    case ObjectKind::provider:
      return find_in<Provider>(store, key);
    case ObjectKind::provider_context:
      return find_in<ProviderContext>(store, key);
    case ObjectKind::sublayer:
      return find_in<SubLayer>(store, key);
    case ObjectKind::callout:
      return find_in<CalloutObject>(store, key);
    case ObjectKind::filter:
      return find_in<Filter>(store, key);
  }
  return std::nullopt;
}

bool takes(EngineOption option, std::uint32_t value) {
  switch (option) {
    case EngineOption::collect_net_events:
    case EngineOption::monitor_ipsec_connections:
      return value <= 1;
    case EngineOption::net_event_match_any_keywords:
      return value <= 0x1f;
    case EngineOption::packet_queuing:
      return value <= 7;
    case EngineOption::name_cache:
    case EngineOption::transaction_watchdog_ms:
      return true;
    case EngineOption::count:
      break;
  }
  return false;
}

}  // namespace

FwpResult<std::vector<std::uint8_t>> Engine::security_of(SessionId id, ObjectKind kind,
                                                         const Guid& key) const {
  const FwpStatus admitted = admit_read(id);
  if (admitted != success) return std::unexpected(admitted);
  const auto object = find_object(store_, kind, key);
  if (!object) return std::unexpected(missing(kind));
  return security_descriptor_of(*object);
}

FwpStatus Engine::set_security(SessionId id, ObjectKind kind, const Guid& key,
                               std::vector<std::uint8_t> descriptor) {
  return write(id, [&](Session& session) {
    const auto object = find_object(store_, kind, key);
    if (!object) return missing(kind);
    if (check_security(descriptor) != success) return invalid_security_descriptor;
    auto& current = security_descriptor_of(*object);
    session.log.push_back({Change::Kind::secured, *object, std::move(current)});
    current = std::move(descriptor);
    return success;
  });
}

FwpResult<std::uint32_t> Engine::option(SessionId id, EngineOption option) const {
  const FwpStatus admitted = admit_read(id);
  if (admitted != success) return std::unexpected(admitted);
  if (option >= EngineOption::count) return std::unexpected(invalid_parameter);
  return options_[std::to_underlying(option)];
}

FwpStatus Engine::set_option(SessionId id, EngineOption option, std::uint32_t value) {
  const Session* session = find(id);
  if (session && session->state == Session::State::read_write) return txn_in_progress;
  return write(id, [&](Session&) {
    if (!takes(option, value)) return invalid_parameter;
    std::uint32_t& current = options_[std::to_underlying(option)];
    if (option == EngineOption::monitor_ipsec_connections && current == 1 && value == 0)
      return still_on;
    current = value;
    return success;
  });
}

}  // namespace drydock::wfp
