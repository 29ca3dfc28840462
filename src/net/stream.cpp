// SPDX-License-Identifier: Apache-2.0
// TCP sequence arithmetic on 64-bit unwrapped numbers, so that a stream may be longer than 4 GB.
#include "net/stream.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace drydock::net {
namespace {

// Far ahead of the stream lies no data of this connection: more than the largest scaled window (RFC
// 7323).
constexpr std::uint64_t largest_window = std::uint64_t{1} << 30;
// A hole that this many segments wait behind is not going to be filled.
constexpr std::size_t most_waiting = 1024;

}  // namespace

void StreamReassembly::start(std::uint32_t next) {
  started_ = true;
  next_ = base_ = (std::uint64_t{1} << 32) + next;  // room below for old segments
}

std::uint64_t StreamReassembly::unwrap(std::uint32_t sequence) const {
  const auto distance = static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(next_));
  return next_ + static_cast<std::uint64_t>(std::int64_t{distance});
}

std::vector<StreamPiece> StreamReassembly::add(const Segment& segment) {
  std::vector<StreamPiece> pieces;
  if (!started_ || finished_ || (segment.size == 0 && !segment.fin)) return pieces;
  const std::uint64_t begin = unwrap(segment.sequence);
  if (begin + segment.size + (segment.fin ? 1 : 0) <= next_) return pieces;
  if (begin > next_ && begin - next_ > largest_window) return pieces;
  if (waiting_.empty() && begin <= next_) {  // as nearly all come
    deliver_one(segment, begin, pieces);
    return pieces;
  }
  waiting_.insert(std::ranges::upper_bound(waiting_, begin, {}, &Waiting::begin),
                  {.begin = begin, .segment = segment});
  if (waiting_.size() > most_waiting) skip_to(waiting_.front().begin);
  deliver(pieces);
  return pieces;
}

std::vector<StreamPiece> StreamReassembly::acknowledge(std::uint32_t acknowledgement) {
  std::vector<StreamPiece> pieces;
  if (!started_) return pieces;
  const std::uint64_t end = unwrap(acknowledgement);
  if (finished_) fin_acknowledged_ = fin_acknowledged_ || end >= next_;
  if (finished_ || end <= next_ || end - next_ > largest_window) return pieces;
  while (!waiting_.empty() && waiting_.front().begin < end) {
    skip_to(std::max(next_, waiting_.front().begin));
    deliver(pieces);
  }
  if (!finished_ && end > next_) skip_to(end);
  if (finished_) fin_acknowledged_ = end >= next_;
  return pieces;
}

void StreamReassembly::skip_to(std::uint64_t position) {
  const std::uint64_t skipped = missed_ + (position - std::min(position, next_));
  missed_ = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(skipped, std::numeric_limits<std::uint32_t>::max()));
  next_ = std::max(next_, position);
}

void StreamReassembly::deliver(std::vector<StreamPiece>& pieces) {
  auto first = waiting_.begin();
  while (first != waiting_.end() && first->begin <= next_ && !finished_) {
    deliver_one(first->segment, first->begin, pieces);
    ++first;
  }
  waiting_.erase(waiting_.begin(), finished_ ? waiting_.end() : first);
}

void StreamReassembly::deliver_one(const Segment& segment, std::uint64_t begin,
                                   std::vector<StreamPiece>& pieces) {
  const std::uint64_t end = begin + segment.size;
  if (end > next_) {
    const std::size_t known = next_ - begin;
    pieces.push_back({segment.packet, segment.offset + known, segment.size - known, next_ - base_,
                      std::exchange(missed_, 0), false});
    next_ = end;
  }
  if (segment.fin && next_ == end) {
    pieces.push_back({segment.packet, segment.offset + segment.size, 0, next_ - base_,
                      std::exchange(missed_, 0), true});
    finished_ = true;
    ++next_;
  }
}

}  // namespace drydock::net
