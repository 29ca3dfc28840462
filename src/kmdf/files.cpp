// SPDX-License-Identifier: Apache-2.0
// WDFFILEOBJECT.
#include <array>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/rows.h"

namespace drydock::kmdf {

namespace {

PUNICODE_STRING get_name(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT handle) {
  const FileObject& file = object_of<FileObject>(handle);
  return file.wdm == nullptr ? nullptr : &file.wdm->FileName;
}

ULONG get_flags(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT handle) {
  const FileObject& file = object_of<FileObject>(handle);
  return file.wdm == nullptr ? 0 : file.wdm->Flags;
}

WDFDEVICE get_device(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT handle) {
  return reinterpret_cast<WDFDEVICE>(object_of<FileObject>(handle).device.handle);
}

ULONG get_initiator(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT handle) {
  return object_of<FileObject>(handle).process;
}

PFILE_OBJECT get_wdm(PWDF_DRIVER_GLOBALS, WDFFILEOBJECT handle) {
  return object_of<FileObject>(handle).wdm;
}

WDFFILEOBJECT device_get_file(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, PFILE_OBJECT wdm) {
  const FileObject* file = object_of<Device>(handle).file_of(wdm);
  return file == nullptr ? nullptr : reinterpret_cast<WDFFILEOBJECT>(file->handle);
}

}  // namespace

void FileObject::on_dispose() {
  std::erase(device.files, this);
}

void remove_file(FileObject& file) {
  Device& device = file.device;
  framework().remove(file);
  if (device.retired && device.files.empty()) framework().remove(device);
}

Functions file_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfFileObjectGetFileName, PFN_WDFFILEOBJECTGETFILENAME, get_name,
                      passive_quiet),
      DRYDOCK_WDF_ROW(WdfFileObjectGetFlags, PFN_WDFFILEOBJECTGETFLAGS, get_flags,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfFileObjectGetDevice, PFN_WDFFILEOBJECTGETDEVICE, get_device,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfFileObjectWdmGetFileObject, PFN_WDFFILEOBJECTWDMGETFILEOBJECT, get_wdm,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfFileObjectGetInitiatorProcessId, PFN_WDFFILEOBJECTGETINITIATORPROCESSID,
                      get_initiator, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfDeviceGetFileObject, PFN_WDFDEVICEGETFILEOBJECT, device_get_file,
                      up_to_dispatch_quiet),
  };
  return rows;
}

}  // namespace drydock::kmdf
