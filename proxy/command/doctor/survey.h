// Survey looks up everything that the DNS says about one domain of ours:
// sans-IO, used as a Verification is. Where TLSA records are missing it looks
// whether they stand at another port.
//
// Bounded: kMaxEndpoints SRV records. Thread: one owner. Errors: none; an
// answer that failed is a fact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "proxy/command/doctor/domain_facts.h"
#include "verifier/domain.h"
#include "verifier/verification/answers.h"

namespace danegate {

class Survey {
 public:
  static constexpr std::size_t kMaxEndpoints = 8;

  // `ports` are those at which TLSA records are looked for, should there be
  // none at the right one.
  Survey(Domain domain, std::vector<std::uint16_t> ports);

  // Goes on as far as `answers` allow, and leaves there what is wanted.
  void Advance(Answers& answers);
  // Set once, then final: all but what is served, seen or fetched.
  const std::optional<DomainFacts>& facts() const { return facts_; }

 private:
  // Nothing while answers are missing.
  std::optional<EndpointFacts> Look(const ListedTarget&, Answers&) const;
  bool LookElsewhere(EndpointFacts&, Answers&) const;

  Domain domain_;
  std::vector<std::uint16_t> ports_;
  std::optional<DomainFacts> facts_;
};

}  // namespace danegate
