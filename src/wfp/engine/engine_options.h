// SPDX-License-Identifier: Apache-2.0
// Settings of the engine as a whole (FWPM_ENGINE_OPTION), with the defaults that are documented.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace drydock::wfp {

enum class EngineOption : std::uint32_t {
  collect_net_events,
  net_event_match_any_keywords,
  name_cache,
  monitor_ipsec_connections,
  packet_queuing,
  transaction_watchdog_ms,
  count,
};

inline constexpr auto engine_option_count = static_cast<std::size_t>(EngineOption::count);

using EngineOptions = std::array<std::uint32_t, engine_option_count>;

inline constexpr EngineOptions default_engine_options{1, 0, 0, 0, 0, 0};

}  // namespace drydock::wfp
