// SPDX-License-Identifier: Apache-2.0
// Drivers from load to gone, their devices, and the requests of applications to them
// (lifecycle.md sections 1, 3 and 4).
#pragma once

#include <ntddk.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/io_types.h"
#include "nt/loader.h"
#include "nt/names.h"
#include "nt/objects.h"
#include "nt/pnp_manager.h"

namespace drydock::nt {

class IoManager final : public ObjectOwner {
 public:
  static constexpr auto slot = machine::Slot::io;

  // Record, Loader and Objects must be installed. Installs itself.
  explicit IoManager(machine::Machine& machine);

  // --- drivers (io_drivers.cpp). May be called from any fiber, and from none.

  // Maps the image; DriverEntry runs on a system thread of its own once the machine runs. Errors:
  // Loader::load.
  Result<machine::DriverId> load(DriverFile& file, std::string_view service);
  // The same for a driver that is host code.
  machine::DriverId load_code(std::string_view service, PDRIVER_INITIALIZE entry);
  // STATUS_SUCCESS: the unload routine is about to run. STATUS_PENDING: references defer it.
  // STATUS_INVALID_DEVICE_REQUEST: no unload routine, nothing changed. STATUS_DELETE_PENDING: an
  // earlier request is under way. STATUS_DEVICE_NOT_READY: DriverEntry has not returned.
  // STATUS_OBJECT_NAME_NOT_FOUND: gone.
  NTSTATUS request_unload(machine::DriverId id);
  // On a fiber only: until DriverEntry has returned; its status.
  NTSTATUS wait_started(machine::DriverId id);
  // On a fiber only, after request_unload: until the image is gone. False: the driver has refused
  // the removal of its device and stays (Driver::removal_status).
  bool wait_gone(machine::DriverId id);

  [[nodiscard]] const Driver& driver(machine::DriverId id) const { return *drivers_[id]; }
  [[nodiscard]] const Driver* driver_of(const DRIVER_OBJECT* object) const;
  [[nodiscard]] std::size_t driver_count() const { return drivers_.size(); }
  // A driver object whose requests the PnP manager answers.
  PDRIVER_OBJECT add_bus_driver(std::string_view name);
  PnpManager& pnp() { return pnp_; }

  // Memory that goes with the driver object. STATUS_OBJECT_NAME_COLLISION: there is one for `key`.
  NTSTATUS allocate_extension(PDRIVER_OBJECT object, const void* key, ULONG size, PVOID* memory);
  // Null when there is none for `key`.
  [[nodiscard]] PVOID extension(const DRIVER_OBJECT* object, const void* key) const;
  // What generic access rights mean for files.
  PGENERIC_MAPPING file_mapping();

  // --- devices (io_devices.cpp)

  NTSTATUS create_device(PDRIVER_OBJECT driver_object, ULONG extension_size,
                         std::u16string_view name, ULONG type, ULONG characteristics,
                         bool exclusive, PDEVICE_OBJECT* device);
  void delete_device(PDEVICE_OBJECT device);
  NTSTATUS create_link(std::u16string_view name, std::u16string_view target);
  NTSTATUS delete_link(std::u16string_view name);

  // `holder` is the ledger entry to name when this defers an unload. A device that is no more ends
  // the run as bug check 0x18. <= DISPATCH_LEVEL.
  void reference_device(PDEVICE_OBJECT device, ledger::EntryId holder, DeviceHold hold);
  void dereference_device(PDEVICE_OBJECT device, ledger::EntryId holder, DeviceHold hold);
  // Also a deleted one that is still held; null when the memory is free.
  [[nodiscard]] const Device* device_of(const DEVICE_OBJECT* object) const;

  NTSTATUS register_shutdown(PDEVICE_OBJECT device);
  void unregister_shutdown(PDEVICE_OBJECT device);

  // --- device stacks (device_stacks.cpp)

