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
// Drivers derive from it to add to it, and to close() and drain() if callbacks start other work.
struct DataPath {
  // R1: from here on no callback adds to what the driver has to clean up.
  _IRQL_requires_max_(DISPATCH_LEVEL) void close() {
    packets.close();
    flows.close();
  }
  // R3 and R4: what callbacks have started is finished.
  _IRQL_requires_max_(PASSIVE_LEVEL) void drain() { packets.drain(); }

  InjectionHandle injection;       // R7
  PacketQueue packets{injection};  // R8
  FlowList flows;                  // R8
};

// The two steps that destroy nothing, as members whose destructors take them.
template <class Data>
class CloseOnUnload {
 public:
  explicit CloseOnUnload(Data& data) : data_(data) {}
  CloseOnUnload(const CloseOnUnload&) = delete;
  CloseOnUnload& operator=(const CloseOnUnload&) = delete;
  ~CloseOnUnload() { data_.close(); }

 private:
  Data& data_;
};

template <class Data>
class DrainOnUnload {
 public:
  explicit DrainOnUnload(Data& data) : data_(data) {}
  DrainOnUnload(const DrainOnUnload&) = delete;
  DrainOnUnload& operator=(const DrainOnUnload&) = delete;
  ~DrainOnUnload() { data_.drain(); }

 private:
  Data& data_;
};

template <class Device, class Unregister, class Data>
struct CalloutDriver : Pooled<'vrDC'> {
  Device device;                              // R9
  Data data;                                  // R7, R8
  Callouts<Unregister> callouts{data.flows};  // R5, R6
  DrainOnUnload<Data> drain{data};            // R3, R4
  EngineSession session;                      // R2
  CloseOnUnload<Data> close{data};            // R1
};

}  // namespace kit
