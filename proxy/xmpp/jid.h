// JIDs, as far as the edge judges them: the domain exactly, the rest by form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verifier/domain.h"

namespace danegate {

// DomainOfJid returns the domain part of "[node@]domain[/resource]" (RFC 7622
// 3.1), or nothing if `jid` has an empty or overlong part or a node with a
// character that no node has. Whether the domain part is a domain is not asked.
std::optional<std::string_view> DomainOfJid(std::string_view jid);

// KnownDomain recognises one domain in whatever spelling comes (A-21, D-09).
// The spelling that came last is recognised without being parsed again.
class KnownDomain {
 public:
  explicit KnownDomain(Domain domain)
      : domain_(std::move(domain)), spelling_(domain_.ascii()) {}

  // True if `text` is the spelling that came last.
  bool IsSpelled(std::string_view text) const { return text == spelling_; }
  // `text` is another one. REQUIRES: it parses to domain().
  void Learn(std::string_view text) { spelling_ = text; }

  const Domain& domain() const { return domain_; }

 private:
  Domain domain_;
  std::string spelling_;
};

}  // namespace danegate
