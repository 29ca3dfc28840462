// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/redirects.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "ledger/record.h"
#include "nt/pool.h"

namespace drydock::wfp {

using ledger::Kind;

namespace {

// Handles look like kernel addresses and lead nowhere.
constexpr std::uint64_t records_base = 0xffff'c200'0000'0000;

std::uint64_t number_of(const void* handle) {
  return reinterpret_cast<std::uint64_t>(handle);
}

ledger::Ledger& book() {
  return ledger::record().ledger();
}

}  // namespace

NTSTATUS Redirects::create(HANDLE* handle) {
  if (handle == nullptr) return STATUS_INVALID_PARAMETER;
  *handle = machine_.memory().kernel.allocate(16);
  book().acquire(Kind::redirect_handle, number_of(*handle));
  return STATUS_SUCCESS;
}

void Redirects::destroy(HANDLE handle) {
  book().release(Kind::redirect_handle, number_of(handle));
}

// A driver that changes nothing about it hands on what the version before has.
HANDLE Redirects::record(HANDLE older, const FWPS_CONNECT_REQUEST0& request) {
  std::vector<Redirection> fresh;
  for (const auto* version = &request; version != nullptr; version = version->previousVersion) {
    const auto* before = version->previousVersion;
    const bool same = before != nullptr &&
                      before->localRedirectHandle == version->localRedirectHandle &&
                      before->localRedirectContext == version->localRedirectContext;
    if (version->localRedirectHandle == nullptr || same) continue;
    fresh.push_back({version->localRedirectHandle, version->localRedirectContext,
                     version->localRedirectContextSize, true});
  }
  if (fresh.empty()) return nullptr;
  Records records;
  if (const Records* known = find(older)) {
    records.redirections = known->redirections;
    for (Redirection& redirection : records.redirections) redirection.owned = false;
    records.older = older;
    hold(older);
  }
  for (Redirection& redirection : fresh | std::views::reverse) {
    take_over(redirection);
    records.redirections.push_back(redirection);
  }
  const std::uint64_t number = records_base + 16 * ++last_;
  records_.emplace(number, std::move(records));
  return reinterpret_cast<HANDLE>(number);
}

// The driver's pool is the platform's from now on.
void Redirects::take_over(Redirection& redirection) {
  const auto entry = book().find(Kind::pool_block, number_of(redirection.context));
  if (entry != 0) book().entry(entry).owner = machine::no_driver;
}

const Redirects::Records* Redirects::find(HANDLE records) const {
  const auto found = records_.find(number_of(records));
  return found == records_.end() ? nullptr : &found->second;
}

void Redirects::hold(HANDLE records) {
  const auto found = records_.find(number_of(records));
  if (found != records_.end()) ++found->second.references;
}

void Redirects::let_go(HANDLE records) {
  const auto found = records_.find(number_of(records));
  if (found == records_.end() || --found->second.references != 0) return;
  const Records over = std::move(found->second);
  records_.erase(found);
  for (const Redirection& redirection : over.redirections) {
    if (redirection.owned && redirection.context != nullptr)
      machine_.get<nt::Pool>().release(redirection.context);
  }
  if (over.older != nullptr) let_go(over.older);
}

FWPS_CONNECTION_REDIRECT_STATE Redirects::state_of(HANDLE records, HANDLE handle,
                                                   void** context) const {
  if (context != nullptr) *context = nullptr;
  const Records* known = find(records);
  if (known == nullptr) return FWPS_CONNECTION_NOT_REDIRECTED;
  const auto newest_first = known->redirections | std::views::reverse;
  const auto mine = std::ranges::find(newest_first, handle, &Redirection::handle);
  if (mine == newest_first.end()) return FWPS_CONNECTION_REDIRECTED_BY_OTHER;
  if (context != nullptr) *context = mine->context;
  return mine == newest_first.begin() ? FWPS_CONNECTION_REDIRECTED_BY_SELF
                                      : FWPS_CONNECTION_PREVIOUSLY_REDIRECTED_BY_SELF;
}

std::span<const std::byte> Redirects::context(HANDLE records) const {
  const Records* known = find(records);
  if (known == nullptr) return {};
  const Redirection& newest = known->redirections.back();
  if (newest.context == nullptr) return {};
  return {static_cast<const std::byte*>(newest.context), newest.size};
}

}  // namespace drydock::wfp
