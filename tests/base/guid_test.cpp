// SPDX-License-Identifier: Apache-2.0
#include "base/guid.h"

#include <gtest/gtest.h>

namespace drydock {
namespace {

TEST(Guid, text_form_round_trips_with_and_without_braces) {
  const Guid expected{0xc86fd1bf, 0x21cd, 0x497e, {0xa0, 0xbb, 0x17, 0x42, 0x5c, 0x88, 0x5c, 0x58}};
  EXPECT_EQ(parse_guid("{C86FD1BF-21cd-497e-a0bb-17425c885c58}"), expected);
  EXPECT_EQ(to_string(expected), "c86fd1bf-21cd-497e-a0bb-17425c885c58");
}

TEST(Guid, malformed_text_is_refused) {
  for (const char* text : {"", "c86fd1bf", "c86fd1bf-21cd-497e-a0bb-17425c885c5g",
                           "c86fd1bf_21cd-497e-a0bb-17425c885c58"}) {
    EXPECT_EQ(parse_guid(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace drydock
