// SPDX-License-Identifier: Apache-2.0
// What `drydock inspect` shows of a driver file: text for people; the file is never run.
#pragma once

#include <functional>
#include <string>

#include "image/pe.h"

namespace drydock::report {

// Whether Drydock implements what the import names; empty when nobody can tell.
using IsImplemented = std::function<bool(const image::Import&)>;

// Several lines, the last one ended too. Names that come from the file are shown with control
// characters replaced, so that a hostile file cannot steer the terminal.
std::string describe(const image::PeFile& file, const IsImplemented& implemented = {});

}  // namespace drydock::report
