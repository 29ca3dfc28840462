// SPDX-License-Identifier: Apache-2.0
// drydock policy explain: which filters a connection or packet meets, who decides, and why.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/files.h"
#include "cli/command.h"
#include "cli/policy_options.h"
#include "net/capture.h"
#include "net/host_network.h"
#include "policy/explain/connection.h"
#include "policy/explain/report.h"
#include "policy/names.h"
#include "policy/values.h"

namespace drydock::cli {
namespace {

using policy::AssumedAnswer;
using policy::Assumptions;

struct NamedAnswer {
  std::string_view name;
  AssumedAnswer answer;
};
constexpr NamedAnswer answers[] = {
    {"missing", AssumedAnswer::missing}, {"continue", AssumedAnswer::go_on},
    {"permit", AssumedAnswer::permit},   {"permit-hard", AssumedAnswer::permit_hard},
    {"block", AssumedAnswer::block},     {"block-soft", AssumedAnswer::block_soft},
};

struct Question {
  std::string subject;
  std::vector<net::Step> steps;
};

// "NAME=VALUE" in two.
Result<std::pair<std::string_view, std::string_view>> halves(std::string_view text,
                                                             const char* option) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    return failure(fmt::format("{} {}: expected NAME=VALUE", option, text));
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

const wfp::Field* field_of_any_layer(std::string_view name) {
  for (const wfp::Layer& layer : wfp::layers()) {
    if (const wfp::Field* field = policy::parse_field(layer, name)) return field;
  }
  return nullptr;
}

Result<void> add_fields(const Options& options, Assumptions& assumptions) {
  for (const std::string& text : options.policy.fields) {
    const auto parts = halves(text, "--field");
    if (!parts) return std::unexpected(parts.error());
    const wfp::Field* field = field_of_any_layer(parts->first);
    if (field == nullptr) return failure(fmt::format("no layer has a field '{}'", parts->first));
    auto value = policy::parse_value(*field, parts->second);
    if (!value) return std::unexpected(value.error());
    if (value->type != field->type)
      return failure(fmt::format("{} can only be compared with '{}', not be it",
                                 field->condition->name, parts->second));
    assumptions.fields[field->condition->key] = std::move(*value);
  }
  return {};
}

Result<void> add_callouts(const Options& options, Assumptions& assumptions) {
  for (const std::string& text : options.policy.callouts) {
    const auto parts = halves(text, "--callout");
    if (!parts) return std::unexpected(parts.error());
    const auto key = policy::parse_key(policy::KeyKind::callout, parts->first);
    if (!key) return failure(fmt::format("'{}' is no key of a callout", parts->first));
    const auto* answer = std::ranges::find(answers, parts->second, &NamedAnswer::name);
    if (answer == std::end(answers)) {
      return failure(
          fmt::format("'{}' is no answer of a callout; those are missing, continue, "
                      "permit, permit-hard, block, block-soft",
                      parts->second));
    }
    assumptions.callouts[*key] = answer->answer;
  }
  return {};
}

Result<net::LocalHost> local_host(const Options& options) {
  if (options.local.empty()) return net::standard_local_host();
  net::LocalHost host;
  for (const std::string& text : options.local) {
    const auto address = net::IpAddress::parse(text);
    if (!address) return failure(address.error());
    host.addresses.push_back(*address);
  }
  return host;
}

Result<Question> ask_about_packet(const Options& options) {
  const std::string& path = options.captures.front();
  const auto host = local_host(options);
  if (!host) return std::unexpected(host.error());
  const auto capture = net::read_capture_file(path);
  if (!capture) return std::unexpected(capture.error());
  auto steps = policy::steps_of_packet(*host, *capture, options.policy.packet);
  if (!steps) return failure(fmt::format("{}: {}", path, steps.error().message));
  return Question{fmt::format("packet {} of {}", options.policy.packet, path), std::move(*steps)};
}

Result<Question> ask(const Options& options) {
  if (!options.captures.empty()) return ask_about_packet(options);
  if (options.policy.connection.empty())
    return failure("say what to explain: --connection TEXT, or --capture FILE --packet N");
  const auto connection = policy::parse_connection(options.policy.connection);
  if (!connection) return std::unexpected(connection.error());
  return Question{options.policy.connection, policy::steps_of(*connection)};
}

Result<void> keep_layer(const std::string& name, Question& question) {
  if (name.empty()) return {};
  const wfp::Layer* layer = policy::parse_layer(name);
  if (layer == nullptr) return failure(fmt::format("'{}' is no filtering layer", name));
  std::erase_if(question.steps, [&](const net::Step& step) {
    return net::layer_of(step.kind, step.version) != layer->id;
  });
  if (!question.steps.empty()) return {};
  return failure(fmt::format("{} does not meet {}", question.subject, policy::layer_text(*layer)));
}

Result<policy::Explanation> explain(const Options& options) {
  Assumptions assumptions;
  if (auto added = add_fields(options, assumptions); !added) return std::unexpected(added.error());
  if (auto added = add_callouts(options, assumptions); !added)
    return std::unexpected(added.error());
  auto question = ask(options);
  if (!question) return std::unexpected(question.error());
  if (auto kept = keep_layer(options.policy.layer, *question); !kept)
    return std::unexpected(kept.error());
  wfp::Engine engine;
  if (const auto loaded = load_sources(options, engine); !loaded)
    return std::unexpected(loaded.error());
  policy::Explanation explanation{.subject = question->subject, .layers = {}};
  for (const net::Step& step : question->steps)
    explanation.layers.push_back(policy::explain(engine, step, assumptions));
  return explanation;
}

int run_explain(const Options& options) {
  const auto explanation = explain(options);
  if (!explanation) return refuse(explanation.error().message);
  auto text = policy::explanation_text(*explanation, options.verbose);
  if (options.quiet) text.resize(text.find('\n') + 1);
  fmt::print("{}", text);
  if (options.json.empty()) return exit_clean;
  const auto written =
      write_file(options.json, policy::explanation_json(*explanation).dump(1, ' ') + "\n");
  return written ? exit_clean : refuse(written.error().message);
}

}  // namespace

void add_policy_explain(CLI::App& policy, Invocation& invocation) {
  Options& options = invocation.options;
  auto* command = policy.add_subcommand(
      "explain", "Say which filters a connection or packet meets, who decides, and why");
  add_policy_sources(*command, options);
  auto* connection =
      command
          ->add_option(
              "--connection", options.policy.connection,
              "As in 'tcp out 10.0.0.1:1234 -> 1.2.3.4:443 user=S-1-5-18 app=\\device\\...\\a.exe'")
          ->option_text("TEXT");
  auto* packet =
      command
          ->add_option("--packet", options.policy.packet, "A packet of the capture, counted from 1")
          ->option_text("N");
  auto* capture = command->add_option("--capture", options.captures, "A pcap or pcapng file")
                      ->expected(1)
                      ->excludes(connection)
                      ->needs(packet)
                      ->option_text("FILE");
  packet->needs(capture);
  command
      ->add_option("--local", options.local, "Address of the host in the capture; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->needs(capture)
      ->option_text("ADDR");
  command->add_option("--layer", options.policy.layer, "Only this layer (default: all it meets)")
      ->option_text("LAYER");
  command
      ->add_option("--field", options.policy.fields,
                   "What a field holds that nothing else tells: NAME=VALUE; may be repeated")
      ->allow_extra_args(false)
      ->option_text("FIELD");
  command
      ->add_option("--callout", options.policy.callouts,
                   "What a callout is taken to answer: KEY=missing, continue, permit, "
                   "permit-hard, block or block-soft; may be repeated")
      ->allow_extra_args(false)
      ->option_text("ANSWER");
  command->add_option("--json", options.json, "Write the explanation as JSON")->option_text("FILE");
  command->footer(
      "Examples:\n"
      "  drydock policy explain wfpstate.xml --connection 'tcp out 10.0.0.1:1234 -> 1.2.3.4:443'\n"
      "  drydock policy explain rules.json --capture office.pcapng --packet 7 --local 10.0.0.1 -v\n"
      "  drydock policy explain -q rules.json --connection 'udp in 1.2.3.4:53 -> 10.0.0.1:5353'\n\n"
      "-v shows every filter of the layers, and of those that do not match the condition that\n"
      "fails; -q the outcome only.");
  command->callback([&invocation] { invocation.command = run_explain; });
}

}  // namespace drydock::cli
