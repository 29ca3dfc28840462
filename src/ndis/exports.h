// SPDX-License-Identifier: Apache-2.0
// The functions of ndis.sys that drivers import.
#pragma once

#include <span>

#include "ledger/export.h"

namespace drydock::ndis {

std::span<const machine::ExportRow* const> ndis_exports();

}  // namespace drydock::ndis
