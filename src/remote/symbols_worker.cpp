// SPDX-License-Identifier: Apache-2.0
#include "remote/symbols_worker.h"

#include <exception>

#include "base/files.h"
#include "explore/channel.h"
#include "explore/worker.h"
#include "report/symbols.h"

namespace drydock::remote {
namespace {

using nlohmann::json;

constexpr int channel = explore::worker_channel;

// A file that is gone meanwhile has no names.
scenario::Inputs inputs_of(const json& drivers) {
  scenario::Inputs inputs;
  for (const auto& [name, path] : drivers.items()) {
    auto content = read_file(path.get<std::string>());
    if (!content) continue;
    scenario::DriverInput& driver = inputs.beside.emplace_back();
    driver.path = path;
    driver.name = name;
    driver.content = *std::move(content);
  }
  return inputs;
}

scenario::RunResult result_of(const json& frames) {
  scenario::RunResult result;
  auto& finding = result.findings.emplace_back();
  for (const json& frame : frames)
    finding.found_at.push_back({frame.at("module"), frame.at("rva"), frame.at("faulted")});
  return result;
}

json symbols_of(const json& question) {
  const auto result = result_of(question.at("frames"));
  const report::Symbols symbols(inputs_of(question.at("drivers")), result);
  json answer = json::array();
  for (const scenario::FrameRef& frame : result.findings.front().found_at) {
    json symbol = json::array();
    for (const image::SourceFrame& source : symbols.at(frame)) {
      symbol.push_back({{"function", report::plain_name(source.function)},
                        {"file", report::plain_file(source.file)},
                        {"line", source.line}});
    }
    answer.push_back(std::move(symbol));
  }
  return {{"symbols", std::move(answer)}};
}

}  // namespace

int answer_symbols() try {
  const auto question = explore::receive_message(channel);
  return question && explore::send_message(channel, symbols_of(*question)) ? 0 : 1;
} catch (const std::exception&) {
  return 1;  // there are no names then
}

}  // namespace drydock::remote
