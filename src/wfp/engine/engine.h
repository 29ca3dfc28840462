// SPDX-License-Identifier: Apache-2.0
// The filter engine: sessions, transactions and objects on one side, classification on the other.
// Plain C++, single-threaded, but re-entrant: callouts and observers may suspend their caller and
// let others in.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "wfp/engine/changes.h"
#include "wfp/engine/classify.h"
#include "wfp/engine/engine_options.h"
#include "wfp/engine/enumerate.h"
#include "wfp/engine/filter_checks.h"
#include "wfp/engine/layers.h"
#include "wfp/engine/object_set.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/status.h"
#include "wfp/engine/store.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp {

class LayerFilters;

// Hears of filters that name a callout, at the moments notifyFn does. Called while the engine is
// held by the session that made the change; may suspend, and may look at the engine.
class FilterObserver {
 public:
  virtual ~FilterObserver() = default;

  // Before the filter takes part in classification. Not success: the filter is not added. May set
  // `context`.
  virtual FwpStatus filter_added(const Filter& filter, std::uint64_t& context) = 0;
  // After a commit that made the filter effective.
  virtual void filter_committed(const Filter& /*filter*/) {}
  // After the filter has left classification; classifications that began earlier may still be
  // running with it (Engine::classifying() tells).
  virtual void filter_deleted(const Filter& filter) = 0;
};

struct SessionSpec {
  bool dynamic = false;  // FWPM_SESSION_FLAG_DYNAMIC
  std::uint32_t transaction_wait_ms = 15000;
  Guid key = {};  // zero: the engine makes one
  DisplayData display = {};
  std::uint32_t process_id = 0;
  std::u16string user_name = {};
  bool kernel_mode = false;
};

struct SessionInfo {
  SessionId id = SessionId::none;
  SessionSpec spec = {};
};

enum class TransactionKind : std::uint8_t { read_write, read_only };

template <class T>
using FwpResult = std::expected<T, FwpStatus>;

template <class T>
using Found = FwpResult<std::shared_ptr<const T>>;
template <class T>
using FoundAll = FwpResult<std::vector<std::shared_ptr<const T>>>;

// Every call on a session answers INVALID_HANDLE for a session that is not open, and would_block
// when another session holds the engine (a writer against all, readers against a writer); nothing
// has happened then. Statuses: FWP error codes of the management functions, spec section 1 to 3.
class Engine {
 public:
  explicit Engine(const Variants& variants = {}, FilterObserver* observer = nullptr);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  void set_observer(FilterObserver* observer) { observer_ = observer; }
  void set_change_observer(ChangeObserver* observer) { change_observer_ = observer; }
  [[nodiscard]] const Variants& variants() const { return variants_; }

  // --- the engine as a service; a new engine runs ---

  [[nodiscard]] bool running() const { return running_; }
  // Ends every session, aborting its transaction, and deletes all that is neither persistent nor
  // built in. From then on only boot-time filters are in force (section 15), until start(), and no
  // session can be opened. Observers hear of each filter that comes into force or leaves it.
  // would_block: some session is just committing or closing.
  FwpStatus stop();
  // Boot-time filters leave force, persistent ones come into it.
  FwpStatus start();

  // --- sessions and transactions ---

  // ALREADY_EXISTS: an open session has this key; SESSION_ABORTED while the engine does not run.
  FwpResult<SessionId> open(SessionSpec spec);
  // The same for who knows that it runs and asks for no key: SessionId::none otherwise.
  SessionId open_session(const SessionSpec& spec) { return open(spec).value_or(SessionId::none); }
  // Aborts an open transaction, then deletes the session's dynamic objects; observers are told
  // before it returns.
  FwpStatus close_session(SessionId session);
  [[nodiscard]] const SessionSpec* session(SessionId session) const;

  FwpStatus begin(SessionId session, TransactionKind kind);
  // CALLOUT_NOTIFICATION_FAILED: a callout refused a filter; the transaction is undone (E-3).
  FwpStatus commit(SessionId session);
  FwpStatus abort(SessionId session);
  // The session's write transaction has lasted too long (section 2.2: an hour, for user mode): it
  // is undone, and the session's calls answer TXN_ABORTED until it commits or aborts.
  void expire_transaction(SessionId session);
  // Has the session begun a transaction that it has not ended?
  [[nodiscard]] bool in_transaction(SessionId session) const;
  // Does any session hold the engine?
  [[nodiscard]] bool busy() const { return writer_ != SessionId::none || readers_ != 0; }

