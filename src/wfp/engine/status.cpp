// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/status.h"

#include <algorithm>
#include <iterator>

namespace drydock::wfp {
namespace {

struct Row {
  FwpStatus status;
  std::string_view name;
};

constexpr Row table[] = {
    {FwpStatus::success, "STATUS_SUCCESS"},
    {FwpStatus::invalid_handle, "STATUS_INVALID_HANDLE"},
    {FwpStatus::invalid_security_descriptor, "STATUS_INVALID_SECURITY_DESCR"},
    {FwpStatus::not_supported, "STATUS_NOT_SUPPORTED"},
    {FwpStatus::callout_not_found, "STATUS_FWP_CALLOUT_NOT_FOUND"},
    {FwpStatus::condition_not_found, "STATUS_FWP_CONDITION_NOT_FOUND"},
    {FwpStatus::filter_not_found, "STATUS_FWP_FILTER_NOT_FOUND"},
    {FwpStatus::layer_not_found, "STATUS_FWP_LAYER_NOT_FOUND"},
    {FwpStatus::provider_not_found, "STATUS_FWP_PROVIDER_NOT_FOUND"},
    {FwpStatus::provider_context_not_found, "STATUS_FWP_PROVIDER_CONTEXT_NOT_FOUND"},
    {FwpStatus::sublayer_not_found, "STATUS_FWP_SUBLAYER_NOT_FOUND"},
    {FwpStatus::not_found, "STATUS_FWP_NOT_FOUND"},
    {FwpStatus::already_exists, "STATUS_FWP_ALREADY_EXISTS"},
    {FwpStatus::in_use, "STATUS_FWP_IN_USE"},
    {FwpStatus::dynamic_session_in_progress, "STATUS_FWP_DYNAMIC_SESSION_IN_PROGRESS"},
    {FwpStatus::wrong_session, "STATUS_FWP_WRONG_SESSION"},
    {FwpStatus::no_txn_in_progress, "STATUS_FWP_NO_TXN_IN_PROGRESS"},
    {FwpStatus::txn_in_progress, "STATUS_FWP_TXN_IN_PROGRESS"},
    {FwpStatus::txn_aborted, "STATUS_FWP_TXN_ABORTED"},
    {FwpStatus::session_aborted, "STATUS_FWP_SESSION_ABORTED"},
    {FwpStatus::incompatible_txn, "STATUS_FWP_INCOMPATIBLE_TXN"},
    {FwpStatus::timeout, "STATUS_FWP_TIMEOUT"},
    {FwpStatus::net_events_disabled, "STATUS_FWP_NET_EVENTS_DISABLED"},
    {FwpStatus::incompatible_layer, "STATUS_FWP_INCOMPATIBLE_LAYER"},
    {FwpStatus::km_clients_only, "STATUS_FWP_KM_CLIENTS_ONLY"},
    {FwpStatus::lifetime_mismatch, "STATUS_FWP_LIFETIME_MISMATCH"},
    {FwpStatus::builtin_object, "STATUS_FWP_BUILTIN_OBJECT"},
    {FwpStatus::too_many_callouts, "STATUS_FWP_TOO_MANY_CALLOUTS"},
    {FwpStatus::notification_dropped, "STATUS_FWP_NOTIFICATION_DROPPED"},
    {FwpStatus::traffic_mismatch, "STATUS_FWP_TRAFFIC_MISMATCH"},
    {FwpStatus::incompatible_sa_state, "STATUS_FWP_INCOMPATIBLE_SA_STATE"},
    {FwpStatus::null_pointer, "STATUS_FWP_NULL_POINTER"},
    {FwpStatus::invalid_enumerator, "STATUS_FWP_INVALID_ENUMERATOR"},
    {FwpStatus::invalid_flags, "STATUS_FWP_INVALID_FLAGS"},
    {FwpStatus::invalid_net_mask, "STATUS_FWP_INVALID_NET_MASK"},
    {FwpStatus::invalid_range, "STATUS_FWP_INVALID_RANGE"},
    {FwpStatus::invalid_interval, "STATUS_FWP_INVALID_INTERVAL"},
    {FwpStatus::zero_length_array, "STATUS_FWP_ZERO_LENGTH_ARRAY"},
    {FwpStatus::null_display_name, "STATUS_FWP_NULL_DISPLAY_NAME"},
    {FwpStatus::invalid_action_type, "STATUS_FWP_INVALID_ACTION_TYPE"},
    {FwpStatus::invalid_weight, "STATUS_FWP_INVALID_WEIGHT"},
    {FwpStatus::match_type_mismatch, "STATUS_FWP_MATCH_TYPE_MISMATCH"},
    {FwpStatus::type_mismatch, "STATUS_FWP_TYPE_MISMATCH"},
    {FwpStatus::out_of_bounds, "STATUS_FWP_OUT_OF_BOUNDS"},
    {FwpStatus::reserved, "STATUS_FWP_RESERVED"},
    {FwpStatus::duplicate_condition, "STATUS_FWP_DUPLICATE_CONDITION"},
    {FwpStatus::duplicate_keymod, "STATUS_FWP_DUPLICATE_KEYMOD"},
    {FwpStatus::action_incompatible_with_layer, "STATUS_FWP_ACTION_INCOMPATIBLE_WITH_LAYER"},
    {FwpStatus::action_incompatible_with_sublayer, "STATUS_FWP_ACTION_INCOMPATIBLE_WITH_SUBLAYER"},
    {FwpStatus::context_incompatible_with_layer, "STATUS_FWP_CONTEXT_INCOMPATIBLE_WITH_LAYER"},
    {FwpStatus::context_incompatible_with_callout, "STATUS_FWP_CONTEXT_INCOMPATIBLE_WITH_CALLOUT"},
    {FwpStatus::incompatible_auth_method, "STATUS_FWP_INCOMPATIBLE_AUTH_METHOD"},
    {FwpStatus::incompatible_dh_group, "STATUS_FWP_INCOMPATIBLE_DH_GROUP"},
    {FwpStatus::em_not_supported, "STATUS_FWP_EM_NOT_SUPPORTED"},
    {FwpStatus::never_match, "STATUS_FWP_NEVER_MATCH"},
    {FwpStatus::provider_context_mismatch, "STATUS_FWP_PROVIDER_CONTEXT_MISMATCH"},
    {FwpStatus::invalid_parameter, "STATUS_FWP_INVALID_PARAMETER"},
    {FwpStatus::too_many_sublayers, "STATUS_FWP_TOO_MANY_SUBLAYERS"},
    {FwpStatus::callout_notification_failed, "STATUS_FWP_CALLOUT_NOTIFICATION_FAILED"},
    {FwpStatus::invalid_auth_transform, "STATUS_FWP_INVALID_AUTH_TRANSFORM"},
    {FwpStatus::invalid_cipher_transform, "STATUS_FWP_INVALID_CIPHER_TRANSFORM"},
    {FwpStatus::incompatible_cipher_transform, "STATUS_FWP_INCOMPATIBLE_CIPHER_TRANSFORM"},
    {FwpStatus::invalid_transform_combination, "STATUS_FWP_INVALID_TRANSFORM_COMBINATION"},
    {FwpStatus::duplicate_auth_method, "STATUS_FWP_DUPLICATE_AUTH_METHOD"},
    {FwpStatus::invalid_tunnel_endpoint, "STATUS_FWP_INVALID_TUNNEL_ENDPOINT"},
    {FwpStatus::l2_driver_not_ready, "STATUS_FWP_L2_DRIVER_NOT_READY"},
    {FwpStatus::key_dictator_already_registered, "STATUS_FWP_KEY_DICTATOR_ALREADY_REGISTERED"},
    {FwpStatus::key_dictation_invalid_keying_material,
     "STATUS_FWP_KEY_DICTATION_INVALID_KEYING_MATERIAL"},
    {FwpStatus::connections_disabled, "STATUS_FWP_CONNECTIONS_DISABLED"},
    {FwpStatus::invalid_dns_name, "STATUS_FWP_INVALID_DNS_NAME"},
    {FwpStatus::still_on, "STATUS_FWP_STILL_ON"},
    {FwpStatus::ikeext_not_running, "STATUS_FWP_IKEEXT_NOT_RUNNING"},
    {FwpStatus::tcpip_not_ready, "STATUS_FWP_TCPIP_NOT_READY"},
    {FwpStatus::inject_handle_closing, "STATUS_FWP_INJECT_HANDLE_CLOSING"},
    {FwpStatus::inject_handle_stale, "STATUS_FWP_INJECT_HANDLE_STALE"},
    {FwpStatus::cannot_pend, "STATUS_FWP_CANNOT_PEND"},
    {FwpStatus::drop_noicmp, "STATUS_FWP_DROP_NOICMP"},
    {FwpStatus::would_block, "(engine held by another session)"},
};

}  // namespace

std::string_view name(FwpStatus status) {
  const auto row = std::ranges::find(table, status, &Row::status);
  return row == std::end(table) ? "unknown" : row->name;
}

}  // namespace drydock::wfp
