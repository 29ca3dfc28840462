// SPDX-License-Identifier: Apache-2.0
#include "cli/policy_options.h"

#include "base/files.h"
#include "cli/command.h"
#include "policy/file.h"
#include "policy/store.h"

namespace drydock::cli {
namespace {

void report(const Options& options, const std::string& path, const policy::PolicyFile& file) {
  for (const auto& line : file.skipped) fmt::print(stderr, "drydock: skipped: {}\n", line);
  if (options.quiet) return;
  for (const auto& note : file.notes) fmt::print(stderr, "drydock: {}: {}\n", path, note);
}

Result<policy::PolicyFile> read_source(const Options& options, const std::string& path) {
  const auto content = read_file(path);
  if (!content) return std::unexpected(content.error());
  const std::string_view text(reinterpret_cast<const char*>(content->data()), content->size());
  if (!policy::is_store(text))
    return policy::read_policy(*content, path, options.policy.skip_unknown);
  auto objects = policy::load_store(path);
  if (!objects) return std::unexpected(objects.error());
  policy::PolicyFile file;
  file.policy = {.name = path, .objects = std::move(*objects), .lines = {}};
  return file;
}

}  // namespace

void add_policy_sources(CLI::App& command, Options& options) {
  command
      .add_option("POLICY", options.policy.sources,
                  "Policy files (JSON), what 'netsh wfp show state' or 'show filters' wrote (XML), "
                  "or stores")
      ->required();
  command.add_flag("--skip-unknown", options.policy.skip_unknown,
                   "Leave out and list what is not known, instead of refusing the file");
}

Result<void> load_sources(const Options& options, wfp::Engine& engine) {
  for (const std::string& path : options.policy.sources) {
    const auto file = read_source(options, path);
    if (!file) return std::unexpected(file.error());
    report(options, path, *file);
    if (auto applied = policy::apply(file->policy, engine); !applied) return applied;
  }
  return {};
}

}  // namespace drydock::cli
