// SPDX-License-Identifier: Apache-2.0
#include "cli/tun.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace drydock::cli {
namespace {

using explore::Descriptor;

std::unexpected<Error> last_error(const std::string& what) {
  return failure(fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

// In that network namespace as long as it lives.
class Visit {
 public:
  Visit() : home_(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) {}
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { setns(home_.get(), CLONE_NEWNET); }

  Result<void> enter(const std::string& name) {
    const Descriptor file(open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return last_error(fmt::format("network namespace {}", name));
    if (setns(file.get(), CLONE_NEWNET) != 0)
      return last_error(fmt::format("network namespace {}", name));
    return {};
  }

 private:
  Descriptor home_;
};

}  // namespace

Result<Descriptor> open_tun(const std::string& name) {
  const auto slash = name.find('/');
  const std::string device = slash == std::string::npos ? name : name.substr(slash + 1);
  if (device.empty() || device.size() >= IFNAMSIZ)
    return failure(fmt::format("'{}' is no name of a TUN device", name));
  Visit visit;
  if (slash != std::string::npos) {
    if (auto entered = visit.enter(name.substr(0, slash)); !entered)
      return std::unexpected(entered.error());
  }
  Descriptor file(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0) return last_error("/dev/net/tun");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::memcpy(request.ifr_name, device.data(), device.size());
  if (ioctl(file.get(), TUNSETIFF, &request) != 0)
    return last_error(fmt::format("TUN device {}", name));
  return file;
}

}  // namespace drydock::cli
