// SPDX-License-Identifier: Apache-2.0
// Classification at a layer with many filters: lookups per second, time to build and to change,
// memory, for rule sets of three shapes and three sizes, beside linear search and, where it is
// installed, DPDK's classifier. Prints the tables of docs/performance.md.
// The sets are made up here unless DRYDOCK_CLASSBENCH names a folder of ClassBench files with
// answers, every one of which is checked then.
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <numeric>
#include <random>
#include <set>

#include "peers/index_alone.h"
#include "peers/rte_acl.h"
#include "wfp/engine/engine.h"
#include "wfp/engine/rule_sets.h"

namespace drydock::wfp::test {
namespace {

// Processor time of this thread: other programs' share of the machine does not count.
struct Clock {
  using time_point = double;  // seconds
  static time_point now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }
};

constexpr int repetitions = 9;
constexpr std::size_t rows_in_burst = 32;
constexpr std::uint64_t seed = 20260101;

double seconds_since(Clock::time_point start) {
  return Clock::now() - start;
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

// Million lookups per second.
struct Rate {
  double median = 0;
  double best = 0;  // what other programs disturbed least
};

std::string text(const Rate& rate) {
  const int digits = rate.best < 1 ? 2 : 1;
  return fmt::format("{:.{}f} ({:.{}f})", rate.median, digits, rate.best, digits);
}

Rate measure(std::size_t lookups, const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < repetitions; ++i) {
    const auto start = Clock::now();
    work();
    times.push_back(seconds_since(start));
  }
  const double millions = static_cast<double>(lookups) / 1e6;
  return {.median = millions / median(times), .best = millions / *std::ranges::min_element(times)};
}

struct NoCallouts : CalloutInvoker {
  bool registered(CalloutId) override { return false; }
  CalloutAnswer invoke(const Filter&, ClassifyRights) override { return {}; }
};

// Goes on after every filter and notes which.
struct NotingInvoker : CalloutInvoker {
  bool registered(CalloutId) override { return true; }
  CalloutAnswer invoke(const Filter& filter, ClassifyRights) override {
    numbers.push_back(static_cast<std::uint32_t>(filter.spec.raw_context));
    return {.action = Action::continue_, .wrote = true};
  }
  std::vector<std::uint32_t> numbers;
};

struct Options {
  IpVersion version = IpVersion::v4;
  bool with_flags = false;
  unsigned sublayers = 1;
  bool inspect = false;  // every filter calls a callout that goes on
};

// An engine with one filter for each rule.
class Loaded {
 public:
  Loaded(const std::vector<Rule>& rules, const Options& options) : options(options) {
    const Layer& layer = *find_layer(layer_for(options.version));
    const auto key = [](unsigned number) { return Guid{.data1 = number, .data2 = 7}; };
    for (unsigned i = 0; i < options.sublayers; ++i) {
      (void)engine.add_sublayer(session, {.key = key(i),
                                          .display = {u"bench", {}},
                                          .provider = {},
                                          .weight = static_cast<std::uint16_t>(1000 - i)});
    }
    (void)engine.add_callout(
        session, {.key = key(99), .display = {u"bench", {}}, .provider = {}, .layer = layer.key});
    (void)engine.begin(session, TransactionKind::read_write);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      FilterSpec spec = filter_of(rules[i], rules.size() - i, options.version, options.with_flags);
      spec.sublayer = key(static_cast<unsigned>(i) % options.sublayers);
      spec.raw_context = i;
      if (options.inspect) {
        spec.action = Action::callout_inspection;
        spec.callout = key(99);
      }
      const auto id = engine.add_filter(session, std::move(spec));
      if (!id) std::abort();
      if (i == 0) first_id = static_cast<std::uint64_t>(*id);
    }
    const auto start = Clock::now();
    (void)engine.commit(session);
    build_seconds = seconds_since(start);
  }

  [[nodiscard]] int rule_of(FilterId id) const {
    return id == FilterId::none ? -1 : static_cast<int>(static_cast<std::uint64_t>(id) - first_id);
  }
  [[nodiscard]] LayerId layer() const { return layer_for(options.version); }

  Options options;
  Engine engine;
  SessionId session = engine.open_session({});
  std::uint64_t first_id = 0;
  double build_seconds = 0;
};

