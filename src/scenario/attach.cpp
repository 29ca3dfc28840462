// SPDX-License-Identifier: Apache-2.0
#include "scenario/attach.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status_names.h"

namespace drydock::scenario {

namespace {

// At any layer when none is given.
bool some_filter_names(const wfp::Engine& engine, const Guid& callout, const Guid* layer) {
  return std::ranges::any_of(engine.store().all<wfp::Filter>(), [&](const auto& filter) {
    const wfp::FilterSpec& spec = filter.second.object->spec;
    return wfp::names_callout(spec.action) && spec.callout == callout &&
           (layer == nullptr || spec.layer == *layer);
  });
}

// The management half that a filter needs, unless it is there.
wfp::FwpResult<wfp::CalloutId> ensure_callout_object(wfp::Engine& engine, wfp::SessionId session,
                                                     const Guid& callout, const Guid& layer) {
  if (const auto present = engine.get_callout(session, callout)) return (*present)->id;
  return engine.add_callout(
      session, {.key = callout, .display = {.name = u"attached by Drydock"}, .layer = layer});
}

wfp::FwpResult<wfp::FilterId> add_filter(wfp::Engine& engine, wfp::SessionId session,
                                         const Guid& callout, const Guid& layer) {
  const auto object = ensure_callout_object(engine, session, callout, layer);
  if (!object) return std::unexpected(object.error());
  return engine.add_filter(session, {.display = {.name = u"attached by Drydock"},
                                     .layer = layer,
                                     .action = wfp::Action::callout_unknown,
                                     .callout = callout});
}

// What the user wants attached must be there: a run without it would be another one. The filter of
// an earlier life is still there.
void attach_named(World& world, wfp::SessionId session, const Attachment& attachment,
                  bool all_loaded) {
  wfp::Engine& engine = world.wfp.engine();
  const wfp::Layer& layer = *wfp::find_layer(static_cast<wfp::LayerId>(attachment.layer));
  if (!is_registered(world, attachment.callout)) {
    if (!all_loaded) return;
    world.machine.stop(machine::Inconclusive{
        fmt::format("Callout {} cannot be attached: the driver has registered none with this key.",
                    to_string(attachment.callout))});
  }
  if (some_filter_names(engine, attachment.callout, &layer.key)) return;
  const auto added = add_filter(engine, session, attachment.callout, layer.key);
  if (!added) {
    world.machine.stop(machine::Inconclusive{
        fmt::format("Callout {} cannot be attached to {}: {}.", to_string(attachment.callout),
                    layer.name, describe_status(std::to_underlying(added.error())))});
  }
}

}  // namespace

bool is_registered(const World& world, const Guid& callout) {
  return std::ranges::any_of(world.record.ledger().entries(), [&](const ledger::Entry& entry) {
    return entry.kind == ledger::Kind::callout && entry.alive() && entry.name == to_string(callout);
  });
}

void attach(World& world, const Plan& plan, bool all_loaded, std::vector<std::string>& unattached) {
  wfp::Engine& engine = world.wfp.engine();
  const wfp::SessionId session = engine.open_session({});
  for (const Attachment& attachment : plan.attachments)
    attach_named(world, session, attachment, all_loaded);
  unattached.clear();
  for (const ledger::Entry& entry : world.record.ledger().entries()) {
    if (entry.kind != ledger::Kind::callout || !entry.alive()) continue;
    const auto key = parse_guid(entry.name);
    if (!key || some_filter_names(engine, *key, nullptr)) continue;
    const auto object = engine.get_callout(session, *key);
    const bool attached = plan.attach_all && object &&
                          add_filter(engine, session, *key, (*object)->spec.layer).has_value();
    if (!attached) unattached.push_back(entry.name);
  }
  (void)engine.close_session(session);
}

}  // namespace drydock::scenario