  // --- objects; outside a transaction each call is one ---

  FwpResult<Guid> add_provider(SessionId session, ProviderSpec spec);
  FwpResult<std::uint64_t> add_provider_context(SessionId session, ProviderContextSpec spec);
  FwpResult<Guid> add_sublayer(SessionId session, SubLayerSpec spec);
  FwpResult<CalloutId> add_callout(SessionId session, CalloutSpec spec);
  FwpResult<FilterId> add_filter(SessionId session, FilterSpec spec);

  FwpStatus delete_provider(SessionId session, const Guid& key);
  FwpStatus delete_provider_context(SessionId session, const Guid& key);
  FwpStatus delete_provider_context(SessionId session, std::uint64_t id);
  FwpStatus delete_sublayer(SessionId session, const Guid& key);
  FwpStatus delete_callout(SessionId session, const Guid& key);
  FwpStatus delete_callout(SessionId session, CalloutId id);
  FwpStatus delete_filter(SessionId session, const Guid& key);
  FwpStatus delete_filter(SessionId session, FilterId id);

  [[nodiscard]] Found<Provider> get_provider(SessionId session, const Guid& key) const;
  [[nodiscard]] Found<ProviderContext> get_provider_context(SessionId session,
                                                            const Guid& key) const;
  [[nodiscard]] Found<ProviderContext> get_provider_context(SessionId session,
                                                            std::uint64_t id) const;
  [[nodiscard]] Found<SubLayer> get_sublayer(SessionId session, const Guid& key) const;
  [[nodiscard]] Found<CalloutObject> get_callout(SessionId session, const Guid& key) const;
  [[nodiscard]] Found<CalloutObject> get_callout(SessionId session, CalloutId id) const;
  [[nodiscard]] Found<Filter> get_filter(SessionId session, const Guid& key) const;
  [[nodiscard]] Found<Filter> get_filter(SessionId session, FilterId id) const;

  // Those that fit, in order of creation. A caller sees what its own transaction has done.
  [[nodiscard]] FoundAll<Provider> enumerate_providers(SessionId session) const;
  [[nodiscard]] FoundAll<ProviderContext> enumerate_provider_contexts(
      SessionId session, const ProviderContextTemplate& wanted = {}) const;
  [[nodiscard]] FoundAll<SubLayer> enumerate_sublayers(SessionId session,
                                                       const SubLayerTemplate& wanted = {}) const;
  [[nodiscard]] FoundAll<CalloutObject> enumerate_callouts(
      SessionId session, const CalloutTemplate& wanted = {}) const;
  // In order of evaluation when the template asks for it; also what check_template() says.
  [[nodiscard]] FoundAll<Filter> enumerate_filters(SessionId session,
                                                   const FilterTemplate& wanted = {}) const;
  [[nodiscard]] FwpResult<std::vector<SessionInfo>> enumerate_sessions(SessionId session) const;

  // --- settings ---

  // The security descriptor given at add or set since, self-relative; empty: the default one.
  // Nobody is refused anything because of it: drivers run as the system.
  [[nodiscard]] FwpResult<std::vector<std::uint8_t>> security_of(SessionId session, ObjectKind kind,
                                                                 const Guid& key) const;
  FwpStatus set_security(SessionId session, ObjectKind kind, const Guid& key,
                         std::vector<std::uint8_t> descriptor);
  // INVALID_PARAMETER: no such option.
  [[nodiscard]] FwpResult<std::uint32_t> option(SessionId session, EngineOption option) const;
  // TXN_IN_PROGRESS inside a transaction; STILL_ON: monitoring of IPsec does not end;
  // INVALID_PARAMETER: no such option, or not a value it takes.
  FwpStatus set_option(SessionId session, EngineOption option, std::uint32_t value);

  // --- objects as plain values (object_set.h) ---

  // What lives at least as long, without built-in objects: by default all that survives a reboot.
  // Includes what an open transaction has done.
  [[nodiscard]] ObjectSet export_objects(Lifetime at_least = Lifetime::persistent) const;
  // Adds all of them in one transaction of no session, or none. Refusals have the status of an add;
  // their row means nothing for would_block and CALLOUT_NOTIFICATION_FAILED.
  std::expected<void, ImportRefusal> import_objects(const ObjectSet& set);

  // Everything there is, for audits and reports; includes what an open transaction has done.
  [[nodiscard]] const Store& store() const { return store_; }

  // --- the number a callout's two halves share ---