// Headers with their addresses as the layer wants them.
class Traffic {
 public:
  Traffic(const std::vector<Header>& headers, IpVersion version)
      : headers_(headers), version_(version) {
    if (version == IpVersion::v4) return;
    for (const Header& header : headers) {
      wide_.push_back({stretched(header.source), stretched(header.destination)});
    }
  }
  [[nodiscard]] std::size_t size() const { return headers_.size(); }
  void fill(HeaderRow& row, std::size_t i) const {
    if (version_ == IpVersion::v4) {
      row.set(headers_[i]);
    } else {
      row.set(headers_[i], wide_[i].source, wide_[i].destination);
    }
  }

 private:
  struct Wide {
    std::array<std::uint8_t, 16> source;
    std::array<std::uint8_t, 16> destination;
  };
  const std::vector<Header>& headers_;
  IpVersion version_;
  std::vector<Wide> wide_;
};

// Calls `each` with the number of a header and its decision.
template <class Each>
void one_at_a_time(Loaded& loaded, const Traffic& traffic, const Each& each) {
  HeaderRow row(loaded.options.version);
  NoCallouts invoker;
  for (std::size_t i = 0; i < traffic.size(); ++i) {
    traffic.fill(row, i);
    each(i, loaded.engine.classify(loaded.layer(), row.values(), invoker));
  }
}

template <class Each>
void in_bursts(Loaded& loaded, const Traffic& traffic, const Each& each) {
  std::vector<std::unique_ptr<HeaderRow>> rows;
  std::vector<std::span<const ValueView>> views;
  for (std::size_t i = 0; i < rows_in_burst; ++i) {
    rows.push_back(std::make_unique<HeaderRow>(loaded.options.version));
    views.push_back(rows.back()->values());
  }
  NoCallouts invoker;
  Decision decisions[rows_in_burst];
  for (std::size_t i = 0; i < traffic.size(); i += rows_in_burst) {
    const std::size_t count = std::min(rows_in_burst, traffic.size() - i);
    for (std::size_t n = 0; n < count; ++n) traffic.fill(*rows[n], i + n);
    loaded.engine.classify(loaded.layer(), std::span(views).first(count), invoker, decisions);
    for (std::size_t n = 0; n < count; ++n) each(i + n, decisions[n]);
  }
}

// Answers that are wrong, of all that are known.
struct Checked {
  std::size_t wrong = 0;
  std::size_t answers = 0;
  void check(bool right) {
    ++answers;
    if (!right) ++wrong;
  }
};

void check_best(Loaded& loaded, const Traffic& traffic, const RuleSet& set, Checked& checked) {
  const auto check = [&](std::size_t i, const Decision& decision) {
    if (i < set.expected.size())
      checked.check(loaded.rule_of(decision.filter) == set.expected[i].best);
  };
  one_at_a_time(loaded, traffic, check);
  in_bursts(loaded, traffic, check);
}

// All matching filters in order, by callouts that go on.
void check_lists(const RuleSet& set, bool with_flags, Checked& checked) {
  Loaded loaded(set.rules, {.with_flags = with_flags, .inspect = true});
  HeaderRow row(IpVersion::v4);
  NotingInvoker invoker;
  for (std::size_t i = 0; i < set.expected.size(); ++i) {
    row.set(set.headers[i]);
    invoker.numbers.clear();
    (void)loaded.engine.classify(loaded.layer(), row.values(), invoker);
    const Expected& expected = set.expected[i];
    const int best = invoker.numbers.empty() ? -1 : static_cast<int>(invoker.numbers.front());
    const int count = static_cast<int>(invoker.numbers.size());
    Fnv hash;
    for (const std::uint32_t number : invoker.numbers) hash.add(number);
    checked.check(with_flags
                      ? best == expected.best_with_flags && count == expected.count_with_flags &&
                            hash.low() == expected.hash_with_flags
                      : best == expected.best && count == expected.count);
  }
}

