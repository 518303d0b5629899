#include "proxy/xmpp/dialback.h"

#include <utility>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/utf8.h"
#include "proxy/xmpp/xml_writer.h"
#include "verifier/check.h"

namespace danegate {
namespace {

using Kind = DialbackElement::Kind;
using Type = DialbackElement::Type;

struct ConditionRow {
  DialbackCondition condition;
  std::string_view name;
  std::string_view type;  // of the <error/> around it, RFC 6120 8.3.3
};

constexpr ConditionRow kConditions[] = {
    {DialbackCondition::kForbidden, "forbidden", "auth"},
    {DialbackCondition::kInternalServerError, "internal-server-error",
     "cancel"},
    {DialbackCondition::kItemNotFound, "item-not-found", "cancel"},
    {DialbackCondition::kNotAcceptable, "not-acceptable", "modify"},
    {DialbackCondition::kNotAuthorized, "not-authorized", "auth"},
    {DialbackCondition::kPolicyViolation, "policy-violation", "modify"},
    {DialbackCondition::kRemoteConnectionFailed, "remote-connection-failed",
     "wait"},
    {DialbackCondition::kRemoteServerNotFound, "remote-server-not-found",
     "cancel"},
    {DialbackCondition::kRemoteServerTimeout, "remote-server-timeout", "wait"},
    {DialbackCondition::kResourceConstraint, "resource-constraint", "wait"},
};

const ConditionRow& RowOf(DialbackCondition wanted) {
  for (const auto& row : kConditions) {
    if (row.condition == wanted) return row;
  }
  DANEGATE_CHECK(false);  // a condition without a row
  return kConditions[0];
}

std::string_view NameOf(Kind kind) {
  return kind == Kind::kResult ? "result" : "verify";
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

StreamError Improper(const XmlElement& element, std::string_view attribute,
                     const std::string* value) {
  std::string text =
      "the '" + std::string(attribute) + "' of a dialback " + element.local;
  text += value ? " is not a domain: " + Quoted(*value) : " is missing";
  return {StreamCondition::kImproperAddressing, std::move(text)};
}

Result<DialbackElement::Address, StreamError> ReadAddress(
    const XmlElement& element, std::string_view attribute) {
  const auto* value = element.AttributeValue(attribute);
  if (value == nullptr) return Failure(Improper(element, attribute, value));
  auto domain = Domain::Parse(*value);
  if (!domain) return Failure(Improper(element, attribute, value));
  return DialbackElement::Address{*std::move(domain), *value};
}

Type ReadType(const XmlElement& element) {
  const auto* type = element.AttributeValue("type");
  if (type == nullptr) return Type::kRequest;
  if (*type == "valid") return Type::kValid;
  if (*type == "invalid") return Type::kInvalid;
  return *type == "error" ? Type::kError : Type::kUnknown;
}

DialbackError ReadError(const XmlElement& element) {
  DialbackError read{DialbackCondition::kNotAcceptable, ""};
  const auto* error = element.Child(xmlns::kServer, "error");
  if (error == nullptr) return read;
  for (const auto& child : error->children) {
    if (child.uri != xmlns::kStanzaErrors) continue;
    if (child.local == "text") {
      read.text = Utf8Truncate(child.text, limits::kPeerTextBytes);
    } else {
      read.condition = ParseDialbackCondition(child.local);
    }
  }
  return read;
}

std::string Open(Kind kind, std::string_view from, std::string_view to) {
  std::string out = "<db:";
  out += NameOf(kind);
  AppendAttribute(out, "from", from);
  AppendAttribute(out, "to", to);
  return out;
}

std::string Request(Kind kind, const Domain& from, const Domain& to,
                    const std::string_view* id, std::string_view key) {
  std::string out = Open(kind, from.ToUnicode(), to.ToUnicode());
  if (id != nullptr) AppendAttribute(out, "id", *id);
  out += '>';
  AppendEscaped(out, key);
  out += "</db:";
  out += NameOf(kind);
  return out + '>';
}

std::string Answer(const DialbackElement& request, std::string_view type) {
  std::string out =
      Open(request.kind, request.to.text, request.from.text);  // G-03
  if (request.kind == Kind::kVerify) AppendAttribute(out, "id", request.id);
  AppendAttribute(out, "type", type);
  return out;
}

}  // namespace

std::string_view ToString(DialbackCondition condition) {
  return RowOf(condition).name;
}

DialbackCondition ParseDialbackCondition(std::string_view element_name) {
  for (const auto& row : kConditions) {
    if (row.name == element_name) return row.condition;
  }
  return DialbackCondition::kNotAcceptable;
}

bool IsDialback(const XmlElement& element) {
  return element.Is(xmlns::kDialback, NameOf(Kind::kResult)) ||
         element.Is(xmlns::kDialback, NameOf(Kind::kVerify));
}

bool IsDialbackRequest(const XmlElement& element) {
  return ReadType(element) == Type::kRequest;
}

Result<DialbackElement, StreamError> ReadDialback(const XmlElement& element) {
  auto from = ReadAddress(element, "from");
  if (!from) return Failure(from.error());
  auto to = ReadAddress(element, "to");
  if (!to) return Failure(to.error());
  DialbackElement read{
      element.local == NameOf(Kind::kResult) ? Kind::kResult : Kind::kVerify,
      ReadType(element),
      *std::move(from),
      *std::move(to),
      "",
      ""};
  if (read.kind == Kind::kVerify) {
    const auto* id = element.AttributeValue("id");
    if (id == nullptr) return Failure(Improper(element, "id", id));
    read.id = *id;
  }
  if (read.type == Type::kRequest) read.key = Trimmed(element.text);  // G-02
  if (read.type == Type::kError) read.error = ReadError(element);
  return read;
}

std::string WriteResultRequest(const Domain& from, const Domain& to,
                               std::string_view key) {
  return Request(Kind::kResult, from, to, nullptr, key);
}

std::string WriteVerifyRequest(const Domain& from, const Domain& to,
                               std::string_view id, std::string_view key) {
  return Request(Kind::kVerify, from, to, &id, key);
}

std::string WriteValid(const DialbackElement& request) {
  return Answer(request, "valid") + "/>";
}

std::string WriteInvalid(const DialbackElement& request) {
  return Answer(request, "invalid") + "/>";
}

std::string WriteError(const DialbackElement& request,
                       const DialbackError& error) {
  const auto& row = RowOf(error.condition);
  std::string out = Answer(request, "error") + "><error";
  AppendAttribute(out, "type", row.type);
  out += "><";
  out += row.name;
  AppendAttribute(out, "xmlns", xmlns::kStanzaErrors);
  out += "/>";
  if (!error.text.empty()) {
    out += "<text";
    AppendAttribute(out, "xmlns", xmlns::kStanzaErrors);
    out += " xml:lang='en'>";
    AppendEscaped(out, error.text);
    out += "</text>";
  }
  out += "</error></db:";
  out += NameOf(request.kind);
  return out + '>';
}

}  // namespace danegate
