// SPDX-License-Identifier: Apache-2.0
// The XML that `netsh wfp show filters` and `netsh wfp show state` write on Windows (wfpdiag and
// wfpstate), as seen in public files; Microsoft does not document it.
//
// What Windows computed is kept: effective weights, run-time numbers, and that a callout had its
// functions. What the file names but does not hold (show filters lists neither sublayers nor
// callouts) becomes an object of that key with weight 0 and no functions. Of built-in sublayers,
// which every engine has, the weight is kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "policy/policy.h"

namespace drydock::policy {

struct NetshPolicy {
  Policy policy;
  std::vector<std::string> skipped;  // "file:line: what, why", only with skip_unknown
  std::vector<std::string> notes;    // what the policy lacks or got in addition; one sentence each
};

// UTF-8, or UTF-16 with a byte order mark. `name` begins every error: "name:line: what is wrong".
// An object with anything unknown in it (a layer, a field, a value's form, an element) refuses the
// whole file or, with `skip_unknown`, is left out and listed.
Result<NetshPolicy> read_netsh(std::string_view bytes, const std::string& name,
                               bool skip_unknown = false);

}  // namespace drydock::policy
