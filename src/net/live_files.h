// SPDX-License-Identifier: Apache-2.0
// What carries live traffic, for those who only hand it on.
#pragma once

#include <atomic>

namespace drydock::net {

// Open files, not blocking; each read and each write is one IP packet, as of a TUN device.
struct LiveFiles {
  int host = -1;                            // towards the programs of the host
  int network = -1;                         // towards everybody else
  bool keeps_packets = true;                // somebody will ask for what was seen
  const std::atomic<bool>* stop = nullptr;  // whether somebody has asked for the end; null: nobody
};

}  // namespace drydock::net
