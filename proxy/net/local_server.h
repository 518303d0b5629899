// LocalServer answers questions of a line each on a UNIX socket that only its
// owner may use (mode 0600). One question a connection: the answer ends it.
//
// Bounded: kMaxConnections at a time, kMaxLine octets of a line, kTimeLimit
// from the connection to the end of the answer. Thread: the loop's.
//
// AskLocalServer() is the other side, blocking.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "verifier/result.h"

namespace danegate {

class Loop;

class LocalServer {
 public:
  static constexpr std::size_t kMaxConnections = 16;
  static constexpr std::size_t kMaxLine = 1024;
  static constexpr std::chrono::seconds kTimeLimit{10};

  // A question came; Answer() it, now or later.
  using OnLine = std::function<void(std::uint64_t connection, std::string)>;

  // A socket that nobody listens on any more is replaced; anything else at
  // `path` is an error, which says what to do.
  static Result<std::unique_ptr<LocalServer>, std::string> Open(
      Loop&, const std::string& path, OnLine);
  // Removes the socket. What has been answered is still sent if the loop runs.
  ~LocalServer();
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  // Ignored if the connection is gone.
  void Answer(std::uint64_t connection, std::string text);

 private:
  struct Handle;
  explicit LocalServer(std::unique_ptr<Handle>);

  const std::unique_ptr<Handle> handle_;
};

// Asks the server at `path`, and returns all of its answer. The error says what
// was wrong and what to do. Blocks for `patience` to ask, and for as long again
// to hear, at most.
Result<std::string, std::string> AskLocalServer(const std::string& path,
                                                const std::string& line,
                                                std::chrono::seconds patience);

}  // namespace danegate
