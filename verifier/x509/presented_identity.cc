#include "verifier/x509/presented_identity.h"

#include <openssl/bytestring.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

namespace danegate {

namespace {

constexpr std::uint8_t kSubjectAltName[] = {0x55, 0x1d, 0x11};
// 1.3.6.1.5.5.7.8.5 and 1.3.6.1.5.5.7.8.7
constexpr std::uint8_t kXmppAddr[] = {0x2b, 0x06, 0x01, 0x05,
                                      0x05, 0x07, 0x08, 0x05};
constexpr std::uint8_t kSrvName[] = {0x2b, 0x06, 0x01, 0x05,
                                     0x05, 0x07, 0x08, 0x07};

constexpr auto kOtherNameTag =
    CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0;
constexpr auto kDnsNameTag = CBS_ASN1_CONTEXT_SPECIFIC | 2;
constexpr auto kExplicitTag =
    CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0;

std::string_view Text(const CBS& cbs) {
  return {reinterpret_cast<const char*>(CBS_data(&cbs)), CBS_len(&cbs)};
}

char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool EqualsIgnoringCase(std::string_view presented, std::string_view lower) {
  return std::equal(presented.begin(), presented.end(), lower.begin(),
                    lower.end(),
                    [](char a, char b) { return ToLower(a) == b; });
}

// C-10, C-11. The reference is canonical: no NUL, space, last dot, over-long
// label or second wildcard can equal any part of it (C-15).
bool MatchesDnsName(std::string_view presented, const Domain& reference) {
  if (!presented.starts_with("*.")) {
    return EqualsIgnoringCase(presented, reference.ascii());
  }
  const std::string_view parent = reference.parent();
  return !parent.empty() && EqualsIgnoringCase(presented.substr(2), parent);
}

// C-12. Only _xmpp-server: no text defines an SRV-ID of _xmpps-server (C-02).
bool MatchesSrvName(std::string_view presented, const Domain& reference) {
  constexpr std::string_view kService = "_xmpp-server.";
  return presented.size() > kService.size() &&
         EqualsIgnoringCase(presented.substr(0, kService.size()), kService) &&
         MatchesDnsName(presented.substr(kService.size()), reference);
}

// C-10: compared after preparation, which also refuses a JID that is not bare.
bool MatchesXmppAddr(std::string_view presented, const Domain& reference) {
  if (presented.ends_with('.')) return false;  // C-15
  const auto domain = Domain::Parse(presented);
  return domain.ok() && *domain == reference;
}

struct NameOfOtherKind {
  enum class Kind { kXmppAddr, kSrvName };
  Kind kind;
  std::string_view text;
};

// OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }
std::optional<NameOfOtherKind> ReadOtherName(CBS name) {
  using Kind = NameOfOtherKind::Kind;
  CBS type, wrapped, text;
  if (!CBS_get_asn1(&name, &type, CBS_ASN1_OBJECT) ||
      !CBS_get_asn1(&name, &wrapped, kExplicitTag) || CBS_len(&name) != 0) {
    return std::nullopt;
  }
  const bool is_xmpp = CBS_mem_equal(&type, kXmppAddr, std::size(kXmppAddr));
  if (!is_xmpp && !CBS_mem_equal(&type, kSrvName, std::size(kSrvName))) {
    return std::nullopt;
  }
  const auto tag = is_xmpp ? CBS_ASN1_UTF8STRING : CBS_ASN1_IA5STRING;
  if (!CBS_get_asn1(&wrapped, &text, tag) || CBS_len(&wrapped) != 0) {
    return std::nullopt;
  }
  return NameOfOtherKind{is_xmpp ? Kind::kXmppAddr : Kind::kSrvName,
                         Text(text)};
}

bool MatchesOtherName(CBS name, const Domain& reference) {
  const auto other = ReadOtherName(name);
  if (!other) return false;
  return other->kind == NameOfOtherKind::Kind::kXmppAddr
             ? MatchesXmppAddr(other->text, reference)
             : MatchesSrvName(other->text, reference);
}

std::string NameText(CBS name, unsigned tag) {
  if (tag == kDnsNameTag) return "DNS:" + std::string(Text(name));
  if (tag != kOtherNameTag) return "";
  const auto other = ReadOtherName(name);
  if (!other) return "";
  return (other->kind == NameOfOtherKind::Kind::kXmppAddr ? "XMPP:" : "SRV:") +
         std::string(other->text);
}

// The contents of GeneralNames, which may have something behind it.
std::optional<CBS> FindNames(DerSpan leaf, bool* is_whole) {
  const auto fields = CertificateFields::Find(leaf);
  if (!fields) return std::nullopt;
  const auto extension = fields->FindExtension(kSubjectAltName);
  if (!extension) return std::nullopt;
  CBS input, names;
  CBS_init(&input, extension->data(), extension->size());
  if (!CBS_get_asn1(&input, &names, CBS_ASN1_SEQUENCE)) return std::nullopt;
  *is_whole = CBS_len(&input) == 0;
  return names;
}

}  // namespace

bool PresentsIdentity(DerSpan leaf, const Domain& reference,
                      IdentifierForms forms) {
  bool is_whole = false;
  auto names = FindNames(leaf, &is_whole);
  if (!names) return false;
  bool found = false;
  while (CBS_len(&*names) != 0) {
    CBS name;
    unsigned tag;
    if (!CBS_get_any_asn1(&*names, &name, &tag)) return false;
    found = found ||
            (tag == kDnsNameTag && MatchesDnsName(Text(name), reference)) ||
            (tag == kOtherNameTag && forms == IdentifierForms::kAll &&
             MatchesOtherName(name, reference));
  }
  return found && is_whole;
}

std::vector<std::string> PresentedNames(DerSpan leaf) {
  std::vector<std::string> texts;
  bool is_whole = false;
  auto names = FindNames(leaf, &is_whole);
  while (names && CBS_len(&*names) != 0 && texts.size() < kMaxPresentedNames) {
    CBS name;
    unsigned tag;
    if (!CBS_get_any_asn1(&*names, &name, &tag)) break;
    if (auto text = NameText(name, tag); !text.empty()) {
      texts.push_back(std::move(text));
    }
  }
  return texts;
}

}  // namespace danegate
