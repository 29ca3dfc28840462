// SPDX-License-Identifier: Apache-2.0
// Export tables of the I/O manager's neighbourhood: images, objects, devices, requests, processes,
// registry.
#pragma once

#include "nt/rows.h"

namespace drydock::nt {

Exports loader_exports();
Exports object_exports();
Exports device_exports();
Exports pnp_exports();
Exports module_registrar_exports();
Exports notification_exports();
Exports event_handle_exports();
Exports io_more_exports();
Exports remove_lock_exports();
Exports cancel_safe_queue_exports();
Exports request_exports();
Exports process_exports();
Exports callback_object_exports();
Exports sorting_exports();
Exports registry_exports();
Exports registry_query_exports();
// Not importable: what the I/O manager itself puts into driver-visible structures.
Exports internal_exports();

}  // namespace drydock::nt
