// SPDX-License-Identifier: Apache-2.0
#include "policy/file.h"

#include <fmt/format.h>

#include "policy/json_policy.h"
#include "policy/netsh.h"
#include "policy/text.h"

namespace drydock::policy {
namespace {

// Each costs another try of the whole policy; a file with more is not for this drydock.
constexpr std::size_t most_refusals = 200;

bool is_xml(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

Result<PolicyFile> parse(std::string_view text, const std::string& name, bool skip_unknown) {
  if (is_xml(text)) {
    auto read = read_netsh(text, name, skip_unknown);
    if (!read) return std::unexpected(read.error());
    return PolicyFile{std::move(read->policy), std::move(read->skipped), std::move(read->notes)};
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  auto policy = read_json(text, name);
  if (!policy) return std::unexpected(policy.error());
  return PolicyFile{std::move(*policy), {}, {}};
}

template <class Row>
void erase_at(std::vector<Row>& rows, std::size_t index) {
  if (index < rows.size()) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(index));
}

void leave_out(Policy& policy, const wfp::ImportRefusal& refusal) {
  const auto from = [&](auto& rows, auto& lines) {
    erase_at(rows, refusal.index);
    erase_at(lines, refusal.index);
  };
  wfp::ObjectSet& objects = policy.objects;
  switch (refusal.kind) {
    case wfp::ObjectKind::provider:
      return from(objects.providers, policy.lines.providers);
    case wfp::ObjectKind::provider_context:
      return from(objects.provider_contexts, policy.lines.provider_contexts);
    case wfp::ObjectKind::sublayer:
      return from(objects.sublayers, policy.lines.sublayers);
    case wfp::ObjectKind::callout:
      return from(objects.callouts, policy.lines.callouts);
    case wfp::ObjectKind::filter:
      return from(objects.filters, policy.lines.filters);
  }
}

}  // namespace

Result<PolicyFile> read_policy(std::span<const std::byte> content, const std::string& name,
                               bool skip_unknown) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  auto file = parse(text, name, skip_unknown);
  if (!file) return file;
  for (std::size_t tries = 0;; ++tries) {
    wfp::Engine engine;
    const auto imported = engine.import_objects(file->policy.objects);
    if (imported) return file;
    const std::string why = describe(file->policy, imported.error());
    if (!skip_unknown || tries == most_refusals) return failure(why);
    file->skipped.push_back(why);
    leave_out(file->policy, imported.error());
  }
}

}  // namespace drydock::policy
