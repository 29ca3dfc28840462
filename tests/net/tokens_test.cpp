// SPDX-License-Identifier: Apache-2.0
// Who simulated programs run as, and that conditions on users can tell.
#include "net/tokens.h"

#include <gtest/gtest.h>

#include "machine/shared_memory.h"
#include "wfp/engine/access_check.h"
#include "wfp/engine/security.h"

namespace drydock::net {
namespace {

using wfp::test::acl;
using wfp::test::descriptor;
using wfp::test::everybody;
using wfp::test::local_system;

const std::vector<std::uint8_t> network_service = *parse_sid("S-1-5-20");

TEST(Tokens, a_sid_is_read_from_its_text) {
  EXPECT_EQ(parse_sid("S-1-5-18"), local_system);
  EXPECT_EQ(parse_sid("S-1-1-0"), everybody);
  EXPECT_EQ(parse_sid("S-1-5-21-1-2-3-1001"), wfp::test::alice);
  for (const char* text : {"", "S-2-5-18", "S-1", "S-1-", "S-1-5-", "S-1-5-4294967296", "S-1-5-18x",
                           "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"}) {
    EXPECT_FALSE(parse_sid(text)) << text;
  }
}

TEST(Tokens, programs_run_as_such_programs_do_unless_it_is_said) {
  EXPECT_EQ(user_of({"System"}), "S-1-5-18");
  EXPECT_EQ(user_of({R"(\device\harddiskvolume1\windows\system32\svchost.exe)"}), "S-1-5-20");
  EXPECT_TRUE(user_of({R"(\device\harddiskvolume1\x.exe)"}).starts_with("S-1-5-21-"));
  EXPECT_EQ(user_of({"System", "S-1-5-20"}), "S-1-5-20");
}

TEST(Tokens, the_token_of_a_program_passes_the_checks_that_its_user_and_groups_pass) {
  Tokens tokens(machine::shared_memory().kernel);
  FWP_BYTE_BLOB* service = tokens.of({"x", "S-1-5-20"});
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(tokens.of({"y", "S-1-5-20"}), service) << "one token per user";
  EXPECT_EQ(tokens.of({"z", "nobody"}), nullptr);
  wfp::ValueView shown;
  shown.type = wfp::DataType::token_access_information;
  shown.blob = reinterpret_cast<const wfp::BlobView*>(service);
  wfp::SidAndAttributes room{};
  const auto token = wfp::token_of(shown, room);
  ASSERT_TRUE(token);
  const auto passes = [&](const wfp::SecurityBytes& sid) {
    return wfp::may_match(descriptor({{0, 1, sid}}), *token);
  };
  EXPECT_EQ(passes(network_service), true);
  EXPECT_EQ(passes(everybody), true);
  EXPECT_EQ(passes(local_system), false);
}

}  // namespace
}  // namespace drydock::net
