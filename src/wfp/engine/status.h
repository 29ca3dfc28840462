// SPDX-License-Identifier: Apache-2.0
// The statuses of the filter engine as kernel code sees them (NTSTATUS numbers; user mode has
// 0x8032 in place of 0xC022).
#pragma once

#include <cstdint>
#include <string_view>

namespace drydock::wfp {

enum class FwpStatus : std::uint32_t {
  success = 0,
  invalid_handle = 0xc0000008,
  invalid_security_descriptor = 0xc0000079,
  not_supported = 0xc00000bb,
  callout_not_found = 0xc0220001,
  condition_not_found = 0xc0220002,
  filter_not_found = 0xc0220003,
  layer_not_found = 0xc0220004,
  provider_not_found = 0xc0220005,
  provider_context_not_found = 0xc0220006,
  sublayer_not_found = 0xc0220007,
  not_found = 0xc0220008,
  already_exists = 0xc0220009,
  in_use = 0xc022000a,
  dynamic_session_in_progress = 0xc022000b,
  wrong_session = 0xc022000c,
  no_txn_in_progress = 0xc022000d,
  txn_in_progress = 0xc022000e,
  txn_aborted = 0xc022000f,
  session_aborted = 0xc0220010,
  incompatible_txn = 0xc0220011,
  timeout = 0xc0220012,
  net_events_disabled = 0xc0220013,
  incompatible_layer = 0xc0220014,
  km_clients_only = 0xc0220015,
  lifetime_mismatch = 0xc0220016,
  builtin_object = 0xc0220017,
  too_many_callouts = 0xc0220018,
  notification_dropped = 0xc0220019,
  traffic_mismatch = 0xc022001a,
  incompatible_sa_state = 0xc022001b,
  null_pointer = 0xc022001c,
  invalid_enumerator = 0xc022001d,
  invalid_flags = 0xc022001e,
  invalid_net_mask = 0xc022001f,
  invalid_range = 0xc0220020,
  invalid_interval = 0xc0220021,
  zero_length_array = 0xc0220022,
  null_display_name = 0xc0220023,
  invalid_action_type = 0xc0220024,
  invalid_weight = 0xc0220025,
  match_type_mismatch = 0xc0220026,
  type_mismatch = 0xc0220027,
  out_of_bounds = 0xc0220028,
  reserved = 0xc0220029,
  duplicate_condition = 0xc022002a,
  duplicate_keymod = 0xc022002b,
  action_incompatible_with_layer = 0xc022002c,
  action_incompatible_with_sublayer = 0xc022002d,
  context_incompatible_with_layer = 0xc022002e,
  context_incompatible_with_callout = 0xc022002f,
  incompatible_auth_method = 0xc0220030,
  incompatible_dh_group = 0xc0220031,
  em_not_supported = 0xc0220032,
  never_match = 0xc0220033,
  provider_context_mismatch = 0xc0220034,
  invalid_parameter = 0xc0220035,
  too_many_sublayers = 0xc0220036,
  callout_notification_failed = 0xc0220037,
  invalid_auth_transform = 0xc0220038,
  invalid_cipher_transform = 0xc0220039,
  incompatible_cipher_transform = 0xc022003a,
  invalid_transform_combination = 0xc022003b,
  duplicate_auth_method = 0xc022003c,
  invalid_tunnel_endpoint = 0xc022003d,
  l2_driver_not_ready = 0xc022003e,
  key_dictator_already_registered = 0xc022003f,
  key_dictation_invalid_keying_material = 0xc0220040,
  connections_disabled = 0xc0220041,
  invalid_dns_name = 0xc0220042,
  still_on = 0xc0220043,
  ikeext_not_running = 0xc0220044,
  tcpip_not_ready = 0xc0220100,
  inject_handle_closing = 0xc0220101,
  inject_handle_stale = 0xc0220102,
  cannot_pend = 0xc0220103,
  drop_noicmp = 0xc0220104,

  // Not a Windows status and never shown to a driver: another session holds the engine. The caller
  // decides whether to wait for Engine::busy() to end or to answer `timeout`.
  would_block = 0xe0220001,
};

// STATUS_FWP_..., STATUS_SUCCESS; "unknown" for a number outside the enumeration.
[[nodiscard]] std::string_view name(FwpStatus status);

[[nodiscard]] constexpr bool succeeded(FwpStatus status) {
  return status == FwpStatus::success;
}

}  // namespace drydock::wfp
