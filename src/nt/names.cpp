// SPDX-License-Identifier: Apache-2.0
#include "nt/names.h"

#include <algorithm>
#include <array>

namespace drydock::nt {

namespace {

constexpr std::u16string_view dos_directory = u"\\??\\";
// In it there is a link to the directory that all sessions share, which is the same one here.
constexpr std::u16string_view global_link = u"\\??\\GLOBAL\\";
constexpr std::array<std::u16string_view, 4> directories = {u"", u"\\DEVICE", u"\\??",
                                                            u"\\FILESYSTEM"};
constexpr int max_links = 32;

char16_t fold(char16_t c) {
  return c >= u'a' && c <= u'z' ? static_cast<char16_t>(c - u'a' + u'A') : c;
}

}  // namespace

std::u16string folded(std::u16string_view name) {
  std::u16string result(name);
  std::ranges::transform(result, result.begin(), fold);
  return result;
}

namespace {

bool begins_with(std::u16string_view name, std::u16string_view prefix) {
  return folded(name.substr(0, prefix.size())) == prefix;
}

// As written, but for the directories that are one.
std::u16string without_aliases(std::u16string_view name) {
  std::u16string result(name);
  for (const std::u16string_view alias : {u"\\DOSDEVICES\\", u"\\GLOBAL\?\?\\"}) {
    if (begins_with(result, alias)) result.replace(0, alias.size(), dos_directory);
  }
  while (begins_with(result, global_link)) result.replace(0, global_link.size(), dos_directory);
  return result;
}

}  // namespace

std::u16string canonical_name(std::u16string_view name) {
  return folded(without_aliases(name));
}

std::u16string_view view_of(PCUNICODE_STRING text) {
  if (text == nullptr || text->Buffer == nullptr) return {};
  return {text->Buffer, text->Length / sizeof(WCHAR)};
}

std::string printable(std::u16string_view name) {
  std::string text(name.size(), '?');
  std::ranges::transform(name, text.begin(),
                         [](char16_t c) { return c < 0x7f ? static_cast<char>(c) : '?'; });
  return text;
}

std::u16string widen(std::string_view ascii) {
  return {ascii.begin(), ascii.end()};
}

std::u16string driver_path(std::string_view service) {
  return u"\\SystemRoot\\System32\\drivers\\" + widen(service) + u".sys";
}

DeviceNames::Added DeviceNames::add(std::u16string_view name, Target target) {
  const std::u16string canonical = canonical_name(name);
  const std::size_t last = canonical.rfind(u'\\');
  if (last == std::u16string::npos || last + 1 == canonical.size()) return Added::invalid;
  const std::u16string_view directory = std::u16string_view(canonical).substr(0, last);
  if (std::ranges::find(directories, directory) == directories.end())
    return Added::no_such_directory;
  return names_.emplace(canonical, std::move(target)).second ? Added::yes : Added::exists;
}

DeviceNames::Added DeviceNames::add_device(std::u16string_view name, PDEVICE_OBJECT device) {
  return add(name, device);
}

DeviceNames::Added DeviceNames::add_link(std::u16string_view name, std::u16string_view target) {
  return add(name, without_aliases(target));
}

bool DeviceNames::remove_link(std::u16string_view name) {
  const auto found = names_.find(canonical_name(name));
  if (found == names_.end() || !std::holds_alternative<std::u16string>(found->second)) return false;
  names_.erase(found);
  return true;
}

void DeviceNames::remove_device(std::u16string_view name) {
  names_.erase(canonical_name(name));
}

// A link may name a link, and a path may go on behind a device's name; the longest name wins.
DeviceNames::Found DeviceNames::resolve(std::u16string_view name) const {
  std::u16string spelled = without_aliases(name);
  for (int links = 0; links < max_links; ++links) {
    const std::u16string path = folded(spelled);
    std::size_t length = path.size();
    auto found = names_.find(path);
    while (found == names_.end() && length > 0) {
      length = path.rfind(u'\\', length - 1);
      if (length == std::u16string::npos || length == 0) return {};
      found = names_.find(path.substr(0, length));
    }
    if (found == names_.end()) return {};
    if (const auto* device = std::get_if<PDEVICE_OBJECT>(&found->second))
      return {*device, spelled.substr(length)};
    spelled = std::get<std::u16string>(found->second) + spelled.substr(length);
  }
  return {};
}

}  // namespace drydock::nt
