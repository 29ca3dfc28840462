// SPDX-License-Identifier: Apache-2.0
// What a scenario file lets a process do, one operation after the other. Names are the file's own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scenario/byte_text.h"
#include "scenario/process_plan.h"
#include "scenario/socket_operation.h"

namespace drydock::scenario {

// Where a request reads into, or what a METHOD_IN_DIRECT request sends: so many bytes, or memory of
// the process by its name.
using BufferText = std::variant<std::uint64_t, std::string>;

// What must come of it, or the run is inconclusive.
struct Expectation {
  bool any = false;                     // status
  std::optional<std::uint32_t> status;  // none: success
  std::optional<ByteText> answer;       // the output begins with it
};

struct OpenDevice {
  std::string device;
  std::string as;
};
struct CloseHandle {
  std::string on;
};
struct MakeMemory {
  std::string name;
  std::uint64_t size = 0;
  ByteText contents;  // from its beginning
};
enum class TransferKind : std::uint8_t { ioctl, read, write };
struct StartTransfer {
  TransferKind kind = TransferKind::ioctl;
  std::string on;
  std::uint32_t code = 0;  // ioctl
  ByteText input;          // of a write: what is written
  BufferText output;
  bool filled = false;  // only as much of the memory as the last request has put there
  std::string pends;    // a name for it: goes on at once; empty: waits
};
struct WaitForRequest {
  std::string request;
};
struct CancelRequest {
  std::string request;
};
struct AwaitSteps {
  std::uint64_t steps = 0;
};
struct Sleep {
  std::uint64_t milliseconds = 0;
};
struct Repeat {
  std::optional<std::uint64_t> times;  // in all; none: until the process ends
  std::size_t last = 1;                // so many operations before this one
};

// Another thread of the process begins with its operations.
struct StartThread {
  std::string name;
};

struct Operation {
  std::variant<StartThread, OpenDevice, CloseHandle, MakeMemory, StartTransfer, WaitForRequest,
               CancelRequest, AwaitSteps, Sleep, Repeat, MakeSocket, BindSocket, ListenOn,
               ConnectSocket, AcceptFrom, SendBytes, ReceiveBytes, ShutDown, CloseSocket,
               QueryRedirectContext, HandOnRedirectRecords>
      what;
  Expectation expected;
  std::uint32_t line = 0;  // of the file
  std::string place;       // "scenario.toml:12", for messages
};

// A process as the file describes it.
struct ProcessText {
  std::string image;
  std::string user;
  ProcessEnd end = ProcessEnd::before_unload;
  std::string driver;  // whose start and unload are meant, by its name; empty: the first
  std::uint32_t driver_line = 0;
  std::vector<Operation> operations;                           // of the first thread
  std::map<std::string, std::vector<Operation>> threads = {};  // the others, by name
};

// Plays them on the process's first thread; `driver` is the number of the one it is about.
ProcessPlan scripted(ProcessText text, std::uint32_t driver);

}  // namespace drydock::scenario
