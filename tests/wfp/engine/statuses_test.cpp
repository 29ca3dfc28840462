// SPDX-License-Identifier: Apache-2.0
// Every status that Windows documents for the filter engine: one situation in which a call answers
// it, or the reason why no call here ever does.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "security.h"
#include "world.h"

namespace drydock::wfp::test {
namespace {

using enum FwpStatus;

constexpr LayerId layer = LayerId::ale_auth_connect_v4;

// An engine with one object of each kind, keys 1 (provider) to 5 (filter, of the callout).
struct Situation {
  Situation() {
    must(engine.add_provider(session, {.key = key(1), .display = display}));
    must(engine.add_provider_context(session, {.key = key(2), .display = display}));
    must(engine.add_sublayer(session, sublayer_spec(3)));
    must(engine.add_callout(session, callout_spec(4)));
    FilterSpec spec = callout_filter(Action::callout_unknown, 4);
    spec.key = key(5);
    spec.sublayer = key(3);
    must(engine.add_filter(session, spec));
  }

  FwpStatus add(const FilterSpec& spec) {
    const auto added = engine.add_filter(session, spec);
    return added ? success : added.error();
  }
  FwpStatus add_with(std::string_view field, MatchType match, Value value, LayerId at = layer) {
    FilterSpec spec = filter_spec(Action::block, at);
    spec.conditions = {{field_key(at, field), match, std::move(value)}};
    return add(spec);
  }
  // With a provider context of this type.
  FwpStatus add_with_context(std::uint32_t type, FilterSpec spec) {
    ProviderContextSpec context{.key = key(20), .display = display, .provider = {}, .type = type};
    must(engine.add_provider_context(session, context));
    spec.flags |= filter_flag::has_provider_context;
    spec.provider_context = key(20);
    return add(spec);
  }

