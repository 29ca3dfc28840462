// SPDX-License-Identifier: Apache-2.0
// Annotations under another of their names.
#pragma once

#include "sal.h"
