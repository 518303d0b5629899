// Reaching TLS with another server, for its certificate.
#include "proxy/xmpp/probe_stream.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "proxy/xmpp/bytes.h"
#include "tests/support/domains.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHeader =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
    "xmlns:stream='http://etherx.jabber.org/streams' id='a1' "
    "from='peer.example' version='1.0'>";
constexpr std::string_view kOffersTls =
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    "</stream:features>";
constexpr std::string_view kProceed =
    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

// Plays the server.
struct Script {
  explicit Script(bool direct = false)
      : stream({D("tenant.example"), D("peer.example"), direct}, now,
               now + 5s) {
    stream.OnConnected(now);
    Drain();
  }
  void Server(const std::string& bytes) {
    stream.OnBytes(AsBytes(bytes), now);
    Drain();
  }
  void Tls() {
    stream.OnTlsEstablished(now);
    Drain();
  }
  void Drain() {
    while (auto action = stream.NextAction()) {
      if (auto* send = std::get_if<action::Send>(&*action)) {
        sent += send->bytes;
      } else if (std::holds_alternative<action::StartTls>(*action)) {
        done += "starttls ";
      } else if (auto* close = std::get_if<action::Close>(&*action)) {
        done += "close " + close->reason + ": " + close->detail;
      } else {
        ADD_FAILURE() << "an action that is not for a probe";
      }
    }
  }

  Instant now{1h};
  ProbeStream stream;
  std::string sent;
  std::string done;
};

TEST(ProbeStream, EndsOnceTlsIsUp) {
  Script script;
  script.Server(std::string(kHeader) + std::string(kOffersTls));
  script.Server(std::string(kProceed));
  EXPECT_EQ(script.done, "starttls ");
  script.sent.clear();
  script.Tls();
  EXPECT_EQ(script.done, "starttls close closed: ");
  EXPECT_EQ(script.sent, "");
}

TEST(ProbeStream, DirectTlsSaysNothingInCleartext) {  // H-02
  Script script(true);
  EXPECT_EQ(script.sent, "");
  script.Tls();
  EXPECT_EQ(script.done, "starttls close closed: ");
}

TEST(ProbeStream, SaysWhyThereIsNoTls) {
  Script script;
  script.Server(std::string(kHeader) + "<stream:features/>");
  EXPECT_EQ(script.done, "close bad-stream: it offers no STARTTLS");
  EXPECT_TRUE(script.sent.ends_with("</stream:stream>"));
}

TEST(ProbeStream, A_42_DataBehindProceedEndsIt) {
  Script script;
  script.Server(std::string(kHeader) + std::string(kOffersTls));
  script.Server(std::string(kProceed) + "<x/>");
  EXPECT_EQ(script.done, "close injection: data behind <proceed/>");
}

TEST(ProbeStream, IsOverInTimeHoweverSlowTheServerIs) {
  Script script;
  EXPECT_EQ(script.stream.deadline(), script.now + 5s);
  script.now = script.now + 3s;
  script.Server(std::string(kHeader) + std::string(kOffersTls));
  script.now = script.stream.deadline();
  EXPECT_EQ(script.now, Instant{1h} + 5s);
  script.stream.OnDeadline(script.now);
  script.Drain();
  EXPECT_EQ(script.done, "close deadline: waited too long for <proceed/>");
}

}  // namespace
}  // namespace danegate