// The first rule of each sublayer, by the plain search; the first sublayer's is the decision's.
void check_sublayers(Loaded& loaded, const Traffic& traffic, const RuleSet& set, Checked& checked) {
  const std::size_t some = std::min<std::size_t>(set.headers.size(), 20000000 / set.rules.size());
  one_at_a_time(loaded, traffic, [&](std::size_t i, const Decision& decision) {
    if (i >= some) return;
    int wanted = -1;
    for (unsigned sublayer = 0; sublayer < loaded.options.sublayers && wanted < 0; ++sublayer) {
      for (std::size_t n = sublayer; n < set.rules.size(); n += loaded.options.sublayers) {
        if (!matches(set.rules[n], set.headers[i], false)) continue;
        wanted = static_cast<int>(n);
        break;
      }
    }
    checked.check(loaded.rule_of(decision.filter) == wanted);
  });
}

struct Latency {
  double median = 0;  // microseconds
  double p99 = 0;
  double worst = 0;
};

std::string text(const Latency& latency) {
  return fmt::format("{:.1f} / {:.1f} / {:.0f}", latency.median, latency.p99, latency.worst);
}

Latency latency_of(std::vector<double> seconds) {
  std::ranges::sort(seconds);
  return {.median = seconds[seconds.size() / 2] * 1e6,
          .p99 = seconds[seconds.size() * 99 / 100] * 1e6,
          .worst = seconds.back() * 1e6};
}

struct Changes {
  Latency add;
  Latency remove;
};

// One filter at a time, each its own transaction, removed and added again at full size.
Changes measure_changes(Loaded& loaded, const std::vector<Rule>& rules) {
  std::mt19937_64 dice(seed);
  std::vector<double> add;
  std::vector<double> remove;
  std::set<std::size_t> done;
  while (done.size() < std::min<std::size_t>(rules.size() / 2, 2000)) {
    const std::size_t i = dice() % rules.size();
    if (!done.insert(i).second) continue;
    FilterSpec spec = filter_of(rules[i], rules.size() - i, loaded.options.version, false);
    spec.sublayer = {.data1 = 0, .data2 = 7};
    auto start = Clock::now();
    (void)loaded.engine.delete_filter(loaded.session, FilterId{loaded.first_id + i});
    remove.push_back(seconds_since(start));
    start = Clock::now();
    (void)loaded.engine.add_filter(loaded.session, std::move(spec));
    add.push_back(seconds_since(start));
  }
  return {latency_of(add), latency_of(remove)};
}

// A virtual machine may have to ask its host for memory that it has never used, which takes 4 ms
// for a huge page and would be most of what the worst change takes.
void touch_memory() {
  constexpr std::size_t bytes = std::size_t{512} << 20;
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  madvise(memory, bytes, MADV_HUGEPAGE);
  for (std::size_t i = 0; i < bytes; i += 4096) static_cast<volatile char*>(memory)[i] = 1;
  munmap(memory, bytes);
}

// All filters one at a time, in any order, from an empty layer on.
struct Growth {
  double mean = 0;
  Latency latency;
};

Growth measure_growth(const std::vector<Rule>& rules) {
  touch_memory();
  Loaded loaded({}, {});
  std::vector<std::size_t> order(rules.size());
  // NOLINTNEXTLINE(modernize-use-ranges): libstdc++ 12 has no such algorithm
  std::iota(order.begin(), order.end(), 0);
  std::ranges::shuffle(order, std::mt19937_64(seed));
  std::vector<double> add;
  double sum = 0;
  for (const std::size_t i : order) {
    FilterSpec spec = filter_of(rules[i], rules.size() - i, loaded.options.version, false);
    spec.sublayer = {.data1 = 0, .data2 = 7};
    const auto start = Clock::now();
    (void)loaded.engine.add_filter(loaded.session, std::move(spec));
    add.push_back(seconds_since(start));
    sum += add.back();
  }
  return {.mean = sum / static_cast<double>(rules.size()) * 1e6, .latency = latency_of(add)};
}

Rate measure_linear(const RuleSet& set) {
  const std::size_t some = std::min<std::size_t>(set.headers.size(), 20000000 / set.rules.size());
  std::size_t sum = 0;
  const Rate rate = measure(some, [&] {
    for (std::size_t i = 0; i < some; ++i) {
      const auto found = std::ranges::find_if(
          set.rules, [&](const Rule& rule) { return matches(rule, set.headers[i], false); });
      sum += static_cast<std::size_t>(found - set.rules.begin());
    }
  });
  if (sum == 0) fmt::print(" ");
  return rate;
}

