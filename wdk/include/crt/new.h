// SPDX-License-Identifier: Apache-2.0
// For drivers only: the older name of <new>.
#pragma once

#include "new"
