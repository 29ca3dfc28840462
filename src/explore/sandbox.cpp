// SPDX-License-Identifier: Apache-2.0
#include "explore/sandbox.h"

#include <fmt/format.h>
#include <seccomp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace drydock::explore {
namespace {

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

// Memory and signals are what the machine is made of; clocks bound a campaign; the rest is how the
// C library reads, writes and ends.
constexpr int allowed[] = {
    SCMP_SYS(read),         SCMP_SYS(write),
    SCMP_SYS(sendto),       SCMP_SYS(close),
    SCMP_SYS(lseek),        SCMP_SYS(mmap),
    SCMP_SYS(munmap),       SCMP_SYS(mprotect),
    SCMP_SYS(mremap),       SCMP_SYS(madvise),
    SCMP_SYS(brk),          SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sigaltstack),  SCMP_SYS(setitimer),
    SCMP_SYS(futex),        SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(getpid),
    SCMP_SYS(gettid),       SCMP_SYS(getrandom),
    SCMP_SYS(sched_yield),  SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),         SCMP_SYS(exit_group),
    SCMP_SYS(ppoll),
};

// The C library may ask for these of its own accord and lives with a refusal.
constexpr int refused[] = {
    SCMP_SYS(open),   SCMP_SYS(openat), SCMP_SYS(newfstatat),        SCMP_SYS(fstat),
    SCMP_SYS(access), SCMP_SYS(statx),  SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo),
    SCMP_SYS(ioctl),
};

// abort() and raise(): a signal to this process, to nobody else.
int allow_signals_to_self(scmp_filter_ctx filter) {
  const scmp_arg_cmp self{
      .arg = 0, .op = SCMP_CMP_EQ, .datum_a = static_cast<scmp_datum_t>(getpid()), .datum_b = 0};
  return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &self);
}

int add_rules(scmp_filter_ctx filter) {
  int status = allow_signals_to_self(filter);
  for (const int call : allowed) {
    if (status == 0) status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
  }
  for (const int call : refused) {
    if (status == 0) status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 0);
  }
  return status;
}

}  // namespace

Result<void> enter_sandbox() {
  constexpr rlimit no_core_files{};
  setrlimit(RLIMIT_CORE, &no_core_files);
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (filter == nullptr) return failure("cannot make a system call filter");
  int status = add_rules(filter.get());
  if (status == 0) status = seccomp_load(filter.get());
  if (status == 0) return {};
  return failure(
      fmt::format("cannot filter system calls: {}", std::generic_category().message(-status)));
}

}  // namespace drydock::explore
