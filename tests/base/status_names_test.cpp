// SPDX-License-Identifier: Apache-2.0
#include "base/status_names.h"

#include <gtest/gtest.h>

namespace drydock {
namespace {

TEST(StatusNames, statuses_of_every_family_have_their_windows_name) {
  EXPECT_EQ(status_name(0), "STATUS_SUCCESS");
  EXPECT_EQ(status_name(0x00000103), "STATUS_PENDING");
  EXPECT_EQ(status_name(0x80000011), "STATUS_DEVICE_BUSY");
  EXPECT_EQ(status_name(0xc0000005), "STATUS_ACCESS_VIOLATION");
  EXPECT_EQ(status_name(0xc0200201), "STATUS_WDF_INTERNAL_ERROR");
  EXPECT_EQ(status_name(0xc0220001), "STATUS_FWP_CALLOUT_NOT_FOUND");
  EXPECT_EQ(status_name(0xc0220104), "STATUS_FWP_DROP_NOICMP");
}

TEST(StatusNames, bug_checks_have_their_windows_name) {
  EXPECT_EQ(bugcheck_name(0x0A), "IRQL_NOT_LESS_OR_EQUAL");
  EXPECT_EQ(bugcheck_name(0xCE), "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS");
  EXPECT_EQ(bugcheck_name(0x13A), "KERNEL_MODE_HEAP_CORRUPTION");
}

TEST(StatusNames, unknown_codes_have_no_name) {
  EXPECT_EQ(status_name(0xdeadbeef), "");
  EXPECT_EQ(bugcheck_name(0xdeadbeef), "");
}

TEST(StatusNames, descriptions_carry_name_and_number_or_the_number_alone) {
  EXPECT_EQ(describe_status(0x80000011), "STATUS_DEVICE_BUSY (0x80000011)");
  EXPECT_EQ(describe_status(0xdeadbeef), "0xdeadbeef");
  EXPECT_EQ(describe_bugcheck(0xD1), "DRIVER_IRQL_NOT_LESS_OR_EQUAL (0xD1)");
  EXPECT_EQ(describe_bugcheck(0xABC), "bug check 0xABC");
}

}  // namespace
}  // namespace drydock
