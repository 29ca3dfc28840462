// SPDX-License-Identifier: Apache-2.0
// The one thunk: every function a driver imports is entered through here. It checks IRQL, records
// the event, offers the scheduler a switch before and behind the call and the fault injector a
// failure; the implementation behind it is only that function.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "ledger/record.h"
#include "machine/frames.h"
#include "machine/machine.h"
#include "machine/recovery.h"

namespace drydock::machine {

// How an export may be called and may fail; from the documentation (facts tables).
struct Traits {
  Irql max_irql = Irql::dispatch;
  Irql min_irql = Irql::passive;
  bool may_fail = false;      // the fault injector may make it return `failure`
  std::uint64_t failure = 0;  // the documented failure: an NTSTATUS, or 0 for NULL
  bool quiet = false;  // no switch points: the call has no effect that another processor could see
  bool refused = false;  // answers every caller that the function is not supported
  // The implementation may throw LeftByException, or a callback of it may be left by an exception;
  // no function between is noexcept.
  bool may_raise = false;
  // A CPU fault on an address of the driver's leaves the implementation at once: it owns nothing.
  bool may_fault = false;
  // Of one that may fail and may raise: called with its arguments when a failure is injected, and
  // raises if the caller asked for an exception in place of `failure`.
  void (*raise_if_asked)(const std::array<std::uint64_t, 4>& arguments) = nullptr;
};

struct ExportRow {
  const char* module = "";  // "ntoskrnl.exe"
  const char* name = "";
  Traits traits;
  void* entry = nullptr;  // what the driver's import table points to (through a stub)
  std::uint64_t name_hash = 0;
};

}  // namespace drydock::machine

namespace drydock::ledger {

// A literal as a template argument.
template <std::size_t N>
struct Literal {
  char text[N]{};
  consteval Literal(const char (&from)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
  }
};

// Ends the C++ frames of an export whose fiber has a Departure. Never leaves the thunk.
struct LeftByException {};

// Called by every thunk; out of line parts of it.
void note_wrong_irql(const machine::ExportRow& row);

namespace detail {

template <class T>
std::uint64_t as_word(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<std::uint64_t>(value);
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return static_cast<std::uint64_t>(value);
  } else {
    return 0;  // structures by value: their contents are in driver memory anyway
  }
}

template <class R>
R failure_of(const machine::Traits& traits) {
  if constexpr (std::is_pointer_v<R>) {
    return nullptr;
  } else {
    return static_cast<R>(traits.failure);
  }
}

// Entry and exit of a kernel call on the running fiber.
class KernelCall {
 public:
  [[gnu::always_inline]] KernelCall(const machine::ExportRow& row, void* return_address,
                                    void* frame_address)
      : machine_(*machine::Machine::current()), fiber_(machine_.running()) {
    frame_.outer = fiber_.frames;
    frame_.kind = machine::Frame::Kind::driver_to_kernel;
    frame_.row = &row;
    frame_.return_address = reinterpret_cast<std::uint64_t>(return_address);
    // Our caller pushed the return address just above the saved frame pointer.
    frame_.driver_rsp = reinterpret_cast<std::uint64_t>(frame_address) + 16;
    frame_.driver_rbp = *static_cast<const std::uint64_t*>(frame_address);
    fiber_.frames = &frame_;
  }
  ~KernelCall() { fiber_.frames = frame_.outer; }
  KernelCall(const KernelCall&) = delete;
  KernelCall& operator=(const KernelCall&) = delete;

  // Makes the thunk return to the departure's landing. The compiler's own epilogue then hands over
  // exactly the registers that the driver had at the call.
  void depart() {
    fiber_.departure.from = frame_.return_address;
    reinterpret_cast<std::uint64_t*>(frame_.driver_rsp)[-1] = fiber_.departure.landing;
  }

  void record(Record& record, const machine::ExportRow& row, std::array<std::uint64_t, 4> values) {
    record.events().record({.time = machine_.now(),
                            .kind = EventKind::call,
                            .irql = fiber_.irql,
                            .cpu = static_cast<std::uint16_t>(fiber_.cpu),
                            .fiber = fiber_.id,
                            .name = row.name,
                            .name_hash = row.name_hash,
                            .values = values});
  }

  machine::Machine& machine_;
  machine::Fiber& fiber_;

