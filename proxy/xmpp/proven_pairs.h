// ProvenPairs is which pairs of domains may exchange stanzas on one stream, and
// which of them a stanza belongs to (L-02, A-110 to A-112). The pair counts,
// not the sets of senders and addressees: a->x and b->y do not make a->y.
//
// The pair and the spelling that came last are found without parsing and
// without allocating; that is nearly every stanza.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "proxy/xmpp/jid.h"
#include "proxy/xmpp/pair_number.h"
#include "proxy/xmpp/stream_error.h"
#include "verifier/domain.h"
#include "verifier/result.h"

namespace danegate {

// The addresses of a stanza, and its name for words about them.
struct StanzaAddresses {
  std::string_view stanza;
  std::optional<std::string_view> from;
  std::optional<std::string_view> to;
};

class ProvenPairs {
 public:
  // REQUIRES: fewer than kPairs, none of that number.
  void Add(PairNumber, const ProvenDomain& from, Domain to,
           std::size_t stanza_bytes);

  // The index of the pair that a stanza is of; or what is wrong with its
  // addresses.
  Result<std::size_t, StreamError> Find(const StanzaAddresses&);

  PairNumber number(std::size_t index) const { return pairs_[index].number; }
  // The longest stanza that may pass.
  std::size_t stanza_bytes(std::size_t index) const {
    return pairs_[index].stanza_bytes;
  }
  // Before it is known which pair it is of.
  std::size_t stanza_bytes() const { return stanza_bytes_; }

 private:
  struct Pair {
    PairNumber number;
    KnownDomain from;
    KnownDomain to;
    std::size_t stanza_bytes;

    bool IsSpelled(std::string_view from_text, std::string_view to_text) const {
      return to.IsSpelled(to_text) && from.IsSpelled(from_text);
    }
  };

  Result<std::size_t, StreamError> FindSpelled(const StanzaAddresses&,
                                               std::string_view from,
                                               std::string_view to);

  std::vector<Pair> pairs_;
  std::size_t last_ = 0;
  std::size_t stanza_bytes_ = 0;  // the largest
};

}  // namespace danegate
