// SPDX-License-Identifier: Apache-2.0
#include "scenario/attach.h"

namespace drydock::scenario {

namespace {

bool some_filter_names(const wfp::Engine& engine, const Guid& callout) {
  for (const auto& [key, entry] : engine.store().all<wfp::Filter>()) {
    if (wfp::names_callout(entry.object->spec.action) && entry.object->spec.callout == callout)
      return true;
  }
  return false;
}

// The management half that a filter needs; false when there is none and no layer was named.
bool ensure_callout_object(wfp::Engine& engine, wfp::SessionId session, const Guid& callout,
                           const Guid& layer) {
  if (engine.get_callout(session, callout)) return true;
  return engine
      .add_callout(session,
                   {.key = callout, .display = {.name = u"attached by Drydock"}, .layer = layer})
      .has_value();
}

void add_filter(wfp::Engine& engine, wfp::SessionId session, const Guid& callout,
                const Guid& layer) {
  if (!ensure_callout_object(engine, session, callout, layer)) return;
  (void)engine.add_filter(session, {.display = {.name = u"attached by Drydock"},
                                    .layer = layer,
                                    .action = wfp::Action::callout_unknown,
                                    .callout = callout});
}

}  // namespace

void attach(World& world, const Plan& plan, std::vector<std::string>& unattached) {
  wfp::Engine& engine = world.wfp.engine();
  const wfp::SessionId session = engine.open_session({});
  for (const Attachment& attachment : plan.attachments) {
    if (const auto* layer = wfp::find_layer(static_cast<wfp::LayerId>(attachment.layer))) {
      add_filter(engine, session, attachment.callout, layer->key);
    }
  }
  for (const ledger::Entry& entry : world.record.ledger().entries()) {
    if (entry.kind != ledger::Kind::callout || !entry.alive()) continue;
    const auto key = parse_guid(entry.name);
    if (!key || some_filter_names(engine, *key)) continue;
    const auto object = engine.get_callout(session, *key);
    if (plan.attach_all && object) {
      add_filter(engine, session, *key, (*object)->spec.layer);
    } else {
      unattached.push_back(entry.name);
    }
  }
  (void)engine.close_session(session);
}

}  // namespace drydock::scenario
