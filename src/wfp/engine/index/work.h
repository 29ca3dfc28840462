// SPDX-License-Identifier: Apache-2.0
// Work that may be done at once or little by little, so that no single change of a layer has to
// wait for all of it. A function that returns Work is a coroutine: it says `co_await Cost{…}` for
// what it has just done, and goes on some other time when what it was given is used up. Its
// references must stay valid until then.
#pragma once

#include <coroutine>
#include <cstdint>
#include <limits>
#include <utility>

namespace drydock::wfp::index {

struct Cost {
  std::int64_t nanoseconds;  // roughly
};

class Work {
  // Of the outermost work; those that it waits for share it.
  struct Pace {
    std::int64_t left = 0;  // less than nothing: what was done was more than what was given
    std::coroutine_handle<> goes_on;
  };

 public:
  class promise_type;  // NOLINT(readability-identifier-naming): the language's name
  using Handle = std::coroutine_handle<promise_type>;

  Work(Work&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  Work& operator=(Work&&) = delete;
  ~Work() {
    if (handle_) handle_.destroy();
  }

  // Goes on for about so long. True: all is done.
  bool advance(Cost given);
  void finish() { advance({std::numeric_limits<std::int64_t>::max() / 2}); }

 private:
  explicit Work(Handle handle) : handle_(handle) {}
  Handle handle_;
};

class Work::promise_type {
  struct Paid {
    [[nodiscard]] bool await_ready() const noexcept { return pace->left > 0; }
    void await_suspend(Handle self) const noexcept { pace->goes_on = self; }
    void await_resume() const noexcept {}
    Pace* pace;
  };
  struct Waited {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] std::coroutine_handle<> await_suspend(Handle self) const noexcept {
      work.handle_.promise().pace_ = self.promise().pace_;
      work.handle_.promise().waiting_ = self;
      return work.handle_;
    }
    void await_resume() const noexcept {}
    Work work;
  };
  struct Finished {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] std::coroutine_handle<> await_suspend(Handle self) const noexcept {
      return self.promise().waiting_;
    }
    void await_resume() const noexcept {}
  };

 public:
  Work get_return_object() { return Work(Handle::from_promise(*this)); }
  std::suspend_always initial_suspend() noexcept {
    own_.goes_on = Handle::from_promise(*this);
    return {};
  }
  Finished final_suspend() noexcept { return {}; }
  void return_void() noexcept {}
  [[noreturn]] void unhandled_exception() { throw; }  // to whoever called advance()
  Paid await_transform(Cost cost) {
    pace_->left -= cost.nanoseconds;
    return {pace_};
  }
  Waited await_transform(Work work) { return {std::move(work)}; }

 private:
  friend class Work;
  Pace own_;
  Pace* pace_ = &own_;
  std::coroutine_handle<> waiting_ = std::noop_coroutine();
};

inline bool Work::advance(Cost given) {
  Pace& pace = handle_.promise().own_;
  pace.left += given.nanoseconds;
  if (!handle_.done() && pace.left > 0) pace.goes_on.resume();
  return handle_.done();
}

}  // namespace drydock::wfp::index
