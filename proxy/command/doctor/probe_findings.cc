#include "proxy/command/doctor/probe_findings.h"

#include <algorithm>
#include <span>

#include "proxy/net/address.h"
#include "verifier/address_guard.h"
#include "verifier/x509/certificate_summary.h"

namespace danegate {
namespace {

using Octets = std::vector<std::uint8_t>;

bool IsWildcard(const ListenAddress& listen) {
  return listen.host == "0.0.0.0" || listen.host == "::";
}

bool IsAt(const ListenAddress& listen, const Octets& octets) {
  const auto prefix = AddressPrefix::Parse(listen.host);
  return prefix && prefix->Contains(octets);
}

bool IsPublic(const Octets& octets) {
  return AddressGuard().WhyRefused(octets).empty();
}

// Whether that address may be ours for all that the configuration says: it
// listens everywhere, or behind a translation of addresses.
bool MayBeOurs(const std::vector<ListenAddress>& listeners,
               const Octets& octets) {
  for (const ListenAddress& listen : listeners) {
    if (IsWildcard(listen) || IsAt(listen, octets)) return true;
  }
  return IsPublic(octets);
}

// Of a kind that the configuration has for that form.
bool IsServed(const EndpointFacts& endpoint, const Probe& probe) {
  for (const ServedForm& served : endpoint.served) {
    if (served.form != probe.form) continue;
    for (const CertificateChain& chain : served.chains) {
      if (chain.ChainDigest() == probe.chain.ChainDigest()) return true;
    }
  }
  return false;
}

std::string LeafText(const CertificateChain& chain) {
  const auto leaf = CertificateSummary::Of(chain.der(0));
  return leaf.subject + ", sha-256 " + leaf.digest.substr(0, 16) + "…";
}

// All endpoints of one domain.
class ProbeCheck {
 public:
  explicit ProbeCheck(const Expectation& expected) : expected_(expected) {}

  std::vector<Finding> Run(const std::vector<const EndpointFacts*>& endpoints) {
    bool reached = false;
    for (const EndpointFacts* endpoint : endpoints) {
      for (const Probe& probe : endpoint->probes) {
        reached |= probe.error.empty();
      }
    }
    for (const EndpointFacts* endpoint : endpoints) {
      CheckAddresses(*endpoint);
      for (const Probe& probe : endpoint->probes) {
        CheckProbe(*endpoint, probe, reached);
      }
    }
    return std::move(findings_);
  }

 private:
  void CheckProbe(const EndpointFacts& endpoint, const Probe& probe,
                  bool reached) {
    const std::string where =
        endpoint.target.host.ascii() + " at " + probe.address;
    if (!probe.error.empty()) {
      Add(reached ? Severity::kWarning : Severity::kError,
          Mistake::kUnreachable, where + " was not reached: " + probe.error,
          "see whether danegate runs, listens there, and no firewall is in the "
          "way of this machine");
    } else if (!IsServed(endpoint, probe)) {
      Add(Severity::kError, Mistake::kServedOther,
          where + " serves another certificate than is configured: " +
              LeafText(probe.chain),
          "have danegate read its configuration, or see who answers there");
    }
  }

  void CheckAddresses(const EndpointFacts& endpoint) {
    const auto& listeners = endpoint.target.direct_tls
                                ? expected_.settings.direct_tls
                                : expected_.settings.starttls;
    for (const Answer* answer : {&endpoint.a, &endpoint.aaaa}) {
      for (const Octets& octets : answer->rdata) {
        if (octets.size() != 4 && octets.size() != 16) continue;
        if (MayBeOurs(listeners, octets) || IsConfirmed(endpoint, octets)) {
          continue;
        }
        Add(Severity::kError, Mistake::kTargetElsewhere,
            endpoint.target.host.ascii() + " has the address " +
                SocketAddress::FromOctets(octets, endpoint.target.port)
                    .ToString() +
                ", where the edge does not listen",
            "publish the edge's addresses, or listen there");
      }
    }
  }

  // Somebody there serves what we would: a balancer, or another edge.
  static bool IsConfirmed(const EndpointFacts& endpoint, const Octets& octets) {
    return std::any_of(endpoint.probes.begin(), endpoint.probes.end(),
                       [&](const Probe& probe) {
                         return probe.octets == octets && probe.error.empty() &&
                                IsServed(endpoint, probe);
                       });
  }

  // Both forms come to the same address.
  void Add(Severity severity, Mistake mistake, std::string what,
           std::string remedy) {
    Finding finding{severity, mistake, std::move(what), std::move(remedy)};
    if (std::find(findings_.begin(), findings_.end(), finding) ==
        findings_.end()) {
      findings_.push_back(std::move(finding));
    }
  }

  const Expectation& expected_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> CheckProbes(
    const std::vector<const EndpointFacts*>& endpoints,
    const Expectation& expected) {
  return ProbeCheck(expected).Run(endpoints);
}

}  // namespace danegate
