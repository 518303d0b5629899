// DomainFacts is everything that was looked up, fetched and seen about one
// domain of a tenant, before anybody judges it. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/https_request.h"
#include "verifier/posh/https_url.h"
#include "verifier/question.h"
#include "verifier/verification/delegation.h"
#include "verifier/verification/target_finding.h"

namespace danegate {

// What an initiator may put into SNI (K-1).
enum class SniForm {
  kSource,  // the domain: XEP-0368, and what is deployed
  kTarget,  // the SRV target: RFC 7673
  kNone,    // STARTTLS: `to` decides
};
std::string_view ToString(SniForm);

// What the configuration serves to one form; several for several kinds of key.
struct ServedForm {
  SniForm form;
  std::vector<CertificateChain> chains;
};

// One connection that was made.
struct Probe {
  SniForm form;
  std::vector<std::uint8_t> octets;  // of the address
  std::string address;               // "192.0.2.1:5269"
  std::string error;                 // a sentence; empty if there is a chain
  CertificateChain chain;
};

// One SRV record whose target is a name, with everything about that.
struct EndpointFacts {
  DelegatedTarget target;
  bool secure = false;    // its SRV record is signed
  TargetFinding finding;  // not kPending
  Answer a;
  Answer aaaa;
  // Where TLSA records stand if not at this port.
  std::vector<std::string> tlsa_elsewhere = {};
  std::vector<ServedForm> served = {};
  std::vector<Probe> probes = {};  // empty: nobody connected
};

// One step of the way to a POSH document.
struct PoshFetch {
  HttpsUrl url;
  HttpsReply reply;
};

struct DomainFacts {
  Domain domain;
  Answer starttls;    // of _xmpp-server
  Answer direct_tls;  // of _xmpps-server
  std::vector<EndpointFacts> endpoints = {};
  // Records beyond the bound were left out.
  bool too_many = false;
  std::vector<PoshFetch> posh = {};
  // Why the way to the document ended where it did; a sentence.
  std::string posh_end;
};

}  // namespace danegate
