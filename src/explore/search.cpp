// SPDX-License-Identifier: Apache-2.0
#include "explore/search.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "explore/random.h"
#include "explore/result_json.h"

namespace drydock::explore {
namespace {

using Clock = std::chrono::steady_clock;

// A driver that costs a worker so often will go on to.
constexpr std::uint64_t most_workers_lost = 10;

class Searcher {
 public:
  Searcher(const scenario::Inputs& inputs, const CampaignOptions& options,
           const std::function<void(std::uint64_t)>& tick, const Watch& watch)
      : inputs_(inputs), options_(options), tick_(tick), watch_(watch) {}

  Result<SearchEnd> run() {
    while (const auto next = rest()) {
      const auto done = run_worker(*next);
      if (!done) return std::unexpected(done.error());
      if (*done) break;
    }
    if (end_.found) confirm();
    if (!end_.found) judge();
    return std::move(end_);
  }

 private:
  // What is left of the budget; nothing when it is used up.
  [[nodiscard]] std::optional<CampaignOptions> rest() const {
    CampaignOptions rest = options_;
    rest.first_run = options_.first_run + end_.schedules;
    rest.runs = options_.runs - end_.schedules;
    if (options_.seconds > 0) {
      rest.seconds -= std::chrono::duration<double>(Clock::now() - start_).count();
      if (rest.seconds <= 0 && end_.schedules != 0) return std::nullopt;
    }
    if (rest.runs == 0 || end_.workers_lost >= most_workers_lost) return std::nullopt;
    return rest;
  }

  // True when no other worker is needed.
  Result<bool> run_worker(const CampaignOptions& options) {
    Snapshot last;
    Watch watch = watch_;
    watch.tick = [&](const Snapshot& now) {
      last = now;
      tick_(end_.schedules + now.finished);
    };
    auto end = supervise({.inputs = inputs_, .work = options}, watch);
    end_.schedules += last.finished;
    end_.distinct += last.distinct;
    end_.inconclusive += last.inconclusive;
    if (const auto* refused = std::get_if<Refused>(&end)) return failure(refused->why);
    if (const auto* died = std::get_if<Died>(&end)) {
      lose(*died);
      return false;
    }
    if (const auto* faulted = std::get_if<Faulted>(&end)) {
      end_.result.internal_fault = faulted->what;
    } else {
      take(std::get<Done>(std::move(end)));
    }
    return true;
  }

  void lose(const Died& died) {
    ++end_.schedules;  // the one under way
    if (end_.workers_lost++ == 0) end_.how_lost = died.how;
  }

  void take(Done done) {
    end_.result = std::move(done.result);
    end_.found = done.campaign.found;
    end_.run = done.campaign.run;
    why_inconclusive_ = done.campaign.why_inconclusive;
  }

  // The finding's schedule once more, recorded, where no earlier run can have left a trace.
  void confirm() {
    const std::uint64_t seed = schedule_seed(options_.seed, end_.run);
    auto end = supervise({.inputs = inputs_, .work = RunSchedule{seed}}, watch_);
    auto* done = std::get_if<Done>(&end);
    if (!end_.result.internal_fault.empty()) return;
    if (done == nullptr || done->result.trace_hash != end_.result.trace_hash) {
      end_.result.internal_fault = fmt::format(
          "not deterministic: schedule {} has trace hash {} after other runs and {} alone",
          end_.run, hash_text(end_.result.trace_hash),
          done == nullptr ? "none" : hash_text(done->result.trace_hash));
      return;
    }
    end_.result = std::move(done->result);
    end_.recorded = std::move(done->recorded);
  }

  // No finding: clean only if every schedule had a verdict.
  void judge() {
    if (!end_.result.internal_fault.empty()) return;
    if (end_.workers_lost == 0 && end_.inconclusive == 0) return;
    // What one schedule says of a driver is not what all say.
    for (auto& driver : end_.result.drivers) driver.outcome = verify::Outcome::inconclusive;
    end_.result.outcome = verify::Outcome::inconclusive;
    end_.result.why_inconclusive =
        end_.inconclusive != 0
            ? why_inconclusive_
            : fmt::format(
                  "The process that ran the driver {}. Either the driver damaged it or "
                  "drydock has a fault.",
                  end_.how_lost);
  }

  const scenario::Inputs& inputs_;
  const CampaignOptions& options_;
  const std::function<void(std::uint64_t)>& tick_;
  const Watch& watch_;
  Clock::time_point start_ = Clock::now();
  SearchEnd end_;
  std::string why_inconclusive_;
};

}  // namespace

Result<SearchEnd> search(const scenario::Inputs& inputs, const CampaignOptions& options,
                         const std::function<void(std::uint64_t)>& tick, const Watch& watch) {
  return Searcher(inputs, options, tick, watch).run();
}

}  // namespace drydock::explore
