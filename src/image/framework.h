// SPDX-License-Identifier: Apache-2.0
// Which driver model an image is written for, as far as the file alone tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "image/pe.h"

namespace drydock::image {

struct KmdfVersion {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t build = 0;
};

struct Framework {
  bool kmdf = false;                   // imports the framework's loader; else WDM
  std::optional<KmdfVersion> version;  // as the driver will ask for it when it binds; only for KMDF
};

Framework detect_framework(const PeFile& file);

// "WDM", "KMDF 1.15.0", or "KMDF" when the version is not to be found.
std::string to_string(const Framework& framework);

}  // namespace drydock::image