 private:
  machine::Frame frame_;
};

template <Literal Module, Literal Name, machine::Traits T, auto Implementation>
struct Thunk;

template <Literal Module, Literal Name, machine::Traits T, class R, class... A,
          R (*Implementation)(A...)>
struct Thunk<Module, Name, T, Implementation> {
  __attribute__((ms_abi)) static R entry(A... arguments) {
    KernelCall call(row, __builtin_return_address(0), __builtin_frame_address(0));
    auto& record = call.machine_.template get<Record>();
    if (is_wrong(call.fiber_.irql)) [[unlikely]]
      note_wrong_irql(row);
    call.record(record, row, words(arguments...));
    if constexpr (!T.quiet) call.machine_.switch_point();
    if constexpr (T.may_fail) {
      if (call.machine_.choices().injects_faults() &&
          call.machine_.choices().choose(machine::Question::fault, 2) == 1) {
        return fail(call, words(arguments...));
      }
    }
    if constexpr (T.may_raise || T.may_fault) {
      return finish_unless_left(call, record, arguments...);
    } else {
      return finish(call, record, arguments...);
    }
  }

  static constexpr bool is_wrong(machine::Irql irql) {
    if constexpr (T.min_irql > machine::Irql::passive) {
      return irql < T.min_irql || irql > T.max_irql;
    } else {
      return irql > T.max_irql;
    }
  }

  // As the fault injector wants.
  static R fail([[maybe_unused]] KernelCall& call,
                [[maybe_unused]] const std::array<std::uint64_t, 4>& arguments) {
    if constexpr (T.raise_if_asked != nullptr) {
      try {
        T.raise_if_asked(arguments);
      } catch (const LeftByException&) {
        call.depart();
        return R();
      }
    }
    return failure_of<R>(T);
  }

  [[gnu::always_inline]] static R finish([[maybe_unused]] KernelCall& call, Record& record,
                                         A... arguments) {
    if constexpr (std::is_void_v<R>) {
      Implementation(arguments...);
      if constexpr (!T.quiet) call.machine_.switch_point_behind();
    } else {
      const R result = Implementation(arguments...);
      record.events().record_result(as_word(result));
      if constexpr (!T.quiet) call.machine_.switch_point_behind();
      return result;
    }
  }

  // Returns whatever when the driver is not to get the result.
  [[gnu::always_inline]] static R finish_unless_left(KernelCall& call, Record& record,
                                                     A... arguments) {
    if constexpr (T.may_fault) {
      machine::Recovery recovery(call.fiber_);
      if (__builtin_setjmp(recovery.place.data()) == 0) return finish(call, record, arguments...);
    } else {
      try {
        if constexpr (std::is_void_v<R>) {
          Implementation(arguments...);
          if (call.fiber_.departure.landing == 0) [[likely]] {
            if constexpr (!T.quiet) call.machine_.switch_point_behind();
            return;
          }
        } else {
          const R result = Implementation(arguments...);
          if (call.fiber_.departure.landing == 0) [[likely]] {
            record.events().record_result(as_word(result));
            if constexpr (!T.quiet) call.machine_.switch_point_behind();
            return result;
          }
        }
      } catch (const LeftByException&) {
        call.depart();
        return R();
      }
    }
    call.depart();
    return R();
  }

  static std::array<std::uint64_t, 4> words(A... arguments) {
    std::array<std::uint64_t, 4> values{};
    std::size_t i = 0;
    ((i < 4 ? void(values[i++] = as_word(arguments)) : void()), ...);
    return values;
  }

  static constexpr const char* module_name = Module.text;
  static const machine::ExportRow row;
};

template <Literal Module, Literal Name, machine::Traits T, class R, class... A,
          R (*Implementation)(A...)>
const machine::ExportRow Thunk<Module, Name, T, Implementation>::row = {
    Module.text, Name.text, T, reinterpret_cast<void*>(&Thunk::entry), name_hash(Name.text)};

// The parameter and return types of a function, whatever its calling convention.
template <class F>
struct SignatureOf;
template <class R, class... A>
struct SignatureOf<R(A...)> {
  using type = R(A...);
};
template <class R, class... A>
using WindowsFunction = __attribute__((ms_abi)) R(A...);
template <class R, class... A>
struct SignatureOf<WindowsFunction<R, A...>> {
  using type = R(A...);
};
template <class R, class... A>
struct SignatureOf<R (*)(A...)> {
  using type = R(A...);
};

}  // namespace detail

// One row of an export table. Declared is the header's declaration (decltype(::ExFreePool)); it
// must agree with the implementation.
template <Literal Module, Literal Name, class Declared, auto Implementation, machine::Traits T>
const machine::ExportRow& export_row() {
  static_assert(std::is_same_v<typename detail::SignatureOf<Declared>::type,
                               typename detail::SignatureOf<decltype(Implementation)>::type>,
                "the implementation's signature differs from the one in wdk/include");
  return detail::Thunk<Module, Name, T, Implementation>::row;
}

}  // namespace drydock::ledger
