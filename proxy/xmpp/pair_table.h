// PairTable is the pairs of one inbound stream that were asked for: being
// verified, or valid (spec F-10, G.3). Bounded by kPairs and kPendingPairs
// (G-44).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "proxy/xmpp/dialback.h"
#include "proxy/xmpp/pair_number.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

// A pair in the table. Its stage is what it waits for.
struct IngressPair {
  enum class Stage {
    kAddressee,  // OnAddressee()
    kVerdict,    // OnVerdict(); again if it is proven
    kDialback,   // OnDialback()
    kBackend,    // OnBackendReady()
    kFeatures,   // OnBackendFeatures()
    kValid,      // nothing: stanzas pass
  };

  PairNumber number;
  DialbackElement request;  // what the answer repeats
  Stage stage;
  Instant deadline;  // of the answer; Never() once valid
  std::size_t stanza_bytes = 0;
  std::optional<ProvenDomain> proven;
  // If a certificate proved it: until when that holds (L-04).
  Instant proof_expires = Instant::Never();
  bool by_key = false;  // dialback proved it

  const Domain& from() const { return request.from.domain; }
  const Domain& to() const { return request.to.domain; }
};

class PairTable {
 public:
  // Null if there is none. Valid until the next Add() or Remove().
  IngressPair* Find(PairNumber);
  // As above, if the pair waits for that.
  IngressPair* Find(PairNumber, IngressPair::Stage);
  IngressPair* Find(const Domain& from, const Domain& to);

  IngressPair& Add(IngressPair);
  void Remove(PairNumber);

  // Another number, never given before.
  PairNumber NextNumber() { return ++last_number_; }

  bool empty() const { return pairs_.empty(); }
  bool IsFull() const;
  bool HasValid() const;
  template <typename Function>
  void ForEachValid(Function function) const {
    for (const auto& pair : pairs_) {
      if (pair.stage == IngressPair::Stage::kValid) function(pair);
    }
  }
  // When the next answer is due.
  Instant deadline() const;
  // A pair that is being verified, or null.
  IngressPair* FindPending();
  // A pair whose answer is overdue, or null.
  IngressPair* FindOverdue(Instant now);

 private:
  std::vector<IngressPair> pairs_;
  PairNumber last_number_ = kHeaderPair;
};

}  // namespace danegate
