// SPDX-License-Identifier: Apache-2.0
// XML elements that know their line, and the error that says so. pugixml does the parsing.
#pragma once

#include <cstdint>
#include <exception>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace drydock::policy {

// What is wrong at a line. Does not leave the reader: read_netsh() turns it into an Error.
class WrongXml : public std::exception {
 public:
  WrongXml(std::uint32_t line, std::string what) : line_(line), what_(std::move(what)) {}

  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  [[nodiscard]] std::uint32_t line() const { return line_; }

 private:
  std::uint32_t line_;
  std::string what_;
};

class XmlFile {
 public:
  // UTF-8 with or without a byte order mark, UTF-16 with one. Throws WrongXml.
  explicit XmlFile(std::string_view bytes);
  XmlFile(const XmlFile&) = delete;
  XmlFile& operator=(const XmlFile&) = delete;
  ~XmlFile() = default;

  [[nodiscard]] const pugi::xml_document& document() const { return document_; }
  [[nodiscard]] std::uint32_t line_of(pugi::xml_node node) const;
  [[nodiscard]] WrongXml wrong(pugi::xml_node node, std::string what) const {
    return {line_of(node), std::move(what)};
  }

 private:
  [[nodiscard]] std::uint32_t line_at(std::size_t offset) const;

  pugi::xml_document document_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace drydock::policy
