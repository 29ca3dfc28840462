// SPDX-License-Identifier: Apache-2.0
// The time of day and the counters, from virtual time.
#include <ntddk.h>

#include <array>

#include "machine/clock.h"
#include "nt/context.h"
#include "nt/exports.h"

namespace drydock::nt {

namespace {

// The performance counter counts virtual time itself.
constexpr LONGLONG performance_frequency = 10'000'000;

machine::VirtualTime now() {
  return the_machine().now();
}

void query_system_time(PLARGE_INTEGER time) {
  time->QuadPart = machine::system_time(now());
}

ULONG64 query_interrupt_time_precise(PULONG64 counter) {
  if (counter != nullptr) *counter = static_cast<ULONG64>(now().ticks);
  return static_cast<ULONG64>(machine::interrupt_time(now()));
}

ULONGLONG query_interrupt_time() {
  return static_cast<ULONGLONG>(machine::interrupt_time(now()));
}

LARGE_INTEGER query_performance_counter(PLARGE_INTEGER frequency) {
  if (frequency != nullptr) frequency->QuadPart = performance_frequency;
  return {.QuadPart = now().ticks};
}

void query_tick_count(PLARGE_INTEGER count) {
  count->QuadPart = machine::tick_count(now());
}

ULONG query_time_increment() {
  return machine::clock_interrupt;
}

void stall(ULONG microseconds) {
  the_machine().sleep_until(now() + machine::microseconds(microseconds));
}

// Local time is UTC here.
void system_to_local(PLARGE_INTEGER system, PLARGE_INTEGER local) {
  *local = *system;
}

constexpr LONGLONG ticks_per_ms = 10'000;
constexpr LONGLONG ms_per_day = 86'400'000;

struct Date {
  LONGLONG year;
  LONGLONG month;
  LONGLONG day;
};

constexpr bool leap(LONGLONG year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// `days` since 1601-01-01, the start of a 400-year cycle.
constexpr Date date_of(LONGLONG days) {
  constexpr LONGLONG cycle = 146'097;
  LONGLONG year = 1601 + days / cycle * 400;
  days %= cycle;
  while (days >= (leap(year) ? 366 : 365)) days -= leap(year++) ? 366 : 365;
  const std::array<int, 12> lengths = {31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
                                       31};
  LONGLONG month = 0;
  while (days >= lengths[static_cast<std::size_t>(month)]) {
    days -= lengths[static_cast<std::size_t>(month++)];
  }
  return {year, month + 1, days + 1};
}
static_assert(date_of(machine::system_time_at_start / ticks_per_ms / ms_per_day).year == 2021);

void time_to_fields(PLARGE_INTEGER time, PTIME_FIELDS fields) {
  const LONGLONG total_ms = time->QuadPart / ticks_per_ms;
  const LONGLONG days = total_ms / ms_per_day;
  const LONGLONG ms = total_ms % ms_per_day;
  const Date date = date_of(days);
  constexpr LONGLONG monday = 1;  // 1601-01-01
  fields->Year = static_cast<CSHORT>(date.year);
  fields->Month = static_cast<CSHORT>(date.month);
  fields->Day = static_cast<CSHORT>(date.day);
  fields->Hour = static_cast<CSHORT>(ms / 3'600'000);
  fields->Minute = static_cast<CSHORT>(ms / 60'000 % 60);
  fields->Second = static_cast<CSHORT>(ms / 1000 % 60);
  fields->Milliseconds = static_cast<CSHORT>(ms % 1000);
  fields->Weekday = static_cast<CSHORT>((days + monday) % 7);
}

}  // namespace

Exports time_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"KeQuerySystemTimePrecise", decltype(::KeQuerySystemTimePrecise),
                 query_system_time, any_irql_quiet>(),
      kernel_row<"KeQuerySystemTime", VOID(PLARGE_INTEGER), query_system_time, any_irql_quiet>(),
      kernel_row<"KeQueryInterruptTimePrecise", decltype(::KeQueryInterruptTimePrecise),
                 query_interrupt_time_precise, any_irql_quiet>(),
      kernel_row<"KeQueryInterruptTime", ULONGLONG(), query_interrupt_time, any_irql_quiet>(),
      kernel_row<"KeQueryUnbiasedInterruptTime", decltype(::KeQueryUnbiasedInterruptTime),
                 query_interrupt_time, any_irql_quiet>(),
      kernel_row<"KeQueryPerformanceCounter", decltype(::KeQueryPerformanceCounter),
                 query_performance_counter, any_irql_quiet>(),
      kernel_row<"KeQueryTickCount", VOID(PLARGE_INTEGER), query_tick_count, any_irql_quiet>(),
      kernel_row<"KeQueryTimeIncrement", decltype(::KeQueryTimeIncrement), query_time_increment,
                 any_irql_quiet>(),
      kernel_row<"ExSystemTimeToLocalTime", decltype(::ExSystemTimeToLocalTime), system_to_local,
                 any_irql_quiet>(),
      kernel_row<"RtlTimeToTimeFields", decltype(::RtlTimeToTimeFields), time_to_fields,
                 any_irql_quiet>(),
      hal_row<"KeStallExecutionProcessor", decltype(::KeStallExecutionProcessor), stall,
              any_irql>(),
  };
  return rows;
}

}  // namespace drydock::nt
