// Stream errors and SASL failures: the defined conditions, and their XML.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace danegate {

struct XmlElement;

// RFC 6120 4.9.3, as spec A.5 uses them. ToString gives the element's name.
enum class StreamCondition {
  kBadFormat,
  kBadNamespacePrefix,
  kConflict,
  kConnectionTimeout,
  kHostGone,
  kHostUnknown,
  kImproperAddressing,
  kInternalServerError,
  kInvalidFrom,
  kInvalidNamespace,
  kInvalidXml,
  kNotAuthorized,
  kNotWellFormed,
  kPolicyViolation,
  kRemoteConnectionFailed,
  kReset,
  kResourceConstraint,
  kRestrictedXml,
  kSystemShutdown,
  kUndefinedCondition,
  kUnsupportedEncoding,
  kUnsupportedFeature,
  kUnsupportedStanzaType,
  kUnsupportedVersion,
};
std::string_view ToString(StreamCondition);
// An unknown name is kUndefinedCondition.
StreamCondition ParseStreamCondition(std::string_view element_name);

struct StreamError {
  StreamCondition condition;
  std::string text;  // for people; may be empty
};

// "<stream:error>…</stream:error>", the text escaped.
std::string WriteStreamError(const StreamError&);
// What a received {streams}error says, its text cut to kPeerTextBytes.
StreamError ReadStreamError(const XmlElement& error);

// RFC 6120 6.5 (B-18).
enum class SaslCondition {
  kAborted,
  kAccountDisabled,
  kCredentialsExpired,
  kEncryptionRequired,
  kIncorrectEncoding,
  kInvalidAuthzid,
  kInvalidMechanism,
  kMalformedRequest,
  kMechanismTooWeak,
  kNotAuthorized,
  kTemporaryAuthFailure,
};
std::string_view ToString(SaslCondition);
SaslCondition ParseSaslCondition(std::string_view element_name);

struct SaslFailure {
  SaslCondition condition;
  std::string text;
};
std::string WriteSaslFailure(const SaslFailure&);

}  // namespace danegate
