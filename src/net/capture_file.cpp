// SPDX-License-Identifier: Apache-2.0
// Format: draft-ietf-opsawg-pcapng.
#include "net/capture_file.h"

#include <pcap/pcap.h>

namespace drydock::net {
namespace {

constexpr std::uint32_t section_header = 0x0a0d0d0a, interface_description = 1, enhanced_packet = 6;
constexpr std::uint16_t end_of_options = 0, comment_option = 1, timestamp_resolution = 9,
                        application = 4;
constexpr std::string_view nanoseconds("\x09", 1);

// pcap_datalink() numbers a few types otherwise than files do.
std::uint32_t file_link_type(int link_type) {
  constexpr std::uint32_t raw_in_files = 101;
  return link_type == DLT_RAW ? raw_in_files : static_cast<std::uint32_t>(link_type);
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

class CaptureFile::Block {
 public:
  Block(CaptureFile& file, std::uint32_t type) : file_(file), begin_(file.bytes_.size()) {
    file_.put32(type);
    file_.put32(0);
  }
  ~Block() {
    const auto size = static_cast<std::uint32_t>(file_.bytes_.size() - begin_ + 4);
    file_.put32(size);
    for (unsigned i = 0; i < 4; ++i) {
      file_.bytes_[begin_ + 4 + i] = static_cast<std::uint8_t>(size >> 8 * i);
    }
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

 private:
  CaptureFile& file_;
  std::size_t begin_;
};

CaptureFile::CaptureFile(int link_type, Nanoseconds start) : start_(start) {
  {
    const Block block(*this, section_header);
    put32(0x1a2b3c4d);
    put16(1);
    put16(0);
    put32(0xffffffff);  // length of the section: not said
    put32(0xffffffff);
    put_option(application, "drydock");
    put_option(end_of_options, {});
  }
  put_interface(link_type);
}

void CaptureFile::put_interface(int link_type) {
  const Block block(*this, interface_description);
  put16(file_link_type(link_type));
  put16(0);
  put32(0);  // no snapshot length
  put_option(timestamp_resolution, nanoseconds);
  put_option(end_of_options, {});
}

void CaptureFile::add(Nanoseconds time, std::span<const std::uint8_t> frame,
                      std::string_view comment) {
  const auto stamp = static_cast<std::uint64_t>((start_ + time).count());
  const auto size = static_cast<std::uint32_t>(frame.size());
  const Block block(*this, enhanced_packet);
  put32(0);  // the interface
  put32(static_cast<std::uint32_t>(stamp >> 32));
  put32(static_cast<std::uint32_t>(stamp));
  put32(size);
  put32(size);
  put_padded(frame);
  if (!comment.empty()) {
    put_option(comment_option, comment);
    put_option(end_of_options, {});
  }
}

void CaptureFile::put16(std::uint32_t value) {
  bytes_.push_back(static_cast<std::uint8_t>(value));
  bytes_.push_back(static_cast<std::uint8_t>(value >> 8));
}

void CaptureFile::put32(std::uint32_t value) {
  put16(value);
  put16(value >> 16);
}

void CaptureFile::put_padded(std::span<const std::uint8_t> data) {
  bytes_.insert(bytes_.end(), data.begin(), data.end());
  while (bytes_.size() % 4 != 0) bytes_.push_back(0);
}

void CaptureFile::put_option(std::uint16_t code, std::string_view text) {
  put16(code);
  put16(static_cast<std::uint32_t>(text.size()));
  put_padded(bytes_of(text));
}

}  // namespace drydock::net
