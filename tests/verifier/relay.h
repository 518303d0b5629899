// ObeyRelay sends one line to the lab's relay and returns its answer; the lines
// stand in tests/support/lab/dns_relay.py.
#pragma once

#include <string>

namespace danegate::testing {

std::string ObeyRelay(const std::string& line);

// RelayStop makes the relay silent while it lives, as a dead server is.
class RelayStop {
 public:
  RelayStop();
  ~RelayStop();
  RelayStop(const RelayStop&) = delete;
  RelayStop& operator=(const RelayStop&) = delete;
};

}  // namespace danegate::testing