struct Rates {
  Rate single;
  Rate burst;
};

Rates measure_rates(Loaded& loaded, const Traffic& traffic) {
  std::uint64_t sum = 0;
  const auto take = [&](std::size_t, const Decision& decision) {
    sum += static_cast<std::uint64_t>(decision.filter);
  };
  const Rates rates{
      .single = measure(traffic.size(), [&] { one_at_a_time(loaded, traffic, take); }),
      .burst = measure(traffic.size(), [&] { in_bursts(loaded, traffic, take); })};
  if (sum == 0) fmt::print(" ");
  return rates;
}

// Of a classifier that knows best rules only.
template <class Classifier>
Rates measure_peer(Classifier& classifier, const RuleSet& set, Checked& checked) {
  classifier.take_headers(set.headers);
  std::vector<std::uint32_t> numbers(set.headers.size());
  const auto check = [&] {
    for (std::size_t i = 0; i < set.expected.size(); ++i) {
      checked.check(static_cast<int>(numbers[i]) - 1 == set.expected[i].best);
    }
    std::ranges::fill(numbers, 0);
  };
  Rates rates;
  rates.single = measure(numbers.size(), [&] { classifier.one_at_a_time(numbers); });
  check();
  rates.burst = measure(numbers.size(), [&] { classifier.in_bursts(numbers); });
  check();
  return rates;
}

// The lines of several tables, printed together when all is measured.
class Tables {
 public:
  // Columns with bars between them.
  std::size_t begin(const std::string& title, const std::string& columns) {
    const auto count = std::ranges::count(columns, '|');
    std::string rule;
    for (std::ptrdiff_t i = 0; i <= count; ++i) rule += "---|";
    tables_.push_back(fmt::format("{}\n\n| {} |\n|{}\n", title, columns, rule));
    return tables_.size() - 1;
  }
  void add(std::size_t table, const std::string& line) {
    tables_[table] += fmt::format("| {} |\n", line);
  }
  void print() const {
    for (const std::string& table : tables_) fmt::print("\n{}", table);
  }

 private:
  std::vector<std::string> tables_;
};

constexpr const char* columns_of_best =
    "set | single | burst | index alone, single | burst | rte_acl, single | burst | linear";

// The best rule of one sublayer.
void report_best(Tables& tables, std::size_t table, Loaded& loaded, const RuleSet& set,
                 Checked& checked) {
  const Traffic traffic(set.headers, IpVersion::v4);
  check_best(loaded, traffic, set, checked);
  const Rates whole = measure_rates(loaded, traffic);
  bench::IndexAlone index(set.rules);
  const Rates alone = measure_peer(index, set, checked);
  std::string peer = "- | -";
#ifdef DRYDOCK_RTE_ACL
  bench::RteAcl acl(set.rules);
  const Rates other = measure_peer(acl, set, checked);
  peer = fmt::format("{} | {}", text(other.single), text(other.burst));
#endif
  tables.add(table, fmt::format("{} | {} | {} | {} | {} | {} | {}", set.name, text(whole.single),
                                text(whole.burst), text(alone.single), text(alone.burst), peer,
                                text(measure_linear(set))));
}

struct Kinds {
  Tables tables;
  std::size_t best = tables.begin("Best rule, headers at the corners of rules:", columns_of_best);
  std::size_t inside = tables.begin("The same, headers inside rules or anywhere:", columns_of_best);
  std::size_t more = tables.begin(
      "Four sublayers; IPv6:",
      "set | four sublayers, single | of best | burst | IPv6, single | of IPv4 | burst");
  std::size_t costs = tables.begin("Costs:",
                                   "set | filters | build ms | add one, µs | remove one, µs | grow "
                                   "one by one, µs | bytes a filter | IPv6, "
                                   "build ms | bytes a filter | wrong / checked");
};

