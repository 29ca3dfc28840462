// SPDX-License-Identifier: Apache-2.0
#include "policy/store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <exception>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "base/sha256.h"
#include "policy/json_policy.h"
#include "policy/text.h"

namespace drydock::policy {
namespace {

using nlohmann::ordered_json;

// In the database's header, so that no other database is taken for a store.
constexpr int application_id = 0x64727944;  // "dryD"
constexpr int patience_ms = 2000;           // while another process saves

constexpr std::string_view weights_list = "built_in_sublayers";
constexpr const char* lists[] = {"providers", "provider_contexts", "built_in_sublayers",
                                 "sublayers", "callouts",          "filters"};

constexpr const char* tables =
    "CREATE TABLE object (list TEXT NOT NULL, position INTEGER NOT NULL, spec TEXT NOT NULL,"
    " PRIMARY KEY (list, position)) WITHOUT ROWID;"
    "CREATE TABLE next_number (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE seal (sha256 TEXT NOT NULL);";  // SQLite does not see a byte that changed in a
                                                  // text

// Does not leave this file.
class StoreProblem : public std::exception {
 public:
  explicit StoreProblem(std::string what) : what_(std::move(what)) {}
  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string what_;
};

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class Statement;

class Database {
 public:
  Database(const std::string& path, int flags) {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    database_.reset(opened);
    check(status);
    sqlite3_busy_timeout(opened, patience_ms);
    run("PRAGMA journal_mode = DELETE");
    run("PRAGMA synchronous = FULL");
  }

  void check(int status) const {
    if (status == SQLITE_OK || status == SQLITE_ROW || status == SQLITE_DONE) return;
    throw StoreProblem(problem(status));
  }
  void run(const std::string& sql) const {
    check(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr));
  }
  [[nodiscard]] sqlite3* get() const { return database_.get(); }

 private:
  [[nodiscard]] std::string problem(int status) const {
    switch (status & 0xff) {
      case SQLITE_NOTADB:
        return "not a store of drydock (not an SQLite database)";
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return "in use by another process";
      case SQLITE_CORRUPT:
        return "damaged";
      default:
        return database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(status);
    }
  }

