// SPDX-License-Identifier: Apache-2.0
// The Fwpm functions that get and set security descriptors and options.
#include "wfp/engine/security.h"

#include "wfp/kernel/management_run.h"
#include "wfp/kernel/windows_security.h"

namespace drydock::wfp {
namespace {

using test::acl;
using test::alice;
using test::bob;

constexpr SECURITY_INFORMATION owner_information = 1;
constexpr SECURITY_INFORMATION dacl_information = 4;
constexpr SECURITY_INFORMATION sacl_information = 8;
const SecurityBytes for_alice = acl({{0, 1, alice}});
const SecurityBytes for_bob = acl({{0, 1, bob}});

struct Got {
  NTSTATUS status = STATUS_SUCCESS;
  SecurityBytes owner = {};
  SecurityBytes dacl = {};
};

SecurityBytes sid_at(PSID sid) {
  if (sid == nullptr) return {};
  const auto* bytes = static_cast<const std::uint8_t*>(sid);
  return {bytes, bytes + 8 + 4 * bytes[1]};
}
SecurityBytes acl_at(PACL list) {
  if (list == nullptr) return {};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(list);
  return {bytes, bytes + list->AclSize};
}

struct SecurityTest : ManagementTest {
  Got of_sublayer(HANDLE session, const GUID* key) {
    PSID owner = nullptr;
    PACL dacl = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    Got got{.status = IMPORT(rows, FwpmSubLayerGetSecurityInfoByKey0)(
                session, key, owner_information | dacl_information, &owner, nullptr, &dacl, nullptr,
                &descriptor)};
    if (got.status != STATUS_SUCCESS) return got;
    got.owner = sid_at(owner);
    got.dacl = acl_at(dacl);
    IMPORT(rows, FwpmFreeMemory0)(&descriptor);
    return got;
  }
  NTSTATUS set_dacl(HANDLE session, const GUID* key, const SecurityBytes& list) {
    return IMPORT(rows, FwpmSubLayerSetSecurityInfoByKey0)(
        session, key, dacl_information, nullptr, nullptr,
        list.empty() ? nullptr : reinterpret_cast<const ACL*>(list.data()), nullptr);
  }
};

TEST_F(SecurityTest, a_descriptor_given_at_the_add_is_kept_and_its_parts_replaced_one_by_one) {
  run.run([&] {
    const HANDLE session = open();
    const SecurityBytes given = compose_security({.owner = alice, .dacl = for_alice});
    FWPM_SUBLAYER0 sublayer{};
    sublayer.subLayerKey = to_windows(first_key);
    sublayer.displayData.name = text(u"sub");
    EXPECT_EQ(
        IMPORT(rows, FwpmSubLayerAdd0)(session, &sublayer, const_cast<std::uint8_t*>(given.data())),
        STATUS_SUCCESS);
    const GUID key = to_windows(first_key);
    EXPECT_EQ(of_sublayer(session, &key).owner, alice);
    EXPECT_EQ(of_sublayer(session, &key).dacl, for_alice);
    EXPECT_EQ(set_dacl(session, &key, for_bob), STATUS_SUCCESS);
    EXPECT_EQ(of_sublayer(session, &key).owner, alice);
    EXPECT_EQ(of_sublayer(session, &key).dacl, for_bob);
    close(session);
  });
  EXPECT_EQ(run.alive(ledger::Kind::engine_memory), 0U);
}

TEST_F(SecurityTest, an_absolute_descriptor_is_taken_as_well) {
  run.run([&] {
    const HANDLE session = open();
    SECURITY_DESCRIPTOR given{};
    given.Revision = 1;
    given.Control = 4;  // SE_DACL_PRESENT
    SecurityBytes owner = bob;
    SecurityBytes list = for_bob;
    given.Owner = owner.data();
    given.Dacl = reinterpret_cast<PACL>(list.data());
    FWPM_SUBLAYER0 sublayer{};
    sublayer.subLayerKey = to_windows(first_key);
    sublayer.displayData.name = text(u"sub");
    EXPECT_EQ(IMPORT(rows, FwpmSubLayerAdd0)(session, &sublayer, &given), STATUS_SUCCESS);
    const GUID key = to_windows(first_key);
    EXPECT_EQ(of_sublayer(session, &key).owner, bob);
    EXPECT_EQ(of_sublayer(session, &key).dacl, for_bob);
    given.Revision = 2;
    sublayer.subLayerKey = to_windows(second_key);
    EXPECT_EQ(static_cast<UINT32>(IMPORT(rows, FwpmSubLayerAdd0)(session, &sublayer, &given)),
              0xc0000079U);
    close(session);
  });
}

TEST_F(SecurityTest, objects_and_containers_without_a_descriptor_have_the_default_one) {
  run.run([&] {
    const HANDLE session = open();
    add_sublayer(session, first_key);
    const GUID key = to_windows(first_key);
    EXPECT_EQ(of_sublayer(session, &key).dacl, default_security().dacl);
    EXPECT_EQ(of_sublayer(session, nullptr).dacl, default_security().dacl);
    EXPECT_EQ(set_dacl(session, nullptr, for_bob), STATUS_SUCCESS);
    EXPECT_EQ(of_sublayer(session, nullptr).dacl, for_bob) << "the container of sublayers";
    EXPECT_EQ(of_sublayer(session, &key).dacl, default_security().dacl);
    const GUID missing = to_windows(second_key);
    EXPECT_EQ(of_sublayer(session, &missing).status, STATUS_FWP_SUBLAYER_NOT_FOUND);
    EXPECT_EQ(set_dacl(session, &missing, for_bob), STATUS_FWP_SUBLAYER_NOT_FOUND);
    close(session);
  });
}

TEST_F(SecurityTest, an_abort_takes_a_change_of_security_back) {
  run.run([&] {
    const HANDLE session = open();
    add_sublayer(session, first_key);
    const GUID key = to_windows(first_key);
    begin(session);
    EXPECT_EQ(set_dacl(session, &key, {}), STATUS_SUCCESS);
    EXPECT_EQ(of_sublayer(session, &key).dacl, SecurityBytes{}) << "a NULL list";
    abort(session);
    EXPECT_EQ(of_sublayer(session, &key).dacl, default_security().dacl);
    close(session);
  });
}

TEST_F(SecurityTest, a_damaged_list_is_refused) {
  run.run([&] {
    const HANDLE session = open();
    SecurityBytes damaged = for_bob;
    damaged[0] = 9;
    EXPECT_EQ(static_cast<UINT32>(set_dacl(session, nullptr, damaged)), 0xc0000079U);
    close(session);
  });
}

// Every other pair of Get and Set: what is set is got.
TEST_F(SecurityTest, every_pair_of_functions_keeps_what_is_set) {
  run.run([&] {
    const HANDLE session = open();
    const auto* list = reinterpret_cast<const ACL*>(for_alice.data());
    const auto check = [&](auto set, auto get) {
      PACL dacl = nullptr;
      PSECURITY_DESCRIPTOR descriptor = nullptr;
      EXPECT_EQ(set(list), STATUS_SUCCESS);
      EXPECT_EQ(get(&dacl, &descriptor), STATUS_SUCCESS);
      EXPECT_EQ(acl_at(dacl), for_alice);
      IMPORT(rows, FwpmFreeMemory0)(&descriptor);
    };
#define CHECK_BY_KEY(kind, key)                                                                  \
  check(                                                                                         \
      [&](const ACL* dacl) {                                                                     \
        return IMPORT(rows, Fwpm##kind##SetSecurityInfoByKey0)(session, key, dacl_information,   \
                                                               nullptr, nullptr, dacl, nullptr); \
      },                                                                                         \
      [&](PACL* dacl, PSECURITY_DESCRIPTOR* descriptor) {                                        \
        return IMPORT(rows, Fwpm##kind##GetSecurityInfoByKey0)(                                  \
            session, key, dacl_information, nullptr, nullptr, dacl, nullptr, descriptor);        \
      })
    CHECK_BY_KEY(Provider, nullptr);
    CHECK_BY_KEY(ProviderContext, nullptr);
    CHECK_BY_KEY(Callout, nullptr);
    CHECK_BY_KEY(Filter, nullptr);
    CHECK_BY_KEY(Layer, nullptr);
    CHECK_BY_KEY(Layer, &layer);
#undef CHECK_BY_KEY
    check(
        [&](const ACL* dacl) {
          return IMPORT(rows, FwpmEngineSetSecurityInfo0)(session, dacl_information, nullptr,
                                                          nullptr, dacl, nullptr);
        },
        [&](PACL* dacl, PSECURITY_DESCRIPTOR* descriptor) {
          return IMPORT(rows, FwpmEngineGetSecurityInfo0)(session, dacl_information, nullptr,
                                                          nullptr, dacl, nullptr, descriptor);
        });
    const GUID missing = to_windows(first_key);
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    EXPECT_EQ(
        IMPORT(rows, FwpmLayerGetSecurityInfoByKey0)(session, &missing, sacl_information, nullptr,
                                                     nullptr, nullptr, nullptr, &descriptor),
        STATUS_FWP_LAYER_NOT_FOUND);
    EXPECT_EQ(IMPORT(rows, FwpmEngineGetSecurityInfo0)(session, sacl_information, nullptr, nullptr,
                                                       nullptr, nullptr, nullptr),
              STATUS_FWP_NULL_POINTER);
    close(session);
  });
}

TEST_F(SecurityTest, options_are_read_and_set) {
  run.run([&] {
    const HANDLE session = open();
    FWP_VALUE0* value = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpmEngineGetOption0)(session, FWPM_ENGINE_COLLECT_NET_EVENTS, &value),
              STATUS_SUCCESS);
    EXPECT_EQ(value->type, FWP_UINT32);
    EXPECT_EQ(value->uint32, 1U);
    void* memory = value;
    IMPORT(rows, FwpmFreeMemory0)(&memory);
    FWP_VALUE0 wanted{};
    wanted.type = FWP_UINT32;
    wanted.uint32 = 3;
    EXPECT_EQ(IMPORT(rows, FwpmEngineSetOption0)(session, FWPM_ENGINE_PACKET_QUEUING, &wanted),
              STATUS_SUCCESS);
    EXPECT_EQ(IMPORT(rows, FwpmEngineSetOption0)(session, FWPM_ENGINE_OPTION_MAX, &wanted),
              STATUS_FWP_INVALID_PARAMETER);
    wanted.type = FWP_UINT16;
    EXPECT_EQ(IMPORT(rows, FwpmEngineSetOption0)(session, FWPM_ENGINE_PACKET_QUEUING, &wanted),
              STATUS_FWP_TYPE_MISMATCH);
    EXPECT_EQ(IMPORT(rows, FwpmEngineSetOption0)(session, FWPM_ENGINE_PACKET_QUEUING, nullptr),
              STATUS_FWP_NULL_POINTER);
    begin(session);
    wanted.type = FWP_UINT32;
    EXPECT_EQ(IMPORT(rows, FwpmEngineSetOption0)(session, FWPM_ENGINE_PACKET_QUEUING, &wanted),
              STATUS_FWP_TXN_IN_PROGRESS);
    close(session);
  });
  EXPECT_EQ(run.alive(ledger::Kind::engine_memory), 0U);
}

}  // namespace
}  // namespace drydock::wfp
