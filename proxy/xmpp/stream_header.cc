#include "proxy/xmpp/stream_header.h"

#include <algorithm>
#include <charconv>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {
namespace {

using Namespaces = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string> Copy(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  return std::string(*value);
}

// RFC 5646: letters, digits and hyphens. Anything else is dropped: it would go
// into a header of ours and mean nothing there.
bool IsLanguageTag(std::string_view text) {
  return !text.empty() && text.size() <= limits::kHeaderLangBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '-';
         });
}

std::string LangOf(const XmlStart& start) {
  for (std::size_t i = 0; i < start.attribute_count(); ++i) {
    const auto value = start.attribute_value(i);
    if (start.attribute_name(i).Is(xmlns::kXml, "lang") &&
        IsLanguageTag(value)) {
      return std::string(value);
    }
  }
  return {};
}

// The number before the dot of "major.minor", leading zeros ignored;
// nothing if that is not its form.
std::optional<unsigned> MajorVersion(std::string_view version) {
  unsigned numbers[2];
  const char* at = version.data();
  const char* const end = at + version.size();
  for (int i = 0; i < 2; ++i) {
    const auto [rest, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc()) return std::nullopt;
    if (i == 0 && (rest == end || *rest != '.')) return std::nullopt;
    if (i == 1 && rest != end) return std::nullopt;
    at = rest + 1;
  }
  return numbers[0];
}

std::optional<StreamError> CheckRoot(const StreamHeader& header) {
  if (header.uri != xmlns::kStreams) {
    return StreamError{StreamCondition::kInvalidNamespace,
                       "the root must be in " + std::string(xmlns::kStreams) +
                           ", not in " + Quoted(header.uri)};
  }
  if (header.local != "stream") {
    return StreamError{
        StreamCondition::kBadFormat,
        "the root must be \"stream\", not " + Quoted(header.local)};
  }
  if (!header.prefix.empty() && header.prefix != "stream") {
    return StreamError{StreamCondition::kBadNamespacePrefix,
                       "the prefix of the stream must be \"stream\", not " +
                           Quoted(header.prefix)};
  }
  return std::nullopt;
}

// stanzas are in jabber:server, by the default namespace or each by
// its own declaration.
std::optional<StreamError> CheckContentNamespace(const StreamHeader& header) {
  const auto content = header.NamespaceOf("");
  if (content.empty() || content == xmlns::kServer ||
      content == xmlns::kStreams) {
    return std::nullopt;
  }
  return StreamError{StreamCondition::kInvalidNamespace,
                     "the content of a stream between servers is in "
                     "jabber:server, not in " +
                         Quoted(content)};
}

// what we must declare again is bounded, and leaves our prefixes alone.
std::optional<StreamError> CheckDeclarations(const StreamHeader& header) {
  if (header.namespaces.size() > limits::kHeaderNamespaces) {
    return StreamError{StreamCondition::kInvalidNamespace,
                       "the header declares more than " +
                           std::to_string(limits::kHeaderNamespaces) +
                           " namespaces"};
  }
  for (const auto& [prefix, uri] : header.namespaces) {
    if (prefix.size() > limits::kHeaderPrefixBytes ||
        uri.size() > limits::kHeaderNamespaceBytes) {
      return StreamError{StreamCondition::kInvalidNamespace,
                         "the header declares a namespace that is too long: " +
                             Quoted(prefix)};
    }
    if ((prefix == "db" && uri != xmlns::kDialback) ||
        (prefix == "stream" && uri != xmlns::kStreams)) {
      return StreamError{
          StreamCondition::kInvalidNamespace,
          "the prefix " + Quoted(prefix) + " is not for " + Quoted(uri)};
    }
  }
  return std::nullopt;
}

bool IsOurs(std::string_view prefix) {
  return prefix.empty() || prefix == "stream" || prefix == "db" ||
         prefix == "xml";
}

void AppendDeclaration(std::string& out, std::string_view prefix,
                       std::string_view uri) {
  AppendAttribute(
      out, prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix), uri);
}

void AppendIfAny(std::string& out, std::string_view name,
                 std::string_view value) {
  if (!value.empty()) AppendAttribute(out, name, value);
}

}  // namespace

StreamHeader StreamHeader::From(const XmlStart& start, Namespaces namespaces) {
  const auto name = start.name();
  StreamHeader header;
  header.uri = name.uri;
  header.local = name.local;
  header.prefix = name.prefix;
  header.from = Copy(start.Attribute("from"));
  header.to = Copy(start.Attribute("to"));
  header.id = Copy(start.Attribute("id"));
  header.version = Copy(start.Attribute("version"));
  header.lang = LangOf(start);
  header.namespaces = std::move(namespaces);
  return header;
}

std::string_view StreamHeader::NamespaceOf(std::string_view wanted) const {
  for (const auto& [name, uri_of_name] : namespaces) {
    if (name == wanted) return uri_of_name;
  }
  return {};
}

std::optional<StreamError> CheckNamespaces(const StreamHeader& header) {
  if (auto error = CheckRoot(header)) return error;
  if (auto error = CheckContentNamespace(header)) return error;
  return CheckDeclarations(header);
}

std::optional<StreamError> CheckVersion(const StreamHeader& header) {
  if (!header.version) {  // B-27
    return StreamError{StreamCondition::kUnsupportedVersion,
                       "this stream needs version='1.0': streams without TLS "
                       "and SASL are not accepted"};
  }
  if (MajorVersion(*header.version) == 1u) return std::nullopt;
  return StreamError{
      StreamCondition::kUnsupportedVersion,
      "this server speaks version 1.0, not " + Quoted(*header.version)};
}

std::optional<StreamError> CheckHeader(const StreamHeader& header) {
  if (auto error = CheckNamespaces(header)) return error;
  return CheckVersion(header);
}

HeaderDeclarations DeclarationsOf(const StreamHeader& header) {
  HeaderDeclarations declarations;
  declarations.lang = header.lang;
  for (const auto& declaration : header.namespaces) {
    if (!IsOurs(declaration.first)) {
      declarations.namespaces.push_back(declaration);
    }
  }
  return declarations;
}

std::string WriteScope(const StreamHeader& header) {
  std::string out = header.prefix.empty() ? "<stream" : "<stream:stream";
  for (const auto& [prefix, uri] : header.namespaces) {
    AppendDeclaration(out, prefix, uri);
  }
  out += '>';
  return out;
}

// Within a value a quote is a reference, so this is a declaration.
bool IsServerScope(std::string_view scope) {
  return scope.find(" xmlns='" + std::string(xmlns::kServer) + "'") !=
         scope.npos;
}

std::string WriteHeader(const HeaderFields& fields) {
  std::string out = "<?xml version='1.0'?><stream:stream";
  AppendDeclaration(out, "", xmlns::kServer);
  AppendDeclaration(out, "stream", xmlns::kStreams);
  AppendDeclaration(out, "db", xmlns::kDialback);
  if (fields.declarations != nullptr) {
    for (const auto& [prefix, uri] : fields.declarations->namespaces) {
      AppendDeclaration(out, prefix, uri);
    }
  }
  AppendIfAny(out, "id", fields.id);
  AppendIfAny(out, "from", fields.from);
  AppendIfAny(out, "to", fields.to);
  AppendIfAny(out, "xml:lang", fields.lang);
  if (fields.version) AppendAttribute(out, "version", "1.0");
  out += '>';
  return out;
}

}  // namespace danegate
