// SPDX-License-Identifier: Apache-2.0
// WDFDPC: a KDPC whose routine is the framework's; taken off its queue, and waited for, when it is
// deleted.
#include <array>

#include "kmdf/callback_lock.h"
#include "kmdf/check.h"
#include "kmdf/internal_routines.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/processors.h"

namespace drydock::kmdf {

namespace {

nt::Processors& processors() {
  return nt::service<nt::Processors>();
}

class Dpc final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::dpc;
  explicit Dpc(Client& owner) : Object(object_type, owner) {
    kernel_dpc = framework().machine().memory().kernel.make<KDPC>();
  }

  void on_dispose() override { cancel(true); }
  void on_destroy() override { framework().machine().memory().kernel.drop(kernel_dpc); }
  [[nodiscard]] bool disposed_at_passive() const override { return true; }

  bool cancel(bool wait) {
    const bool was_queued = processors().remove(*kernel_dpc);
    if (wait) processors().flush();
    return was_queued;
  }

  PKDPC kernel_dpc = nullptr;
  PFN_WDF_DPC callback = nullptr;
  CallbackLock* lock = nullptr;
};

NTSTATUS dpc_create(PWDF_DRIVER_GLOBALS globals, PWDF_DPC_CONFIG config,
                    PWDF_OBJECT_ATTRIBUTES attributes, WDFDPC* handle) {
  Client& client = client_of(globals);
  require(config);
  require(handle);
  if (config->Size != sizeof *config) return STATUS_INFO_LENGTH_MISMATCH;
  if (config->EvtDpcFunc == nullptr) return STATUS_INVALID_PARAMETER;
  NTSTATUS status = check_attributes(attributes, Parent::required);
  if (!NT_SUCCESS(status)) return status;
  Object* parent = parent_in(attributes, nullptr);
  if (device_above(parent) == nullptr) return STATUS_INVALID_DEVICE_REQUEST;
  CallbackLock* lock = nullptr;
  status = lock_for_child(parent, config->AutomaticSerialization != FALSE, false, &lock);
  if (!NT_SUCCESS(status)) return status;
  Dpc* dpc = nullptr;
  status = framework().create(client, attributes, parent, &dpc);
  if (!NT_SUCCESS(status)) return status;
  dpc->callback = config->EvtDpcFunc;
  dpc->lock = lock;
  nt::initialize_dpc(*dpc->kernel_dpc, framework().dpc_routine(), dpc->handle);
  *handle = reinterpret_cast<WDFDPC>(dpc->handle);
  return STATUS_SUCCESS;
}

BOOLEAN dpc_enqueue(PWDF_DRIVER_GLOBALS, WDFDPC handle) {
  const Dpc& dpc = object_of<Dpc>(handle);
  const machine::CpuId here = nt::the_machine().running().cpu;
  return processors().queue(*dpc.kernel_dpc, here, nullptr, nullptr) ? TRUE : FALSE;
}

BOOLEAN dpc_cancel(PWDF_DRIVER_GLOBALS, WDFDPC handle, BOOLEAN wait) {
  Dpc& dpc = object_of<Dpc>(handle);
  const Kept kept(dpc);
  const MayBlock may_block(wait != FALSE, "WdfDpcCancel");
  return dpc.cancel(wait != FALSE) ? TRUE : FALSE;
}

WDFOBJECT dpc_get_parent(PWDF_DRIVER_GLOBALS, WDFDPC handle) {
  const Dpc& dpc = object_of<Dpc>(handle);
  return dpc.parent == nullptr ? nullptr : dpc.parent->handle;
}

PKDPC dpc_wdm_get(PWDF_DRIVER_GLOBALS, WDFDPC handle) {
  return object_of<Dpc>(handle).kernel_dpc;
}

}  // namespace

void framework_dpc(PKDPC, PVOID context, PVOID, PVOID) {
  Object* object = framework().find(context);
  if (object == nullptr || object->type != ObjectType::dpc) return;
  auto& dpc = static_cast<Dpc&>(*object);
  framework().reference(dpc);
  {
    const Serialized serialized(dpc.lock);
    framework().call(dpc, dpc.callback, reinterpret_cast<WDFDPC>(dpc.handle));
  }
  framework().release(dpc);
}

Functions dpc_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDpcCreate, PFN_WDFDPCCREATE, dpc_create, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDpcEnqueue, PFN_WDFDPCENQUEUE, dpc_enqueue, any_irql),
      DRYDOCK_WDF_ROW(WdfDpcCancel, PFN_WDFDPCCANCEL, dpc_cancel, any_irql),
      DRYDOCK_WDF_ROW(WdfDpcGetParentObject, PFN_WDFDPCGETPARENTOBJECT, dpc_get_parent,
                      any_irql_quiet),
      DRYDOCK_WDF_ROW(WdfDpcWdmGetDpc, PFN_WDFDPCWDMGETDPC, dpc_wdm_get, any_irql_quiet),
  };
  return rows;
}

}  // namespace drydock::kmdf
