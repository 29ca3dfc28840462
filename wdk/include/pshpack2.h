// SPDX-License-Identifier: Apache-2.0
// Packs the structures that follow to 2 bytes, until poppack.h; no include guard on purpose.
#pragma pack(push, 2)
