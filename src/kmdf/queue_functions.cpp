// SPDX-License-Identifier: Apache-2.0
// WdfIoQueue*, and the WdfDevice functions that route requests to queues.
#include <array>
#include <cstring>

#include "kmdf/check.h"
#include "kmdf/queue.h"
#include "kmdf/rows.h"
#include "nt/context.h"

namespace drydock::kmdf {

namespace {

constexpr ULONG config_size_1_7 = 80;  // ends before Settings
constexpr ULONG config_size_1_9 = sizeof(WDF_IO_QUEUE_CONFIG_V1_9);
constexpr ULONG config_size_1_11 = sizeof(WDF_IO_QUEUE_CONFIG_V1_11);

// The versions only added fields at the end.
using Config = WDF_IO_QUEUE_CONFIG_V1_11;

NTSTATUS read_config(const Config* given, Config* config) {
  const ULONG size = given->Size;
  if (size != config_size_1_7 && size != config_size_1_9 && size != config_size_1_11)
    return STATUS_INFO_LENGTH_MISMATCH;
  *config = {};
  config->Settings.Parallel.NumberOfPresentedRequests = ~ULONG{0};
  std::memcpy(config, given, size);
  const bool known = config->DispatchType > WdfIoQueueDispatchInvalid &&
                     config->DispatchType < WdfIoQueueDispatchMax;
  return known ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

void apply(const Config& config, Queue& queue) {
  queue.dispatch = config.DispatchType;
  queue.limit = config.DispatchType == WdfIoQueueDispatchParallel
                    ? config.Settings.Parallel.NumberOfPresentedRequests
                    : 1;
  queue.zero_length = config.AllowZeroLengthRequests != FALSE;
  queue.io_default = config.EvtIoDefault;
  queue.io_read = config.EvtIoRead;
  queue.io_write = config.EvtIoWrite;
  queue.io_control = config.EvtIoDeviceControl;
  queue.io_internal_control = config.EvtIoInternalDeviceControl;
  queue.canceled_on_queue = config.EvtIoCanceledOnQueue;
  queue.io_stop = config.EvtIoStop;
  queue.io_resume = config.EvtIoResume;
  const DeviceSettings& settings = queue.device.settings;
  const bool by_default = settings.physical != nullptr && !settings.filter;
  queue.power_managed =
      config.PowerManaged == WdfUseDefault ? by_default : config.PowerManaged == WdfTrue;
  queue.powered = !queue.power_managed || settings.physical == nullptr || queue.device.working;
}

NTSTATUS queue_create(PWDF_DRIVER_GLOBALS globals, WDFDEVICE device_handle,
                      PWDF_IO_QUEUE_CONFIG given, PWDF_OBJECT_ATTRIBUTES attributes,
                      WDFQUEUE* handle) {
  Client& client = client_of(globals);
  Device& device = object_of<Device>(device_handle);
  require(given);
  Config config;
  NTSTATUS status = read_config(reinterpret_cast<const Config*>(given), &config);
  if (NT_SUCCESS(status)) status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  if (config.DefaultQueue != FALSE && (device.default_queue != nullptr || device.initialised))
    return STATUS_INVALID_DEVICE_STATE;
  Queue* queue = nullptr;
  status = framework().create(client, attributes, parent_in(attributes, &device), &queue, device);
  if (!NT_SUCCESS(status)) return status;
  status = queue->configure_lock();
  if (!NT_SUCCESS(status)) {
    framework().remove(*queue);
    return status;
  }
  apply(config, *queue);
  if (config.DefaultQueue != FALSE) device.default_queue = queue;
  if (handle != nullptr) *handle = reinterpret_cast<WDFQUEUE>(queue->handle);
  return STATUS_SUCCESS;
}

WDF_IO_QUEUE_STATE queue_get_state(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, PULONG waiting,
                                   PULONG with_driver) {
  const Queue& queue = object_of<Queue>(handle);
  if (waiting != nullptr) *waiting = static_cast<ULONG>(queue.waiting.size());
  if (with_driver != nullptr) *with_driver = queue.with_driver;
  int state = 0;
  if (queue.accepts) state |= WdfIoQueueAcceptRequests;
  if (queue.dispatches) state |= WdfIoQueueDispatchRequests;
  if (queue.waiting.empty()) state |= WdfIoQueueNoRequests;
  if (queue.with_driver == 0) state |= WdfIoQueueDriverNoRequests;
  if (!queue.powered) state |= WdfIoQueuePnpHeld;
  return static_cast<WDF_IO_QUEUE_STATE>(state);
}

WDFDEVICE queue_get_device(PWDF_DRIVER_GLOBALS, WDFQUEUE handle) {
  return reinterpret_cast<WDFDEVICE>(object_of<Queue>(handle).device.handle);
}

void queue_start(PWDF_DRIVER_GLOBALS, WDFQUEUE handle) {
  Queue& queue = object_of<Queue>(handle);
  queue.accepts = queue.dispatches = true;
  queue.pump();
}

void queue_stop(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE callback,
                WDFCONTEXT context) {
  Queue& queue = object_of<Queue>(handle);
  queue.dispatches = false;
  queue.when_idle(callback, context, false);
}

void queue_stop_synchronously(PWDF_DRIVER_GLOBALS, WDFQUEUE handle) {
  Queue& queue = object_of<Queue>(handle);
  queue.dispatches = false;
  queue.wait_idle(false);
}

void queue_drain(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE callback,
                 WDFCONTEXT context) {
  Queue& queue = object_of<Queue>(handle);
  queue.accepts = false;
  queue.when_idle(callback, context, true);
}

void queue_drain_synchronously(PWDF_DRIVER_GLOBALS, WDFQUEUE handle) {
  Queue& queue = object_of<Queue>(handle);
  queue.accepts = false;
  queue.wait_idle(true);
}

void purge(Queue& queue) {
  queue.accepts = false;
  queue.cancel_waiting(nullptr);
  queue.cancel_held();
}

void queue_purge(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE callback,
                 WDFCONTEXT context) {
  Queue& queue = object_of<Queue>(handle);
  purge(queue);
  queue.when_idle(callback, context, true);
}

void queue_purge_synchronously(PWDF_DRIVER_GLOBALS, WDFQUEUE handle) {
  Queue& queue = object_of<Queue>(handle);
  purge(queue);
  queue.wait_idle(true);
}

void queue_stop_and_purge(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE callback,
                          WDFCONTEXT context) {
  Queue& queue = object_of<Queue>(handle);
  queue.dispatches = false;
  queue.cancel_waiting(nullptr);
  queue.cancel_held();
  queue.when_idle(callback, context, true);
}

void queue_stop_and_purge_synchronously(PWDF_DRIVER_GLOBALS, WDFQUEUE handle) {
  Queue& queue = object_of<Queue>(handle);
  queue.dispatches = false;
  queue.cancel_waiting(nullptr);
  queue.cancel_held();
  queue.wait_idle(true);
}

NTSTATUS retrieve(Queue& queue, const FileObject* file, WDFREQUEST* handle) {
  *handle = nullptr;
  if (!queue.dispatches || !queue.powered) return STATUS_WDF_PAUSED;
  const Request* request = queue.take(file);
  if (request == nullptr) return STATUS_NO_MORE_ENTRIES;
  *handle = reinterpret_cast<WDFREQUEST>(request->handle);
  return STATUS_SUCCESS;
}

NTSTATUS retrieve_next(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, WDFREQUEST* request) {
  Queue& queue = object_of<Queue>(handle);
  require(request);
  return retrieve(queue, nullptr, request);
}

NTSTATUS retrieve_by_file(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, WDFFILEOBJECT file,
                          WDFREQUEST* request) {
  Queue& queue = object_of<Queue>(handle);
  require(request);
  return retrieve(queue, &object_of<FileObject>(file), request);
}

NTSTATUS ready_notify(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE callback,
                      WDFCONTEXT context) {
  Queue& queue = object_of<Queue>(handle);
  if (queue.dispatch != WdfIoQueueDispatchManual || (callback != nullptr && queue.ready != nullptr))
    return STATUS_INVALID_DEVICE_REQUEST;
  queue.ready = callback;
  queue.ready_context = context;
  return STATUS_SUCCESS;
}

WDFQUEUE device_get_default_queue(PWDF_DRIVER_GLOBALS, WDFDEVICE handle) {
  const Device& device = object_of<Device>(handle);
  return device.default_queue == nullptr ? nullptr
                                         : reinterpret_cast<WDFQUEUE>(device.default_queue->handle);
}

// The IRP major function of a request type that queues can take.
int major_of(WDF_REQUEST_TYPE type) {
  switch (type) {
    case WdfRequestTypeCreate:
      return IRP_MJ_CREATE;
    case WdfRequestTypeRead:
      return IRP_MJ_READ;
    case WdfRequestTypeWrite:
      return IRP_MJ_WRITE;
    case WdfRequestTypeDeviceControl:
      return IRP_MJ_DEVICE_CONTROL;
    case WdfRequestTypeDeviceControlInternal:
      return IRP_MJ_INTERNAL_DEVICE_CONTROL;
    default:
      return -1;
  }
}

NTSTATUS configure_dispatching(PWDF_DRIVER_GLOBALS, WDFDEVICE device_handle, WDFQUEUE queue_handle,
                               WDF_REQUEST_TYPE type) {
  Device& device = object_of<Device>(device_handle);
  Queue& queue = object_of<Queue>(queue_handle);
  const int major = major_of(type);
  if (major < 0) return STATUS_INVALID_PARAMETER;
  if (&queue.device != &device) return STATUS_INVALID_DEVICE_REQUEST;
  Queue*& slot = device.queues[static_cast<std::size_t>(major)];
  if (slot != nullptr) return STATUS_WDF_BUSY;
  slot = &queue;
  return STATUS_SUCCESS;
}

// From EvtIoInCallerContext.
NTSTATUS enqueue_request(PWDF_DRIVER_GLOBALS, WDFDEVICE device_handle, WDFREQUEST request_handle) {
  const Device& device = object_of<Device>(device_handle);
  Request& request = object_of<Request>(request_handle);
  Queue* queue = device.queue_for(request.major);
  if (queue == nullptr) return STATUS_INVALID_DEVICE_REQUEST;
  return queue->insert(request);
}

}  // namespace

Functions queue_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfIoQueueCreate, PFN_WDFIOQUEUECREATE, queue_create, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueGetState, PFN_WDFIOQUEUEGETSTATE, queue_get_state, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueGetDevice, PFN_WDFIOQUEUEGETDEVICE, queue_get_device,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfIoQueueStart, PFN_WDFIOQUEUESTART, queue_start, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueStop, PFN_WDFIOQUEUESTOP, queue_stop, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueStopSynchronously, PFN_WDFIOQUEUESTOPSYNCHRONOUSLY,
                      queue_stop_synchronously, passive_only),
      DRYDOCK_WDF_ROW(WdfIoQueueDrain, PFN_WDFIOQUEUEDRAIN, queue_drain, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueDrainSynchronously, PFN_WDFIOQUEUEDRAINSYNCHRONOUSLY,
                      queue_drain_synchronously, passive_only),
      DRYDOCK_WDF_ROW(WdfIoQueuePurge, PFN_WDFIOQUEUEPURGE, queue_purge, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueuePurgeSynchronously, PFN_WDFIOQUEUEPURGESYNCHRONOUSLY,
                      queue_purge_synchronously, passive_only),
      DRYDOCK_WDF_ROW(WdfIoQueueStopAndPurge, PFN_WDFIOQUEUESTOPANDPURGE, queue_stop_and_purge,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueStopAndPurgeSynchronously, PFN_WDFIOQUEUESTOPANDPURGESYNCHRONOUSLY,
                      queue_stop_and_purge_synchronously, passive_only),
      DRYDOCK_WDF_ROW(WdfIoQueueRetrieveNextRequest, PFN_WDFIOQUEUERETRIEVENEXTREQUEST,
                      retrieve_next, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueRetrieveRequestByFileObject,
                      PFN_WDFIOQUEUERETRIEVEREQUESTBYFILEOBJECT, retrieve_by_file, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueReadyNotify, PFN_WDFIOQUEUEREADYNOTIFY, ready_notify,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceGetDefaultQueue, PFN_WDFDEVICEGETDEFAULTQUEUE,
                      device_get_default_queue, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceConfigureRequestDispatching,
                      PFN_WDFDEVICECONFIGUREREQUESTDISPATCHING, configure_dispatching,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceEnqueueRequest, PFN_WDFDEVICEENQUEUEREQUEST, enqueue_request,
                      up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf
