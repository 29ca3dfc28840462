// SPDX-License-Identifier: Apache-2.0
// libdrydock: tests of Windows callout drivers in C++, with any test framework. A Machine is a
// simulated Windows in a process of its own: the driver runs there, and this is its remote control.
// Whatever the driver does to the machine, the test goes on. docs/library.md tells more.
//
// C++20. Objects are small and may be copied: they name something in a machine, as a HANDLE does,
// and are used by one thread at a time. Nothing in a machine moves between two calls; each call
// lets the machine run until the call is done. The same calls with the same seed make the same run.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace drydock::inline v1 {

// --- errors

// Misuse, or input that cannot be used: one line that names the file or device and what is wrong.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The machine has stopped: a bug check, something that Drydock does not implement, or a driver that
// has damaged its process. What the machine still knows can be asked: ledger(), findings(),
// verdict(), trace(). Everything else throws this again.
class Stopped : public Error {
 public:
  using Error::Error;
};

// --- values

using Bytes = std::vector<std::byte>;
// Of virtual time: waiting costs nothing. Windows counts in units of 100 ns.
using Duration = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

// bytes({0x01, 0xff}).
Bytes bytes(std::initializer_list<unsigned> values);
// An object as it lies in memory.
template <class T>
Bytes bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  Bytes made(sizeof(T));
  std::memcpy(made.data(), &value, sizeof(T));
  return made;
}

// The object that lies at the beginning of them. Error: they are too few.
template <class T>
T object_of(std::span<const std::byte> bytes) {
  static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>);
  if (bytes.size() < sizeof(T))
    throw Error("there are " + std::to_string(bytes.size()) + " bytes where " +
                std::to_string(sizeof(T)) + " are needed");
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

// An NTSTATUS. Printed by its name.
struct Status {
  std::uint32_t value = 0;

  constexpr Status() = default;
  constexpr Status(std::uint32_t code) : value(code) {}  // NOLINT: a status is a number
  // NT_SUCCESS.
  [[nodiscard]] constexpr bool success() const { return static_cast<std::int32_t>(value) >= 0; }
  friend constexpr bool operator==(Status, Status) = default;
};
inline constexpr Status status_success{0x00000000};
inline constexpr Status status_pending{0x00000103};
inline constexpr Status status_cancelled{0xC0000120};
std::ostream& operator<<(std::ostream& out, Status status);

// What came back from a request.
struct Answer {
  Status status;
  std::uint64_t information = 0;  // of the I/O status block
  Bytes bytes;                    // of the output, as many as `information` says
  Bytes output;  // all of it: a driver may write more into a direct buffer than it says

  [[nodiscard]] bool success() const { return status.success(); }
  // `bytes` as a structure. Error: they are fewer.
  template <class T>
  [[nodiscard]] T as() const {
    return object_of<T>(bytes);
  }
};

// A place in driver code.
struct Frame {
  std::string module;      // "foo.sys"
  std::uint64_t rva = 0;   // a call's: where it returns to
  std::string function;    // empty: not known
  std::string file;        // as in the debug information; empty: not known
  std::uint32_t line = 0;  // 0: not known
  bool inlined = false;    // has no frame of its own; its caller follows
};
using Stack = std::vector<Frame>;  // innermost first
std::ostream& operator<<(std::ostream& out, const Frame& frame);

// A resource that a driver holds.
struct Resource {
  std::string kind;        // "pool block", "callout", "flow context", ...
  std::string name;        // as the driver would call it: tag, device name, key; may be empty
  std::string driver;      // whose
  std::uint64_t size = 0;  // of a pool block
  Stack acquired_at;
};
std::ostream& operator<<(std::ostream& out, const Resource& resource);

enum class Severity : std::uint8_t { error, warning, note };

// A broken rule (docs/rules.md).
struct Finding {
  std::string rule;    // "FLOW-01"
  std::string driver;  // whose mistake it is
  Severity severity = Severity::error;
  std::string what;  // one sentence
  std::uint32_t times = 1;
  std::uint32_t load_number = 1;
  Stack acquired_at;  // the resource in question
  Stack found_at;
  std::vector<std::string> consequences;  // other rules that this one explains
};
std::ostream& operator<<(std::ostream& out, const Finding& finding);

enum class Outcome : std::uint8_t { clean, findings, inconclusive };
std::ostream& operator<<(std::ostream& out, Outcome outcome);

