#include "proxy/xmpp/sasl_external.h"

#include <cstdint>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/utf8.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Decodes a group of 2, 3 or 4 characters without padding.
bool DecodeGroup(std::string_view group, std::string& out) {
  std::uint32_t bits = 0;
  for (const char c : group) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
  }
  bits <<= 6 * (4 - group.size());
  const std::size_t octets = group.size() - 1;
  for (std::size_t i = 0; i < octets; ++i) {
    out += static_cast<char>(bits >> (16 - 8 * i) & 0xFF);
  }
  return (bits & (0xFFFFFFu >> (8 * octets))) == 0;  // bits under the padding
}

std::string Element(std::string_view name, std::string_view content) {
  std::string out = "<";
  out += name;
  AppendAttribute(out, "xmlns", xmlns::kSasl);
  if (content.empty()) return out + "/>";
  out += '>';
  out += content;
  out += "</";
  out += name;
  return out + '>';
}

}  // namespace

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  while (!text.empty()) {
    auto group = text.substr(0, 4);
    text.remove_prefix(4);
    if (text.empty() && group.ends_with('=')) {
      group.remove_suffix(group.ends_with("==") ? 2 : 1);
    }
    if (!DecodeGroup(group, out)) return std::nullopt;
  }
  return out;
}

std::string EncodeBase64(std::string_view octets) {
  std::string out;
  while (!octets.empty()) {
    const auto group = octets.substr(0, 3);
    octets.remove_prefix(group.size());
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 |
             (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i > group.size() ? '=' : kAlphabet[bits >> (18 - 6 * i) & 0x3F];
    }
  }
  return out;
}

Result<std::optional<Domain>, SaslFailure> DecodeAuthzid(
    std::string_view text) {
  if (text.empty() || text == "=") return std::optional<Domain>();
  const auto decoded = DecodeBase64(text);
  if (!decoded) {
    return Failure(SaslFailure{SaslCondition::kIncorrectEncoding,
                               "the response is not base64"});
  }
  auto domain = Domain::Parse(*decoded);
  if (!domain) {
    return Failure(
        SaslFailure{SaslCondition::kInvalidAuthzid,
                    "the authorization identity must be a bare domain, not " +
                        Quoted(*decoded)});
  }
  return std::optional<Domain>(*std::move(domain));
}

std::optional<SaslRequest> SaslRequestOf(const XmlElement& element) {
  if (element.uri != xmlns::kSasl) return std::nullopt;
  if (element.local == "auth") return SaslRequest::kAuth;
  if (element.local == "response") return SaslRequest::kResponse;
  if (element.local == "abort") return SaslRequest::kAbort;
  return std::nullopt;
}

std::string WriteAuth(const Domain& authzid) {
  std::string out = "<auth";
  AppendAttribute(out, "xmlns", xmlns::kSasl);
  AppendAttribute(out, "mechanism", "EXTERNAL");
  return out + '>' + EncodeBase64(authzid.ToUnicode()) + "</auth>";
}

std::string WriteChallenge() { return Element("challenge", ""); }

std::string WriteSuccess() { return Element("success", ""); }

std::string WriteMechanisms() {
  return Element("mechanisms", "<mechanism>EXTERNAL</mechanism>");
}

bool OffersExternal(const XmlElement& features) {
  const auto* mechanisms = features.Child(xmlns::kSasl, "mechanisms");
  if (mechanisms == nullptr) return false;
  for (const auto& mechanism : mechanisms->children) {
    if (mechanism.Is(xmlns::kSasl, "mechanism") &&
        mechanism.text == "EXTERNAL") {
      return true;
    }
  }
  return false;
}

SaslFailure ReadSaslFailure(const XmlElement& failure) {
  SaslFailure read{SaslCondition::kNotAuthorized, ""};
  for (const auto& child : failure.children) {
    if (child.local == "text") {
      read.text = Utf8Truncate(child.text, limits::kPeerTextBytes);
    } else {
      read.condition = ParseSaslCondition(child.local);
    }
  }
  return read;
}

}  // namespace danegate
