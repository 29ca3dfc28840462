// SPDX-License-Identifier: Apache-2.0
#include "policy/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "policy/json_policy.h"
#include "random_policy.h"
#include "wfp/engine/engine.h"

namespace drydock::policy {
namespace {

namespace fs = std::filesystem;

class PolicyStore : public ::testing::Test {
 protected:
  PolicyStore() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~PolicyStore() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name = "policy.store") const {
    return (folder_ / name).string();
  }
  [[nodiscard]] std::string error(const std::string& name = "policy.store") const {
    const auto loaded = load_store(path(name));
    return loaded ? "" : loaded.error().message;
  }
  static wfp::ObjectSet objects(std::uint64_t seed) {
    wfp::Engine engine;
    EXPECT_TRUE(engine.import_objects(test::RandomPolicy(seed).objects()));
    return engine.export_objects();
  }
  void run_sql(const std::string& sql, const std::string& name = "policy.store") const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path(name).c_str(), &database), SQLITE_OK);
    char* problem = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &problem), SQLITE_OK)
        << problem;
    sqlite3_close(database);
  }
  void write(const std::string& content, const std::string& name = "policy.store") const {
    std::ofstream(path(name), std::ios::binary) << content;
  }
  [[nodiscard]] std::string content() const {
    std::stringstream text;
    text << std::ifstream(path(), std::ios::binary).rdbuf();
    return text.str();
  }

  fs::path folder_ = fs::path(::testing::TempDir()) / ("drydock_store_" + std::to_string(getpid()));
};

TEST_F(PolicyStore, what_was_saved_last_is_loaded) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const auto saved = objects(seed);
    ASSERT_TRUE(save_store(path(), saved));
    const auto loaded = load_store(path());
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(write_json(*loaded), write_json(saved)) << "seed " << seed;
  }
}

TEST_F(PolicyStore, what_is_no_store_is_refused_with_one_line_and_left_alone) {
  EXPECT_EQ(error(), path() + ": no such file");
  write("{\"kind\": \"drydock policy\", and so on, long enough for a header of SQLite .........");
  EXPECT_EQ(error(), path() + ": not a store of drydock (not an SQLite database)");
  EXPECT_EQ(save_store(path(), {}).error().message,
            path() + ": not a store of drydock (not an SQLite database)");
  run_sql("CREATE TABLE mail (subject TEXT)", "mail.db");
  EXPECT_EQ(error("mail.db"), path("mail.db") + ": an SQLite database, but not a store of drydock");
  EXPECT_FALSE(save_store(path("mail.db"), {}));
  run_sql("SELECT subject FROM mail", "mail.db");
  EXPECT_EQ(save_store("/no/such/folder/x", {}).error().message,
            "/no/such/folder/x: unable to open database file");
}

TEST_F(PolicyStore, a_store_of_a_newer_drydock_is_refused) {
  ASSERT_TRUE(save_store(path(), objects(3)));
  run_sql("PRAGMA user_version = 3");
  EXPECT_EQ(error(),
            path() + ": a store of schema 3, written by a newer drydock; this one knows schema 2");
}

TEST_F(PolicyStore, a_store_of_schema_1_is_brought_up) {
  const auto saved = objects(7);
  std::string text = write_json(saved);
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2)
    text.insert(at, "'");
  run_sql(
      "PRAGMA application_id = 1685223748; PRAGMA user_version = 1;"
      "CREATE TABLE policy (json TEXT NOT NULL); INSERT INTO policy VALUES ('" +
      text + "')");
  for (int load = 0; load < 2; ++load) {
    const auto loaded = load_store(path());
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(write_json(*loaded), write_json(saved));
  }
  run_sql("SELECT spec FROM object");  // no longer schema 1
}

TEST_F(PolicyStore, damage_is_refused_with_one_line) {
  ASSERT_TRUE(save_store(path(), objects(11)));
  const std::string whole = content();
  int refused = 0;
  for (std::size_t at = 100; at < whole.size(); at += 97) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    write(damaged);
    const auto loaded = load_store(path());
    if (loaded) {  // a byte that nothing refers to
      EXPECT_EQ(write_json(*loaded), write_json(objects(11))) << at;
      continue;
    }
    ++refused;
    EXPECT_TRUE(loaded.error().message.starts_with(path() + ": ")) << loaded.error().message;
    EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  }
  EXPECT_GT(refused, 10);
  write(whole.substr(0, whole.size() / 2));
  EXPECT_EQ(error(), path() + ": damaged");
  write(whole);
  run_sql("UPDATE object SET spec = replace(spec, '\"layer\"', '\"lager\"')");
  EXPECT_EQ(error(), path() + ": damaged");
}

TEST_F(PolicyStore, a_process_killed_while_saving_leaves_the_objects_of_before_or_after) {
  const auto before = write_json(objects(21));
  ASSERT_TRUE(save_store(path(), objects(21)));
  const auto after_objects = objects(22);
  const auto after = write_json(after_objects);
  ASSERT_NE(before, after);
  for (int round = 0; round < 40; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      for (;;) {
        if (!save_store(path(), after_objects)) _exit(1);
        if (!save_store(path(), objects(21))) _exit(1);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500 + 700 * round));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto loaded = load_store(path());
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto text = write_json(*loaded);
    EXPECT_TRUE(text == before || text == after) << "round " << round;
  }
}

TEST_F(PolicyStore, two_processes_do_not_mix_their_objects) {
  ASSERT_TRUE(save_store(path(), objects(1)));
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(save_store(path(), objects(2)).error().message, path() + ": in use by another process");
  sqlite3_close(other);
  EXPECT_EQ(write_json(*load_store(path())), write_json(objects(1)));
}

}  // namespace
}  // namespace drydock::policy
