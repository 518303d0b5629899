// Domain is a DNS domain name of an XMPP service, canonical by construction.
//
// Two Domains are the same service exactly if they compare equal: the text is
// the A-label form, lower case, without a trailing dot (A-21, D-09). IP
// literals are not domains and are refused, so nothing that holds a
// Domain can look one up in DNS by mistake.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "verifier/result.h"

namespace danegate {

enum class DomainError {
  kEmpty,      // nothing, or only a dot
  kTooLong,    // over 253 octets as A-labels
  kBadLabel,   // an empty label, one over 63 octets, or a character that no
               // host name has
  kBadIdn,     // not a valid internationalised name (IDNA 2008)
  kIpLiteral,  // an IPv4 or IPv6 address
  kNotBare,    // a JID with a node or a resource ('@' or '/')
};
std::string_view ToString(DomainError);

class Domain {
 public:
  // Parse takes a U-label, A-label or mixed name in UTF-8, with or without one
  // trailing dot. Pure; does not allocate for names that are canonical already
  // beyond the copy it returns.
  static Result<Domain, DomainError> Parse(std::string_view text);

  // The canonical form, e.g. "xn--bcher-kva.example".
  const std::string& ascii() const { return ascii_; }
  // The U-label form in UTF-8, for people and for XML, e.g. "bücher.example".
  std::string ToUnicode() const;

  // The domain without its left-most label; nothing for a single label.
  std::string_view parent() const;

  friend auto operator<=>(const Domain&, const Domain&) = default;

 private:
  explicit Domain(std::string ascii) : ascii_(std::move(ascii)) {}

  std::string ascii_;
};

// ClaimedDomain is who a peer says it is. Nothing may be granted to it.
struct ClaimedDomain {
  Domain domain;
};

// ProvenDomain is who a peer has been shown to be on one stream. Only a verdict
// makes one (verdict.h), and only a ProvenDomain gets a minted certificate or a
// place in a stream's pair table (L-02, L-03).
class ProvenDomain {
 public:
  const Domain& domain() const { return domain_; }

 private:
  friend class Verdict;
  explicit ProvenDomain(Domain domain) : domain_(std::move(domain)) {}

  Domain domain_;
};

}  // namespace danegate

template <>
struct std::hash<danegate::Domain> {
  std::size_t operator()(const danegate::Domain& domain) const noexcept {
    return std::hash<std::string>()(domain.ascii());
  }
};
