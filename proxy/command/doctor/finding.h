// Finding is one thing that is not as it should be with what is published or
// served for a tenant, and what mends it. Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace danegate {

enum class Severity {
  kError,    // some peer is refused, or has dialback at best
  kUnknown,  // it could not be found out
  kWarning,  // every peer finds a strong proof all the same
};
std::string_view ToString(Severity);

// One word each, for scripts.
enum class Mistake {
  kDnsFailed,           // the DNS did not say
  kDnsBogus,            // a signature does not validate
  kSignatureExpired,    // and has ended
  kZoneUnsigned,        // the SRV records are not signed
  kHostUnsigned,        // the addresses of the SRV target are not signed
  kSrvMissing,          // no SRV record at all
  kSrvStartTlsMissing,  // none for STARTTLS, though somebody listens
  kSrvDirectMissing,    // none for direct TLS, though somebody listens
  kSrvNoService,        // the target "." (D-03)
  kSrvWrongHost,        // the target is not of this tenant
  kSrvWrongPort,        // the target's port is not ours
  kSrvNoName,           // the target is an address, or no host name at all
  kSrvMany,             // more records than were looked at
  kTargetAlias,         // the target is a CNAME
  kTargetNoAddress,
  kTargetElsewhere,  // an address that we do not listen on
  kTlsaMissing,
  kTlsaWrongPort,  // none for the port of the SRV record, but for another
  kTlsaUnusable,   // no record can be used (D-40)
  kTlsaMismatch,   // the records name other keys
  kTlsaCaMissing,  // identity ca, and no record names a CA
  kCaNotInChain,   // the records' CAs are not in the chain (D-45)
  kSniMismatch,    // they match what is served for one name, not for another
  kChainRefused,   // a record matches; path, name or dates do not
  kCertificateEnds,
  kCertificateName,     // it lacks the domain, which some peers insist on
  kPoshUnusable,        // the document is none
  kPoshExpired,         // it says that it is no longer valid (E-07)
  kPoshMismatch,        // it lacks the certificate that is served
  kPoshWrongReference,  // what it refers to is not there
  kUnreachable,
  kServedOther,  // another certificate than configured
  kNotProved,    // none of the above explains it
};
std::string_view ToString(Mistake);

struct Finding {
  Severity severity;
  Mistake mistake;
  std::string what;    // a sentence
  std::string remedy;  // a sentence; may be empty
  // Lines of a zone file, or the text of a document, that would mend it.
  std::vector<std::string> records = {};

  friend bool operator==(const Finding&, const Finding&) = default;
};

// What a peer that comes to one endpoint concludes.
struct PeerView {
  std::string host;
  unsigned port = 0;
  bool direct_tls = false;
  std::string sni;      // what it puts there: "source", "target", "none"
  std::string outcome;  // "proved", "disproved", "absent", "indeterminate"
  std::string proof;    // "dane-ee", "posh", ...; empty unless proved
  std::string detail;   // a sentence
};

}  // namespace danegate
