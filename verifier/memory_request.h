// MemoryRequest is what an operator asks of the refusals that the verifier
// threads remember: which there are, or that those of a peer be forgotten.
// Values that threads exchange.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "verifier/domain.h"
#include "verifier/mailbox.h"
#include "verifier/proof.h"

namespace danegate {

struct RememberedRefusal {
  Domain peer;
  std::uint64_t policy;  // ProofPolicy::Digest() of what it was judged by
  Outcome outcome;
  Reason reason;
  std::string remedy;
  std::chrono::seconds left;  // until it is forgotten anyway
};

// From one verifier thread.
struct MemoryReply {
  std::uint64_t ticket;  // the request's
  std::vector<RememberedRefusal> refusals;
  std::size_t forgotten = 0;
};

// Where the replies arrive: as VerifierInbox (service.h).
struct MemoryInbox {
  Mailbox<MemoryReply> replies;
  std::function<void()> wake;
};

struct MemoryRequest {
  std::uint64_t ticket;
  std::optional<Domain> forget;  // nothing: list all
  MemoryInbox* inbox;
};

}  // namespace danegate
