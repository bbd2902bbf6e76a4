#pragma once
// The error kinds of the program; the exit code of each is fixed (docs/architecture.md).
#include <stdexcept>
#include <string>

namespace kypho {

/// Base of all errors that the program raises on purpose.
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The user's input is wrong; thrown before any solve. Exit code 2.
class InputError : public Error {
public:
  using Error::Error;
};

/// A trial state left the range of physics (inverted element, burst); a smaller step may help. Exit code 3.
class NonPhysical : public Error {
public:
  using Error::Error;
};

/// A stage found no equilibrium; partial results are kept. Exit code 3.
class NotConverged : public Error {
public:
  using Error::Error;
};

/// A limit of time, memory or disk was met. Exit code 4.
class LimitReached : public Error {
public:
  using Error::Error;
};

/// The user interrupted the run; a partial run is kept. Exit code 130.
class Interrupted : public Error {
public:
  using Error::Error;
};

/// A library below failed, with its own message. Exit code 1.
class BackendError : public Error {
public:
  using Error::Error;
};

} // namespace kypho