  std::unique_ptr<sqlite3, CloseDatabase> database_;
};

class Statement {
 public:
  Statement(const Database& database, const char* sql) : database_(database) {
    sqlite3_stmt* prepared = nullptr;
    database.check(sqlite3_prepare_v2(database.get(), sql, -1, &prepared, nullptr));
    statement_.reset(prepared);
  }
  bool step() {
    const int status = sqlite3_step(statement_.get());
    database_.check(status);
    return status == SQLITE_ROW;
  }
  void reset() { database_.check(sqlite3_reset(statement_.get())); }
  void bind(int index, const std::string& text) {
    database_.check(sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(),
                                        SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  void bind(int index, std::int64_t number) {
    database_.check(sqlite3_bind_int64(statement_.get(), index, number));
  }
  [[nodiscard]] std::string text(int column) const {
    const auto* text = sqlite3_column_text(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return text == nullptr ? "" : std::string(reinterpret_cast<const char*>(text), size);
  }
  [[nodiscard]] std::int64_t number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
  }

 private:
  const Database& database_;
  std::unique_ptr<sqlite3_stmt, FinishStatement> statement_;
};

// Undone unless committed.
class Transaction {
 public:
  // Immediate: others are kept from writing at once, not only when this one begins to.
  Transaction(const Database& database, bool immediate) : database_(database) {
    database.run(immediate ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!committed_) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() {
    database_.run("COMMIT");
    committed_ = true;
  }

 private:
  const Database& database_;
  bool committed_ = false;
};

std::int64_t number_of(const Database& database, const char* sql) {
  Statement statement(database, sql);
  return statement.step() ? statement.number(0) : 0;
}

bool has_rows(const Database& database, const char* list) {
  Statement rows(database, "SELECT 1 FROM object WHERE list = ?1 LIMIT 1");
  rows.bind(1, list);
  return rows.step();
}

// --- what the rows say ---

// The policy document that the rows were cut from.
std::string document_of(const Database& database) {
  std::string text = R"({"kind": "drydock policy", "schema": 1, "next": {)";
  Statement next(database, "SELECT name, value FROM next_number ORDER BY name");
  const char* comma = "";
  for (; next.step(); comma = ", ") {
    fmt::format_to(std::back_inserter(text), "{}{}: {}", comma, ordered_json(next.text(0)).dump(),
                   static_cast<std::uint64_t>(next.number(1)));
  }
  text += "}";
  for (const char* list : lists) {
    Statement rows(database, "SELECT spec FROM object WHERE list = ?1 ORDER BY position");
    rows.bind(1, list);
    // The seals of stores that have never heard of it are without it.
    if (list == weights_list && !has_rows(database, list)) continue;
    fmt::format_to(std::back_inserter(text), ", \"{}\": [", list);
    for (comma = ""; rows.step(); comma = ",\n") text += comma + rows.text(0);
    text += "]";
  }
  return text + "}";
}

std::string seal_of(const Database& database) {
  const std::string document = document_of(database);
  return sha256(std::as_bytes(std::span(document)));
}

void put_seal(const Database& database) {
  database.run("DELETE FROM seal");
  Statement seal(database, "INSERT INTO seal VALUES (?1)");
  seal.bind(1, seal_of(database));
  seal.step();
}

void put_document(const Database& database, const ordered_json& document) {
  database.run("DELETE FROM object");
  database.run("DELETE FROM next_number");
  Statement object(database, "INSERT INTO object VALUES (?1, ?2, ?3)");
  for (const char* list : lists) {
    std::int64_t position = 0;
    for (const ordered_json& spec : document.value(list, ordered_json::array())) {
      object.bind(1, list);
      object.bind(2, position++);
      object.bind(3, spec.dump());
      object.step();
      object.reset();
    }
  }
  Statement next(database, "INSERT INTO next_number VALUES (?1, ?2)");
  for (const auto& [name, value] : document.value("next", ordered_json::object()).items()) {
    next.bind(1, name);
    next.bind(2, static_cast<std::int64_t>(value.get<std::uint64_t>()));
    next.step();
    next.reset();
  }
  put_seal(database);
}

// --- schemas ---

void create(const Database& database) {
  database.run(tables);
  database.run(fmt::format("PRAGMA application_id = {}", application_id));
  database.run(fmt::format("PRAGMA user_version = {}", store_schema));
  put_seal(database);
}

// Schema 1 held the whole policy as one text.
void migrate_from_1(const Database& database) {
  ordered_json document;
  {
    Statement whole(database, "SELECT json FROM policy");
    if (!whole.step()) throw StoreProblem("damaged: a store of schema 1 without its policy");
    document = ordered_json::parse(whole.text(0));
  }
  database.run(tables);
  put_document(database, document);
  database.run("DROP TABLE policy");
  database.run(fmt::format("PRAGMA user_version = {}", store_schema));
}

void check_whole(const Database& database) {
  Statement check(database, "PRAGMA integrity_check(1)");
  if (!check.step() || check.text(0) != "ok") throw StoreProblem("damaged");
}

void check_seal(const Database& database) {
  Statement seal(database, "SELECT sha256 FROM seal");
  if (!seal.step() || seal.text(0) != seal_of(database)) throw StoreProblem("damaged");
}

// Inside a transaction. A new, empty database becomes a store.
void make_current(const Database& database) {
  const bool empty = number_of(database, "SELECT count(*) FROM sqlite_master") == 0;
  if (empty && number_of(database, "PRAGMA application_id") == 0) return create(database);
  if (number_of(database, "PRAGMA application_id") != application_id)
    throw StoreProblem("an SQLite database, but not a store of drydock");
  check_whole(database);
  const auto version = number_of(database, "PRAGMA user_version");
  if (version > store_schema) {
    throw StoreProblem(
        fmt::format("a store of schema {}, written by a newer drydock; this one knows schema {}",
                    version, store_schema));
  }
  if (version == 1) migrate_from_1(database);
  check_seal(database);
}

// `work` in one transaction; what goes wrong becomes one line.
template <class Work>
auto with_store(const std::string& path, int flags, const Work& work)
    -> Result<decltype(work(std::declval<const Database&>()))> {
  try {
    const Database database(path, flags);
    Transaction transaction(database, (flags & SQLITE_OPEN_CREATE) != 0);
    make_current(database);
    auto result = work(database);
    transaction.commit();
    return result;
  } catch (const StoreProblem& problem) {
    return failure(one_line(fmt::format("{}: {}", path, problem.what())));
  } catch (const nlohmann::json::exception&) {
    return failure(fmt::format("{}: damaged", path));
  }
}

}  // namespace

bool is_store(std::string_view content) {
  return content.starts_with(std::string_view("SQLite format 3\0", 16));
}

Result<wfp::ObjectSet> load_store(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    return failure(fmt::format("{}: no such file", path));
  const auto document = with_store(path, SQLITE_OPEN_READWRITE, document_of);
  if (!document) return std::unexpected(document.error());
  auto policy = read_json(*document, path);
  if (!policy) return failure(fmt::format("{}: damaged ({})", path, policy.error().message));
  return std::move(policy->objects);
}

Result<void> save_store(const std::string& path, const wfp::ObjectSet& objects) {
  const auto document = ordered_json::parse(write_json(objects));
  const auto saved =
      with_store(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, [&](const Database& database) {
        put_document(database, document);
        return true;
      });
  if (!saved) return std::unexpected(saved.error());
  return {};
}

}  // namespace drydock::policy
