// Asking an authoritative server about a key (spec G.2, G.3).
#include "proxy/xmpp/authority_stream.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/limits.h"
#include "tests/support/domains.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;
using Done = std::vector<std::string>;

constexpr std::string_view kOurHeader =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
    "xmlns:stream='http://etherx.jabber.org/streams' "
    "xmlns:db='jabber:server:dialback' from='tenant.example' "
    "to='peer.example' version='1.0'>";
constexpr std::string_view kHeader =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
    "xmlns:stream='http://etherx.jabber.org/streams' "
    "xmlns:db='jabber:server:dialback' id='a1' from='peer.example' "
    "to='tenant.example' version='1.0'>";
constexpr std::string_view kOffersTls =
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    "</stream:features>";
constexpr std::string_view kProceed =
    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
constexpr std::string_view kQuestion =
    "<db:verify from='tenant.example' to='peer.example' id='id7'>k&lt;y"
    "</db:verify>";

std::string Answer(std::string_view attributes, std::string_view content = "") {
  return "<db:verify from='peer.example' to='tenant.example' id='id7' " +
         std::string(attributes) + ">" + std::string(content) + "</db:verify>";
}

std::string StreamErrorXml(std::string_view condition) {
  return "<stream:error><" + std::string(condition) +
         " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
}