void report(Kinds& kinds, const RuleSet& set, const std::optional<RuleSet>& inside) {
  Checked checked;
  Loaded plain(set.rules, {});
  report_best(kinds.tables, kinds.best, plain, set, checked);
  if (inside) report_best(kinds.tables, kinds.inside, plain, *inside, checked);
  const auto bytes_of = [&](const Loaded& loaded) {
    return static_cast<double>(loaded.engine.index_bytes(loaded.layer())) /
           static_cast<double>(set.rules.size());
  };
  const double bytes = bytes_of(plain);
  const Traffic v4(set.headers, IpVersion::v4);
  const Rate best = measure_rates(plain, v4).single;
  const Changes changes = measure_changes(plain, set.rules);
  const Growth growth = measure_growth(set.rules);

  Loaded layered(set.rules, {.sublayers = 4});
  check_sublayers(layered, v4, set, checked);
  const Rates full = measure_rates(layered, v4);

  const Traffic v6(set.headers, IpVersion::v6);
  Loaded wide(set.rules, {.version = IpVersion::v6});
  check_best(wide, v6, set, checked);
  const Rates best6 = measure_rates(wide, v6);

  check_lists(set, false, checked);
  check_lists(set, true, checked);
  kinds.tables.add(kinds.more, fmt::format("{} | {} | {:.2f} | {} | {} | {:.2f} | {}", set.name,
                                           text(full.single), full.single.median / best.median,
                                           text(full.burst), text(best6.single),
                                           best6.single.median / best.median, text(best6.burst)));
  kinds.tables.add(
      kinds.costs,
      fmt::format("{} | {} | {:.0f} | {} | {} | {:.1f}; {} | {:.0f} | {:.0f} | {:.0f} | {} / {}",
                  set.name, set.rules.size(), plain.build_seconds * 1e3, text(changes.add),
                  text(changes.remove), growth.mean, text(growth.latency), bytes,
                  wide.build_seconds * 1e3, bytes_of(wide), checked.wrong, checked.answers));
}

constexpr std::pair<const char*, std::size_t> sizes[] = {
    {"1k", 1000}, {"10k", 10000}, {"100k", 100000}};

RuleSet made_up(RuleFamily family, const char* size, std::size_t count) {
  RuleSet set = make_rule_set(family, count, 100000, seed);
  set.name += fmt::format(" {}", size);
  for (std::size_t i = 0; i < std::min<std::size_t>(100000, 200000000 / count); ++i) {
    set.expected.push_back(search_all(set.rules, set.headers[i]));
  }
  return set;
}

void report_all(const std::string& only) {
  Kinds kinds;
  const char* folder = std::getenv("DRYDOCK_CLASSBENCH");
  if (folder == nullptr) fmt::print("DRYDOCK_CLASSBENCH names no folder of ClassBench files.\n");
  for (const auto& [size, count] : sizes) {
    for (const auto& [name, family] :
         {std::pair("acl1", RuleFamily::access_list), std::pair("fw1", RuleFamily::firewall),
          std::pair("ipc1", RuleFamily::chains)}) {
      const std::string wanted = fmt::format("{}_{}", name, size);
      if (wanted.find(only) == std::string::npos) continue;
      std::optional<RuleSet> set;
      std::optional<RuleSet> inside;
      if (folder != nullptr) {
        set = read_rule_set(folder, wanted);
        inside = read_rule_set(folder, wanted, "trace_in");
      }
      fmt::print("{}: {}.\n", wanted, set ? "ClassBench files" : "a set made up here");
      std::fflush(stdout);
      if (!set) set = made_up(family, size, count);
      report(kinds, *set, inside);
    }
  }
  fmt::print(
      "Seed {}. Million lookups a second: median and, in brackets, best of {} runs, processor "
      "time. "
      "Bursts are of {} rows, rte_acl's of {}.\n\"Single\" and \"burst\" are the whole engine from "
      "rows of FWPS values to decisions, \"index alone\" from ready keys to numbers of filters.\n"
      "Adding and removing: median / 99th percentile / worst; growing: mean; the same.\n",
      seed, repetitions, rows_in_burst, bench::RteAcl::rows_in_burst);
  kinds.tables.print();
}

}  // namespace
}  // namespace drydock::wfp::test

int main(int argc, char** argv) {
  const bool chosen = argc > 1 && argv[1][0] != '-';
  drydock::wfp::test::report_all(chosen ? argv[1] : "");
}
