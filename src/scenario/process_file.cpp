// SPDX-License-Identifier: Apache-2.0
#include "scenario/process_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "net/tokens.h"
#include "scenario/place_text.h"
#include "scenario/toml_section.h"

namespace drydock::scenario {
namespace {

constexpr std::int64_t most_bytes = 1 << 24;
constexpr std::int64_t most_code = 0xffffffff;
constexpr const char* usual_handle = "file";
constexpr const char* usual_socket = "socket";

// One thread's operations, and what names they may use so far: its own, and those that the first
// thread had when this one began.
class OperationReader {
 public:
  Operation read(Section& section, const toml::node& node) {
    Operation operation;
    operation.line = node.source().begin.line;
    operation.what = read_what(section);
    section.refuse_others();
    operation.expected = std::move(expected_);
    expected_ = {};
    ++count_;
    return operation;
  }

  // An operation that stands in no file.
  void count_one() { ++count_; }
  // Knows the names so far; nothing of it can be repeated.
  void begin_thread() { count_ = 0; }

 private:
  using What = decltype(Operation::what);
  struct Verb {
    const char* key;
    What (OperationReader::*read)(Section&);
  };

  What read_what(Section& section) {
    static constexpr std::array<Verb, 20> verbs = {
        {{"open", &OperationReader::read_open},
         {"close", &OperationReader::read_close},
         {"memory", &OperationReader::read_memory},
         {"ioctl", &OperationReader::read_ioctl},
         {"read", &OperationReader::read_read},
         {"write", &OperationReader::read_write},
         {"wait", &OperationReader::read_wait},
         {"cancel", &OperationReader::read_cancel},
         {"after_steps", &OperationReader::read_steps},
         {"sleep_ms", &OperationReader::read_sleep},
         {"socket", &OperationReader::read_socket},
         {"bind", &OperationReader::read_bind},
         {"listen", &OperationReader::read_listen},
         {"connect", &OperationReader::read_connect},
         {"accept", &OperationReader::read_accept},
         {"send", &OperationReader::read_send},
         {"receive", &OperationReader::read_receive},
         {"shut_down", &OperationReader::read_shut_down},
         {"redirect_context", &OperationReader::read_redirect_context},
         {"redirect_records", &OperationReader::read_redirect_records}}};
    if (section.has("repeat")) return read_repeat(section);
    for (const Verb& verb : verbs) {
      if (section.has(verb.key)) return (this->*verb.read)(section);
    }
    throw section.wrong(
        "does nothing: it needs one of open, close, memory, ioctl, read, write, wait, cancel, "
        "after_steps, sleep_ms, socket, bind, listen, connect, accept, send, receive, shut_down, "
        "redirect_context, redirect_records, repeat");
  }

  What read_open(Section& section) {
    OpenDevice open{*section.value<std::string>("open", "a text"),
                    section.value<std::string>("as", "a text").value_or(usual_handle)};
    handles_.insert(open.as);
    read_status(section);
    return open;
  }
  What read_close(Section& section) {
    const auto name = section.value<std::string>("close", "a text").value_or("");
    if (sockets_.contains(name) && !handles_.contains(name)) return CloseSocket{name};
    read_status(section);
    return CloseHandle{known(section, "close", handles_, "handle")};
  }
  What read_memory(Section& section) {
    MakeMemory make{.name = *section.value<std::string>("memory", "a text"),
                    .size = 0,
                    .contents = bytes(section, "bytes")};
    const auto size = section.number("size", 1, most_bytes);
    make.size = static_cast<std::uint64_t>(size.value_or(0));
    const std::size_t filled = make.contents.size();
    if (!size) make.size = filled;
    if (make.size == 0) throw section.missing("size");
    if (make.size < filled)
      throw section.wrong(fmt::format("has {} bytes for a memory of {}", filled, make.size));
    if (!memory_.insert(make.name).second)
      throw section.wrong(fmt::format("makes the memory '{}' a second time", make.name));
    return make;
  }
  What read_ioctl(Section& section) {
    StartTransfer transfer;
    transfer.kind = TransferKind::ioctl;
    transfer.code = static_cast<std::uint32_t>(*section.number("ioctl", 0, most_code));
    transfer.input = bytes(section, "input");
    transfer.output = buffer(section, "output");
    return finish(section, std::move(transfer));
  }
  What read_read(Section& section) {
    StartTransfer transfer;
    transfer.kind = TransferKind::read;
    transfer.output = buffer(section, "read");
    return finish(section, std::move(transfer));
  }
  What read_write(Section& section) {
    StartTransfer transfer;
    transfer.kind = TransferKind::write;
    transfer.input = bytes(section, "write");
    return finish(section, std::move(transfer));
  }
  What finish(Section& section, StartTransfer transfer) {
    const bool named = section.has("on");
    transfer.on = named ? known(section, "on", handles_, "handle") : usual_handle;
    if (!named && !handles_.contains(transfer.on))
      throw section.wrong("has no 'on', and no device has been opened as 'file'");
    transfer.filled = section.value<bool>("filled", "true or false").value_or(false);
    if (transfer.filled && !std::holds_alternative<std::string>(transfer.output))
      throw section.wrong("is 'filled', but its output is no memory");
    transfer.pends = section.value<std::string>("pends", "a text").value_or("");
    if (!transfer.pends.empty()) {
      requests_.insert(transfer.pends);
      return transfer;
    }
    read_status(section);
    read_answer(section);
    return transfer;
  }
  What read_wait(Section& section) {
    read_status(section);
    read_answer(section);
    return WaitForRequest{known(section, "wait", requests_, "request")};
  }
  What read_cancel(Section& section) {
    return CancelRequest{known(section, "cancel", requests_, "request")};
  }
  What read_steps(Section& section) {
    return AwaitSteps{static_cast<std::uint64_t>(*section.number("after_steps", 0, INT64_MAX))};
  }
  What read_sleep(Section& section) {
    constexpr std::int64_t an_hour = 3'600'000;
    return Sleep{static_cast<std::uint64_t>(*section.number("sleep_ms", 0, an_hour))};
  }
  What read_repeat(Section& section) {
    Repeat repeat;
    const auto* text = section.find("repeat")->as_string();
    if (text == nullptr || text->get() != "until the end")
      repeat.times = static_cast<std::uint64_t>(*section.number("repeat", 1, INT64_MAX));
    repeat.last = static_cast<std::size_t>(section.number("last", 1, INT64_MAX).value_or(1));
    if (repeat.last > count_)
      throw section.wrong(
          fmt::format("repeats {} operations, but {} came before", repeat.last, count_));
    return repeat;
  }