  // For whoever registers functions under `key`: the number of the management object if there is
  // one, else a new one that a management object added later will get. Held until
  // release_callout_key().
  CalloutId callout_id_for_key(const Guid& key);
  // Functions under `key` are gone. Once no management object has the key either, the number is
  // never used again.
  void release_callout_key(const Guid& key);
  // Nothing when neither half exists.
  [[nodiscard]] std::optional<CalloutId> find_callout_id(const Guid& key) const;

  // --- classification ---

  // Is there any filter to ask at this layer? False: classify() would permit.
  [[nodiscard]] bool has_filters(LayerId layer) const {
    return active_[std::to_underlying(layer)] != nullptr && filter_count(layer) != 0;
  }
  [[nodiscard]] std::size_t filter_count(LayerId layer) const;

  // Counts the commits that changed the layer's filters.
  [[nodiscard]] std::uint64_t generation(LayerId layer) const {
    return generations_[std::to_underlying(layer)];
  }

  // `values` in the order of the layer's fields. Sees the filters committed when it starts, however
  // long its callouts take.
  Decision classify(LayerId layer, std::span<const ValueView> values, CalloutInvoker& invoker,
                    ClassifyTrace* trace = nullptr);

  // A burst of rows at one layer, each as if alone but all with the filters committed at the
  // beginning; faster together. One decision for each row.
  void classify(LayerId layer, std::span<const std::span<const ValueView>> rows,
                CalloutInvoker& invoker, std::span<Decision> decisions);

  // What classification at a layer holds in memory.
  [[nodiscard]] std::size_t index_bytes(LayerId layer) const;

  // May a classification under way still call this filter's callout, although it is deleted
  // perhaps?
  [[nodiscard]] bool classifying(const Filter& filter) const;

 private:
  struct Change {
    enum class Kind : std::uint8_t { added, removed, secured };
    Kind kind;
    AnyObject object;
    std::vector<std::uint8_t> security_before = {};  // of a `secured` one
  };

  struct Session {
    SessionId id = SessionId::none;
    SessionSpec spec = {};
    enum class State : std::uint8_t { idle, read_only, read_write, committing, closing, expired };
    State state = State::idle;
    std::vector<Change> log = {};
    std::map<std::uint64_t, AnyObject> objects = {};  // dynamic ones, by serial
  };

  // What a finished transaction did, after adds and deletes of the same object have cancelled out.
  struct NetEffect {
    std::vector<std::shared_ptr<Filter>> added = {};
    std::vector<std::shared_ptr<Filter>> removed = {};
    std::vector<Guid> callout_keys = {};     // touched
    std::vector<ObjectChange> changes = {};  // when somebody watches
  };

  struct CalloutNumber {
    CalloutId id = CalloutId::none;
    bool registered = false;
  };

  Session* find(SessionId id);
  const Session* find(SessionId id) const;
  FwpStatus admit_read(SessionId id) const;
  FwpStatus admit_write(SessionId id) const;
  template <class Body>
  FwpStatus write(SessionId id, const Body& body);

  template <class T>
  Found<T> get(SessionId session, const Guid& key, FwpStatus missing) const;
  template <class T, class Pointer>
  Found<T> get(SessionId session, const Pointer& pointer, FwpStatus missing) const;
  template <class T, class Template>
  FoundAll<T> enumerate(SessionId session, const Template& wanted) const;
  template <class T>
  FwpStatus remove(SessionId session, const Guid& key, FwpStatus missing);
  template <class T>
  FwpStatus remove_by_id(SessionId session, const std::shared_ptr<T>& object, FwpStatus missing);

  static Adder adder(SessionId id, const Session& session, bool lasting);
  // Fills in what every new object has; INVALID_FLAGS for a persistent object of a dynamic session.
  template <class T>
  FwpStatus prepare(T& object, SessionId id, const Session& session, std::uint32_t persistent);
  FwpStatus may_delete(const ObjectHead& head, SessionId caller, const Session& session,
                       std::uint32_t uses) const;
  FwpStatus prepare_filter(Filter& filter, SessionId id, const Session& session);

  template <class T>
  [[nodiscard]] bool is_taken_first(const Guid& key) const;  // E-1
  // Check, number and put in, as part of the session's transaction. A number of 0 asks for a new
  // one.
  FwpResult<Guid> put_provider(ProviderSpec spec, SessionId id, Session& session);
  FwpResult<std::uint64_t> put_provider_context(ProviderContextSpec spec, SessionId id,
                                                Session& session, std::uint64_t number = 0);
  FwpResult<Guid> put_sublayer(SubLayerSpec spec, SessionId id, Session& session);
  FwpResult<CalloutId> put_callout(CalloutSpec spec, SessionId id, Session& session,
                                   CalloutId number = CalloutId::none);
  FwpResult<FilterId> put_filter(FilterSpec spec, SessionId id, Session& session,
                                 FilterId number = FilterId::none,
                                 std::optional<std::uint64_t> weight = {});
  template <class Added, class Put>
  FwpResult<Added> add(SessionId id, const Put& put);

