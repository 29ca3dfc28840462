// SPDX-License-Identifier: Apache-2.0
// The entry a KMDF driver is linked with: binds to the framework through WDFLDR.SYS, runs
// DriverEntry, and owns the unload routine of the driver object so that it can unbind last. Shape
// and order are those of shipped 1.9, 1.11 and 1.15 drivers.
#include <wdf.h>

// How many functions the table of each version has.
#if KMDF_VERSION_MINOR == 5 || KMDF_VERSION_MINOR == 7
#define FUNC_COUNT 387
#elif KMDF_VERSION_MINOR == 9
#define FUNC_COUNT 396
#elif KMDF_VERSION_MINOR == 11
#define FUNC_COUNT 432
#elif KMDF_VERSION_MINOR == 13
#define FUNC_COUNT 438
#elif KMDF_VERSION_MINOR == 15 || KMDF_VERSION_MINOR == 17
#define FUNC_COUNT 444
#elif KMDF_VERSION_MINOR == 19
#define FUNC_COUNT 446
#elif KMDF_VERSION_MINOR == 21
#define FUNC_COUNT 448
#elif KMDF_VERSION_MINOR == 23
#define FUNC_COUNT 451
#elif KMDF_VERSION_MINOR == 25 || KMDF_VERSION_MINOR == 27
#define FUNC_COUNT 453
#elif KMDF_VERSION_MINOR == 31 || KMDF_VERSION_MINOR == 33
#define FUNC_COUNT 458
#else
#error "no table size known for this KMDF version"
#endif

#if KMDF_VERSION_MINOR == 9
#define KMDF_BUILD 7600
#else
#define KMDF_BUILD 0
#endif

#define POINTER_FORM (KMDF_VERSION_MINOR >= 15)
#define BIND_INFO_V2 (KMDF_VERSION_MINOR >= 25)
#define REGISTRY_PATH_BYTES 520

DRIVER_INITIALIZE DriverEntry;

PWDF_DRIVER_GLOBALS WdfDriverGlobals;

#if POINTER_FORM
const WDFFUNC* WdfFunctions;
PFN_WDFDRIVERMINIPORTUNLOAD WdfDriverMiniportUnloadOverride;
#define FUNC_TABLE ((WDFFUNC*)&WdfFunctions)
#else
WDFFUNC WdfFunctions[FUNC_COUNT];
#define FUNC_TABLE WdfFunctions
#endif

static const WCHAR component_name[] = L"KmdfLibrary";

#define BIND_INFO_FIELDS                                                                      \
  .Component = (PWCHAR)component_name,                                                        \
  .Version = {.Major = KMDF_VERSION_MAJOR, .Minor = KMDF_VERSION_MINOR, .Build = KMDF_BUILD}, \
  .FuncCount = FUNC_COUNT, .FuncTable = FUNC_TABLE

#if BIND_INFO_V2
static WDF_MINOR_VERSION minimum_version = KMDF_VERSION_MINOR;
static BOOLEAN client_version_higher;
static ULONG framework_function_count;
static ULONG framework_structure_count;
static WDF_STRUCT_INFO structure_table;
static WDF_BIND_INFO2 bind_info = {
    .V1 = {.Size = sizeof(WDF_BIND_INFO2), BIND_INFO_FIELDS},
    .MinimumVersionRequired = &minimum_version,
    .ClientVersionHigherThanFramework = &client_version_higher,
    .FuncCountPtr = &framework_function_count,
    .StructCountPtr = &framework_structure_count,
    .StructTable = &structure_table,
};
#define BIND_INFO (&bind_info.V1)
#else
static WDF_BIND_INFO bind_info = {.Size = sizeof(WDF_BIND_INFO), BIND_INFO_FIELDS};
#define BIND_INFO (&bind_info)
#endif

static WCHAR registry_path_buffer[REGISTRY_PATH_BYTES / sizeof(WCHAR)];
static UNICODE_STRING registry_path = {0, REGISTRY_PATH_BYTES, registry_path_buffer};
static PDRIVER_OBJECT driver_object;
static PDRIVER_UNLOAD displaced_unload;

// Records of class extensions and of context types stand between these markers; the linker sorts
// sections by the part after $.
#define MARKER(section_name) __attribute__((section(section_name), used, aligned(8)))
MARKER(".kmdfclassbind$a") static WDF_CLASS_BIND_INFO* class_records_begin = NULL;
MARKER(".kmdfclassbind$z") static WDF_CLASS_BIND_INFO* class_records_end = NULL;
MARKER(".kmdftypeinit$a") static WDF_OBJECT_CONTEXT_TYPE_INFO* type_records_begin = NULL;
MARKER(".kmdftypeinit$z") static WDF_OBJECT_CONTEXT_TYPE_INFO* type_records_end = NULL;

// The compiler must not conclude from the declarations that nothing lies between two markers.
static PUCHAR marker_address(const void* marker) {
  PUCHAR address = (PUCHAR)marker;
  __asm__("" : "+r"(address));
  return address;
}

