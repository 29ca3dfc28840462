// SPDX-License-Identifier: Apache-2.0
// Any bytes as a policy file, JSON or netsh's XML: must end as a policy that an engine takes, that
// is written and read back as the same, or as one line.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "policy/file.h"
#include "policy/json_policy.h"

namespace drydock::policy {
namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

void try_bytes(std::span<const std::byte> bytes, bool skip_unknown) {
  const auto file = read_policy(bytes, "x", skip_unknown);
  if (!file) return require(file.error().message.find('\n') == std::string::npos);
  wfp::Engine engine;
  require(apply(file->policy, engine).has_value());
  const std::string written = write_json(engine.export_objects(wfp::Lifetime::until_stop));
  const auto again = read_json(written, "x");
  require(again.has_value());
  require(write_json(again->objects) == written);
}

}  // namespace
}  // namespace drydock::policy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  drydock::policy::try_bytes(bytes, false);
  drydock::policy::try_bytes(bytes, true);
  return 0;
}