  What read_socket(Section& section) {
    const auto protocol = *section.value<std::string>("socket", "\"tcp\" or \"udp\"");
    if (protocol != "tcp" && protocol != "udp")
      throw section.wrong("'socket' must be \"tcp\" or \"udp\"", *section.find("socket"));
    MakeSocket make{protocol == "tcp" ? net::Protocol::tcp : net::Protocol::udp,
                    section.value<std::string>("as", "a text").value_or(usual_socket)};
    sockets_.insert(make.as);
    return make;
  }
  What read_bind(Section& section) {
    BindSocket bind{socket(section), read_place(section, "bind"),
                    section.value<bool>("reuse", "true or false").value_or(false)};
    read_status(section);
    return bind;
  }
  What read_listen(Section& section) {
    read_status(section);
    return ListenOn{known(section, "listen", sockets_, "socket")};
  }
  What read_connect(Section& section) {
    ConnectSocket connect{socket(section), read_place(section, "connect")};
    read_status(section);
    return connect;
  }
  What read_accept(Section& section) {
    read_status(section);
    AcceptFrom accept{known(section, "accept", sockets_, "socket"),
                      section.value<std::string>("as", "a text").value_or("accepted")};
    sockets_.insert(accept.as);
    return accept;
  }
  What read_send(Section& section) {
    SendBytes send{socket(section), bytes(section, "send"), std::nullopt};
    if (section.has("to")) send.to = read_place(section, "to");
    read_status(section);
    return send;
  }
  What read_receive(Section& section) {
    ReceiveBytes receive{socket(section),
                         static_cast<std::uint64_t>(*section.number("receive", 1, most_bytes))};
    read_status(section);
    read_answer(section);
    return receive;
  }
  What read_shut_down(Section& section) {
    read_status(section);
    return ShutDown{known(section, "shut_down", sockets_, "socket")};
  }
  What read_redirect_context(Section& section) {
    read_answer(section);
    return QueryRedirectContext{known(section, "redirect_context", sockets_, "socket")};
  }
  What read_redirect_records(Section& section) {
    return HandOnRedirectRecords{known(section, "redirect_records", sockets_, "socket"),
                                 socket(section)};
  }

  // Which socket it is about.
  std::string socket(Section& section) {
    if (section.has("on")) return known(section, "on", sockets_, "socket");
    if (!sockets_.contains(usual_socket))
      throw section.wrong("has no 'on', and no socket has been made as 'socket'");
    return usual_socket;
  }
  void read_status(Section& section) {
    const toml::node* node = section.find("status");
    if (node == nullptr) return;
    const auto* text = node->as_string();
    expected_.any = text != nullptr && text->get() == "any";
    if (expected_.any) return;
    if (text != nullptr) throw section.wrong("'status' must be a number or \"any\"", *node);
    expected_.status = static_cast<std::uint32_t>(*section.number("status", 0, most_code));
  }
  void read_answer(Section& section) {
    if (section.has("answer")) expected_.answer = bytes(section, "answer");
  }

