// SPDX-License-Identifier: Apache-2.0
// A run with kernel and framework that loads real framework drivers and writes down what they say
// by DbgPrint.
#pragma once

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "kmdf/exports.h"
#include "kmdf/framework.h"
#include "machine/shared_memory.h"
#include "nt/exports.h"
#include "nt/fault_policy.h"
#include "nt/kernel.h"

namespace drydock::kmdf {

inline nt::ImageStore& test_store() {
  static const std::vector<const machine::ExportRow*> kernel = nt::all_exports();
  static const std::vector<nt::ExportTable> tables = {kernel, loader_exports(), function_exports()};
  static nt::ImageStore store(tables);
  return store;
}

struct FrameworkRun {
  machine::RoundRobin choices{1};
  machine::Machine machine;
  ledger::Record record{machine};
  nt::Kernel kernel{machine, record, test_store(), 1};
  Framework framework{machine};
  nt::FaultMeaning faults{machine, record, kernel.loader};
  std::vector<std::string> said;

  explicit FrameworkRun(machine::MachineOptions options = {})
      : machine(machine::shared_memory(), choices, options) {
    traps().set_policy(&faults);
    record.events().send_all_to([this](const ledger::Event& event) {
      if (std::strcmp(event.name, "DbgPrint") == 0)
        said.emplace_back(reinterpret_cast<const char*>(event.values[0]));
    });
  }
  ~FrameworkRun() { traps().set_policy(nullptr); }
  FrameworkRun(const FrameworkRun&) = delete;
  FrameworkRun& operator=(const FrameworkRun&) = delete;

  static machine::Traps& traps() {
    static machine::Traps one;
    return one;
  }

  machine::DriverId load(const std::string& path) {
    const machine::DriverId id = begin_load(path);
    machine.run();
    return id;
  }
  machine::DriverId begin_load(const std::string& path) {
    const auto content = read_file(path);
    EXPECT_TRUE(content) << (content ? "" : content.error().message);
    const std::string name = path.substr(path.rfind('/') + 1);
    const auto file = test_store().cache.open(*content, name);
    EXPECT_TRUE(file) << (file ? "" : file.error().message);
    const auto id = kernel.io.load(**file, name.substr(0, name.rfind('.')));
    EXPECT_TRUE(id) << (id ? "" : id.error().message);
    return *id;
  }
  void on_fiber(std::move_only_function<void()> body) {
    machine.spawn("test", machine::Irql::passive, std::move(body));
    machine.run();
  }
  // Everything that is still alive, as "kind name".
  [[nodiscard]] std::vector<std::string> alive() const {
    std::vector<std::string> found;
    for (const ledger::Entry& entry : record.ledger().entries()) {
      if (entry.alive()) found.push_back(std::string(kind_name(entry.kind)) + " " + entry.name);
    }
    return found;
  }
  // "0x10D 5", "inconclusive: ...", or "" when the run was not stopped.
  [[nodiscard]] std::string stop() const {
    const auto& stopped = machine.stopped();
    if (!stopped) return "";
    if (const auto* check = std::get_if<machine::BugCheck>(&*stopped))
      return fmt::format("{:#x} {}", check->code, check->parameters[0]);
    if (const auto* unknown = std::get_if<machine::Inconclusive>(&*stopped)) return unknown->what;
    return "other";
  }
};

}  // namespace drydock::kmdf
