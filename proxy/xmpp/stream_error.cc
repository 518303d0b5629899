#include "proxy/xmpp/stream_error.h"

#include <utility>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/utf8.h"
#include "proxy/xmpp/xml_element.h"
#include "proxy/xmpp/xml_writer.h"
#include "verifier/check.h"

namespace danegate {
namespace {

template <typename Condition>
using Name = std::pair<Condition, std::string_view>;

constexpr Name<StreamCondition> kStreamConditions[] = {
    {StreamCondition::kBadFormat, "bad-format"},
    {StreamCondition::kBadNamespacePrefix, "bad-namespace-prefix"},
    {StreamCondition::kConflict, "conflict"},
    {StreamCondition::kConnectionTimeout, "connection-timeout"},
    {StreamCondition::kHostGone, "host-gone"},
    {StreamCondition::kHostUnknown, "host-unknown"},
    {StreamCondition::kImproperAddressing, "improper-addressing"},
    {StreamCondition::kInternalServerError, "internal-server-error"},
    {StreamCondition::kInvalidFrom, "invalid-from"},
    {StreamCondition::kInvalidNamespace, "invalid-namespace"},
    {StreamCondition::kInvalidXml, "invalid-xml"},
    {StreamCondition::kNotAuthorized, "not-authorized"},
    {StreamCondition::kNotWellFormed, "not-well-formed"},
    {StreamCondition::kPolicyViolation, "policy-violation"},
    {StreamCondition::kRemoteConnectionFailed, "remote-connection-failed"},
    {StreamCondition::kReset, "reset"},
    {StreamCondition::kResourceConstraint, "resource-constraint"},
    {StreamCondition::kRestrictedXml, "restricted-xml"},
    {StreamCondition::kSystemShutdown, "system-shutdown"},
    {StreamCondition::kUndefinedCondition, "undefined-condition"},
    {StreamCondition::kUnsupportedEncoding, "unsupported-encoding"},
    {StreamCondition::kUnsupportedFeature, "unsupported-feature"},
    {StreamCondition::kUnsupportedStanzaType, "unsupported-stanza-type"},
    {StreamCondition::kUnsupportedVersion, "unsupported-version"},
};

constexpr Name<SaslCondition> kSaslConditions[] = {
    {SaslCondition::kAborted, "aborted"},
    {SaslCondition::kAccountDisabled, "account-disabled"},
    {SaslCondition::kCredentialsExpired, "credentials-expired"},
    {SaslCondition::kEncryptionRequired, "encryption-required"},
    {SaslCondition::kIncorrectEncoding, "incorrect-encoding"},
    {SaslCondition::kInvalidAuthzid, "invalid-authzid"},
    {SaslCondition::kInvalidMechanism, "invalid-mechanism"},
    {SaslCondition::kMalformedRequest, "malformed-request"},
    {SaslCondition::kMechanismTooWeak, "mechanism-too-weak"},
    {SaslCondition::kNotAuthorized, "not-authorized"},
    {SaslCondition::kTemporaryAuthFailure, "temporary-auth-failure"},
};

template <typename Table, typename Condition>
std::string_view NameOf(const Table& table, Condition wanted) {
  for (const auto& [condition, name] : table) {
    if (condition == wanted) return name;
  }
  DANEGATE_CHECK(false);  // a condition without a name
  return {};
}

template <typename Table, typename Condition>
Condition ParseName(const Table& table, std::string_view wanted,
                    Condition unknown) {
  for (const auto& [condition, name] : table) {
    if (name == wanted) return condition;
  }
  return unknown;
}

// `xmlns` is empty where the parent's namespace holds.
void OpenTag(std::string& out, std::string_view name, std::string_view xmlns) {
  out += '<';
  out += name;
  if (!xmlns.empty()) AppendAttribute(out, "xmlns", xmlns);
}

// The defined condition and the text.
void AppendCondition(std::string& out, std::string_view name,
                     std::string_view xmlns, std::string_view text) {
  OpenTag(out, name, xmlns);
  out += "/>";
  if (text.empty()) return;
  OpenTag(out, "text", xmlns);
  out += " xml:lang='en'>";
  AppendEscaped(out, text);
  out += "</text>";
}

}  // namespace

std::string_view ToString(StreamCondition condition) {
  return NameOf(kStreamConditions, condition);
}

StreamCondition ParseStreamCondition(std::string_view element_name) {
  return ParseName(kStreamConditions, element_name,
                   StreamCondition::kUndefinedCondition);
}

std::string WriteStreamError(const StreamError& error) {
  std::string out = "<stream:error>";
  AppendCondition(out, ToString(error.condition), xmlns::kStreamErrors,
                  error.text);
  out += "</stream:error>";
  return out;
}

StreamError ReadStreamError(const XmlElement& error) {
  StreamError read{StreamCondition::kUndefinedCondition, ""};
  for (const auto& child : error.children) {
    if (child.uri != xmlns::kStreamErrors) continue;
    if (child.local == "text") {
      read.text = Utf8Truncate(child.text, limits::kPeerTextBytes);
    } else {
      read.condition = ParseStreamCondition(child.local);
    }
  }
  return read;
}

std::string_view ToString(SaslCondition condition) {
  return NameOf(kSaslConditions, condition);
}

SaslCondition ParseSaslCondition(std::string_view element_name) {
  return ParseName(kSaslConditions, element_name,
                   SaslCondition::kNotAuthorized);  // B-18
}

std::string WriteSaslFailure(const SaslFailure& failure) {
  std::string out;
  OpenTag(out, "failure", xmlns::kSasl);
  out += '>';
  AppendCondition(out, ToString(failure.condition), "", failure.text);
  out += "</failure>";
  return out;
}

}  // namespace danegate
