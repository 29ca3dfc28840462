// SPDX-License-Identifier: Apache-2.0
// The typed values of netsh's XML: <type>FWP_UINT16</type><uint16>443</uint16>.
#pragma once

#include "policy/xml.h"
#include "wfp/engine/value.h"

namespace drydock::policy {

// Any value, ranges included; throws WrongXml for a type or form that is not known.
wfp::Value netsh_value(const XmlFile& file, pugi::xml_node node);

// <data>0123ab</data><asString>...</asString>; an empty element is an empty blob.
std::vector<std::uint8_t> netsh_blob(const XmlFile& file, pugi::xml_node node);

// The number that is the element's text.
std::uint64_t netsh_number(const XmlFile& file, pugi::xml_node node, std::uint64_t most);

}  // namespace drydock::policy