// Plays the authoritative server.
struct Script {
  explicit Script(bool direct = false)
      : stream({{D("tenant.example"), D("peer.example"), direct}, "id7", "k<y"},
               now) {
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
  void Judged(bool acceptable) {
    stream.OnAuthorityJudged(acceptable, now);
    Drain();
  }
  void Closed() {
    stream.OnClosed(false, now);
    Drain();
  }
  void Expire() {
    now = stream.deadline();
    stream.OnDeadline(now);
    Drain();
  }
  void ReachTls() {
    Server(std::string(kHeader) + std::string(kOffersTls));
    Server(kProceed);
    Tls();
  }
  void Ask(std::string_view features = "<stream:features/>") {
    ReachTls();
    Judged(true);
    sent.clear();
    done.clear();
    Server(std::string(kHeader) + std::string(features));
  }
  void Drain() {
    while (auto action = stream.NextAction()) {
      if (auto* send = std::get_if<action::Send>(&*action)) {
        sent += send->bytes;
      } else if (std::holds_alternative<action::StartTls>(*action)) {
        done.push_back("starttls");
      } else if (std::holds_alternative<action::JudgeAuthority>(*action)) {
        done.push_back("judge");
      } else if (auto* key = std::get_if<action::KeyVerified>(&*action)) {
        using Kind = action::KeyVerified::Kind;
        done.push_back(key->kind == Kind::kValid ? "valid"
                       : key->kind == Kind::kInvalid
                           ? "invalid"
                           : std::string(ToString(key->error.condition)));
      } else if (auto* close = std::get_if<action::Close>(&*action)) {
        done.push_back("close " + close->reason);
      } else {
        ADD_FAILURE() << "an action that is not for an authority stream";
      }
    }
  }

  Instant now{1h};
  AuthorityStream stream;
  std::string sent;
  Done done;
};

TEST(AuthorityStream, AsksInsideTlsOnceTheCertificateIsJudged) {  // G-02, G-27
  Script script;
  EXPECT_EQ(script.sent, kOurHeader);
  script.Server(std::string(kHeader) + std::string(kOffersTls));
  script.Server(kProceed);
  script.sent.clear();
  script.Tls();
  EXPECT_EQ(script.done, (Done{"starttls", "judge"}));
  EXPECT_EQ(script.sent, "");
  script.Judged(true);
  EXPECT_EQ(script.sent, kOurHeader);
  script.sent.clear();
  script.Server(std::string(kHeader) + "<stream:features/>");
  EXPECT_EQ(script.sent, kQuestion);
  script.Server(Answer("type='valid'"));
  EXPECT_EQ(script.done, (Done{"starttls", "judge", "valid"}));
  EXPECT_TRUE(script.sent.ends_with("</stream:stream>"));
  script.Server("</stream:stream>");
  EXPECT_EQ(script.done.back(), "close closed");
}

TEST(AuthorityStream, BeginsWithTlsWhereItIsDirect) {  // H-02
  Script script(true);
  EXPECT_EQ(script.sent, "");
  script.Tls();
  script.Judged(true);
  EXPECT_EQ(script.sent, kOurHeader);
}

TEST(AuthorityStream, WorksOctetByOctet) {
  Script script;
  script.Ask();
  for (const char& octet : Answer("type='invalid'", "ignored")) {
    script.Server({&octet, 1});
  }
  EXPECT_EQ(script.done, Done{"invalid"});
}

TEST(AuthorityStream, NeedsNothingOfTheFeatures) {  // G-28, B-03
  for (const char* features :
       {"<stream:features/>",
        "<stream:features><dialback xmlns='urn:xmpp:features:dialback'>"
        "<errors/></dialback></stream:features>",
        "<stream:features><mechanisms "
        "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL"
        "</mechanism></mechanisms><bidi xmlns='urn:xmpp:features:bidi'/>"
        "</stream:features>",
        "<stream:features><mechanisms "
        "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></stream:features>"}) {
    Script script;
    script.Ask(features);
    EXPECT_EQ(script.sent, kQuestion) << features;
  }
}

TEST(AuthorityStream, TellsWhatTheServerSays) {  // G-03, G-25
  const auto error = [](std::string_view condition) {
    return Answer("type='error'",
                  "<error type='cancel'><" + std::string(condition) +
                      " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  };
  const std::pair<std::string, const char*> rows[] = {
      {Answer("type='valid'", "any text"), "valid"},
      {Answer("type='invalid'"), "invalid"},
      {error("item-not-found"), "remote-server-not-found"},
      {error("forbidden"), "not-acceptable"},
      {error("surprise"), "not-acceptable"},
      {Answer("type='error'"), "not-acceptable"},
      {StreamErrorXml("host-unknown"), "remote-server-not-found"},
      {StreamErrorXml("host-gone"), "remote-server-not-found"},
      {StreamErrorXml("not-authorized"), "remote-server-timeout"},
      {"</stream:stream>", "remote-server-timeout"},
      {"<!-- -->", "not-acceptable"},
      {"<x xmlns='urn:x'>" + std::string(9000, 'x') + "</x>", "not-acceptable"},
  };
  for (const auto& [input, told] : rows) {
    Script script;
    script.Ask();
    script.Server(input);
    ASSERT_FALSE(script.done.empty()) << input;
    EXPECT_EQ(script.done.front(), told) << input;
    EXPECT_TRUE(script.sent.ends_with("</stream:stream>")) << input;
  }
}

TEST(AuthorityStream, ReadsOverWhatWasNotAsked) {  // C6, G-12, G-23, G-38, G-60
  for (const std::string& input : {
           std::string("<db:verify from='evil.example' to='tenant.example' "
                       "id='id7' type='valid'/>"),
           std::string("<db:verify from='peer.example' to='other.example' "
                       "id='id7' type='valid'/>"),
           std::string("<db:verify from='peer.example' to='tenant.example' "
                       "id='id8' type='valid'/>"),
           std::string("<db:verify from='peer.example' to='tenant.example' "
                       "type='valid'/>"),
           std::string("<db:verify from='tenant.example' to='peer.example' "
                       "id='id7' type='valid'/>"),
           std::string("<db:result from='peer.example' to='tenant.example' "
                       "id='id7' type='valid'/>"),
           Answer("type='yes'"),
           Answer(""),
           Answer("type=''"),
           std::string("<message/>"),
           std::string(" \n"),
           std::string("<verify xmlns='urn:x' from='peer.example' "
                       "to='tenant.example' id='id7' type='valid'/>"),
       }) {
    Script script;
    script.Ask();
    script.Server(input);
    EXPECT_TRUE(script.done.empty()) << input;
    script.Server(Answer("type='invalid'"));
    EXPECT_EQ(script.done, Done{"invalid"}) << input;
    script.Server(Answer("type='valid'"));  // and nothing changes it any more
    EXPECT_EQ(script.done, Done{"invalid"}) << input;
  }
}

TEST(AuthorityStream, KnowsTheDomainsInEverySpelling) {  // A-21, G-63
  Script script;
  script.Ask();
  script.Server(
      "<v:verify xmlns:v='jabber:server:dialback' from='PEER.Example' "
      "to='tenant.example.' id='id7' type='valid'/>");
  EXPECT_EQ(script.done, Done{"valid"});
}

TEST(AuthorityStream, AsksNothingBeforeItsTime) {  // G-12, G-60
  for (const bool secure : {false, true}) {
    Script script;
    if (secure) {
      script.ReachTls();
      script.Judged(true);
    }
    script.Server(std::string(kHeader) + Answer("type='valid'"));
    EXPECT_EQ(std::count(script.done.begin(), script.done.end(), "valid"), 0);
  }
}

TEST(AuthorityStream, RequiresTls) {  // G-26, A-50, B2
  Script script;
  script.Server(std::string(kHeader) +
                "<stream:features><dialback "
                "xmlns='urn:xmpp:features:dialback'/></stream:features>");
  EXPECT_EQ(script.done, (Done{"policy-violation", "close bad-stream"}));
  EXPECT_EQ(script.sent.find("db:verify"), std::string::npos);
}

TEST(AuthorityStream, AsksNoServerWithAWrongCertificate) {  // G-27, C7
  Script script;
  script.ReachTls();
  script.sent.clear();
  script.Judged(false);
  EXPECT_EQ(script.done,
            (Done{"starttls", "judge", "not-authorized", "close not-proven"}));
  EXPECT_EQ(script.sent, "");
}

TEST(AuthorityStream, TellsWhereTheServerWasLost) {  // G-25
  Script fresh;
  AuthorityStream refused({{D("a.example"), D("b.example")}, "1", "k"},
                          fresh.now);
  refused.OnClosed(false, fresh.now);
  EXPECT_EQ(
      std::get<action::KeyVerified>(*refused.NextAction()).error.condition,
      DialbackCondition::kRemoteConnectionFailed);

  Script handshake;
  handshake.Server(std::string(kHeader) + std::string(kOffersTls));
  handshake.Server(kProceed);
  handshake.Closed();
  EXPECT_EQ(handshake.done,
            (Done{"starttls", "remote-connection-failed", "close truncated"}));

  Script asked;
  asked.Ask();
  asked.Closed();
  EXPECT_EQ(asked.done, (Done{"remote-server-timeout", "close truncated"}));
}

TEST(AuthorityStream, AbortsOnCleartextInPlaceOfTls) {
  Script script;
  script.Server(std::string(kHeader) + std::string(kOffersTls));
  script.Server(std::string(kProceed) + Answer("type='valid'"));
  EXPECT_EQ(script.done, (Done{"not-acceptable", "close injection"}));
}

TEST(AuthorityStream, RefusesAServerThatSpeaksFirst) {
  Script script;
  script.ReachTls();
  script.done.clear();
  script.Server(Answer("type='valid'"));
  EXPECT_EQ(script.done, (Done{"not-acceptable", "close bad-stream"}));
}

TEST(AuthorityStream, IsOverAtItsDeadlineWhateverTrickles) {  // E1, L-06
  Script script;
  const auto begun = script.now;
  script.now = begun + 9s;
  script.ReachTls();
  script.now = begun + 18s;
  script.Judged(true);
  script.Server(std::string(kHeader) + "<stream:features/>");
  EXPECT_EQ(script.stream.deadline(), begun + limits::kAuthorityTime);
  script.Server("<message/>");
  EXPECT_EQ(script.stream.deadline(), begun + limits::kAuthorityTime);
  script.done.clear();
  script.Expire();
  EXPECT_EQ(script.done, (Done{"remote-server-timeout", "close deadline"}));
}

TEST(AuthorityStream, ReadsNoMoreThanANegotiationNeeds) {  // A-69, E12
  Script script;
  script.Ask();
  for (int i = 0; i < 40 && script.done.empty(); ++i) {
    script.Server("<message>" + std::string(1000, 'x') + "</message>");
  }
  EXPECT_EQ(script.done, (Done{"not-acceptable", "close bad-stream"}));
}

TEST(AuthorityStream, ClosesWithoutAnswerWhenNobodyNeedsIt) {  // G-65
  Script script;
  script.Ask();
  script.stream.Finish(script.now);
  script.Drain();
  script.Server(Answer("type='valid'"));
  script.Expire();
  EXPECT_EQ(script.done, Done{"close closed"});
}

}  // namespace
}  // namespace danegate
