// EndOutput is the end of a program that wrote an answer to standard output.
#pragma once

namespace danegate {

// EndOutput writes out what still waits, and returns `status`; kExitUnwritten,
// with the reason on standard error, where any of the output was lost, as on a
// disk that is full. Called once, by main, of `program`.
[[nodiscard]] int EndOutput(const char* program, int status);

}  // namespace danegate
