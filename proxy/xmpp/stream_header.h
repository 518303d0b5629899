// StreamHeader is a stream's opening tag: read from the other side, judged, and
// written anew by us. A header is never forwarded (D5, threats 0.9).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/xmpp/action.h"
#include "proxy/xmpp/stream_error.h"
#include "proxy/xmpp/xml_start.h"

namespace danegate {

// A header as it was received; the attributes are claims, as written.
struct StreamHeader {
  std::string uri;
  std::string local;
  std::string prefix;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> id;
  std::optional<std::string> version;
  std::string lang;  // xml:lang, if it has the form of a language tag
  // All declarations; an empty prefix is the default namespace.
  std::vector<std::pair<std::string, std::string>> namespaces;

  static StreamHeader From(
      const XmlStart&,
      std::vector<std::pair<std::string, std::string>> namespaces);

  // The URI that `prefix` is bound to, or empty.
  std::string_view NamespaceOf(std::string_view prefix) const;
};

// CheckNamespaces judges the element and its namespaces,
// CheckVersion the version (A-15, A-16, B-27), CheckHeader both; the addresses
// are not their concern. Nothing if all is well.
std::optional<StreamError> CheckNamespaces(const StreamHeader&);
std::optional<StreamError> CheckVersion(const StreamHeader&);
std::optional<StreamError> CheckHeader(const StreamHeader&);

// DeclarationsOf returns what must be declared again where this stream's
// stanzas go: all but what every header of ours declares.
// REQUIRES: CheckNamespaces() found nothing.
HeaderDeclarations DeclarationsOf(const StreamHeader&);

// WriteScope writes a start tag with the namespaces of a header and nothing
// else: a parser that has read it reads stanzas as one that has read the
// header. REQUIRES: CheckNamespaces() found nothing.
std::string WriteScope(const StreamHeader&);

// Whether in such a scope what declares no namespace is in jabber:server.
bool IsServerScope(std::string_view scope);

// What a header of ours says; what is empty is left out.
struct HeaderFields {
  std::string_view id;
  std::string_view from;
  std::string_view to;
  std::string_view lang;
  bool version = true;  // "1.0"; not to a peer that has none
  const HeaderDeclarations* declarations = nullptr;
};
std::string WriteHeader(const HeaderFields&);

inline constexpr std::string_view kStreamClose = "</stream:stream>";

}  // namespace danegate
