// SPDX-License-Identifier: Apache-2.0
// Ends what a pshpackN.h began; no include guard on purpose.
#pragma pack(pop)