struct Verdict {
  Outcome outcome = Outcome::inconclusive;
  std::string why_inconclusive;
  std::string bug_check;  // how the machine stopped, if it did
  std::vector<Finding> findings;
  std::map<std::string, Outcome> drivers;  // each one's, by name

  [[nodiscard]] bool clean() const { return outcome == Outcome::clean; }
};
std::ostream& operator<<(std::ostream& out, const Verdict& verdict);

// Where a machine is. Equal for equal runs.
struct Trace {
  std::string hash;          // of everything that has happened, 16 hexadecimal digits
  std::uint64_t events = 0;  // kernel calls and callbacks so far
  Duration now{};            // since the machine booted

  friend bool operator==(const Trace&, const Trace&) = default;
};
std::ostream& operator<<(std::ostream& out, const Trace& trace);

// --- the machine and what is in it

class Connection;  // to the machine's process; not for users

// By what an object reaches its machine. Using one that was made by default or moved from is an
// Error.
class Link {
 public:
  Link() = default;
  explicit Link(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  explicit operator bool() const { return connection_ != nullptr; }
  Connection* operator->() const { return &**this; }
  Connection& operator*() const;

 private:
  std::shared_ptr<Connection> connection_;
};

// Bytes in a process's address space, for requests that hold pointers.
class Memory {
 public:
  [[nodiscard]] std::uint64_t address() const { return address_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Bytes read(std::size_t offset, std::size_t size) const;
  [[nodiscard]] Bytes read() const { return read(0, size_); }
  void write(std::size_t offset, std::span<const std::byte> bytes) const;

 private:
  friend class Process;
  friend class Handle;
  Link machine_;
  std::uint64_t id_ = 0, address_ = 0;
  std::size_t size_ = 0;
};

// A request under way.
class Request {
 public:
  // Until it is completed. Error: it still is not after Options::patience.
  Answer wait();
  // Nothing: it is not completed after so much virtual time.
  std::optional<Answer> wait_for(Duration patience);
  bool completed() { return wait_for(Duration{0}).has_value(); }
  // CancelIoEx. False: it is completed, or the driver cannot cancel it.
  bool cancel();

 private:
  friend class Handle;
  Link machine_;
  std::uint64_t id_ = 0;
  std::string what_;
};

// An application's handle to a device. Stays open when this object goes, until close() or the end
// of the process.
class Handle {
 public:
  // Of the request to open; without success the handle is none, and using it is an Error.
  [[nodiscard]] Status status() const { return status_; }
  explicit operator bool() const { return status_.success(); }

  // Wait for completion. Error: none within Options::patience; the request stays under way.
  Answer ioctl(std::uint32_t code, std::span<const std::byte> input = {},
               std::size_t output_size = 0);
  // For METHOD_IN_DIRECT, and for outputs that are larger than what they are to hold: the driver
  // sees `output`.
  Answer ioctl(std::uint32_t code, std::span<const std::byte> input, const Bytes& output);
  // The output is memory of the process.
  Answer ioctl(std::uint32_t code, std::span<const std::byte> input, const Memory& output);
  Answer read(std::size_t size);
  Answer write(std::span<const std::byte> bytes);

  // Overlapped: go on at once.
  Request ioctl_async(std::uint32_t code, std::span<const std::byte> input = {},
                      std::size_t output_size = 0);
  Request ioctl_async(std::uint32_t code, std::span<const std::byte> input, const Bytes& output);
  Request ioctl_async(std::uint32_t code, std::span<const std::byte> input, const Memory& output,
                      std::size_t size = SIZE_MAX);
  Request read_async(std::size_t size);
  Request write_async(std::span<const std::byte> bytes);

  Status close();

 private:
  friend class Process;
  struct Output;
  Request start(const char* kind, std::uint32_t code, std::span<const std::byte> input,
                const Output& output);
  Link machine_;
  std::uint64_t id_ = 0;
  Status status_;
  std::string device_;
};

enum class Protocol : std::uint8_t { tcp, udp };

// An application's socket. Places are "192.0.2.20:80" or "[2001:db8::20]:80"; the host has
// 192.0.2.10 and 2001:db8::10. Calls wait until they are done; Error: not within Options::patience.
class Socket {
 public:
  // Of an accepted one; without success it is none, and using it is an Error.
  [[nodiscard]] Status status() const { return status_; }
  explicit operator bool() const { return status_.success(); }