  ByteText bytes(Section& section, const char* key) {
    const auto text = section.value<std::string>(key, "a text of bytes");
    if (!text) return {};
    auto parsed = ByteText::parse(*text);
    if (!parsed)
      throw section.wrong(fmt::format("'{}': {}", key, parsed.error().message), *section.find(key));
    for (const std::string& name : parsed->names()) {
      if (!memory_.contains(name))
        throw section.wrong(fmt::format("'{}': there is no memory '{}' so far", key, name),
                            *section.find(key));
    }
    return *std::move(parsed);
  }
  BufferText buffer(Section& section, const char* key) {
    const toml::node* node = section.find(key);
    if (node == nullptr) return std::uint64_t{0};
    if (node->is_string()) return known(section, key, memory_, "memory");
    return static_cast<std::uint64_t>(*section.number(key, 0, most_bytes));
  }
  static std::string known(Section& section, const char* key, const std::set<std::string>& names,
                           const char* what) {
    const auto name = *section.value<std::string>(key, "a text");
    if (!names.contains(name))
      throw section.wrong(fmt::format("'{}': there is no {} '{}' so far", key, what, name),
                          *section.find(key));
    return name;
  }

  std::set<std::string> handles_, memory_, requests_, sockets_;
  std::size_t count_ = 0;
  Expectation expected_;
};

// Operations go to their threads. One begins where its first operation stands among those of the
// first thread.
class ProcessReader {
 public:
  void read(const toml::node& node, ProcessText& process) {
    Section section(node, "[[process.io]]");
    const auto thread = section.value<std::string>("thread", "a text").value_or("");
    if (thread.empty()) {
      process.operations.push_back(first_.read(section, node));
      return;
    }
    const auto [reader, begins] = others_.try_emplace(thread, first_);
    if (begins) {
      reader->second.begin_thread();
      process.operations.push_back({.what = StartThread{thread}, .expected = {}, .place = {}});
      first_.count_one();
    }
    process.threads[thread].push_back(reader->second.read(section, node));
  }

 private:
  OperationReader first_;
  std::map<std::string, OperationReader> others_;
};

template <class What>
bool uses(const ProcessText& process) {
  const auto is = [](const Operation& operation) {
    return std::holds_alternative<What>(operation.what);
  };
  return std::ranges::any_of(process.operations, is) ||
         std::ranges::any_of(process.threads, [&](const auto& thread) {
           return std::ranges::any_of(thread.second, is);
         });
}

// Who only talks to others goes on talking while the driver goes.
ProcessEnd read_end(Section& section, const ProcessText& process) {
  const bool given = section.has("end");
  const auto text = section.value<std::string>("end", "a text").value_or("before unload");
  if (!given && uses<MakeSocket>(process) && !uses<OpenDevice>(process))
    return ProcessEnd::after_traffic;
  if (text == "before unload") return ProcessEnd::before_unload;
  if (text == "after unload") return ProcessEnd::after_unload;
  if (text == "after traffic") return ProcessEnd::after_traffic;
  if (text == "never") return ProcessEnd::never;
  throw section.wrong(
      "'end' must be \"before unload\", \"after unload\", \"after traffic\" or \"never\"",
      *section.find("end"));
}

ProcessText read_process(const toml::node& node) {
  Section section(node, "[[process]]");
  ProcessText process;
  process.image = section.value<std::string>("image", "a text")
                      .value_or(R"(\Device\HarddiskVolume1\Windows\System32\notepad.exe)");
  process.user = section.value<std::string>("user", "a text").value_or("");
  if (!process.user.empty() && !net::parse_sid(process.user))
    throw section.wrong("'user' must be a SID, as S-1-5-18 is one", *section.find("user"));
  process.driver = section.value<std::string>("driver", "a text").value_or("");
  if (!process.driver.empty()) process.driver_line = section.find("driver")->source().begin.line;
  static_cast<void>(section.find("end"));  // known, and read when it is clear what it ends
  ProcessReader reader;
  if (const toml::node* io = section.find("io")) {
    const auto* list = io->as_array();
    if (list == nullptr)
      throw section.wrong("[[process.io]] must be written with two brackets", *io);
    for (const toml::node& operation : *list) reader.read(operation, process);
  }
  process.end = read_end(section, process);
  section.refuse_others();
  return process;
}

}  // namespace

std::vector<ProcessText> read_process_list(const toml::node& node) {
  const auto* list = node.as_array();
  if (list == nullptr) throw Wrong(node.source(), "[[process]] must be written with two brackets");
  std::vector<ProcessText> processes;
  for (const toml::node& process : *list) processes.push_back(read_process(process));
  return processes;
}

}  // namespace drydock::scenario
