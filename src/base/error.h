// SPDX-License-Identifier: Apache-2.0
// How a function of Drydock says that it could not: one line for a person, no exceptions.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace drydock {

// One line: file or place, what is wrong, what would be right.
struct Error {
  std::string message;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(std::string message) {
  return std::unexpected(Error{std::move(message)});
}

}  // namespace drydock
