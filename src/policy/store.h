// SPDX-License-Identifier: Apache-2.0
// What survives a reboot, on disk: an SQLite database with one row an object. A save is one
// transaction with a rollback journal and full synchronisation, so a process or a machine that ends
// in the middle leaves the objects of before.
#pragma once

#include <string>

#include "base/error.h"
#include "wfp/engine/object_set.h"

namespace drydock::policy {

inline constexpr int store_schema = 2;

// Errors, one line each: no such file, not a store, damaged, written by a newer drydock, or in use.
// A store of an older schema is brought up to this one.
Result<wfp::ObjectSet> load_store(const std::string& path);

// Takes the place of whatever the store held; makes the file if there is none. Errors as above, or
// that it cannot be written; then the store is as it was.
Result<void> save_store(const std::string& path, const wfp::ObjectSet& objects);

// Does the file begin as SQLite's do?
bool is_store(std::string_view content);

}  // namespace drydock::policy
