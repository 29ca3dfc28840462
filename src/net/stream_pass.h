// SPDX-License-Identifier: Apache-2.0
// One pass of data over the callouts of a stream layer, from above to below.
#pragma once

#include "net/stream_layer.h"

namespace drydock::net {

class StreamLayer::Pass final : public wfp::StreamVisitor {
 public:
  Pass(StreamLayer& layer, StreamFlow& flow, Direction direction, Desk& desk)
      : layer_(layer),
        flow_(flow),
        channel_(flow.channel(direction)),
        direction_(direction),
        desk_(desk) {}

  void visit(wfp::StreamCallout& callout) override;

 private:
  bool watches(const wfp::StreamCallout& callout);
  [[nodiscard]] static bool ready(const StreamStage& stage);
  void show(wfp::StreamCallout& callout, StreamStage& stage);
  void describe(StreamStage& stage);
  wfp::CalloutAnswer call(wfp::StreamCallout& callout, StreamStage& stage, UINT32 flags);
  void judge(const wfp::StreamCallout& callout, StreamStage& stage,
             const wfp::CalloutAnswer& answer, std::size_t shown);
  void permit(StreamStage& stage, std::size_t bytes);
  void let_through(StreamStage& stage, std::size_t bytes);
  void block(StreamStage& stage, std::size_t bytes);
  void wait_for_more(StreamStage& stage, std::size_t shown, bool may_ask);
  void defer(StreamStage& stage);
  void hold(StreamStage& stage, const char* why);
  void move_injected(StreamStage& stage);

  StreamLayer& layer_;
  StreamFlow& flow_;
  StreamChannel& channel_;
  Direction direction_;
  Desk& desk_;
};

}  // namespace drydock::net