  Engine engine{
      {.most_sublayers = Engine().store().all<SubLayer>().size() + 1, .most_callouts = 1}};
  SessionId session = engine.open_session({});
};

constexpr std::string_view port = "FWPM_CONDITION_IP_REMOTE_PORT";
constexpr std::string_view address = "FWPM_CONDITION_IP_REMOTE_ADDRESS";
constexpr std::string_view application = "FWPM_CONDITION_ALE_APP_ID";
constexpr std::string_view user = "FWPM_CONDITION_ALE_USER_ID";

Value u16(std::uint16_t number) {
  return Value::number(DataType::uint16, number);
}

struct Case {
  FwpStatus status;
  const char* what;
  FwpStatus (*answer)(Situation&);
};

const Case cases[] = {
    {invalid_handle, "a session that is not open",
     [](Situation& s) { return s.engine.begin(SessionId{99}, TransactionKind::read_only); }},
    {invalid_security_descriptor, "a descriptor of an object with a cut list",
     [](Situation& s) {
       SecurityBytes cut = descriptor({{0, 1, alice}, {0, 1, bob}});
       cut.resize(cut.size() - 4);
       return s.engine.add_provider(s.session, {.display = display, .security = cut}).error();
     }},
    {invalid_security_descriptor, "a descriptor with an entry longer than its list",
     [](Situation& s) {
       SecurityParts parts{.owner = {}, .group = {}, .dacl = acl({{0, 1, alice}}), .sacl = {}};
       (*parts.dacl)[10] = 0xff;  // AceSize
       return s.engine.set_security(s.session, ObjectKind::filter, key(5), compose_security(parts));
     }},
    {invalid_security_descriptor, "a condition on a user with no descriptor in it",
     [](Situation& s) {
       return s.add_with(user, MatchType::equal,
                         {.type = DataType::security_descriptor, .bytes = {1, 2, 3}});
     }},
    {callout_not_found, "a filter of a callout that is not there",
     [](Situation& s) { return s.add(callout_filter(Action::callout_unknown, 9)); }},
    {condition_not_found, "a field that the layer lacks",
     [](Situation& s) {
       FilterSpec spec = filter_spec(Action::block);
       spec.conditions = {{.field = key(9), .value = {}}};
       return s.add(spec);
     }},
    {filter_not_found, "a filter that is not there",
     [](Situation& s) { return s.engine.delete_filter(s.session, key(9)); }},
    {layer_not_found, "a layer that is not there",
     [](Situation& s) {
       FilterSpec spec = filter_spec(Action::block);
       spec.layer = key(9);
       return s.add(spec);
     }},
    {provider_not_found, "a provider that is not there",
     [](Situation& s) { return s.engine.delete_provider(s.session, key(9)); }},
    {provider_context_not_found, "a provider context that is not there",
     [](Situation& s) { return s.engine.delete_provider_context(s.session, key(9)); }},
    {sublayer_not_found, "a sublayer that is not there",
     [](Situation& s) { return s.engine.delete_sublayer(s.session, key(9)); }},
    {already_exists, "a key that is taken",
     [](Situation& s) {
       return s.engine.add_provider(s.session, {.key = key(1), .display = display}).error();
     }},
    {in_use, "a sublayer that has filters",
     [](Situation& s) { return s.engine.delete_sublayer(s.session, key(3)); }},
    {dynamic_session_in_progress, "a static object, from a dynamic session",
     [](Situation& s) {
       return s.engine.delete_filter(s.engine.open_session({.dynamic = true}), key(5));
     }},
    {wrong_session, "another dynamic session's object",
     [](Situation& s) {
       const SessionId owner = s.engine.open_session({.dynamic = true});
       must(s.engine.add_provider(owner, {.key = key(9), .display = display}));
       return s.engine.delete_provider(s.engine.open_session({.dynamic = true}), key(9));
     }},
    {no_txn_in_progress, "a commit of nothing",
     [](Situation& s) { return s.engine.commit(s.session); }},
    {txn_in_progress, "a transaction in a transaction",
     [](Situation& s) {
       s.engine.begin(s.session, TransactionKind::read_only);
       return s.engine.begin(s.session, TransactionKind::read_only);
     }},
    {txn_aborted, "a transaction that took too long",
     [](Situation& s) {
       s.engine.begin(s.session, TransactionKind::read_write);
       s.engine.expire_transaction(s.session);
       return s.engine.commit(s.session);
     }},
    {session_aborted, "a session with an engine that does not run",
     [](Situation& s) {
       s.engine.stop();
       return s.engine.open({}).error();
     }},
    {incompatible_txn, "a change in a read-only transaction",
     [](Situation& s) {
       s.engine.begin(s.session, TransactionKind::read_only);
       return s.engine.delete_filter(s.session, key(5));
     }},
    {incompatible_layer, "a callout of another layer",
     [](Situation& s) {
       return s.add(callout_filter(Action::callout_unknown, 4, LayerId::stream_v4));
     }},
    {lifetime_mismatch, "a persistent filter in a sublayer that is not",
     [](Situation& s) {
       FilterSpec spec = filter_spec(Action::block);
       spec.flags = filter_flag::persistent;
       spec.sublayer = key(3);
       return s.add(spec);
     }},
    {builtin_object, "a sublayer of Windows itself",
     [](Situation& s) { return s.engine.delete_sublayer(s.session, universal_sublayer); }},
    {too_many_callouts, "one more than fit",
     [](Situation& s) { return s.engine.add_callout(s.session, callout_spec(9)).error(); }},
    {null_pointer, "an address of no bytes",
     [](Situation& s) {
       return s.add_with(address, MatchType::equal, {.type = DataType::byte_array16},
                         LayerId::ale_auth_connect_v6);
     }},
    {invalid_enumerator, "a match type that does not exist",
     [](Situation& s) { return s.add_with(port, MatchType{13}, u16(1)); }},
    {invalid_enumerator, "a type of value that does not exist",
     [](Situation& s) { return s.add_with(port, MatchType::equal, {.type = DataType{255}}); }},
    {invalid_enumerator, "a type of provider context that does not exist",
     [](Situation& s) {
       return s.engine
           .add_provider_context(s.session, {.display = display, .provider = {}, .type = 14})
           .error();
     }},
    {invalid_enumerator, "a type of enumeration that does not exist",
     [](Situation& s) {
       return s.engine.enumerate_filters(s.session, {.type = FilterTemplate::Type{2}}).error();
     }},
    {invalid_flags, "a filter for boot time and persistent",
     [](Situation& s) {
       FilterSpec spec = filter_spec(Action::block);
       spec.flags = filter_flag::boot_time | filter_flag::persistent;
       return s.add(spec);
     }},
    {invalid_flags, "a filter that is disabled from the beginning",
     [](Situation& s) {
       FilterSpec spec = filter_spec(Action::block);
       spec.flags = filter_flag::disabled;
       return s.add(spec);
     }},
    {invalid_flags, "a provider that is disabled from the beginning",
     [](Situation& s) {
       return s.engine
           .add_provider(s.session, {.display = display, .flags = provider_disabled_flag})
           .error();
     }},
    {invalid_flags, "a sublayer with an unknown flag",
     [](Situation& s) {
       SubLayerSpec spec = sublayer_spec(9);
       spec.flags = 0x8000;
       return s.engine.add_sublayer(s.session, spec).error();
     }},
    {invalid_flags, "a provider context with an unknown flag",
     [](Situation& s) {
       return s.engine.add_provider_context(s.session, {.display = display, .flags = 0x100})
           .error();
     }},
    {invalid_flags, "a callout that says of itself that it is registered",
     [](Situation& s) {
       CalloutSpec spec = callout_spec(9);
       spec.flags = callout_registered_flag;
       return s.engine.add_callout(s.session, spec).error();
     }},
    {invalid_net_mask, "a prefix length where the mask belongs",
     [](Situation& s) {
       return s.add_with(address, MatchType::equal, Value::v4_mask(0x0a000000, 24));
     }},
    {invalid_range, "a range from high to low",
     [](Situation& s) { return s.add_with(port, MatchType::range, Value::range(u16(2), u16(1))); }},
    {zero_length_array, "an application of no bytes",
     [](Situation& s) { return s.add_with(application, MatchType::equal, Value::blob({})); }},
    {null_display_name, "an object without a name",
     [](Situation& s) { return s.engine.add_provider(s.session, {}).error(); }},
    {invalid_action_type, "a filter that continues",
     [](Situation& s) { return s.add(filter_spec(Action::continue_)); }},
    {invalid_weight, "a weight of two bytes",
     [](Situation& s) {
       FilterSpec spec = filter_spec(Action::block);
       spec.weight = u16(1);
       return s.add(spec);
     }},
    {match_type_mismatch, "a prefix of a number",
     [](Situation& s) { return s.add_with(port, MatchType::prefix, u16(1)); }},
    {type_mismatch, "a port of four bytes",
     [](Situation& s) {
       return s.add_with(port, MatchType::equal, Value::number(DataType::uint32, 1));
     }},
    {out_of_bounds, "a prefix of 129 bits",
     [](Situation& s) {
       return s.add_with(address, MatchType::equal, Value::v6_mask({}, 129),
                         LayerId::ale_auth_connect_v6);
     }},
    {duplicate_condition, "a template that says the same twice",
     [](Situation& s) {
       const FilterCondition one{.field = field_key(layer, port), .value = u16(1)};
       return s.engine
           .enumerate_filters(s.session, {.layer = layer_key(layer), .conditions = {one, one}})
           .error();
     }},
    {action_incompatible_with_layer, "a callout at a layer of user mode",
     [](Situation& s) {
       return s.add(callout_filter(Action::callout_unknown, 4, LayerId::rpc_um));
     }},
    {action_incompatible_with_sublayer, "a block in the sublayer of RPC auditing",
     [](Situation& s) {
       FilterSpec spec = filter_spec(Action::block, LayerId::rpc_um);
       spec.sublayer = *parse_guid("758c84f4-fb48-4de9-9aeb-3ed9551ab1fd");
       return s.add(spec);
     }},
    {context_incompatible_with_layer, "an IKE main mode policy at a connection",
     [](Situation& s) { return s.add_with_context(5, filter_spec(Action::permit)); }},
    {context_incompatible_with_layer, "a general context where IKE looks its policy up",
     [](Situation& s) {
       return s.add_with_context(8, filter_spec(Action::permit, LayerId::ikeext_v4));
     }},
    {context_incompatible_with_callout, "an IPsec policy with a driver's callout",
     [](Situation& s) {
       return s.add_with_context(1, callout_filter(Action::callout_unknown, 4));
     }},
    {never_match, "a template for no action at all",
     [](Situation& s) {
       return s.engine.enumerate_filters(s.session, {.action_mask = 0}).error();
     }},
    {invalid_parameter, "a name with half a character",
     [](Situation& s) {
       return s.engine.add_provider(s.session, {.display = {u"\xd83d", u""}}).error();
     }},
    {invalid_parameter, "a description with an escape in it",
     [](Situation& s) {
       return s.engine.add_provider(s.session, {.display = {u"name", u"\x1b"}}).error();
     }},
    {too_many_sublayers, "one more than fit",
     [](Situation& s) { return s.engine.add_sublayer(s.session, sublayer_spec(9)).error(); }},
    {callout_notification_failed, "a filter that its callout refuses",
     [](Situation& s) {
       RecordingObserver observer;
       observer.refused = {7};
       s.engine.set_observer(&observer);
       FilterSpec spec = callout_filter(Action::callout_unknown, 4);
       spec.raw_context = 7;
       const FwpStatus status = s.add(spec);
       s.engine.set_observer(nullptr);
       return status;
     }},
    {still_on, "an end to the monitoring of IPsec connections",
     [](Situation& s) {
       s.engine.set_option(s.session, EngineOption::monitor_ipsec_connections, 1);
       return s.engine.set_option(s.session, EngineOption::monitor_ipsec_connections, 0);
     }},
};

struct Elsewhere {
  FwpStatus status;
  const char* where;
};

constexpr const char* no_ipsec = "no IPsec here: its functions answer NOT_SUPPORTED";

// What this library never answers, and why.
const Elsewhere elsewhere[] = {
    {not_found, "of connection objects, which only IPsec has: wfp/kernel answers it"},
    {timeout, "waiting is the caller's: wfp/kernel answers it (would_block here)"},
    {net_events_disabled, "no log of network events: its functions answer NOT_SUPPORTED"},
    {km_clients_only, "every client is in the kernel"},
    {notification_dropped, "queues of notifications have no limit here"},
    {traffic_mismatch, no_ipsec},
    {incompatible_sa_state, no_ipsec},
    {invalid_interval, "no call takes a time interval but those of the log of network events"},
    {reserved, "a structure's reserved pointer: wfp/kernel reads it and answers"},
    {duplicate_keymod, no_ipsec},
    {incompatible_auth_method, no_ipsec},
    {incompatible_dh_group, no_ipsec},
    {em_not_supported, no_ipsec},
    {provider_context_mismatch, "only functions of IPsec ask for a type of context"},
    {invalid_auth_transform, no_ipsec},
    {invalid_cipher_transform, no_ipsec},
    {incompatible_cipher_transform, no_ipsec},
    {invalid_transform_combination, no_ipsec},
    {duplicate_auth_method, no_ipsec},
    {invalid_tunnel_endpoint, no_ipsec},
    {l2_driver_not_ready, "injection at a switch: wfp/kernel's part"},
    {key_dictator_already_registered, no_ipsec},
    {key_dictation_invalid_keying_material, no_ipsec},
    {connections_disabled, "enumerating connection objects: wfp/kernel answers it"},
    {invalid_dns_name, no_ipsec},
    {ikeext_not_running, no_ipsec},
};

TEST(Statuses, each_situation_is_answered_with_its_status) {
  for (const Case& one : cases) {
    Situation situation;
    EXPECT_EQ(one.answer(situation), one.status) << one.what;
  }
}

template <class Rows, class Member>
bool has(const Rows& rows, Member member, FwpStatus status) {
  return std::ranges::find(rows, status, member) != std::end(rows);
}

TEST(Statuses, each_documented_one_has_a_situation_or_a_reason) {
  constexpr std::uint32_t first = 0xc0220001;
  constexpr std::uint32_t last = 0xc0220044;
  for (std::uint32_t number = first; number <= last; ++number) {
    const FwpStatus status{number};
    const bool answered = has(cases, &Case::status, status);
    const bool explained = has(elsewhere, &Elsewhere::status, status);
    EXPECT_NE(answered, explained) << name(status);
  }
}

// What a policy brings along from a Windows was accepted there.
TEST(Statuses, flags_that_only_windows_sets_are_kept_on_what_is_imported) {
  Engine engine;
  ObjectSet set;
  set.providers = {{.key = key(1), .display = display, .flags = provider_disabled_flag}};
  CalloutSpec callout = callout_spec(4);
  callout.flags = callout_registered_flag;
  set.callouts = {{.spec = callout}};
  FilterSpec filter = filter_spec(Action::block);
  filter.flags = filter_flag::disabled;
  set.filters = {{.spec = filter}};
  ASSERT_TRUE(engine.import_objects(set));
  EXPECT_EQ(engine.filter_count(layer), 0U) << "a disabled filter decides nothing";
}

TEST(Statuses, contexts_of_every_type_go_where_they_belong) {
  constexpr std::uint32_t keying = 0;
  constexpr std::uint32_t main_mode = 5;
  constexpr std::uint32_t general = 8;
  Situation at_demux;
  EXPECT_EQ(
      at_demux.add_with_context(keying, filter_spec(Action::permit, LayerId::ipsec_km_demux_v6)),
      success);
  Situation at_ike;
  EXPECT_EQ(at_ike.add_with_context(main_mode, filter_spec(Action::permit, LayerId::ikeext_v4)),
            success);
  Situation at_callout;
  EXPECT_EQ(at_callout.add_with_context(general, callout_filter(Action::callout_unknown, 4)),
            success);
}

}  // namespace
}  // namespace drydock::wfp::test
