// SPDX-License-Identifier: Apache-2.0
// The readers of the data directories, shared by parse and inspect. Each reads one table of the
// laid-out image into the PeFile and reports what is wrong with it.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "image/bytes.h"
#include "image/pe.h"

namespace drydock::image {

// Collects problems as lines that begin with the file's name.
class Problems {
 public:
  explicit Problems(std::string name) : name_(std::move(name)) {}

  template <class... Args>
  void add(fmt::format_string<Args...> text, Args&&... args) {
    lines_.push_back(name_ + ": " + fmt::format(text, std::forward<Args>(args)...));
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::string name_;
  std::vector<std::string> lines_;
};

void read_imports(PeFile& file, Problems& problems);
void read_delay_imports(PeFile& file, Problems& problems);
void read_exports(PeFile& file, Problems& problems);
void read_relocations(PeFile& file, Problems& problems);
void read_load_config(PeFile& file, Problems& problems);
void read_functions(PeFile& file, Problems& problems);

// Best effort: an unreadable record is left out, it does not stop a driver from loading.
void read_debug(PeFile& file);
void read_version(PeFile& file);
void read_signer(PeFile& file, Bytes raw);

}  // namespace drydock::image
