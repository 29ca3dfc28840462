// SPDX-License-Identifier: Apache-2.0
// A program's way through the layers of its host: plays what belongs together - the steps of a
// packet, or of an operation - and tells its owner afterwards what became of it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/host/agenda.h"
#include "net/host_path.h"

namespace drydock::net {

// What became of a unit.
struct Outcome {
  bool goes_on = false;
  std::string why;                // it does not: "block FWPS_LAYER_... filter 7"; may be empty
  StepKind stopped_at{};          // ... the layer where
  const void* request = nullptr;  // redirect layers: what a callout has written; stays with the run
  HANDLE records = nullptr;       // of a redirected connection, held as long as its flow
};

// It came in and met no layer that decides about its flow.
inline bool is_undecided(const Outcome& outcome) {
  return !outcome.goes_on && (outcome.stopped_at == StepKind::inbound_ippacket ||
                              outcome.stopped_at == StepKind::inbound_transport);
}

class Lane;

// Hears what leaves the stream layer, and which flows a verdict has ended. Calls come one after the
// other, on any fiber of the kernel outside of the path.
class LaneOwner {
 public:
  virtual ~LaneOwner() = default;
  virtual void bytes_leave(Lane& lane, FlowId flow, Direction direction,
                           std::span<const std::uint8_t> bytes) = 0;
  virtual void fin_leaves(Lane& lane, FlowId flow, Direction direction) = 0;
  virtual void flow_lost(Lane& lane, FlowId flow) = 0;
};

class Lane final : private PathListener {
 public:
  using Then = std::move_only_function<void(const Outcome&)>;

  // `first_endpoint`: as HostPath has it.
  Lane(HostNetwork& network, Agenda& agenda, std::uint64_t first_endpoint, LaneOwner& owner)
      : machine_(network.machine()),
        agenda_(agenda),
        owner_(owner),
        path_(network, first_endpoint, this) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  FlowId new_flow() { return FlowId{++last_flow_}; }
  EndpointId new_endpoint() { return EndpointId{++last_endpoint_}; }

  // On a fiber at PASSIVE_LEVEL, which the callouts then run on. `then` comes when the last step
  // has been decided, or one does not go on; before this returns, or later from another fiber.
  void play(std::vector<Step> steps, Then then = {});
  // The same, and waits until it has been decided, or `given_up` and wake().
  Outcome perform(std::vector<Step> steps, const bool& given_up);
  void wake() { decided_.open(machine_); }

  [[nodiscard]] const HostPath& path() const { return path_; }

 private:
  struct Unit {
    std::vector<Step> steps;
    std::size_t left = 0;  // to be decided; what goes to the stream layer is not
    bool playing = false;
    bool awaited = false;  // by perform()
    Outcome outcome;
    Then then;
  };
  using Event = std::move_only_function<void()>;

  void step_decided(const Step& step, bool goes_on) override;
  void redirected(const Step& step, const void* request, HANDLE records) override;
  void packet_stops(const Step& step, const std::string& why) override;
  void connection_is_over(const Step& step) override;
  void flow_dropped(const Step& step) override;
  void stream_bytes(const Step& connection, Direction direction,
                    std::span<const std::uint8_t> bytes) override;
  void stream_fin(const Step& connection, Direction direction) override;

  Unit* unit_of(const Step& step);
  std::uint32_t begin(std::vector<Step> steps, Then then, bool awaited);
  void finish(std::uint32_t index);
  void tell(Event event);
  void drain();

  machine::Machine& machine_;
  Agenda& agenda_;
  LaneOwner& owner_;
  HostPath path_;
  std::unordered_map<std::uint32_t, Unit> units_;  // looked up, never walked
  std::deque<Event> events_;
  Event current_;
  machine::Gate decided_;
  std::uint32_t playing_ = 0;
  bool draining_ = false;
  std::uint32_t last_index_ = 0;
  std::uint64_t last_flow_ = 0;
  std::uint64_t last_endpoint_ = 0;
};

}  // namespace drydock::net
