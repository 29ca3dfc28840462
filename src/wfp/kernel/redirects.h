// SPDX-License-Identifier: Apache-2.0
// Redirect handles, and the records that tell which of them have redirected a connection: what a
// proxy hands on to its own connections, and what FwpsQueryConnectionRedirectState0 looks at. Spec:
// engine section 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "fwpsk.h"
#include "machine/machine.h"

namespace drydock::wfp {

class Redirects {
 public:
  explicit Redirects(machine::Machine& machine) : machine_(machine) {}
  Redirects(const Redirects&) = delete;
  Redirects& operator=(const Redirects&) = delete;

  // STATUS_INVALID_PARAMETER: nowhere to put it.
  NTSTATUS create(HANDLE* handle);
  void destroy(HANDLE handle);

  // Records of a connection whose request drivers have rewritten to `request`, beside those that it
  // had before (`older`, may be null); null when none of them gave a redirect handle. Contexts are
  // taken over from the drivers. Held once.
  HANDLE record(HANDLE older, const FWPS_CONNECT_REQUEST0& request);
  void hold(HANDLE records);
  // The last one frees the contexts.
  void let_go(HANDLE records);

  // `context`: of that handle's redirection, null for a connection that it has not redirected.
  FWPS_CONNECTION_REDIRECT_STATE state_of(HANDLE records, HANDLE handle, void** context) const;
  // Of the newest redirection; empty without.
  [[nodiscard]] std::span<const std::byte> context(HANDLE records) const;

 private:
  struct Redirection {
    HANDLE handle = nullptr;
    void* context = nullptr;
    std::size_t size = 0;
    bool owned = false;  // of these records; older ones stay those of the connection before
  };
  struct Records {
    std::vector<Redirection> redirections;  // oldest first
    std::uint32_t references = 1;
    HANDLE older = nullptr;
  };

  [[nodiscard]] const Records* find(HANDLE records) const;
  static void take_over(Redirection& redirection);

  machine::Machine& machine_;
  std::map<std::uint64_t, Records> records_;
  std::uint64_t last_ = 0;
};

}  // namespace drydock::wfp