  [[nodiscard]] static PDEVICE_OBJECT top_of(PDEVICE_OBJECT device);
  // Puts `source` on top of the stack of `target`; what is below it now. Null when that is being
  // deleted or `source` is in a stack already.
  PDEVICE_OBJECT attach_device(PDEVICE_OBJECT source, PDEVICE_OBJECT target);
  // Takes away what is attached to `target`.
  void detach_device(PDEVICE_OBJECT target);
  // Null at the bottom.
  [[nodiscard]] PDEVICE_OBJECT lower_device(const DEVICE_OBJECT* device) const;
  // A request of the kernel itself to the top of a stack, with STATUS_NOT_SUPPORTED to begin with;
  // waits for its completion. On a fiber at PASSIVE_LEVEL.
  Transfer send_to_stack(PDEVICE_OBJECT in_stack, const IO_STACK_LOCATION& what);
  // The same without waiting: `done` is called on a fiber of its own. STATUS_PENDING. `irp` may be
  // null.
  using PowerDone = std::move_only_function<void(const Transfer&)>;
  NTSTATUS request_power(PDEVICE_OBJECT device, const IO_STACK_LOCATION& what, PowerDone done,
                         PIRP* irp);
  // Sends the caller's IRP to that device and waits until it is the caller's again.
  void forward_and_wait(PDEVICE_OBJECT device, PIRP irp);

  // --- applications (io_files.cpp, io_requests.cpp): on a fiber at PASSIVE_LEVEL

  // By an application, or by a driver (KernelMode).
  OpenResult open(std::u16string_view name, ProcessId process, KPROCESSOR_MODE mode = UserMode);
  NTSTATUS close(HANDLE handle, KPROCESSOR_MODE mode = UserMode);
  // Wait for completion. `output` must stay valid until then.
  Transfer ioctl(HANDLE handle, ULONG code, std::span<const std::byte> input,
                 std::span<std::byte> output);
  Transfer read(HANDLE handle, std::span<std::byte> output);
  Transfer write(HANDLE handle, std::span<const std::byte> input);
  // Returns when the driver's dispatch routine has; wait() must follow.
  RequestId start_ioctl(HANDLE handle, ULONG code, std::span<const std::byte> input,
                        std::span<std::byte> output);
  [[nodiscard]] bool completed(RequestId id) const { return requests_[id]->completed; }
  RequestId start_read(HANDLE handle, std::span<std::byte> output);
  RequestId start_write(HANDLE handle, std::span<const std::byte> input);
  Transfer wait(RequestId id);
  // CancelIoEx for one request. False: too late, or the driver cannot cancel it.
  bool cancel(RequestId id);

  // --- for drivers (irps.cpp)

  PIRP allocate_irp(CCHAR stack_size);
  void free_irp(PIRP irp);
  NTSTATUS call_driver(PDEVICE_OBJECT device, PIRP irp);
  void complete(PIRP irp);
  bool cancel(PIRP irp);
  KIRQL acquire_cancel_lock();
  void release_cancel_lock(KIRQL irql);
  // The application's process; for an IRP that a driver made, the system process if it names a
  // thread, else 0.
  [[nodiscard]] ProcessId requestor(const IRP* irp) const;
  // The top of the stack of the device of that name, and a file on it whose handle is closed.
  NTSTATUS device_pointer(std::u16string_view name, PFILE_OBJECT* file, PDEVICE_OBJECT* device);

  // --- ObjectOwner
  void referenced(void* object) override;
  void dereferenced(void* object) override;
  void last_handle_closed(void* object) override;
  void unreferenced(void* object) override;

 private:
  struct IrpState {
    RequestId request = no_request;
    std::size_t block_size = 0;
    ledger::EntryId entry = 0;
  };
  struct OpenFile {
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    PFILE_OBJECT object = nullptr;
  };
  struct Opener {
    ProcessId process = 0;
    KPROCESSOR_MODE mode = UserMode;
  };
  static constexpr RequestId no_request = 0xffffffff;

