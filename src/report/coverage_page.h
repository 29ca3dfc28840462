// SPDX-License-Identifier: Apache-2.0
// docs/coverage.md: every known export of every module and what happens to a driver that calls it,
// made from the export tables so that the page cannot be out of date.
#pragma once

#include <span>
#include <string>

#include "nt/export_directory.h"

namespace drydock::report {

// The whole page as Markdown. Known are the names of the import libraries (wdk/lib), the functions
// of the framework, and what `tables` implement beyond them.
std::string coverage_page(std::span<const nt::ExportTable> tables);

}  // namespace drydock::report
