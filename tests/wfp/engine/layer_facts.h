// SPDX-License-Identifier: Apache-2.0
// The table of facts about layers as the tests read it: independent of the one in the engine.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace drydock::wfp::test {

// One row of layers.tsv. `field` and what follows are "-" for a layer without fields.
struct LayerFact {
  std::string layer_key_name;  // FWPM_LAYER_...
  std::string layer;           // FWPS_LAYER_...
  unsigned number = 0;
  std::string index;
  std::string field;      // FWPS_FIELD_...
  std::string condition;  // FWPM_CONDITION_...
  std::string type;       // FWP_...
  std::string direction;
  std::string family;
  std::string discard_twin;
  std::string field_type;       // FWPM_FIELD_...
  std::string condition_types;  // FWP_... that a filter may use, joined with '|'; may be empty

  [[nodiscard]] bool has_field() const { return condition != "-"; }
};

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

inline std::vector<LayerFact> layer_facts() {
  std::ifstream file(DRYDOCK_SOURCE_DIR "/tests/wfp/engine/facts/layers.tsv");
  EXPECT_TRUE(file) << "tests/wfp/engine/facts/layers.tsv";
  std::vector<LayerFact> facts;
  bool header = true;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    if (std::exchange(header, false)) continue;
    const auto cells = split(line, '\t');
    facts.push_back({cells.at(0), cells.at(1), static_cast<unsigned>(std::stoul(cells.at(2))),
                     cells.at(3), cells.at(4), cells.at(5), cells.at(6), cells.at(7), cells.at(8),
                     cells.at(9), cells.at(10), cells.at(11)});
  }
  return facts;
}

}  // namespace drydock::wfp::test
