// HttpsUrl is an https URL that a stranger may name: strict and small (E-08 to
// E-10). Pure.
//
// The host is a Domain, so never an IP address. User information and
// fragments are refused; so is everything that RFC 3986 does not allow in a
// URL, whatever a browser would make of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/domain.h"
#include "verifier/result.h"

namespace danegate {

struct HttpsUrl {
  static constexpr std::uint16_t kDefaultPort = 443;
  static constexpr std::size_t kMaxOctets = 2048;

  Domain host;
  std::uint16_t port = kDefaultPort;
  // With its query; begins with "/".
  std::string path;

  // The error says what is wrong, in words that hold nothing of `text`.
  static Result<HttpsUrl, std::string> Parse(std::string_view text);

  // Resolve reads a Location, which may be relative to this URL (RFC 3986
  // section 5.2; RFC 9110 section 10.2.2).
  Result<HttpsUrl, std::string> Resolve(std::string_view location) const;

  // "https://peer.example/.well-known/posh/xmpp-server.json"
  std::string ToText() const;

  friend bool operator==(const HttpsUrl&, const HttpsUrl&) = default;
};

}  // namespace danegate
