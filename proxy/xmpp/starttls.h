// STARTTLS: the elements of both sides (spec A.3).
#pragma once

#include <string_view>

namespace danegate::starttls {

// nothing beside it while TLS is required.
inline constexpr std::string_view kFeatures =
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
    "<required/></starttls></stream:features>";
inline constexpr std::string_view kRequest =
    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
inline constexpr std::string_view kProceed =
    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
inline constexpr std::string_view kFailure =
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

}  // namespace danegate::starttls
