// TlsaClearance finds out whether certificates that are about to be served fit
// the TLSA records that are published for them (D-57, L-08), so that a change
// of keys before the DNS has changed is no outage.
//
// What the DNS does not say is no objection: the records are there to be proved
// by others, and an edge whose resolver is down must still take new
// certificates.
//
// Thread: one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tenants/settings.h"
#include "tenants/tenant_book.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"
#include "verifier/question.h"
#include "verifier/service.h"

namespace danegate {

class TlsaClearance {
 public:
  // The verifier answers to `inbox`, which is the owner's. All outlive it.
  TlsaClearance(const Settings&, const TrustStore&, VerifierService&,
                VerifierInbox& inbox);

  // Unknown at first: the DNS has been asked, and OnReplies() comes.
  Clearance Of(const Tenant&, const CredentialSet&, Now);
  // For the edge's own certificate.
  Clearance OfEdge(const CredentialSet&, Now);
  // Takes what is in the inbox; true if that answers anything.
  bool OnReplies(Now);

 private:
  // What the DNS has said about one name, for a while.
  struct Known {
    Answer answer;
    Instant until;
  };

  Clearance Judge(const std::vector<Domain>& targets,
                  const std::vector<Domain>& names, const CredentialSet&, Now);
  // Null: it has been asked for.
  const Answer* Find(const Domain& target, const std::string& owner, Now);
  std::string WhyContradicted(const Answer&, const std::vector<Domain>& names,
                              const CredentialSet&, UnixTime) const;

  const Settings& settings_;
  const TrustStore& trust_;
  VerifierService& verifier_;
  VerifierInbox& inbox_;
  std::uint64_t next_ticket_ = 1;
  std::map<std::uint64_t, std::string> asked_;  // owner names, by ticket
  std::map<std::string, Known> known_;
};

}  // namespace danegate
