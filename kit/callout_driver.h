// SPDX-License-Identifier: Apache-2.0
// A whole callout driver as one object. Its members stand in the order of loading; C++ takes them
// down in the reverse order, and that is the right order to unload in: nothing to remember, and a
// DriverEntry that fails half-way goes down the same stairs.
#pragma once

#include "callouts.h"
#include "engine_session.h"
#include "packet_queue.h"

namespace kit {

// What callbacks use: it outlives the callouts, for any of them may run until it is unregistered.
// Drivers add to it by deriving.
struct DataPath {
  InjectionHandle injection;       // R7
  PacketQueue packets{injection};  // R8
  FlowList flows;                  // R8
};

// R3 and R4.
class DrainPackets {
 public:
  explicit DrainPackets(PacketQueue& packets) : packets_(packets) {}
  DrainPackets(const DrainPackets&) = delete;
  DrainPackets& operator=(const DrainPackets&) = delete;
  ~DrainPackets() { packets_.drain(); }

 private:
  PacketQueue& packets_;
};

// R1: from here on no callback adds to what the driver has to clean up.
class Rundown {
 public:
  explicit Rundown(DataPath& data) : data_(data) {}
  Rundown(const Rundown&) = delete;
  Rundown& operator=(const Rundown&) = delete;
  ~Rundown() {
    data_.packets.close();
    data_.flows.close();
  }

 private:
  DataPath& data_;
};

template <class Device, class Unregister, class Data>
struct CalloutDriver : Pooled<'vrDC'> {
  Device device;                              // R9
  Data data;                                  // R7, R8
  Callouts<Unregister> callouts{data.flows};  // R5, R6
  DrainPackets drain_packets{data.packets};   // R3, R4
  EngineSession session;                      // R2
  Rundown rundown{data};                      // R1
};

}  // namespace kit
