// SPDX-License-Identifier: Apache-2.0
// What the I/O manager keeps beside the structures that drivers see.
#pragma once

#include <ntddk.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "machine/machine.h"
#include "nt/loader.h"

namespace drydock::nt {

using ProcessId = std::uint32_t;
inline constexpr ProcessId system_process = 4;

// lifecycle.md section 3. A driver whose DriverEntry failed goes from starting to gone.
enum class DriverState : std::uint8_t {
  starting,
  loaded,
  unload_pending,  // stop was requested, references defer the routine
  unloading,
  gone,
};

struct Driver {
  machine::DriverId id = 0;
  std::string name;  // of the service
  PDRIVER_OBJECT object = nullptr;
  PUNICODE_STRING registry_path = nullptr;
  LoadedImage* image = nullptr;   // null: code of the host, in tests
  bool integrity_checked = true;  // linked with /INTEGRITYCHECK
  DriverState state = DriverState::starting;
  NTSTATUS entry_status = STATUS_PENDING;    // what DriverEntry returned
  bool plug_and_play = false;                // has an AddDevice routine
  NTSTATUS device_status = STATUS_PENDING;   // of AddDevice and the start of its device
  NTSTATUS removal_status = STATUS_SUCCESS;  // that the driver refused the removal with
  std::vector<machine::Fiber*> waiters;      // for the state to change
};

// Why a device object must stay.
enum class DeviceHold : std::uint8_t {
  defers_unload,  // open files, requests, work items, ObReferenceObject
  keeps_object,   // the filter engine's reference per callout
};

// Second value of an unload_deferred note: the device of Plug and Play is removed, this device
// object was not deleted with it.
inline constexpr std::uint64_t left_after_removal = 1;

struct Device {
  PDEVICE_OBJECT object = nullptr;
  machine::DriverId driver = 0;
  ledger::EntryId entry = 0;
  std::u16string name;
  PDEVICE_OBJECT below = nullptr;        // that it is attached to
  std::vector<ledger::EntryId> holders;  // that defer an unload, oldest first
  std::uint32_t keepers = 0;
  bool deleted = false;  // IoDeleteDevice was called; lives on while it is held
};

struct File {
  PFILE_OBJECT object = nullptr;
  std::size_t block_size = 0;
  Device* device = nullptr;
  ledger::EntryId entry = 0;
  ProcessId process = 0;
  KPROCESSOR_MODE mode = UserMode;  // of who opened it
};

// What an application gets back.
struct Transfer {
  NTSTATUS status = STATUS_PENDING;
  ULONG_PTR information = 0;
};

struct OpenResult {
  NTSTATUS status = STATUS_UNSUCCESSFUL;
  HANDLE handle = nullptr;
};

// A request that the I/O manager made for an application; its IRP is gone once it has completed.
struct Request {
  PIRP irp = nullptr;
  Device* device = nullptr;
  PFILE_OBJECT file = nullptr;  // referenced
  ledger::EntryId entry = 0;
  ProcessId process = 0;
  bool completed = false;
  Transfer result;
  machine::Fiber* waiter = nullptr;
  // Blocks in simulated memory, as the driver sees them; null when there is none.
  std::byte* user_input = nullptr;
  std::byte* user_output = nullptr;
  std::size_t output_size = 0;
  std::byte* system_buffer = nullptr;
  PMDL mdl = nullptr;
  std::span<std::byte> output;  // the application's own
};

using RequestId = std::uint32_t;

}  // namespace drydock::nt
