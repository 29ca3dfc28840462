// SPDX-License-Identifier: Apache-2.0
// The object manager's names, as far as devices need them: \Device\Foo, and links in \??.
#pragma once

#include <ntddk.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

namespace drydock::nt {

// Equal but for the case of ASCII letters: equal when folded.
std::u16string folded(std::u16string_view name);
// Letters folded; \DosDevices, \GLOBAL?? and \??\Global replaced by \??: equal names compare equal.
std::u16string canonical_name(std::u16string_view name);
std::u16string_view view_of(PCUNICODE_STRING text);
// For messages; what is not ASCII becomes '?'.
std::string printable(std::u16string_view name);
std::u16string widen(std::string_view ascii);
// Where the image of a service's driver would lie.
std::u16string driver_path(std::string_view service);

class DeviceNames {
 public:
  enum class Added : std::uint8_t { yes, exists, no_such_directory, invalid };

  Added add_device(std::u16string_view name, PDEVICE_OBJECT device);
  Added add_link(std::u16string_view name, std::u16string_view target);
  // False: no such name, or not of that kind.
  bool remove_link(std::u16string_view name);
  void remove_device(std::u16string_view name);

  struct Found {
    PDEVICE_OBJECT device = nullptr;
    std::u16string
        rest;  // what follows the device's name, from its backslash on; as it was written
  };
  // Through links. device is null when there is no such name.
  [[nodiscard]] Found resolve(std::u16string_view name) const;

 private:
  using Target = std::variant<PDEVICE_OBJECT, std::u16string>;
  Added add(std::u16string_view name, Target target);

  std::unordered_map<std::u16string, Target> names_;  // looked up, never walked
};

}  // namespace drydock::nt
