// What a certificate says its holder is called, compared with a reference
// identity (RFC 9525, RFC 6120 section 13.7.1.2; C-02, C-10 to C-15).
#pragma once

#include <string>
#include <vector>

#include "verifier/domain.h"
#include "verifier/x509/certificate_fields.h"

namespace danegate {

// The forms of identifier that count. Name constraints on DNS names bind
// neither SRV-ID nor XmppAddr, so under a constrained authority only DNS-ID
// counts (C-14).
enum class IdentifierForms { kAll, kDnsIdOnly };

// The leaf's subjectAltName has an identifier for `reference`. Common names
// never count (C-13). A subjectAltName that cannot be read holds nothing.
bool PresentsIdentity(DerSpan leaf, const Domain& reference, IdentifierForms);

// Its identifiers of these forms, as they are written: "DNS:peer.example",
// "SRV:_xmpp-server.peer.example", "XMPP:peer.example". For people; at most
// kMaxPresentedNames.
inline constexpr std::size_t kMaxPresentedNames = 64;
std::vector<std::string> PresentedNames(DerSpan leaf);

}  // namespace danegate
