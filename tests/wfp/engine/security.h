// SPDX-License-Identifier: Apache-2.0
// Security identifiers and descriptors for tests, built from their parts.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "wfp/engine/access_check.h"
#include "wfp/engine/security_descriptor.h"

namespace drydock::wfp::test {

// S-1-AUTHORITY-SUB-SUB...
inline SecurityBytes sid(std::uint8_t authority, std::initializer_list<std::uint32_t> subs) {
  SecurityBytes bytes{1, static_cast<std::uint8_t>(subs.size()), 0, 0, 0, 0, 0, authority};
  for (const std::uint32_t sub : subs) {
    for (int shift = 0; shift < 32; shift += 8)
      bytes.push_back(static_cast<std::uint8_t>(sub >> shift));
  }
  return bytes;
}

inline const SecurityBytes everybody = sid(1, {0});
inline const SecurityBytes local_system = sid(5, {18});
inline const SecurityBytes administrators = sid(5, {32, 544});
inline const SecurityBytes alice = sid(5, {21, 1, 2, 3, 1001});
inline const SecurityBytes bob = sid(5, {21, 1, 2, 3, 1002});

struct Ace {
  std::uint8_t type;  // 0: allowed, 1: denied
  std::uint32_t mask;
  SecurityBytes sid;
  std::uint8_t flags = 0;
};

inline void append16(SecurityBytes& bytes, std::size_t number) {
  bytes.push_back(static_cast<std::uint8_t>(number));
  bytes.push_back(static_cast<std::uint8_t>(number >> 8));
}

inline SecurityBytes acl(std::initializer_list<Ace> entries) {
  SecurityBytes body;
  for (const Ace& entry : entries) {
    body.push_back(entry.type);
    body.push_back(entry.flags);
    append16(body, 8 + entry.sid.size());
    for (int shift = 0; shift < 32; shift += 8)
      body.push_back(static_cast<std::uint8_t>(entry.mask >> shift));
    body.insert(body.end(), entry.sid.begin(), entry.sid.end());
  }
  SecurityBytes list{2, 0};
  append16(list, 8 + body.size());
  append16(list, entries.size());
  append16(list, 0);
  list.insert(list.end(), body.begin(), body.end());
  return list;
}

inline SecurityBytes descriptor(std::initializer_list<Ace> entries) {
  return compose_security({.owner = local_system, .group = local_system, .dacl = acl(entries)});
}

// A descriptor that lets everybody in and says a number, for tests that judge by it.
inline SecurityBytes marked_descriptor(std::uint8_t mark) {
  return compose_security({.owner = sid(5, {mark}), .group = {}, .dacl = {}, .sacl = {}});
}
inline std::uint8_t mark_of(std::span<const std::uint8_t> descriptor) {
  constexpr std::size_t header = 20;
  constexpr std::size_t sub_authority = 8;
  return descriptor[header + sub_authority];
}

// A token of these SIDs, the first being the user; each is enabled.
class TestToken {
 public:
  explicit TestToken(std::vector<SecurityBytes> sids, std::vector<SecurityBytes> restricted = {})
      : sids_(std::move(sids)), restricted_(std::move(restricted)) {
    for (const auto& one : sids_) entries_.push_back({one.data(), 4});
    for (const auto& one : restricted_) restricted_entries_.push_back({one.data(), 4});
    hash_ = {static_cast<std::uint32_t>(entries_.size()), entries_.data()};
    restricted_hash_ = {static_cast<std::uint32_t>(restricted_entries_.size()),
                        restricted_entries_.data()};
    access_ = {&hash_, restricted_.empty() ? nullptr : &restricted_hash_};
    blob_ = {sizeof(access_), reinterpret_cast<const std::uint8_t*>(&access_)};
    information_ = {hash_.sid_count, hash_.sids, restricted_hash_.sid_count, restricted_hash_.sids};
  }
  TestToken(const TestToken&) = delete;
  TestToken& operator=(const TestToken&) = delete;

  void set_attributes(std::size_t index, std::uint32_t attributes) {
    entries_[index].attributes = attributes;
  }
  [[nodiscard]] Token token() const { return {entries_, restricted_entries_}; }
  [[nodiscard]] ValueView access_information() const {
    ValueView view;
    view.type = DataType::token_access_information;
    view.blob = &blob_;
    return view;
  }
  [[nodiscard]] ValueView information() const {
    ValueView view;
    view.type = DataType::token_information;
    view.token_information = &information_;
    return view;
  }

 private:
  std::vector<SecurityBytes> sids_, restricted_;
  std::vector<SidAndAttributes> entries_, restricted_entries_;
  SidHashView hash_{}, restricted_hash_{};
  TokenAccessInformationView access_{};
  BlobView blob_{};
  TokenInformationView information_{};
};

}  // namespace drydock::wfp::test
