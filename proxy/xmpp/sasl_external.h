// SASL EXTERNAL between servers (spec B): the XML of both sides, and what an
// authorization identity may be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/xmpp/stream_error.h"
#include "proxy/xmpp/xml_element.h"
#include "verifier/domain.h"
#include "verifier/result.h"

namespace danegate {

// DecodeBase64 is strict (B-12): no whitespace, no characters of other
// alphabets, padding where it belongs, no bits under the padding. An empty text
// decodes to an empty one.
std::optional<std::string> DecodeBase64(std::string_view text);
std::string EncodeBase64(std::string_view octets);

// DecodeAuthzid reads the text of an initial response or <response/>: an
// authorization identity that is a bare domain (B-08), or nothing where it is
// empty, "=" included (B-06).
Result<std::optional<Domain>, SaslFailure> DecodeAuthzid(std::string_view text);

// What a first-level element means in a SASL negotiation that offers EXTERNAL.
enum class SaslRequest { kAuth, kResponse, kAbort };
// Nothing for an element that is not SASL's.
std::optional<SaslRequest> SaslRequestOf(const XmlElement&);

std::string WriteAuth(const Domain& authzid);  // B-10
// An empty challenge (B-07).
std::string WriteChallenge();
std::string WriteSuccess();
// "<mechanisms>…</mechanisms>" with EXTERNAL only (B-04).
std::string WriteMechanisms();

// True if features offer EXTERNAL.
bool OffersExternal(const XmlElement& features);
// The condition and text of a received <failure/> (B-18).
SaslFailure ReadSaslFailure(const XmlElement& failure);

}  // namespace danegate
