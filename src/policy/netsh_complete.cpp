// SPDX-License-Identifier: Apache-2.0
#include "policy/netsh_complete.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "policy/names.h"

namespace drydock::policy {
namespace {

using Keys = std::set<Guid>;

bool outlives_reboot(std::uint32_t filter_flags) {
  return (filter_flags & (wfp::filter_flag::persistent | wfp::filter_flag::boot_time)) != 0;
}

// Removes rows that `drop` holds for, and their lines with them.
template <class Row, class Predicate>
void drop_if(std::vector<Row>& rows, std::vector<std::uint32_t>& lines, const Predicate& drop) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (drop(rows[i])) continue;
    if (kept != i) {
      rows[kept] = std::move(rows[i]);
      lines[kept] = lines[i];
    }
    ++kept;
  }
  rows.resize(kept);
  lines.resize(kept);
}

class Completion {
 public:
  explicit Completion(NetshPolicy& read)
      : read_(read), objects_(read.policy.objects), lines_(read.policy.lines) {}

  void run() {
    const Keys& built_in = built_in_sublayers();
    drop_if(objects_.sublayers, lines_.sublayers, [&](const wfp::SubLayerSpec& spec) {
      if (!built_in.contains(spec.key)) return false;
      objects_.built_in_weights.push_back({spec.key, spec.weight});
      return true;
    });
    known_.sublayers = built_in;
    collect_known();
    add_missing();
    raise_lifetimes();
  }

 private:
  struct Known {
    Keys providers, provider_contexts, sublayers, callouts;
  };

  void collect_known() {
    for (const auto& spec : objects_.providers) known_.providers.insert(spec.key);
    for (const auto& row : objects_.provider_contexts)
      known_.provider_contexts.insert(row.spec.key);
    for (const auto& spec : objects_.sublayers) known_.sublayers.insert(spec.key);
    for (const auto& row : objects_.callouts) known_.callouts.insert(row.spec.key);
  }

  void add_missing() {
    for (std::size_t i = 0; i < objects_.filters.size(); ++i)
      add_missing_of(objects_.filters[i].spec, lines_.filters[i]);
    for (std::size_t i = 0; i < objects_.provider_contexts.size(); ++i)
      need_provider(objects_.provider_contexts[i].spec.provider, lines_.provider_contexts[i]);
    for (std::size_t i = 0; i < objects_.sublayers.size(); ++i)
      need_provider(objects_.sublayers[i].provider, lines_.sublayers[i]);
    for (std::size_t i = 0; i < objects_.callouts.size(); ++i)
      need_provider(objects_.callouts[i].spec.provider, lines_.callouts[i]);
    tell("provider", added_.providers, "");
    tell("provider context", added_.provider_contexts, ", without content");
    tell("sublayer", added_.sublayers, ", with weight 0");
    tell("callout", added_.callouts, ", without functions");
  }

  void add_missing_of(const wfp::FilterSpec& filter, std::uint32_t line) {
    need_provider(filter.provider, line);
    if (known_.sublayers.insert(filter.sublayer).second) {
      objects_.sublayers.push_back(
          {.key = filter.sublayer, .display = placeholder(), .provider = {}});
      lines_.sublayers.push_back(line);
      ++added_.sublayers;
    }
    if (names_callout(filter.action) && known_.callouts.insert(filter.callout).second) {
      objects_.callouts.push_back({.spec = {.key = filter.callout,
                                            .display = placeholder(),
                                            .provider = {},
                                            .layer = filter.layer}});
      lines_.callouts.push_back(line);
      ++added_.callouts;
    }
    const bool names_context = (filter.flags & wfp::filter_flag::has_provider_context) != 0;
    if (names_context && known_.provider_contexts.insert(filter.provider_context).second) {
      objects_.provider_contexts.push_back(
          {.spec = {.key = filter.provider_context, .display = placeholder(), .provider = {}}});
      lines_.provider_contexts.push_back(line);
      ++added_.provider_contexts;
    }
  }

  void need_provider(const std::optional<Guid>& provider, std::uint32_t line) {
    if (!provider || !known_.providers.insert(*provider).second) return;
    objects_.providers.push_back({.key = *provider, .display = placeholder()});
    lines_.providers.push_back(line);
    ++added_.providers;
  }

  static wfp::DisplayData placeholder() { return {.name = u"named, but not in the file"}; }

  void tell(const char* kind, std::size_t count, const char* how) {
    if (count == 0) return;
    read_.notes.push_back(fmt::format("{} {}{} named but not in the file: added{}", count, kind,
                                      count == 1 ? " is" : "s are", how));
  }

  // Windows' own callouts and contexts live as long as Windows; here each lives as long as what
  // names it.
  void raise_lifetimes() {
    Keys lasting_sublayers, lasting_callouts, lasting_contexts, lasting_providers;
    for (const auto& row : objects_.filters) {
      const wfp::FilterSpec& filter = row.spec;
      if (!outlives_reboot(filter.flags)) continue;
      lasting_sublayers.insert(filter.sublayer);
      lasting_callouts.insert(filter.callout);
      lasting_contexts.insert(filter.provider_context);
      if (filter.provider) lasting_providers.insert(*filter.provider);
    }
    const auto raise = [&](auto& spec, const Keys& lasting, std::uint32_t flag) {
      if (lasting.contains(spec.key)) spec.flags |= flag;
      if ((spec.flags & flag) != 0 && spec.provider) lasting_providers.insert(*spec.provider);
    };
    for (auto& spec : objects_.sublayers) raise(spec, lasting_sublayers, wfp::persistent_flag);
    for (auto& row : objects_.callouts)
      raise(row.spec, lasting_callouts, wfp::callout_persistent_flag);
    for (auto& row : objects_.provider_contexts)
      raise(row.spec, lasting_contexts, wfp::persistent_flag);
    for (auto& spec : objects_.providers) {
      if (lasting_providers.contains(spec.key)) spec.flags |= wfp::persistent_flag;
    }
  }

  NetshPolicy& read_;
  wfp::ObjectSet& objects_;
  ObjectLines& lines_;
  Known known_;
  struct {
    std::size_t providers = 0, provider_contexts = 0, sublayers = 0, callouts = 0;
  } added_;
};

}  // namespace

void complete(NetshPolicy& read) {
  Completion(read).run();
}

}  // namespace drydock::policy