static PWDF_CLASS_BIND_INFO first_class(void) {
  return (PWDF_CLASS_BIND_INFO)(marker_address(&class_records_begin) + sizeof(void*));
}

static PWDF_CLASS_BIND_INFO classes_end(void) {
  return (PWDF_CLASS_BIND_INFO)marker_address(&class_records_end);
}

static PWDF_CLASS_BIND_INFO bound_classes_end;

static NTSTATUS bind_classes(void) {
  PWDF_CLASS_BIND_INFO record;
  bound_classes_end = first_class();
  if (classes_end() < first_class()) {
    return STATUS_INVALID_IMAGE_FORMAT;
  }
  for (record = first_class(); record < classes_end(); ++record) {
    NTSTATUS status;
    if (record->Size != sizeof(*record)) {
      return POINTER_FORM ? STATUS_INVALID_IMAGE_FORMAT : STATUS_INFO_LENGTH_MISMATCH;
    }
    status =
        record->ClientBindClass != NULL
            ? record->ClientBindClass(&WdfVersionBindClass, BIND_INFO, WdfDriverGlobals, record)
            : WdfVersionBindClass(BIND_INFO, WdfDriverGlobals, record);
    if (!NT_SUCCESS(status)) {
      return status;
    }
    bound_classes_end = record + 1;
  }
  return STATUS_SUCCESS;
}

static void unbind_classes(void) {
  PWDF_CLASS_BIND_INFO record;
  for (record = first_class(); record < bound_classes_end; ++record) {
    if (record->ClientUnbindClass != NULL) {
      record->ClientUnbindClass(&WdfVersionUnbindClass, BIND_INFO, WdfDriverGlobals, record);
    } else {
      WdfVersionUnbindClass(BIND_INFO, WdfDriverGlobals, record);
    }
  }
  bound_classes_end = first_class();
}

static void unbind(void) {
  unbind_classes();
  WdfVersionUnbind(&registry_path, BIND_INFO, WdfDriverGlobals);
}

static void initialise_types(void) {
  WDF_OBJECT_CONTEXT_TYPE_INFO* record =
      (WDF_OBJECT_CONTEXT_TYPE_INFO*)(marker_address(&type_records_begin) + sizeof(void*));
  WDF_OBJECT_CONTEXT_TYPE_INFO* end =
      (WDF_OBJECT_CONTEXT_TYPE_INFO*)marker_address(&type_records_end);
  for (; record < end; ++record) {
    if (record->EvtDriverGetUniqueContextType != NULL) {
      record->UniqueType = record->EvtDriverGetUniqueContextType();
    }
  }
}

static VOID stub_unload(PDRIVER_OBJECT DriverObject) {
  if (displaced_unload != NULL && displaced_unload != &stub_unload) {
    displaced_unload(DriverObject);
  }
  unbind();
}

static VOID stub_miniport_unload(PWDF_DRIVER_GLOBALS Globals, WDFDRIVER Driver);
static PFN_WDFDRIVERMINIPORTUNLOAD displaced_miniport_unload;

static VOID stub_miniport_unload(PWDF_DRIVER_GLOBALS Globals, WDFDRIVER Driver) {
  displaced_miniport_unload(Globals, Driver);
  unbind();
}

static void displace_miniport_unload(void) {
#if POINTER_FORM
  displaced_miniport_unload = WdfDriverMiniportUnloadOverride;
  WdfDriverMiniportUnloadOverride = &stub_miniport_unload;
#else
  displaced_miniport_unload =
      (PFN_WDFDRIVERMINIPORTUNLOAD)WdfFunctions[WdfDriverMiniportUnloadTableIndex];
  WdfFunctions[WdfDriverMiniportUnloadTableIndex] = (WDFFUNC)&stub_miniport_unload;
#endif
}

static void take_over_unload(void) {
  if (WdfDriverGlobals->DisplaceDriverUnload) {
    displaced_unload = driver_object->DriverUnload;
    driver_object->DriverUnload = &stub_unload;
  } else if (WdfDriverGlobals->DriverFlags & WdfDriverInitNoDispatchOverride) {
    displace_miniport_unload();
  }
}

NTSTATUS FxDriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  NTSTATUS status;
  if (DriverObject == NULL) {
    return DriverEntry(NULL, RegistryPath);
  }
  driver_object = DriverObject;
  RtlCopyUnicodeString(&registry_path, RegistryPath);
  status = WdfVersionBind(DriverObject, &registry_path, BIND_INFO, &WdfDriverGlobals);
  if (!NT_SUCCESS(status)) {
    return status;
  }
#if POINTER_FORM
  WdfDriverMiniportUnloadOverride =
      (PFN_WDFDRIVERMINIPORTUNLOAD)WdfFunctions[WdfDriverMiniportUnloadTableIndex];
#endif
  status = bind_classes();
  if (NT_SUCCESS(status)) {
    initialise_types();
    status = DriverEntry(DriverObject, RegistryPath);
  }
  if (!NT_SUCCESS(status)) {
    unbind();
    return status;
  }
  take_over_unload();
  return status;
}
