// SPDX-License-Identifier: Apache-2.0
#include "explore/replay_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "explore/inputs_json.h"
#include "explore/recorded_json.h"
#include "explore/result_json.h"

namespace drydock::explore {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kind = "drydock replay";
constexpr int schema = 2;

json without_exceptions(std::string_view text) {
  return json::parse(text, nullptr, false);
}

Result<void> check_kind(const json& file) {
  if (!file.is_object() || file.value("kind", json()) != kind) return failure("not a replay file");
  const json version = file.value("schema", json());
  if (version != schema) {
    return failure(fmt::format("a replay file of schema {}; this drydock reads schema {}",
                               version.dump(), schema));
  }
  return {};
}

Result<ReplayFile> read_members(const json& file, const std::string& folder,
                                const std::string& driver) {
  auto inputs = inputs_from_json(file.at("inputs"));
  if (!inputs) return std::unexpected(inputs.error());
  auto recorded = recorded_from_json(file.at("choices"));
  if (!recorded) return std::unexpected(recorded.error());
  const auto hash = parse_hash(file.at("expected").at("trace_hash").get<std::string>());
  if (!hash) return std::unexpected(hash.error());
  if (auto loaded = load_contents(*inputs, file.at("inputs"), folder, driver); !loaded)
    return std::unexpected(loaded.error());
  return ReplayFile{.tool = file.at("tool").get<std::string>(),
                    .inputs = std::move(*inputs),
                    .recorded = std::move(*recorded),
                    .trace_hash = *hash,
                    .rules = file.at("expected").at("rules").get<std::vector<std::string>>()};
}

Result<ReplayFile> read(std::string_view text, const std::string& folder,
                        const std::string& driver) {
  const json file = without_exceptions(text);
  if (auto checked = check_kind(file); !checked) return std::unexpected(checked.error());
  try {
    return read_members(file, folder, driver);
  } catch (const json::exception& problem) {
    return failure(fmt::format("damaged: {}", problem.what()));
  }
}

}  // namespace

std::string write_replay(const ReplayFile& replay) {
  ordered_json file;
  file["kind"] = kind;
  file["schema"] = schema;
  file["tool"] = replay.tool;
  file["inputs"] = to_json(replay.inputs, Contents::hashes);
  file["expected"] = {{"trace_hash", hash_text(replay.trace_hash)}, {"rules", replay.rules}};
  file["choices"] = to_json(replay.recorded);
  return file.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<ReplayFile> read_replay(std::string_view text, const std::string& path,
                               const std::string& driver) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  auto replay = read(text, folder, driver);
  if (!replay) return failure(fmt::format("{}: {}", path, replay.error().message));
  return replay;
}

std::vector<std::string> rules_found(const scenario::RunResult& result) {
  std::vector<std::string> rules;
  rules.reserve(result.findings.size());
  for (const auto& finding : result.findings) rules.push_back(finding.rule);
  return rules;
}

}  // namespace drydock::explore
