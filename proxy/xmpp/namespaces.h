// The XML namespaces of a server-to-server stream.
#pragma once

#include <string_view>

namespace danegate::xmlns {

inline constexpr std::string_view kStreams = "http://etherx.jabber.org/streams";
inline constexpr std::string_view kServer = "jabber:server";
inline constexpr std::string_view kDialback = "jabber:server:dialback";
inline constexpr std::string_view kStreamErrors =
    "urn:ietf:params:xml:ns:xmpp-streams";
inline constexpr std::string_view kStanzaErrors =
    "urn:ietf:params:xml:ns:xmpp-stanzas";
inline constexpr std::string_view kTls = "urn:ietf:params:xml:ns:xmpp-tls";
inline constexpr std::string_view kSasl = "urn:ietf:params:xml:ns:xmpp-sasl";
inline constexpr std::string_view kCaps = "http://jabber.org/protocol/caps";
inline constexpr std::string_view kXml = "http://www.w3.org/XML/1998/namespace";

}  // namespace danegate::xmlns
