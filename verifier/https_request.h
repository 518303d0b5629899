// HttpsSettings, HttpsRequest and HttpsReply: one GET that a search wants made,
// and what came of it. Values; no library's type shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

struct HttpsSettings {
  // PEM file with the authorities of the web; nothing else is trusted.
  std::string ca_file = "/etc/ssl/certs/ca-certificates.crt";
};

struct HttpsRequest {
  Domain host;  // its certificate is the one that counts (E-10)
  std::uint16_t port;
  std::string path;  // with the query; begins with "/"
  // Of 4 or 16 octets each, checked by an AddressGuard. Nothing else may be
  // connected to (threats D5).
  std::vector<std::vector<std::uint8_t>> addresses;
  // For all of it, from the first SYN to the last octet.
  Instant deadline;
};

struct HttpsReply {
  // The HTTP status; 0 if no complete answer came.
  unsigned status = 0;
  // The Location of a redirect, as it was sent; else empty.
  std::string location;
  std::string body;
  // Why the status is 0, in words for an operator; else empty.
  std::string failure;
};

}  // namespace danegate
