// SPDX-License-Identifier: Apache-2.0
// Functions of the framework that drivers of hardware need: interrupts, DMA, resources. Made from
// the KMDF function table.
#pragma once

#include "wdfhardware.h"

#ifdef WDK_DRIVER

#ifdef __cplusplus
extern "C" {
#endif

FORCEINLINE NTSTATUS WdfCommonBufferCreate(WDFDMAENABLER Dmaenabler, size_t SizeT,
                                           PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                           WDFCOMMONBUFFER* Commonbuffer) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMAENABLER, size_t, PWDF_OBJECT_ATTRIBUTES,
                            WDFCOMMONBUFFER*))WdfFunctions[WdfCommonBufferCreateTableIndex])(
      WdfDriverGlobals, Dmaenabler, SizeT, ObjectAttributes, Commonbuffer);
}
FORCEINLINE PVOID WdfCommonBufferGetAlignedVirtualAddress(WDFCOMMONBUFFER Commonbuffer) {
  return ((PVOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCOMMONBUFFER))
              WdfFunctions[WdfCommonBufferGetAlignedVirtualAddressTableIndex])(WdfDriverGlobals,
                                                                               Commonbuffer);
}
FORCEINLINE PHYSICAL_ADDRESS WdfCommonBufferGetAlignedLogicalAddress(WDFCOMMONBUFFER Commonbuffer) {
  return ((PHYSICAL_ADDRESS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCOMMONBUFFER))
              WdfFunctions[WdfCommonBufferGetAlignedLogicalAddressTableIndex])(WdfDriverGlobals,
                                                                               Commonbuffer);
}
FORCEINLINE size_t WdfCommonBufferGetLength(WDFCOMMONBUFFER Commonbuffer) {
  return ((size_t(NTAPI*)(PWDF_DRIVER_GLOBALS,
                          WDFCOMMONBUFFER))WdfFunctions[WdfCommonBufferGetLengthTableIndex])(
      WdfDriverGlobals, Commonbuffer);
}
FORCEINLINE NTSTATUS WdfDmaEnablerCreate(WDFDEVICE Device, PWDF_DMA_ENABLER_CONFIG DmaEnablerConfig,
                                         PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                         WDFDMAENABLER* Dmaenabler) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_DMA_ENABLER_CONFIG,
                            PWDF_OBJECT_ATTRIBUTES,
                            WDFDMAENABLER*))WdfFunctions[WdfDmaEnablerCreateTableIndex])(
      WdfDriverGlobals, Device, DmaEnablerConfig, ObjectAttributes, Dmaenabler);
}
FORCEINLINE size_t WdfDmaEnablerGetMaximumLength(WDFDMAENABLER Dmaenabler) {
  return ((size_t(NTAPI*)(PWDF_DRIVER_GLOBALS,
                          WDFDMAENABLER))WdfFunctions[WdfDmaEnablerGetMaximumLengthTableIndex])(
      WdfDriverGlobals, Dmaenabler);
}
FORCEINLINE size_t WdfDmaEnablerGetMaximumScatterGatherElements(WDFDMAENABLER Dmaenabler) {
  return ((size_t(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMAENABLER))
              WdfFunctions[WdfDmaEnablerGetMaximumScatterGatherElementsTableIndex])(
      WdfDriverGlobals, Dmaenabler);
}
FORCEINLINE VOID WdfDmaEnablerSetMaximumScatterGatherElements(WDFDMAENABLER Dmaenabler,
                                                              size_t SizeT) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMAENABLER,
                 size_t))WdfFunctions[WdfDmaEnablerSetMaximumScatterGatherElementsTableIndex])(
      WdfDriverGlobals, Dmaenabler, SizeT);
}
FORCEINLINE NTSTATUS WdfDmaTransactionCreate(WDFDMAENABLER Dmaenabler,
                                             PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                             WDFDMATRANSACTION* Dmatransaction) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMAENABLER, PWDF_OBJECT_ATTRIBUTES,
                            WDFDMATRANSACTION*))WdfFunctions[WdfDmaTransactionCreateTableIndex])(
      WdfDriverGlobals, Dmaenabler, ObjectAttributes, Dmatransaction);
}
FORCEINLINE NTSTATUS WdfDmaTransactionInitialize(WDFDMATRANSACTION Dmatransaction,
                                                 PFN_WDF_PROGRAM_DMA ProgramDma,
                                                 WDF_DMA_DIRECTION DmaDirection, PMDL Mdl,
                                                 PVOID Void, size_t SizeT) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION, PFN_WDF_PROGRAM_DMA,
                            WDF_DMA_DIRECTION, PMDL, PVOID,
                            size_t))WdfFunctions[WdfDmaTransactionInitializeTableIndex])(
      WdfDriverGlobals, Dmatransaction, ProgramDma, DmaDirection, Mdl, Void, SizeT);
}
FORCEINLINE NTSTATUS WdfDmaTransactionInitializeUsingRequest(WDFDMATRANSACTION Dmatransaction,
                                                             WDFREQUEST Request,
                                                             PFN_WDF_PROGRAM_DMA ProgramDma,
                                                             WDF_DMA_DIRECTION DmaDirection) {
  return ((NTSTATUS(NTAPI*)(
      PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION, WDFREQUEST, PFN_WDF_PROGRAM_DMA,
      WDF_DMA_DIRECTION))WdfFunctions[WdfDmaTransactionInitializeUsingRequestTableIndex])(
      WdfDriverGlobals, Dmatransaction, Request, ProgramDma, DmaDirection);
}
FORCEINLINE NTSTATUS WdfDmaTransactionExecute(WDFDMATRANSACTION Dmatransaction,
                                              WDFCONTEXT Context) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION,
                            WDFCONTEXT))WdfFunctions[WdfDmaTransactionExecuteTableIndex])(
      WdfDriverGlobals, Dmatransaction, Context);
}
FORCEINLINE NTSTATUS WdfDmaTransactionRelease(WDFDMATRANSACTION Dmatransaction) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS,
                            WDFDMATRANSACTION))WdfFunctions[WdfDmaTransactionReleaseTableIndex])(
      WdfDriverGlobals, Dmatransaction);
}
FORCEINLINE BOOLEAN WdfDmaTransactionDmaCompleted(WDFDMATRANSACTION Dmatransaction,
                                                  NTSTATUS* Ntstatus) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION,
                           NTSTATUS*))WdfFunctions[WdfDmaTransactionDmaCompletedTableIndex])(
      WdfDriverGlobals, Dmatransaction, Ntstatus);
}
FORCEINLINE BOOLEAN WdfDmaTransactionDmaCompletedWithLength(WDFDMATRANSACTION Dmatransaction,
                                                            size_t SizeT, NTSTATUS* Ntstatus) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION, size_t, NTSTATUS*))
              WdfFunctions[WdfDmaTransactionDmaCompletedWithLengthTableIndex])(
      WdfDriverGlobals, Dmatransaction, SizeT, Ntstatus);
}
FORCEINLINE BOOLEAN WdfDmaTransactionDmaCompletedFinal(WDFDMATRANSACTION Dmatransaction,
                                                       size_t SizeT, NTSTATUS* Ntstatus) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION, size_t,
                           NTSTATUS*))WdfFunctions[WdfDmaTransactionDmaCompletedFinalTableIndex])(
      WdfDriverGlobals, Dmatransaction, SizeT, Ntstatus);
}
FORCEINLINE size_t WdfDmaTransactionGetBytesTransferred(WDFDMATRANSACTION Dmatransaction) {
  return ((size_t(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION))
              WdfFunctions[WdfDmaTransactionGetBytesTransferredTableIndex])(WdfDriverGlobals,
                                                                            Dmatransaction);
}
FORCEINLINE VOID WdfDmaTransactionSetMaximumLength(WDFDMATRANSACTION Dmatransaction, size_t SizeT) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION,
                 size_t))WdfFunctions[WdfDmaTransactionSetMaximumLengthTableIndex])(
      WdfDriverGlobals, Dmatransaction, SizeT);
}
FORCEINLINE WDFREQUEST WdfDmaTransactionGetRequest(WDFDMATRANSACTION Dmatransaction) {
  return ((WDFREQUEST(NTAPI*)(
      PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION))WdfFunctions[WdfDmaTransactionGetRequestTableIndex])(
      WdfDriverGlobals, Dmatransaction);
}
FORCEINLINE size_t WdfDmaTransactionGetCurrentDmaTransferLength(WDFDMATRANSACTION Dmatransaction) {
  return ((size_t(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION))
              WdfFunctions[WdfDmaTransactionGetCurrentDmaTransferLengthTableIndex])(
      WdfDriverGlobals, Dmatransaction);
}
FORCEINLINE WDFDEVICE WdfDmaTransactionGetDevice(WDFDMATRANSACTION Dmatransaction) {
  return ((WDFDEVICE(NTAPI*)(PWDF_DRIVER_GLOBALS,
                             WDFDMATRANSACTION))WdfFunctions[WdfDmaTransactionGetDeviceTableIndex])(
      WdfDriverGlobals, Dmatransaction);
}
FORCEINLINE NTSTATUS WdfInterruptCreate(WDFDEVICE Device, PWDF_INTERRUPT_CONFIG InterruptConfig,
                                        PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                        WDFINTERRUPT* Interrupt) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDEVICE, PWDF_INTERRUPT_CONFIG,
                            PWDF_OBJECT_ATTRIBUTES,
                            WDFINTERRUPT*))WdfFunctions[WdfInterruptCreateTableIndex])(
      WdfDriverGlobals, Device, InterruptConfig, ObjectAttributes, Interrupt);
}
FORCEINLINE BOOLEAN WdfInterruptQueueDpcForIsr(WDFINTERRUPT Interrupt) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS,
                           WDFINTERRUPT))WdfFunctions[WdfInterruptQueueDpcForIsrTableIndex])(
      WdfDriverGlobals, Interrupt);
}
FORCEINLINE BOOLEAN WdfInterruptSynchronize(WDFINTERRUPT Interrupt,
                                            PFN_WDF_INTERRUPT_SYNCHRONIZE InterruptSynchronize,
                                            WDFCONTEXT Context) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFINTERRUPT, PFN_WDF_INTERRUPT_SYNCHRONIZE,
                           WDFCONTEXT))WdfFunctions[WdfInterruptSynchronizeTableIndex])(
      WdfDriverGlobals, Interrupt, InterruptSynchronize, Context);
}
FORCEINLINE VOID WdfInterruptAcquireLock(WDFINTERRUPT Interrupt) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFINTERRUPT))WdfFunctions[WdfInterruptAcquireLockTableIndex])(WdfDriverGlobals,
                                                                                Interrupt);
}
FORCEINLINE VOID WdfInterruptReleaseLock(WDFINTERRUPT Interrupt) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFINTERRUPT))WdfFunctions[WdfInterruptReleaseLockTableIndex])(WdfDriverGlobals,
                                                                                Interrupt);
}
FORCEINLINE VOID WdfInterruptEnable(WDFINTERRUPT Interrupt) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFINTERRUPT))WdfFunctions[WdfInterruptEnableTableIndex])(
      WdfDriverGlobals, Interrupt);
}
FORCEINLINE VOID WdfInterruptDisable(WDFINTERRUPT Interrupt) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFINTERRUPT))WdfFunctions[WdfInterruptDisableTableIndex])(
      WdfDriverGlobals, Interrupt);
}
FORCEINLINE PKINTERRUPT WdfInterruptWdmGetInterrupt(WDFINTERRUPT Interrupt) {
  return ((PKINTERRUPT(NTAPI*)(PWDF_DRIVER_GLOBALS,
                               WDFINTERRUPT))WdfFunctions[WdfInterruptWdmGetInterruptTableIndex])(
      WdfDriverGlobals, Interrupt);
}
FORCEINLINE VOID WdfInterruptGetInfo(WDFINTERRUPT Interrupt, PWDF_INTERRUPT_INFO InterruptInfo) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFINTERRUPT,
                 PWDF_INTERRUPT_INFO))WdfFunctions[WdfInterruptGetInfoTableIndex])(
      WdfDriverGlobals, Interrupt, InterruptInfo);
}
FORCEINLINE VOID WdfInterruptSetPolicy(WDFINTERRUPT Interrupt, WDF_INTERRUPT_POLICY InterruptPolicy,
                                       WDF_INTERRUPT_PRIORITY InterruptPriority,
                                       KAFFINITY Kaffinity) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFINTERRUPT, WDF_INTERRUPT_POLICY, WDF_INTERRUPT_PRIORITY,
                 KAFFINITY))WdfFunctions[WdfInterruptSetPolicyTableIndex])(
      WdfDriverGlobals, Interrupt, InterruptPolicy, InterruptPriority, Kaffinity);
}
FORCEINLINE WDFDEVICE WdfInterruptGetDevice(WDFINTERRUPT Interrupt) {
  return ((WDFDEVICE(NTAPI*)(PWDF_DRIVER_GLOBALS,
                             WDFINTERRUPT))WdfFunctions[WdfInterruptGetDeviceTableIndex])(
      WdfDriverGlobals, Interrupt);
}
FORCEINLINE VOID WdfIoResourceRequirementsListSetSlotNumber(WDFIORESREQLIST Ioresreqlist,
                                                            ULONG Ulong) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST,
                 ULONG))WdfFunctions[WdfIoResourceRequirementsListSetSlotNumberTableIndex])(
      WdfDriverGlobals, Ioresreqlist, Ulong);
}
FORCEINLINE VOID WdfIoResourceRequirementsListSetInterfaceType(WDFIORESREQLIST Ioresreqlist,
                                                               INTERFACE_TYPE InterfaceType) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST, INTERFACE_TYPE))
       WdfFunctions[WdfIoResourceRequirementsListSetInterfaceTypeTableIndex])(
      WdfDriverGlobals, Ioresreqlist, InterfaceType);
}
FORCEINLINE NTSTATUS WdfIoResourceRequirementsListAppendIoResList(WDFIORESREQLIST Ioresreqlist,
                                                                  WDFIORESLIST Ioreslist) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST, WDFIORESLIST))
              WdfFunctions[WdfIoResourceRequirementsListAppendIoResListTableIndex])(
      WdfDriverGlobals, Ioresreqlist, Ioreslist);
}
FORCEINLINE NTSTATUS WdfIoResourceRequirementsListInsertIoResList(WDFIORESREQLIST Ioresreqlist,
                                                                  WDFIORESLIST Ioreslist,
                                                                  ULONG Ulong) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST, WDFIORESLIST, ULONG))
              WdfFunctions[WdfIoResourceRequirementsListInsertIoResListTableIndex])(
      WdfDriverGlobals, Ioresreqlist, Ioreslist, Ulong);
}
FORCEINLINE ULONG WdfIoResourceRequirementsListGetCount(WDFIORESREQLIST Ioresreqlist) {
  return ((ULONG(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST))
              WdfFunctions[WdfIoResourceRequirementsListGetCountTableIndex])(WdfDriverGlobals,
                                                                             Ioresreqlist);
}
FORCEINLINE WDFIORESLIST WdfIoResourceRequirementsListGetIoResList(WDFIORESREQLIST Ioresreqlist,
                                                                   ULONG Ulong) {
  return ((WDFIORESLIST(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST, ULONG))
              WdfFunctions[WdfIoResourceRequirementsListGetIoResListTableIndex])(
      WdfDriverGlobals, Ioresreqlist, Ulong);
}
FORCEINLINE VOID WdfIoResourceRequirementsListRemove(WDFIORESREQLIST Ioresreqlist, ULONG Ulong) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST,
                 ULONG))WdfFunctions[WdfIoResourceRequirementsListRemoveTableIndex])(
      WdfDriverGlobals, Ioresreqlist, Ulong);
}
FORCEINLINE VOID WdfIoResourceRequirementsListRemoveByIoResList(WDFIORESREQLIST Ioresreqlist,
                                                                WDFIORESLIST Ioreslist) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST, WDFIORESLIST))
       WdfFunctions[WdfIoResourceRequirementsListRemoveByIoResListTableIndex])(
      WdfDriverGlobals, Ioresreqlist, Ioreslist);
}
FORCEINLINE NTSTATUS WdfIoResourceListCreate(WDFIORESREQLIST Ioresreqlist,
                                             PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                             WDFIORESLIST* Ioreslist) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESREQLIST, PWDF_OBJECT_ATTRIBUTES,
                            WDFIORESLIST*))WdfFunctions[WdfIoResourceListCreateTableIndex])(
      WdfDriverGlobals, Ioresreqlist, ObjectAttributes, Ioreslist);
}
FORCEINLINE NTSTATUS WdfIoResourceListAppendDescriptor(
    WDFIORESLIST Ioreslist, PIO_RESOURCE_DESCRIPTOR IoResourceDescriptor) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESLIST, PIO_RESOURCE_DESCRIPTOR))
              WdfFunctions[WdfIoResourceListAppendDescriptorTableIndex])(
      WdfDriverGlobals, Ioreslist, IoResourceDescriptor);
}
FORCEINLINE NTSTATUS WdfIoResourceListInsertDescriptor(WDFIORESLIST Ioreslist,
                                                       PIO_RESOURCE_DESCRIPTOR IoResourceDescriptor,
                                                       ULONG Ulong) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESLIST, PIO_RESOURCE_DESCRIPTOR,
                            ULONG))WdfFunctions[WdfIoResourceListInsertDescriptorTableIndex])(
      WdfDriverGlobals, Ioreslist, IoResourceDescriptor, Ulong);
}
FORCEINLINE VOID WdfIoResourceListUpdateDescriptor(WDFIORESLIST Ioreslist,
                                                   PIO_RESOURCE_DESCRIPTOR IoResourceDescriptor,
                                                   ULONG Ulong) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESLIST, PIO_RESOURCE_DESCRIPTOR,
                 ULONG))WdfFunctions[WdfIoResourceListUpdateDescriptorTableIndex])(
      WdfDriverGlobals, Ioreslist, IoResourceDescriptor, Ulong);
}
FORCEINLINE ULONG WdfIoResourceListGetCount(WDFIORESLIST Ioreslist) {
  return ((ULONG(NTAPI*)(PWDF_DRIVER_GLOBALS,
                         WDFIORESLIST))WdfFunctions[WdfIoResourceListGetCountTableIndex])(
      WdfDriverGlobals, Ioreslist);
}
FORCEINLINE PIO_RESOURCE_DESCRIPTOR WdfIoResourceListGetDescriptor(WDFIORESLIST Ioreslist,
                                                                   ULONG Ulong) {
  return ((PIO_RESOURCE_DESCRIPTOR(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESLIST, ULONG))
              WdfFunctions[WdfIoResourceListGetDescriptorTableIndex])(WdfDriverGlobals, Ioreslist,
                                                                      Ulong);
}
FORCEINLINE VOID WdfIoResourceListRemove(WDFIORESLIST Ioreslist, ULONG Ulong) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESLIST,
                 ULONG))WdfFunctions[WdfIoResourceListRemoveTableIndex])(WdfDriverGlobals,
                                                                         Ioreslist, Ulong);
}
FORCEINLINE VOID WdfIoResourceListRemoveByDescriptor(WDFIORESLIST Ioreslist,
                                                     PIO_RESOURCE_DESCRIPTOR IoResourceDescriptor) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFIORESLIST, PIO_RESOURCE_DESCRIPTOR))
       WdfFunctions[WdfIoResourceListRemoveByDescriptorTableIndex])(WdfDriverGlobals, Ioreslist,
                                                                    IoResourceDescriptor);
}
FORCEINLINE NTSTATUS WdfCmResourceListAppendDescriptor(
    WDFCMRESLIST Cmreslist, PCM_PARTIAL_RESOURCE_DESCRIPTOR CmPartialResourceDescriptor) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCMRESLIST, PCM_PARTIAL_RESOURCE_DESCRIPTOR))
              WdfFunctions[WdfCmResourceListAppendDescriptorTableIndex])(
      WdfDriverGlobals, Cmreslist, CmPartialResourceDescriptor);
}
FORCEINLINE NTSTATUS WdfCmResourceListInsertDescriptor(
    WDFCMRESLIST Cmreslist, PCM_PARTIAL_RESOURCE_DESCRIPTOR CmPartialResourceDescriptor,
    ULONG Ulong) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCMRESLIST, PCM_PARTIAL_RESOURCE_DESCRIPTOR,
                            ULONG))WdfFunctions[WdfCmResourceListInsertDescriptorTableIndex])(
      WdfDriverGlobals, Cmreslist, CmPartialResourceDescriptor, Ulong);
}
FORCEINLINE ULONG WdfCmResourceListGetCount(WDFCMRESLIST Cmreslist) {
  return ((PFN_WDFCMRESOURCELISTGETCOUNT)WdfFunctions[WdfCmResourceListGetCountTableIndex])(
      WdfDriverGlobals, Cmreslist);
}
FORCEINLINE PCM_PARTIAL_RESOURCE_DESCRIPTOR WdfCmResourceListGetDescriptor(WDFCMRESLIST Cmreslist,
                                                                           ULONG Ulong) {
  return (
      (PFN_WDFCMRESOURCELISTGETDESCRIPTOR)WdfFunctions[WdfCmResourceListGetDescriptorTableIndex])(
      WdfDriverGlobals, Cmreslist, Ulong);
}
FORCEINLINE VOID WdfCmResourceListRemove(WDFCMRESLIST Cmreslist, ULONG Ulong) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCMRESLIST,
                 ULONG))WdfFunctions[WdfCmResourceListRemoveTableIndex])(WdfDriverGlobals,
                                                                         Cmreslist, Ulong);
}
FORCEINLINE VOID WdfCmResourceListRemoveByDescriptor(
    WDFCMRESLIST Cmreslist, PCM_PARTIAL_RESOURCE_DESCRIPTOR CmPartialResourceDescriptor) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFCMRESLIST, PCM_PARTIAL_RESOURCE_DESCRIPTOR))
       WdfFunctions[WdfCmResourceListRemoveByDescriptorTableIndex])(WdfDriverGlobals, Cmreslist,
                                                                    CmPartialResourceDescriptor);
}
FORCEINLINE NTSTATUS WdfCommonBufferCreateWithConfig(WDFDMAENABLER Dmaenabler, size_t SizeT,
                                                     PWDF_COMMON_BUFFER_CONFIG CommonBufferConfig,
                                                     PWDF_OBJECT_ATTRIBUTES ObjectAttributes,
                                                     WDFCOMMONBUFFER* Commonbuffer) {
  return ((NTSTATUS(NTAPI*)(
      PWDF_DRIVER_GLOBALS, WDFDMAENABLER, size_t, PWDF_COMMON_BUFFER_CONFIG, PWDF_OBJECT_ATTRIBUTES,
      WDFCOMMONBUFFER*))WdfFunctions[WdfCommonBufferCreateWithConfigTableIndex])(
      WdfDriverGlobals, Dmaenabler, SizeT, CommonBufferConfig, ObjectAttributes, Commonbuffer);
}
FORCEINLINE size_t WdfDmaEnablerGetFragmentLength(WDFDMAENABLER Dmaenabler,
                                                  WDF_DMA_DIRECTION DmaDirection) {
  return ((size_t(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMAENABLER, WDF_DMA_DIRECTION))
              WdfFunctions[WdfDmaEnablerGetFragmentLengthTableIndex])(WdfDriverGlobals, Dmaenabler,
                                                                      DmaDirection);
}
FORCEINLINE PDMA_ADAPTER WdfDmaEnablerWdmGetDmaAdapter(WDFDMAENABLER Dmaenabler,
                                                       WDF_DMA_DIRECTION DmaDirection) {
  return ((PDMA_ADAPTER(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMAENABLER, WDF_DMA_DIRECTION))
              WdfFunctions[WdfDmaEnablerWdmGetDmaAdapterTableIndex])(WdfDriverGlobals, Dmaenabler,
                                                                     DmaDirection);
}
FORCEINLINE VOID WdfInterruptSetExtendedPolicy(
    WDFINTERRUPT Interrupt, PWDF_INTERRUPT_EXTENDED_POLICY InterruptExtendedPolicy) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFINTERRUPT, PWDF_INTERRUPT_EXTENDED_POLICY))
       WdfFunctions[WdfInterruptSetExtendedPolicyTableIndex])(WdfDriverGlobals, Interrupt,
                                                              InterruptExtendedPolicy);
}
FORCEINLINE NTSTATUS WdfDmaEnablerConfigureSystemProfile(
    WDFDMAENABLER Dmaenabler, PWDF_DMA_SYSTEM_PROFILE_CONFIG DmaSystemProfileConfig,
    WDF_DMA_DIRECTION DmaDirection) {
  return ((NTSTATUS(NTAPI*)(
      PWDF_DRIVER_GLOBALS, WDFDMAENABLER, PWDF_DMA_SYSTEM_PROFILE_CONFIG,
      WDF_DMA_DIRECTION))WdfFunctions[WdfDmaEnablerConfigureSystemProfileTableIndex])(
      WdfDriverGlobals, Dmaenabler, DmaSystemProfileConfig, DmaDirection);
}
FORCEINLINE NTSTATUS WdfDmaTransactionInitializeUsingOffset(WDFDMATRANSACTION Dmatransaction,
                                                            PFN_WDF_PROGRAM_DMA ProgramDma,
                                                            WDF_DMA_DIRECTION DmaDirection,
                                                            PMDL Mdl, size_t SizeT1,
                                                            size_t SizeT2) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION, PFN_WDF_PROGRAM_DMA,
                            WDF_DMA_DIRECTION, PMDL, size_t,
                            size_t))WdfFunctions[WdfDmaTransactionInitializeUsingOffsetTableIndex])(
      WdfDriverGlobals, Dmatransaction, ProgramDma, DmaDirection, Mdl, SizeT1, SizeT2);
}
FORCEINLINE VOID WdfDmaTransactionGetTransferInfo(WDFDMATRANSACTION Dmatransaction, ULONG* Ulong1,
                                                  ULONG* Ulong2) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION, ULONG*,
                 ULONG*))WdfFunctions[WdfDmaTransactionGetTransferInfoTableIndex])(
      WdfDriverGlobals, Dmatransaction, Ulong1, Ulong2);
}
FORCEINLINE VOID WdfDmaTransactionSetChannelConfigurationCallback(
    WDFDMATRANSACTION Dmatransaction,
    PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL DmaTransactionConfigureDmaChannel, PVOID Void) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION,
                 PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL,
                 PVOID))WdfFunctions[WdfDmaTransactionSetChannelConfigurationCallbackTableIndex])(
      WdfDriverGlobals, Dmatransaction, DmaTransactionConfigureDmaChannel, Void);
}
FORCEINLINE VOID WdfDmaTransactionSetTransferCompleteCallback(
    WDFDMATRANSACTION Dmatransaction,
    PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE DmaTransactionDmaTransferComplete, PVOID Void) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION,
                 PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE,
                 PVOID))WdfFunctions[WdfDmaTransactionSetTransferCompleteCallbackTableIndex])(
      WdfDriverGlobals, Dmatransaction, DmaTransactionDmaTransferComplete, Void);
}
FORCEINLINE VOID WdfDmaTransactionSetImmediateExecution(WDFDMATRANSACTION Dmatransaction,
                                                        BOOLEAN Boolean) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION,
                 BOOLEAN))WdfFunctions[WdfDmaTransactionSetImmediateExecutionTableIndex])(
      WdfDriverGlobals, Dmatransaction, Boolean);
}
FORCEINLINE NTSTATUS WdfDmaTransactionAllocateResources(WDFDMATRANSACTION Dmatransaction,
                                                        WDF_DMA_DIRECTION DmaDirection, ULONG Ulong,
                                                        PFN_WDF_RESERVE_DMA ReserveDma,
                                                        PVOID Void) {
  return ((NTSTATUS(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION, WDF_DMA_DIRECTION, ULONG,
                            PFN_WDF_RESERVE_DMA,
                            PVOID))WdfFunctions[WdfDmaTransactionAllocateResourcesTableIndex])(
      WdfDriverGlobals, Dmatransaction, DmaDirection, Ulong, ReserveDma, Void);
}
FORCEINLINE VOID WdfDmaTransactionSetDeviceAddressOffset(WDFDMATRANSACTION Dmatransaction,
                                                         ULONG Ulong) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION,
                 ULONG))WdfFunctions[WdfDmaTransactionSetDeviceAddressOffsetTableIndex])(
      WdfDriverGlobals, Dmatransaction, Ulong);
}
FORCEINLINE VOID WdfDmaTransactionFreeResources(WDFDMATRANSACTION Dmatransaction) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFDMATRANSACTION))WdfFunctions[WdfDmaTransactionFreeResourcesTableIndex])(
      WdfDriverGlobals, Dmatransaction);
}
FORCEINLINE BOOLEAN WdfDmaTransactionCancel(WDFDMATRANSACTION Dmatransaction) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS,
                           WDFDMATRANSACTION))WdfFunctions[WdfDmaTransactionCancelTableIndex])(
      WdfDriverGlobals, Dmatransaction);
}
FORCEINLINE PVOID WdfDmaTransactionWdmGetTransferContext(WDFDMATRANSACTION Dmatransaction) {
  return ((PVOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION))
              WdfFunctions[WdfDmaTransactionWdmGetTransferContextTableIndex])(WdfDriverGlobals,
                                                                              Dmatransaction);
}
FORCEINLINE BOOLEAN WdfInterruptQueueWorkItemForIsr(WDFINTERRUPT Interrupt) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS,
                           WDFINTERRUPT))WdfFunctions[WdfInterruptQueueWorkItemForIsrTableIndex])(
      WdfDriverGlobals, Interrupt);
}
FORCEINLINE BOOLEAN WdfInterruptTryToAcquireLock(WDFINTERRUPT Interrupt) {
  return ((BOOLEAN(NTAPI*)(PWDF_DRIVER_GLOBALS,
                           WDFINTERRUPT))WdfFunctions[WdfInterruptTryToAcquireLockTableIndex])(
      WdfDriverGlobals, Interrupt);
}
FORCEINLINE VOID WdfDmaTransactionStopSystemTransfer(WDFDMATRANSACTION Dmatransaction) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFDMATRANSACTION))WdfFunctions[WdfDmaTransactionStopSystemTransferTableIndex])(
      WdfDriverGlobals, Dmatransaction);
}
FORCEINLINE VOID WdfInterruptReportActive(WDFINTERRUPT Interrupt) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFINTERRUPT))WdfFunctions[WdfInterruptReportActiveTableIndex])(WdfDriverGlobals,
                                                                                 Interrupt);
}
FORCEINLINE VOID WdfInterruptReportInactive(WDFINTERRUPT Interrupt) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS,
                 WDFINTERRUPT))WdfFunctions[WdfInterruptReportInactiveTableIndex])(WdfDriverGlobals,
                                                                                   Interrupt);
}
FORCEINLINE VOID WdfDmaTransactionSetSingleTransferRequirement(WDFDMATRANSACTION Dmatransaction,
                                                               BOOLEAN Boolean) {
  ((VOID(NTAPI*)(PWDF_DRIVER_GLOBALS, WDFDMATRANSACTION,
                 BOOLEAN))WdfFunctions[WdfDmaTransactionSetSingleTransferRequirementTableIndex])(
      WdfDriverGlobals, Dmatransaction, Boolean);
}

#ifdef __cplusplus
}
#endif

#endif  // WDK_DRIVER
