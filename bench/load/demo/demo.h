// danegate-load demo: shows what danegate carries on this machine, from
// nothing: brews a scenario, starts NSD and danegate with it, puts load on
// danegate, tells the figures, and leaves nothing behind.
#pragma once

#include <cstddef>
#include <string>

namespace danegate {

struct DemoRequest {
  std::size_t streams = 500;
  std::size_t tenants = 10;
  std::size_t peers = 100;
  double seconds = 3;    // of each of the three loads
  std::string folder;    // stays afterwards; empty: a temporary one
  std::string danegate;  // the program; empty: the one beside ours, or in PATH
  std::string svg_file;  // empty: none
  bool json = false;
};

// Returns the exit status.
int RunDemo(const DemoRequest&);

}  // namespace danegate
