// Visit finds out everything about one domain: the DNS, its POSH document, and
// what is served at each address. It asks through its owner, and connects by
// itself on the owner's loop.
//
// Bounded: Survey, PoshSearch and PeerProbe are; kMaxAddresses addresses of an
// endpoint are connected to. Lifetime: not to be destroyed within a callback of
// the loop's links. Thread: the loop's.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "proxy/command/doctor/domain_facts.h"
#include "proxy/command/doctor/expectation.h"
#include "proxy/command/doctor/survey.h"
#include "proxy/command/explain/peer_probe.h"
#include "proxy/net/loop.h"
#include "tenants/tenant_set.h"
#include "verifier/address_guard.h"
#include "verifier/posh/posh_search.h"
#include "verifier/verification/answers.h"

namespace danegate {

struct VisitSurroundings {
  Loop& loop;
  const TenantSet& tenants;
  const AddressGuard& posh_guard;
  PoshSettings posh;
  bool connect = true;
};

class Visit {
 public:
  static constexpr std::size_t kMaxAddresses = 4;

  // Borrows all but the domain.
  Visit(const Domain&, const VisitSurroundings&, const Expectation&, Now);
  ~Visit();

  // After each input, and until nothing more is wanted.
  void Advance(Now);
  std::optional<Question> NextQuestion() { return answers_.NextWanted(); }
  std::optional<HttpsRequest> NextRequest();
  void OnAnswer(const Answer& answer) { answers_.Put(answer); }
  void OnReply(const HttpsReply&, Now);
  void OnDeadline(Now);

  bool is_done() const;
  // REQUIRES: is_done().
  DomainFacts TakeFacts();

 private:
  // One connection under way, or over.
  struct Connection {
    std::size_t endpoint;
    Probe probe;
    std::unique_ptr<PeerProbe> peer;
    bool done = false;
  };

  void AddServed(EndpointFacts&) const;
  void Connect();
  void ConnectTo(std::size_t endpoint, SniForm, std::vector<std::uint8_t>);
  bool HasConnected() const;

  const VisitSurroundings& around_;
  const Expectation& expected_;
  Answers answers_;
  Survey survey_;
  std::optional<PoshSearch> posh_;
  std::vector<PoshFetch> fetches_;
  std::optional<DomainFacts> facts_;  // once the DNS has said all
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace danegate
