#include "bench/paths/opened_backend.h"

#include <chrono>
#include <string>
#include <variant>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/egress_stream.h"
#include "verifier/check.h"

namespace danegate::bench {
namespace {

constexpr Instant kNow{std::chrono::hours(1)};

const std::string kHeader =
    "<?xml version='1.0'?><stream:stream xmlns:db='jabber:server:dialback' "
    "xml:lang='en' xmlns:stream='http://etherx.jabber.org/streams' "
    "from='tenant.example' to='peer.example' version='1.0' "
    "xmlns='jabber:server' id='1b7d9c52-7a3b-4e40-9c33-0d2fbb9a1f3e'>";
const std::string kOffersTls =
    kHeader +
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
    "<required/></starttls></stream:features>";
const std::string kProceed =
    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const std::string kOffersExternal =
    kHeader +
    "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
    "<mechanism>EXTERNAL</mechanism></mechanisms></stream:features>";
const std::string kSuccess =
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
const std::string kFeatures =
    kHeader +
    "<stream:features><limits xmlns='urn:xmpp:stream-limits:0'>"
    "<max-bytes>524288</max-bytes></limits></stream:features>";

// How many actions came, by kind.
struct Came {
  int starts_tls = 0, ready = 0, features = 0;
};

void Drain(EgressStream& stream, Came& came) {
  while (const auto action = stream.NextAction()) {
    came.starts_tls += std::holds_alternative<action::StartTls>(*action);
    came.ready += std::holds_alternative<action::Ready>(*action);
    came.features += std::holds_alternative<action::Features>(*action);
  }
}

}  // namespace

void OpenBackendStream() {
  static const EgressSettings settings{*Domain::Parse("peer.example"),
                                       *Domain::Parse("tenant.example")};
  EgressStream stream(settings, kNow);
  Came came;
  const auto server = [&](std::string_view text) {
    stream.OnBytes(AsBytes(text), kNow);
    Drain(stream, came);
  };
  stream.OnConnected(kNow);
  Drain(stream, came);
  server(kOffersTls);
  server(kProceed);
  stream.OnTlsEstablished(kNow);
  Drain(stream, came);
  server(kOffersExternal);
  server(kSuccess);
  stream.Restart({}, kNow);
  Drain(stream, came);
  server(kFeatures);
  DANEGATE_CHECK(came.starts_tls == 1 && came.ready == 1 && came.features == 1);
}

}  // namespace danegate::bench
