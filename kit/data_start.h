// SPDX-License-Identifier: Apache-2.0
// Moves the start of a packet's data back over its headers for as long as the object lives.
#pragma once

#include "wdk.h"

namespace kit {

class RetreatedDataStart {
 public:
  _IRQL_requires_max_(DISPATCH_LEVEL) RetreatedDataStart(NET_BUFFER* buffer, ULONG bytes)
      : buffer_(buffer),
        bytes_(bytes),
        status_(NdisRetreatNetBufferDataStart(buffer, bytes, 0, nullptr)) {}
  RetreatedDataStart(const RetreatedDataStart&) = delete;
  RetreatedDataStart& operator=(const RetreatedDataStart&) = delete;
  ~RetreatedDataStart() {
    if (succeeded()) NdisAdvanceNetBufferDataStart(buffer_, bytes_, FALSE, nullptr);
  }

  bool succeeded() const { return status_ == NDIS_STATUS_SUCCESS; }

 private:
  NET_BUFFER* buffer_;
  ULONG bytes_;
  NDIS_STATUS status_;
};

}  // namespace kit