  // The weights that were there before, for the same sublayers.
  std::vector<ObjectSet::BuiltInWeight> weigh_built_in(
      std::span<const ObjectSet::BuiltInWeight> weights);
  static constexpr SessionId no_session{UINT64_MAX};  // holds the engine on nobody's behalf
  void skip_numbers(const ObjectSet& set);
  [[nodiscard]] std::optional<ImportRefusal> find_taken_number(const ObjectSet& set) const;
  FwpStatus import_row(const ProviderSpec& spec, Session& session);
  FwpStatus import_row(const ObjectSet::ProviderContextRow& row, Session& session);
  FwpStatus import_row(const SubLayerSpec& spec, Session& session);
  FwpStatus import_row(const ObjectSet::CalloutRow& row, Session& session);
  FwpStatus import_row(const ObjectSet::FilterRow& row, Session& session);
  template <class Row>
  std::optional<ImportRefusal> import_rows(ObjectKind kind, const std::vector<Row>& rows,
                                           Session& session);

  void apply(Session& session, Change::Kind kind, const AnyObject& object);
  void put_in(const AnyObject& object);
  void take_out(const AnyObject& object);
  void undo(const Change& change);
  void roll_back(Session& session);
  static std::vector<std::uint64_t> came_and_went(const std::vector<Change>& log);
  NetEffect net_effect(const std::vector<Change>& log) const;
  FwpStatus commit_log(Session& session);
  FwpStatus announce(Session& session, NetEffect& effect);
  // Takes part in classification. Boot-time filters do so only while the engine does not run.
  [[nodiscard]] bool in_force(const Filter& filter) const;
  [[nodiscard]] std::vector<std::shared_ptr<Filter>> filters_in_force() const;
  [[nodiscard]] bool is_announced(const Filter& filter) const;
  // Whatever its callout answers; success when nobody has to be told.
  FwpStatus tell_of_addition(Filter& filter);
  void change_service_state(bool running);
  void publish(const NetEffect& effect);
  void retire_callout_numbers(std::span<const Guid> keys);

  void add_built_in_objects();
  void add_built_in_sublayer(const Guid& key, std::u16string_view name, std::uint16_t weight);
  static Guid made_key(std::uint16_t group, std::uint64_t number);
  Guid new_key();
  CalloutId number_for(const Guid& key, CalloutId wanted = CalloutId::none);
  template <class Number>
  static Number take_number(Number& next, Number wanted);

  Variants variants_;
  FilterObserver* observer_;
  ChangeObserver* change_observer_ = nullptr;
  Store store_;
  std::map<SessionId, Session> sessions_;
  std::map<Guid, CalloutNumber> callout_numbers_;
  std::map<Guid, std::uint16_t> built_in_weights_;  // that an import has set
  EngineOptions options_ = default_engine_options;
  bool running_ = true;
  SessionId writer_ = SessionId::none;
  std::uint32_t readers_ = 0;
  std::array<std::uint64_t, layer_count> generations_{};
  std::array<std::unique_ptr<LayerFilters>, layer_count> active_;  // from their first filter on
  std::uint64_t next_session_ = 1;
  std::uint64_t next_serial_ = 1;
  std::uint64_t next_filter_ = 0x10000;  // above what a running Windows has used up at boot
  std::uint32_t next_callout_ = 0x100;
  std::uint64_t next_provider_context_ = 1;
  std::uint64_t next_key_ = 1;
};

// One call as a transaction of its own, or as part of the session's open one.
template <class Body>
FwpStatus Engine::write(SessionId id, const Body& body) {
  const FwpStatus admitted = admit_write(id);
  if (admitted != FwpStatus::success) return admitted;
  Session& session = *find(id);
  if (session.state == Session::State::read_write) return body(session);
  writer_ = id;
  session.state = Session::State::committing;
  FwpStatus status = body(session);
  if (status == FwpStatus::success) status = commit_log(session);
  session.state = Session::State::idle;
  writer_ = SessionId::none;
  return status;
}

}  // namespace drydock::wfp
