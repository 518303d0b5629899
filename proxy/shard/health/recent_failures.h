// RecentFailures remembers for a short time that a backend could not be
// reached, so that not every stream finds it out by itself. Where there was no
// connection, that goes for all streams to the address. Where there was one,
// the cause may be a tenant's settings, or what the server knows of a domain:
// it goes for streams to that domain by those settings, and no neighbour's
// stream goes elsewhere for it (threats E12).
//
// Bounded: of each kind, what has failed longest ago is forgotten first. Has()
// does not allocate. Thread: one owner.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "tenants/tenant.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

class RecentFailures {
 public:
  // How long a backend counts as down; then a stream tries it again.
  static constexpr std::chrono::seconds kMemory{5};
  static constexpr std::size_t kMost = 4096;

  // No connection to its address came about.
  void NoteAddress(const Backend&, Instant now);
  // There was a connection, and no stream to `to` came about. Where a domain's
  // settings are changed, it is tried again at once.
  void NoteStream(const Backend&, const Domain& to, Instant now);
  bool Has(const Backend&, const Domain& to, Instant now) const;

 private:
  using Address = std::tuple<std::string, std::uint16_t>;
  // All that decides whether a stream comes about: where to, how, for whom. The
  // roots are held, so that no others get their address meanwhile.
  using Stream =
      std::tuple<std::string, std::uint16_t, HandOffBy, std::string, BackendTls,
                 ProxyProtocol, std::shared_ptr<const TrustStore>, std::string>;

  // Until when. To look one up, nothing is copied.
  std::map<Address, Instant, std::less<>> addresses_;
  std::map<Stream, Instant, std::less<>> streams_;
};

}  // namespace danegate
