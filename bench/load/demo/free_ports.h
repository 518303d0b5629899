// Ports on 127.0.0.1 that nobody listens on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace danegate {

// So many different ones, free for TCP and UDP a moment ago; fewer if the
// machine has no more.
std::vector<std::uint16_t> FreePorts(std::size_t count);

}  // namespace danegate
