// SPDX-License-Identifier: Apache-2.0
// Self-relative security descriptors as bytes: taken apart, put together. Layouts as documented for
// SECURITY_DESCRIPTOR_RELATIVE, ACL and SID.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace drydock::wfp {

using SecurityBytes = std::vector<std::uint8_t>;

// What a descriptor says. A list that is there but empty is a NULL list: everybody may.
struct SecurityParts {
  std::optional<SecurityBytes> owner = {};  // SID
  std::optional<SecurityBytes> group = {};  // SID
  std::optional<SecurityBytes> dacl = {};   // ACL
  std::optional<SecurityBytes> sacl = {};   // ACL

  friend bool operator==(const SecurityParts&, const SecurityParts&) = default;
};

// Sizes of what begins here; 0 when it does not fit into `bytes` or is none.
[[nodiscard]] std::size_t sid_size(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::size_t acl_size(std::span<const std::uint8_t> bytes);

// The same, still in the descriptor. No value: not there.
struct SecurityView {
  using Part = std::optional<std::span<const std::uint8_t>>;
  Part owner;
  Part group;
  Part dacl;
  Part sacl;
};

// A self-relative descriptor whose lists hold whole entries.
[[nodiscard]] bool is_whole(std::span<const std::uint8_t> descriptor);

// Nothing: no self-relative descriptor. The first does not allocate.
[[nodiscard]] std::optional<SecurityView> view_security(std::span<const std::uint8_t> descriptor);
[[nodiscard]] std::optional<SecurityParts> parse_security(std::span<const std::uint8_t> descriptor);
// With every list at an offset that is a multiple of four.
[[nodiscard]] SecurityBytes compose_security(const SecurityParts& parts);

// What objects have whose maker gave no descriptor: the system owns them, administrators may do
// everything, everybody may read. Windows' own default is not fully documented.
[[nodiscard]] const SecurityParts& default_security();

}  // namespace drydock::wfp