  // STATUS_ADDRESS_ALREADY_EXISTS, STATUS_ACCESS_DENIED when a callout blocks it, ...
  Status bind(std::string_view place);
  Status listen();
  // TCP: STATUS_CONNECTION_REFUSED, STATUS_ACCESS_DENIED, STATUS_IO_TIMEOUT. UDP: whom send() is
  // to.
  Status connect(std::string_view place);
  Socket accept();
  Status send(std::span<const std::byte> bytes);
  Status send_to(std::string_view place, std::span<const std::byte> bytes);
  // TCP: until so many bytes are there, or no more come. UDP: one datagram.
  Answer receive(std::size_t size);
  // Nothing more will be sent.
  Status shut_down();
  Status close();

  // SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT.
  Answer redirect_context();
  // SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS of that one, SIO_SET_... on this one.
  Status take_redirect_records(const Socket& accepted);

 private:
  friend class Process;
  struct Called;
  struct Arguments {
    std::string_view place;
    std::span<const std::byte> bytes;
    std::size_t size = 0;
    const Socket* from = nullptr;
  };
  Called call(const char* name, const Arguments& arguments);
  Link machine_;
  std::uint64_t id_ = 0;
  Status status_;
};

// A simulated application. Stays when this object goes, until end() or the end of the machine.
class Process {
 public:
  // "\\.\Foo" or "\Device\Foo".
  Handle open(std::string_view device);
  Socket socket(Protocol protocol);
  Socket tcp() { return socket(Protocol::tcp); }
  Socket udp() { return socket(Protocol::udp); }
  // Zeroed; stays as long as the machine.
  Memory allocate(std::size_t size);
  // Kills it: its requests are cancelled, its handles closed. False: a request that the driver
  // never completes keeps it.
  bool end();

 private:
  friend class Machine;
  Link machine_;
  std::uint64_t id_ = 0;
};

// A driver that was loaded. Stays when this object goes.
class Driver {
 public:
  [[nodiscard]] const std::string& name() const { return name_; }
  // What DriverEntry returned; STATUS_PENDING when it has not.
  [[nodiscard]] Status entry_status() const { return entry_status_; }

  // Asks it to unload, and waits until it is gone: success. STATUS_PENDING when it still is not
  // after Options::patience, because somebody has a handle to its device or its routine does not
  // return; STATUS_INVALID_DEVICE_REQUEST when it has no unload routine.
  Status unload();
  // Asks and goes on: success when the routine is about to run, STATUS_PENDING when handles or
  // requests defer it; STATUS_DELETE_PENDING when it has been asked before.
  Status request_unload();
  // Whether its image is gone, after so much virtual time at most.
  bool wait_gone(Duration patience);
  bool gone() { return wait_gone(Duration{0}); }

 private:
  friend class Machine;
  Link machine_;
  std::uint64_t id_ = 0;
  std::string name_;
  Status entry_status_;
};

// A packet as it came through the machine's network path, or was kept from it.
struct Packet {
  std::chrono::nanoseconds time{};  // since the first one
  Bytes frame;                      // with its link header
  std::string verdict;              // "permit", "block FWPS_LAYER_... filter 65537", "inject ..."
};

// A capture that is being played: packets of the real world, through all layers.
class Traffic {
 public:
  // How many steps it has: what a layer sees of a packet or of a socket is one.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  // Until so many steps have been played, or all. Error: not after an hour of virtual time.
  void wait_for_step(std::uint64_t step);
  void wait() { wait_for_step(UINT64_MAX); }
  [[nodiscard]] bool over();
  // Each packet of the capture, and those that drivers injected meanwhile, with its verdict.
  [[nodiscard]] std::vector<Packet> packets() const;
  // How many packets got which verdict.
  [[nodiscard]] std::map<std::string, std::uint64_t> verdicts() const;
  // The same as a file: verdicts are comments.
  [[nodiscard]] Bytes pcapng() const;

