// OutboundSettings is between whom a stream of ours towards another server is.
#pragma once

#include "verifier/domain.h"

namespace danegate {

struct OutboundSettings {
  Domain from;
  Domain to;
  bool direct_tls = false;  // TLS first, no STARTTLS (H-03)
};

}  // namespace danegate
