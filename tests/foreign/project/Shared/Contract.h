// SPDX-License-Identifier: Apache-2.0
// Beside the project's folder: found by the backslashed path that the sources give.
#pragma once
long Careful(long kind);
