// SPDX-License-Identifier: Apache-2.0
// What layer_probe.sys writes down about one call of its classifyFn, as the test reads it.
#pragma once

namespace probe {

using U16 = unsigned short;
using U32 = unsigned int;

// Followed by `values` of ValueRecord.
struct LayerRecord {
  U32 size;  // of the whole record
  U16 layer, values;
  U32 irql;
  U32 metadata, l2_metadata;  // currentMetadataValues, currentL2MetadataValues
  U32 ip_header, transport_header, mac_header;
  U32 lists, data_length;  // NET_BUFFER_LISTs of the chain, bytes of its first NET_BUFFER
  U32 lost;                // records that found no room before this one
};

// Followed by `size` bytes, filled up to a multiple of four.
struct ValueRecord {
  U16 type, size;  // FWP_DATA_TYPE; numbers in little-endian order, what pointers lead to
};

constexpr unsigned largest_blob = 256;

}  // namespace probe
