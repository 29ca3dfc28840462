// SPDX-License-Identifier: Apache-2.0
#include "nt/device_properties.h"

#include <algorithm>
#include <cstring>

#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::nt {

namespace {

// The setup class of system devices.
constexpr std::u16string_view class_guid = u"{4d36e97d-e325-11ce-bfc1-08002be10318}";
constexpr std::u16string_view control_set = u"\\Registry\\Machine\\System\\CurrentControlSet\\";
constexpr ULONG installed = 0;
constexpr ULONG expect_no_removal = 1;

std::vector<std::byte> bytes_of(const void* data, std::size_t size) {
  std::vector<std::byte> bytes(size);
  std::memcpy(bytes.data(), data, size);
  return bytes;
}

// With the zero at its end.
std::vector<std::byte> text(std::u16string_view content) {
  const std::u16string whole = std::u16string(content) + u'\0';
  return bytes_of(whole.data(), whole.size() * sizeof(char16_t));
}

std::vector<std::byte> number(ULONG value) {
  return bytes_of(&value, sizeof value);
}

std::u16string driver_key_name() {
  return std::u16string(class_guid) + u"\\0000";
}

}  // namespace

std::optional<std::vector<std::byte>> property_of(const RootDevice& device,
                                                  DEVICE_REGISTRY_PROPERTY property) {
  switch (property) {
    case DevicePropertyDeviceDescription:
      return text(device.name);
    case DevicePropertyHardwareID:
      return text(hardware_id(device) + u'\0');
    case DevicePropertyClassName:
      return text(u"System");
    case DevicePropertyClassGuid:
      return text(class_guid);
    case DevicePropertyDriverKeyName:
      return text(driver_key_name());
    case DevicePropertyPhysicalDeviceObjectName:
      return text(service<IoManager>().device_of(device.physical)->name);
    case DevicePropertyEnumeratorName:
      return text(u"ROOT");
    case DevicePropertyInstallState:
      return number(installed);
    case DevicePropertyRemovalPolicy:
      return number(expect_no_removal);
    default:
      return std::nullopt;
  }
}

NTSTATUS copy_property(const RootDevice& device, DEVICE_REGISTRY_PROPERTY property,
                       std::span<std::byte> buffer, ULONG* needed) {
  const auto content = property_of(device, property);
  if (!content) return STATUS_OBJECT_NAME_NOT_FOUND;
  *needed = static_cast<ULONG>(content->size());
  if (buffer.size() < content->size()) return STATUS_BUFFER_TOO_SMALL;
  std::ranges::copy(*content, buffer.begin());
  return STATUS_SUCCESS;
}

std::u16string registry_path_of(const RootDevice& device, ULONG kind) {
  if (kind == PLUGPLAY_REGKEY_DEVICE)
    return std::u16string(control_set) + u"Enum\\" + instance_path(device) + u"\\Device Parameters";
  if (kind == PLUGPLAY_REGKEY_DRIVER)
    return std::u16string(control_set) + u"Control\\Class\\" + driver_key_name();
  return {};
}

}  // namespace drydock::nt