  // io_drivers.cpp
  Driver& add_driver(std::string_view service, std::uint64_t entry);
  void start(Driver& driver);
  void run_driver_entry(Driver& driver);
  void start_unload(Driver& driver);
  bool remove_device(Driver& driver);
  void note_left_devices(const Driver& driver);
  void run_unload(Driver& driver);
  void note_fibers_inside(const Driver& driver);
  [[nodiscard]] bool is_file(ledger::EntryId holder) const;
  static bool is_of(const Device& device, const Driver& driver, const RootDevice* root);
  void note_holders(const Driver& driver);
  void image_gone(Driver& driver);
  void change_state(Driver& driver, DriverState state);
  void continue_unload(machine::DriverId id);
  [[nodiscard]] bool is_held(const Driver& driver) const;

  // io_devices.cpp
  Device& existing_device(const DEVICE_OBJECT* object);
  PDEVICE_OBJECT allocate_device(ULONG extension_size);
  static void link_device(DRIVER_OBJECT& driver, PDEVICE_OBJECT device);
  static void unlink_device(PDEVICE_OBJECT device);
  void free_if_unused(Device& device);

  // device_stacks.cpp
  void check_detached(const Device& device) const;
  RequestId new_stack_request(PDEVICE_OBJECT in_stack, const IO_STACK_LOCATION& what);
  void catch_irp(PVOID context);

  // io_files.cpp
  NTSTATUS may_open(const Device& device) const;
  PFILE_OBJECT make_file(Device& device, std::u16string_view rest, Opener opener);
  OpenFile open_file(std::u16string_view name, Opener opener);
  void free_file(PFILE_OBJECT object);
  void close_file(PFILE_OBJECT file);
  NTSTATUS send_file_request(UCHAR major, PFILE_OBJECT file);

  // io_requests.cpp
  RequestId take_request();
  RequestId refused_request(NTSTATUS status);
  RequestId new_request(PFILE_OBJECT file, UCHAR major);
  RequestId transfer_request(HANDLE handle, UCHAR major, std::span<const std::byte> input,
                             std::span<std::byte> output, ULONG method, ULONG code);
  void attach_buffers(Request& request, std::span<const std::byte> input,
                      std::span<std::byte> output, ULONG method);
  void attach_write_buffer(Request& request, std::span<const std::byte> input, ULONG method);
  [[nodiscard]] ULONG method_of(HANDLE handle) const;
  static void set_parameters(Request& request, UCHAR major, std::size_t input_size, ULONG code);
  void send(RequestId id);
  void finish(Request& request);
  std::byte* user_block(std::size_t size);
  std::byte* kernel_block(std::size_t size);
  void release_block(std::byte* block);

  // irps.cpp
  PIRP make_irp(CCHAR stack_size, RequestId request);
  void drop_irp(PIRP irp);
  bool run_completion_routines(PIRP irp);
  IrpState& existing_irp(PIRP irp);

  machine::Machine& machine_;
  ledger::Record& record_;
  Objects& objects_;
  PDRIVER_DISPATCH default_dispatch_;
  PIO_COMPLETION_ROUTINE catch_routine_;
  std::vector<std::unique_ptr<Driver>> drivers_;  // by id
  DeviceNames names_;
  PnpManager pnp_;
  std::vector<std::unique_ptr<Device>> devices_;  // creation order
  std::unordered_map<const void*, std::unique_ptr<File>> files_;
  std::vector<std::unique_ptr<Request>> requests_;  // by id
  std::vector<RequestId> free_requests_;
  std::unordered_map<const void*, IrpState> irps_;
  struct Extension {
    const DRIVER_OBJECT* object = nullptr;
    const void* key = nullptr;
    std::byte* memory = nullptr;
  };
  std::vector<Extension> extensions_;
  PGENERIC_MAPPING file_mapping_ = nullptr;  // made on demand
  PKSPIN_LOCK cancel_lock_;
  bool cancel_lock_held_ = false;
  std::vector<machine::Fiber*> cancel_lock_waiters_;
};

}  // namespace drydock::nt