 private:
  friend class Machine;
  Link machine_;
  std::uint64_t id_ = 0, steps_ = 0;
};

struct RegistryValue {
  std::string key =
      {};  // below the driver's service key, may be empty; with '\' first, a whole path
  std::string name = {};
  std::uint32_t type = 4;  // REG_DWORD and so on
  Bytes data = {};
};

struct LoadOptions {
  std::string name = {};     // what findings call it; default: the file's name
  std::string service = {};  // its key; default: the file's name without .sys
  std::vector<RegistryValue> registry = {};
  bool start_fails = false;  // DriverEntry is to fail, and to leave nothing behind
};

// Somebody out there, to whom applications connect or send datagrams.
enum class Behaviour : std::uint8_t {
  answers,   // made-up bytes for whatever is sent
  echoes,    // what is sent
  discards,  // takes it and says nothing
  refuses,   // by a reset, or port unreachable
  silent,    // as if nobody were there
};
struct Server {
  Protocol protocol = Protocol::tcp;
  std::string address = {};  // empty: any
  std::uint16_t port = 0;    // 0: any
  Behaviour does = Behaviour::answers;
  std::uint32_t answer = 200;  // bytes
};

// Somebody out there who connects to an application, or sends it datagrams.
struct Client {
  Protocol protocol = Protocol::tcp;
  std::string to;                 // a place of the host
  std::string from = {};          // an address; empty: 192.0.2.30 or 2001:db8::30
  Bytes says = {};                // sent again when an answer has come, until
  std::uint32_t rounds = 1;       // it has been said so often
  std::uint32_t connections = 1;  // one after the other
};

struct Options {
  std::optional<std::uint64_t> seed = {};  // of a random schedule; none: threads take turns
  std::uint32_t processors = 2;            // simulated ones, 1 to 64
  std::vector<std::string> variants = {};  // "X-4:late" and so on: docs/scenario.md
  std::vector<std::filesystem::path> policies = {};  // filtering policy beside the drivers
  std::vector<Server> servers = {};  // the first that fits; others answer with 200 bytes
  Duration patience = std::chrono::seconds(60);                     // of calls that wait; virtual
  std::chrono::milliseconds wall_limit = std::chrono::seconds(60);  // of one call; real
  // The drydock program that the machine runs in: the one that was installed with this library, by
  // its CMake package; else, and for a name without a folder, the first one in $PATH.
#ifdef DRYDOCK_PROGRAM
  std::filesystem::path program = DRYDOCK_PROGRAM;
#else
  std::filesystem::path program = "drydock";
#endif
};

class Machine {
 public:
  // Boots. Error: there is no program, or an option cannot be used.
  explicit Machine(const Options& options = {});
  // What names something in it is Stopped from then on.
  ~Machine();
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;

  // Loads a driver and waits until its DriverEntry has returned, with whatever status. Error: the
  // file cannot be read or is no driver.
  Driver load(const std::filesystem::path& file, const LoadOptions& options = {});
  // Starts an application: an NT path. `user`: the SID it runs as; empty: as such a program would.
  // Error: a driver refuses it.
  Process process(
      std::string_view image = R"(\Device\HarddiskVolume1\Windows\System32\notepad.exe)",
      std::string_view user = {});

  // Begins to play a pcap or pcapng file; it goes on while other calls wait. `local`: the host's
  // addresses in it. Error: it cannot be read, or no packet is of the host.
  Traffic play(const std::filesystem::path& capture, const std::vector<std::string>& local);
  // The standard traffic: TCP, UDP and ICMP over IPv4 and IPv6, a minute and more of it.
  Traffic play_standard_traffic();
  // From now on somebody out there connects, or sends datagrams. Error: a place that is none.
  void client(const Client& client);
  // What went over the wire between the applications' sockets and those out there.
  [[nodiscard]] std::vector<Packet> wire();
  // Adds a filter for a callout that the driver attaches to no layer itself: "KEY@LAYER", or "all".
  void attach(std::string_view what);

  // The service of the filter engine, as `sc stop bfe` does it; it runs when a machine boots.
  void stop_filter_engine();
  void start_filter_engine();
  // What the registry holds by now; nothing: no such value. `key` as in RegistryValue, of the
  // driver.
  [[nodiscard]] std::optional<RegistryValue> registry(const Driver& driver, std::string_view key,
                                                      std::string_view name);

  // Lets virtual time pass, a century at most.
  void advance(Duration time);
  [[nodiscard]] Trace trace();

  // What drivers hold at this moment, oldest first; of one kind, or of all.
  [[nodiscard]] std::vector<Resource> ledger(std::string_view kind = {});
  // What the rules say of all that has happened so far.
  [[nodiscard]] std::vector<Finding> findings();
  // Ends the machine: traffic is played to its end, what may still call into a driver gets a minute
  // of virtual time, and the whole is judged. May be asked again; nothing else goes on behind it. A
  // driver that has not been unloaded is inconclusive.
  Verdict verdict();

 private:
  Traffic play(const std::string& name, const Bytes& content,
               const std::vector<std::string>& local);
  Link connection_;
};

}  // namespace drydock::inline v1
