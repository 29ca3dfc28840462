// SPDX-License-Identifier: Apache-2.0
// Security descriptors and their parts as drivers give them.
#pragma once

#include "fwpmk.h"
#include "wfp/engine/engine.h"
#include "wfp/engine/security_descriptor.h"

namespace drydock::wfp {

// What a Set function is given; which of them count, SECURITY_INFORMATION says.
struct SecurityPointers {
  const void* owner;
  const void* group;
  const void* dacl;
  const void* sacl;
};

// A descriptor in either form, absolute or self-relative; none: empty bytes.
// STATUS_INVALID_SECURITY_DESCR.
FwpResult<SecurityBytes> security_from_windows(PSECURITY_DESCRIPTOR descriptor);

// Of an object's stored descriptor, which is empty for the default one.
[[nodiscard]] SecurityParts parts_of(const SecurityBytes& stored);
// The parts that SECURITY_INFORMATION names.
[[nodiscard]] SecurityParts only(const SecurityParts& parts, SECURITY_INFORMATION wanted);
// With the named parts taken from `given`; a null list lets everybody in.
FwpResult<SecurityParts> replaced(SecurityParts parts, SECURITY_INFORMATION named,
                                  const SecurityPointers& given);

}  // namespace drydock::wfp
