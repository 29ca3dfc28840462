// SPDX-License-Identifier: Apache-2.0
// Who signed a file: the common name of the signer's certificate in the embedded PKCS#7 blob. The
// signature is not verified; the name is information for people.
#include <algorithm>
#include <optional>

#include "image/directories.h"

namespace drydock::image {
namespace {

enum Tag : std::uint8_t {
  integer = 0x02,
  object_identifier = 0x06,
  bmp_string = 0x1e,
  sequence = 0x30,
  set = 0x31,
  context_0 = 0xa0,
  context_1 = 0xa1,
};

struct Element {
  std::uint8_t tag = 0;
  Bytes content;
  Bytes whole;  // with tag and length
};

// Takes one DER element off the front of `input`; nothing when it is malformed.
std::optional<Element> take(Bytes& input) {
  const auto tag = read<std::uint8_t>(input, 0);
  const auto first = read<std::uint8_t>(input, 1);
  if (!tag || !first) return std::nullopt;
  std::uint64_t length = *first;
  std::uint64_t header = 2;
  if (*first >= 0x80) {
    const std::uint64_t count = *first & 0x7f;
    if (count == 0 || count > 4 || !contains(input, 2, count)) return std::nullopt;
    length = 0;
    for (std::uint64_t i = 0; i < count; ++i)
      length = length << 8 | read_or<std::uint8_t>(input, 2 + i, 0);
    header += count;
  }
  if (!contains(input, header, length)) return std::nullopt;
  const Element element{*tag, input.subspan(header, length), input.first(header + length)};
  input = input.subspan(header + length);
  return element;
}

std::optional<Element> take(Bytes& input, Tag expected) {
  auto element = take(input);
  return element && element->tag == expected ? element : std::nullopt;
}

bool equal(Bytes left, Bytes right) {
  return std::ranges::equal(left, right);
}

std::string as_text(const Element& value) {
  if (value.tag != bmp_string) return read_utf8(value.content);
  std::string text;
  for (std::uint64_t at = 0; at + 2 <= value.content.size(); at += 2) {
    const std::uint32_t big_endian = read_or<std::uint16_t>(value.content, at, 0);
    append_character(text, big_endian >> 8 | (big_endian & 0xff) << 8);
  }
  return text;
}

// Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }
std::optional<std::string> common_name(Bytes name) {
  constexpr std::byte id_common_name[] = {std::byte{0x55}, std::byte{4}, std::byte{3}};
  while (auto relative = take(name, set)) {
    while (auto attribute = take(relative->content, sequence)) {
      const auto type = take(attribute->content, object_identifier);
      const auto value = take(attribute->content);
      if (type && value && equal(type->content, id_common_name)) return as_text(*value);
    }
  }
  return std::nullopt;
}

struct Signer {
  Bytes issuer;
  Bytes serial;
  Bytes attributes;  // the unauthenticated ones
};

// The subject's common name when the certificate is the signer's.
std::optional<std::string> subject_if(Bytes certificate, const Signer& signer) {
  auto body = take(certificate, sequence);
  if (!body) return std::nullopt;
  Bytes rest = body->content;
  if (read_or<std::uint8_t>(rest, 0, 0) == context_0) take(rest);  // version
  const auto serial = take(rest, integer);
  const auto algorithm = take(rest, sequence);
  const auto issuer = take(rest, sequence);
  const auto validity = take(rest, sequence);
  const auto subject = take(rest, sequence);
  if (!serial || !algorithm || !issuer || !validity || !subject) return std::nullopt;
  if (!equal(serial->content, signer.serial) || !equal(issuer->whole, signer.issuer))
    return std::nullopt;
  return common_name(subject->content);
}

// SignerInfo { version, { issuer, serial }, digest, [0] attributes?, algorithm, signature, [1]
// attributes? }
std::optional<Signer> first_signer(Bytes signers) {
  auto info = take(signers, sequence);
  if (!info || !take(info->content, integer)) return std::nullopt;
  auto id = take(info->content, sequence);
  if (!id) return std::nullopt;
  const auto issuer = take(id->content, sequence);
  const auto serial = take(id->content, integer);
  if (!issuer || !serial) return std::nullopt;
  Signer signer{issuer->whole, serial->content, {}};
  while (const auto element = take(info->content)) {
    if (element->tag == context_1) signer.attributes = element->content;
  }
  return signer;
}

// The content of a second signature, which Windows keeps as an attribute of the first.
Bytes nested_signature(Bytes attributes) {
  constexpr std::uint8_t id[] = {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x04, 0x01};
  while (auto attribute = take(attributes, sequence)) {
    const auto type = take(attribute->content, object_identifier);
    const auto values = take(attribute->content, set);
    if (type && values && equal(type->content, std::as_bytes(std::span(id))))
      return values->content;
  }
  return {};
}

// ContentInfo { id, [0] SignedData { version, digests, content, [0] certificates, [1] lists?,
// signers } }. Appends the signer's name; returns the nested signature, if any.
Bytes read_signed_data(Bytes blob, std::vector<std::string>& names) {
  auto info = take(blob, sequence);
  if (!info || !take(info->content, object_identifier)) return {};
  auto wrapped = take(info->content, context_0);
  auto data = wrapped ? take(wrapped->content, sequence) : std::nullopt;
  if (!data) return {};
  Bytes rest = data->content;
  if (!take(rest, integer) || !take(rest, set) || !take(rest, sequence)) return {};
  const auto certificates = take(rest, context_0);
  auto signers = take(rest);
  if (signers && signers->tag != set) signers = take(rest, set);
  const auto signer = signers ? first_signer(signers->content) : std::nullopt;
  if (!certificates || !signer) return {};
  Bytes remaining = certificates->content;
  while (auto certificate = take(remaining, sequence)) {
    auto name = subject_if(certificate->content, *signer);
    if (!name) continue;
    names.push_back(std::move(*name));
    break;
  }
  return nested_signature(signer->attributes);
}

}  // namespace

void read_signer(PeFile& file, Bytes raw) {
  constexpr std::uint16_t pkcs_signed_data = 2;
  constexpr int deepest_nesting = 4;
  const DataDirectory& directory = file.directory(Directory::certificates);
  const Bytes entry = slice(raw, directory.rva, directory.size);
  if (directory.rva == 0 || entry.size() < 8) return;
  file.has_certificates = true;
  if (read_or<std::uint16_t>(entry, 6, 0) != pkcs_signed_data) return;
  const std::uint32_t length = read_or<std::uint32_t>(entry, 0, 0);
  Bytes blob = slice(entry, 8, length > 8 ? length - 8 : 0);
  for (int depth = 0; depth < deepest_nesting && !blob.empty(); ++depth) {
    blob = read_signed_data(blob, file.signers);
  }
}

}  // namespace drydock::image
