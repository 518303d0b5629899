// EgressScript plays the server against an EgressStream.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/egress_stream.h"
#include "tests/support/domains.h"

namespace danegate {

inline constexpr std::string_view kHeaderFrom =
    "from='tenant.example' to='peer.example'";

inline std::string ServerHeader(std::string_view declarations = "") {
  return "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
         "xmlns:stream='http://etherx.jabber.org/streams' " +
         std::string(declarations) + " id='s1' " + std::string(kHeaderFrom) +
         " version='1.0'>";
}

inline std::string Features(std::string_view xml) {
  return "<stream:features>" + std::string(xml) + "</stream:features>";
}

inline constexpr std::string_view kOffersTls =
    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
inline constexpr std::string_view kOffersExternal =
    "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
    "<mechanism>EXTERNAL</mechanism></mechanisms>";
inline constexpr std::string_view kProceed =
    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
inline constexpr std::string_view kSuccess =
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

struct EgressScript {
  explicit EgressScript(bool direct = false,
                        std::optional<HandOffOffer> offer = std::nullopt)
      : stream({D("peer.example"), D("tenant.example"), direct, offer}, now) {
    stream.OnConnected(now);
    Drain();
  }
  void Server(std::string_view bytes) {
    stream.OnBytes(AsBytes(bytes), now);
    Drain();
  }
  void Tls() {
    stream.OnTlsEstablished(now);
    Drain();
  }
  void Restart(const HeaderDeclarations& declarations = {}) {
    stream.Restart(declarations, now);
    Drain();
  }
  void Finish() {
    stream.Finish(now);
    Drain();
  }
  void Closed(bool clean) {
    stream.OnClosed(clean, now);
    Drain();
  }
  void Expire() {
    now = stream.deadline();
    stream.OnDeadline(now);
    Drain();
  }
  void ReachSecure() {
    Server(ServerHeader() + Features(kOffersTls));
    Server(kProceed);
    Tls();
  }
  void ReachReady() {
    ReachSecure();
    Server(ServerHeader() + Features(kOffersExternal));
    Server(kSuccess);
  }
  void Establish(std::string_view features = "") {
    ReachReady();
    Restart();
    Server(ServerHeader() + Features(features));
    sent.clear();
    done.clear();
  }
  bool Sent(std::string_view text) const {
    return sent.find(text) != std::string::npos;
  }
  void Drain() {
    while (auto action = stream.NextAction()) {
      if (auto* send = std::get_if<action::Send>(&*action)) {
        sent += send->bytes;
      } else if (std::holds_alternative<action::StartTls>(*action)) {
        done.push_back("starttls");
      } else if (std::holds_alternative<action::Ready>(*action)) {
        done.push_back("ready");
      } else if (auto* features = std::get_if<action::Features>(&*action)) {
        done.push_back("features " + features->xml);
      } else if (auto* close = std::get_if<action::Close>(&*action)) {
        done.push_back("close " + close->reason);
        closed = *close;
      } else {
        ADD_FAILURE() << "an action that is not for egress";
      }
    }
  }

  Instant now{std::chrono::hours(1)};
  EgressStream stream;
  std::string sent;
  std::vector<std::string> done;
  std::optional<action::Close> closed;
};

}  // namespace danegate
