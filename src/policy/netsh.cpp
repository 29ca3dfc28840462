// SPDX-License-Identifier: Apache-2.0
#include "policy/netsh.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "policy/names.h"
#include "policy/netsh_complete.h"
#include "policy/netsh_values.h"
#include "policy/text.h"
#include "policy/xml.h"

namespace drydock::policy {
namespace {

using pugi::xml_node;

// Says only that the provider context tells where the filter comes from; its number is not public.
constexpr std::string_view flag_without_meaning = "FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN";

std::string_view text_of(xml_node node) {
  return node.text().get();
}

bool is_empty(xml_node node) {
  return text_of(node).empty() && !node.first_child();
}

class Reader {
 public:
  Reader(const XmlFile& file, const std::string& name, bool skip_unknown)
      : file_(file), skip_unknown_(skip_unknown) {
    result_.policy.name = name;
  }

  NetshPolicy read() {
    const xml_node root = find_root();
    wfp::ObjectSet& objects = result_.policy.objects;
    ObjectLines& lines = result_.policy.lines;
    read_list(root.child("providers"), objects.providers, lines.providers);
    read_list(root.child("providerContexts"), objects.provider_contexts, lines.provider_contexts);
    read_list(root.child("subLayers"), objects.sublayers, lines.sublayers);
    read_list(root.child("callouts"), objects.callouts, lines.callouts);
    read_list(root.child("filters"), objects.filters, lines.filters);
    for (const xml_node layer : root.child("layers").children("item")) {
      read_list(layer.child("callouts"), objects.callouts, lines.callouts);
      read_list(layer.child("filters"), objects.filters, lines.filters);
    }
    if (contexts_without_content_ != 0) {
      result_.notes.push_back(
          fmt::format("the content of {} provider context{} is not kept: only Windows' own "
                      "components use its type",
                      contexts_without_content_, contexts_without_content_ == 1 ? "" : "s"));
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] xml_node find_root() const {
    for (const xml_node root : file_.document().children()) {
      const std::string_view name = root.name();
      if (name == "wfpstate" || name == "wfpdiag") return root;
    }
    throw WrongXml(1,
                   "neither <wfpstate> nor <wfpdiag>: not what netsh wfp show state or show "
                   "filters writes");
  }

  template <class Row>
  void read_list(xml_node list, std::vector<Row>& rows, std::vector<std::uint32_t>& lines) {
    for (const xml_node item : list.children()) {
      if (item.type() != pugi::node_element) continue;
      try {
        if (std::string_view(item.name()) != "item") throw unknown(item, list.name());
        Row row;
        read_row(item, row);
        rows.push_back(std::move(row));
        lines.push_back(file_.line_of(item));
      } catch (const WrongXml& wrong) {
        if (!skip_unknown_) throw;
        result_.skipped.push_back(
            one_line(fmt::format("{}:{}: '{}' is left out: {}", result_.policy.name, wrong.line(),
                                 text_of(item.child("displayData").child("name")), wrong.what())));
      }
    }
  }

  [[nodiscard]] WrongXml unknown(xml_node node, std::string_view where) const {
    return file_.wrong(node, fmt::format("unknown element <{}> in {}", node.name(), where));
  }
  void only(xml_node item, std::string_view where,
            std::initializer_list<std::string_view> known) const {
    for (const xml_node child : item.children()) {
      if (child.type() == pugi::node_element &&
          std::ranges::find(known, child.name()) == known.end())
        throw unknown(child, where);
    }
  }
  [[nodiscard]] xml_node need(xml_node item, const char* child) const {
    const xml_node found = item.child(child);
    if (!found) throw file_.wrong(item, fmt::format("an item without <{}>", child));
    return found;
  }

  [[nodiscard]] std::u16string text(xml_node node) const {
    auto units = to_utf16(text_of(node));
    if (!units) throw file_.wrong(node, "not UTF-8");
    return std::move(*units);
  }
  [[nodiscard]] wfp::DisplayData display(xml_node item) const {
    const xml_node data = item.child("displayData");
    return {.name = text(data.child("name")), .description = text(data.child("description"))};
  }
  [[nodiscard]] Guid key(xml_node node, KeyKind kind) const {
    const auto key = parse_key(kind, text_of(node));
    if (!key)
      throw file_.wrong(node,
                        fmt::format("'{}' is neither a GUID nor a known name", text_of(node)));
    return *key;
  }
  [[nodiscard]] std::optional<Guid> provider(xml_node item) const {
    const xml_node node = item.child("providerKey");
    if (is_empty(node)) return std::nullopt;
    return key(node, KeyKind::provider);
  }
  [[nodiscard]] std::uint32_t flags(xml_node item, const FlagNames& names) const {
    std::uint32_t flags = 0;
    for (const xml_node node : item.child("flags").children("item")) {
      if (text_of(node) == flag_without_meaning) continue;
      const auto flag = parse_flag(names, text_of(node));
      if (!flag) throw file_.wrong(node, fmt::format("unknown flag '{}'", text_of(node)));
      flags |= *flag;
    }
    return flags;
  }
  [[nodiscard]] const wfp::Layer& layer(xml_node node) const {
    const wfp::Layer* layer = parse_layer(text_of(node));
    if (layer == nullptr) throw file_.wrong(node, fmt::format("unknown layer '{}'", text_of(node)));
    return *layer;
  }

  void read_row(xml_node item, wfp::ProviderSpec& spec) const {
    only(item, "a provider",
         {"providerKey", "displayData", "flags", "providerData", "serviceName"});
    spec.key = key(need(item, "providerKey"), KeyKind::provider);
    spec.display = display(item);
    spec.flags = flags(item, provider_flags);
    spec.data = netsh_blob(file_, item.child("providerData"));
    spec.service_name = text(item.child("serviceName"));
  }

  // One element more holds the content, and its name depends on the type.
  void read_row(xml_node item, wfp::ObjectSet::ProviderContextRow& row) {
    wfp::ProviderContextSpec& spec = row.spec;
    spec.key = key(need(item, "providerContextKey"), KeyKind::provider_context);
    spec.display = display(item);
    spec.flags = flags(item, provider_context_flags);
    spec.provider = provider(item);
    const xml_node type = need(item, "type");
    const auto number = parse_context_type(text_of(type));
    if (!number)
      throw file_.wrong(type, fmt::format("unknown type of provider contexts '{}'", text_of(type)));
    spec.type = *number;
    if (const xml_node data = item.child("dataBuffer")) {
      spec.data = netsh_blob(file_, data);
    } else {
      ++contexts_without_content_;
    }
    if (const xml_node id = item.child("providerContextId"))
      row.id = netsh_number(file_, id, UINT64_MAX);
  }

  void read_row(xml_node item, wfp::SubLayerSpec& spec) const {
    only(item, "a sublayer",
         {"subLayerKey", "displayData", "flags", "providerKey", "providerData", "weight"});
    spec.key = key(need(item, "subLayerKey"), KeyKind::sublayer);
    spec.display = display(item);
    spec.flags = flags(item, sublayer_flags);
    spec.provider = provider(item);
    spec.weight = static_cast<std::uint16_t>(netsh_number(file_, need(item, "weight"), UINT16_MAX));
  }

  void read_row(xml_node item, wfp::ObjectSet::CalloutRow& row) const {
    only(item, "a callout",
         {"calloutKey", "displayData", "flags", "providerKey", "providerData", "applicableLayer",
          "calloutId"});
    wfp::CalloutSpec& spec = row.spec;
    spec.key = key(need(item, "calloutKey"), KeyKind::callout);
    spec.display = display(item);
    spec.flags = flags(item, callout_flags);
    spec.provider = provider(item);
    spec.layer = layer(need(item, "applicableLayer")).key;
    if (const xml_node id = item.child("calloutId"))
      row.id = wfp::CalloutId{static_cast<std::uint32_t>(netsh_number(file_, id, UINT32_MAX))};
  }

  void read_row(xml_node item, wfp::ObjectSet::FilterRow& row) const {
    only(item, "a filter",
         {"filterKey", "displayData", "flags", "providerKey", "providerData", "layerKey",
          "subLayerKey", "weight", "filterCondition", "action", "rawContext", "providerContextKey",
          "reserved", "filterId", "effectiveWeight"});
    wfp::FilterSpec& spec = row.spec;
    spec.key = key(need(item, "filterKey"), KeyKind::provider);
    spec.display = display(item);
    spec.flags = flags(item, filter_flags);
    spec.provider = provider(item);
    spec.provider_data = netsh_blob(file_, item.child("providerData"));
    const wfp::Layer& at = layer(need(item, "layerKey"));
    spec.layer = at.key;
    spec.sublayer = key(need(item, "subLayerKey"), KeyKind::sublayer);
    if (const xml_node weight = item.child("weight")) spec.weight = netsh_value(file_, weight);
    read_conditions(item, at, spec);
    read_action(need(item, "action"), spec);
    read_context(item, spec);
    if (const xml_node id = item.child("filterId"))
      row.id = wfp::FilterId{netsh_number(file_, id, UINT64_MAX)};
    if (const xml_node weight = item.child("effectiveWeight"))
      row.weight = netsh_number(file_, need(weight, "uint64"), UINT64_MAX);
  }

  void read_conditions(xml_node item, const wfp::Layer& layer, wfp::FilterSpec& spec) const {
    for (const xml_node node : item.child("filterCondition").children("item")) {
      const xml_node name = need(node, "fieldKey");
      const wfp::Field* field = parse_field(layer, text_of(name));
      if (field == nullptr) {
        throw file_.wrong(name,
                          fmt::format("{} has no field '{}'", layer_text(layer), text_of(name)));
      }
      const xml_node match_name = need(node, "matchType");
      const auto match = parse_match(text_of(match_name));
      if (!match)
        throw file_.wrong(match_name, fmt::format("unknown match type '{}'", text_of(match_name)));
      spec.conditions.push_back({.field = field->condition->key,
                                 .match = *match,
                                 .value = netsh_value(file_, need(node, "conditionValue"))});
    }
  }

  // Windows has the callout's key and the filter type in one place, and netsh names it the latter.
  void read_action(xml_node node, wfp::FilterSpec& spec) const {
    const xml_node type = need(node, "type");
    const auto action = parse_action(text_of(type));
    if (!action) throw file_.wrong(type, fmt::format("unknown action '{}'", text_of(type)));
    spec.action = *action;
    if (!names_callout(*action)) return;
    const xml_node callout = node.child("calloutKey");
    spec.callout = key(callout ? callout : need(node, "filterType"), KeyKind::callout);
  }

  void read_context(xml_node item, wfp::FilterSpec& spec) const {
    if ((spec.flags & wfp::filter_flag::has_provider_context) != 0) {
      spec.provider_context = key(need(item, "providerContextKey"), KeyKind::provider_context);
    } else if (const xml_node raw = item.child("rawContext")) {
      spec.raw_context = netsh_number(file_, raw, UINT64_MAX);
    }
  }

  const XmlFile& file_;
  bool skip_unknown_;
  NetshPolicy result_;
  std::size_t contexts_without_content_ = 0;
};

}  // namespace

Result<NetshPolicy> read_netsh(std::string_view bytes, const std::string& name, bool skip_unknown) {
  try {
    const XmlFile file(bytes);
    NetshPolicy result = Reader(file, name, skip_unknown).read();
    complete(result);
    return result;
  } catch (const WrongXml& wrong) {
    return failure(one_line(fmt::format("{}:{}: {}", name, wrong.line(), wrong.what())));
  }
}

}  // namespace drydock::policy
