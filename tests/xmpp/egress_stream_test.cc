#include "proxy/xmpp/egress_stream.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/xmpp/egress_script.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

using Script = EgressScript;
using Done = std::vector<std::string>;

TEST(EgressStream, GoesThroughTheHandOff) {  // D2, A.3, B
  Script script;
  const std::string header =
      "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
      "xmlns:stream='http://etherx.jabber.org/streams' "
      "xmlns:db='jabber:server:dialback' from='peer.example' "
      "to='tenant.example' version='1.0'>";
  EXPECT_EQ(script.sent, header);
  script.sent.clear();
  script.Server(ServerHeader() + Features(kOffersTls));
  EXPECT_EQ(script.sent, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  script.sent.clear();
  script.Server(kProceed);
  EXPECT_EQ(script.done, Done{"starttls"});
  script.Tls();
  EXPECT_EQ(script.sent, header);
  script.sent.clear();
  script.Server(ServerHeader() + Features(kOffersExternal));
  EXPECT_EQ(script.sent,
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
            "mechanism='EXTERNAL'>cGVlci5leGFtcGxl</auth>");  // B-10
  script.sent.clear();
  script.Server(kSuccess);
  EXPECT_EQ(script.sent, "");  // handoff 8: nothing in one flight with <auth/>
  EXPECT_EQ(script.done, (Done{"starttls", "ready"}));
  EXPECT_EQ(script.stream.deadline(), Instant::Never());
  script.Restart({{{"x", "urn:x"}}, "de"});
  EXPECT_TRUE(script.Sent("xmlns:x='urn:x'"));
  EXPECT_TRUE(script.Sent("xml:lang='de'"));
  script.Server(ServerHeader() + Features(""));
  EXPECT_EQ(script.done, (Done{"starttls", "ready", "features "}));
  EXPECT_EQ(script.stream.deadline(), Instant::Never());
}

TEST(EgressStream, WorksOctetByOctet) {
  Script script;
  const auto trickle = [&](const std::string& bytes) {
    for (const char& octet : bytes) script.Server({&octet, 1});
  };
  trickle(ServerHeader() + Features(kOffersTls));
  trickle(std::string(kProceed));
  script.Tls();
  trickle(ServerHeader() + Features(kOffersExternal));
  trickle(std::string(kSuccess));
  script.Restart();
  trickle(ServerHeader() + Features(""));
  EXPECT_EQ(script.done, (Done{"starttls", "ready", "features "}));
}

TEST(EgressStream, BeginsWithTlsWhereItIsDirect) {  // H-02
  Script script(true);
  EXPECT_EQ(script.sent, "");
  EXPECT_EQ(script.done, Done{"starttls"});
  script.Tls();
  EXPECT_TRUE(script.sent.starts_with("<?xml version='1.0'?><stream:stream "));
}

TEST(EgressStream, ShowsThePeerFeaturesThatInformOnly) {  // J-10
  Script script;
  script.ReachReady();
  script.Restart();
  script.done.clear();
  script.Server(
      ServerHeader("xmlns:p='http://jabber.org/protocol/caps'") +
      Features("<dialback xmlns='urn:xmpp:features:dialback'/>"
               "<bidi xmlns='urn:xmpp:features:bidi'/>"
               "<sm xmlns='urn:xmpp:sm:3'/>"
               "<compression xmlns='http://jabber.org/features/compress'/>" +
               std::string(kOffersTls) + std::string(kOffersExternal) +
               "<p:c hash='sha-1' ver='a=' node='n'/>"));
  EXPECT_EQ(script.done,
            Done{"features <c xmlns='http://jabber.org/protocol/caps' "
                 "hash='sha-1' ver='a=' node='n'/>"});
}

TEST(EgressStream, TakesMoreFeaturesThanAnyServerHas) {  // A3
  std::string features(kOffersTls);
  for (int i = 0; i < 20; ++i) {
    features += "<feature xmlns='urn:example:a-namespace-of-some-length:" +
                std::to_string(i) + "'><optional/></feature>";
  }
  Script script;
  script.Server(ServerHeader() + Features(features));
  EXPECT_FALSE(script.closed);
  EXPECT_TRUE(script.sent.find("<starttls") != std::string::npos);
}

struct Row {
  const char* claim;
  std::string input;
  const char* reason;
  const char* detail;  // a part of it
};

TEST(EgressStream, GivesUpInCleartext) {  // B2
  const Row rows[] = {
      {"A-50 no STARTTLS", ServerHeader() + Features(""), "bad-stream",
       "no STARTTLS"},
      {"not XMPP", "220 mail.example ESMTP\r\n", "bad-stream", "XML is wrong"},
      {"A-01 another root", "<html>", "bad-stream", "header is wrong"},
      {"a stream error",
       ServerHeader() +
           "<stream:error><host-unknown "
           "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
       "peer-error", "host-unknown"},
      {"a close", ServerHeader() + "</stream:stream>", "closed", "closed"},
      {"something else", ServerHeader() + "<iq/>", "bad-stream", "\"iq\""},
      {"E12 huge features",
       ServerHeader() +
           Features("<x xmlns='urn:x'>" + std::string(9000, 'x') + "</x>"),
       "bad-stream", "longer"},
      {"A3 features that take much memory",
       ServerHeader() + Features("<x xmlns='" + std::string(3000, 'u') +
                                 "'><a/><a/><a/><a/><a/></x>"),
       "bad-stream", "memory"},
  };
  for (const auto& row : rows) {
    Script script;
    script.Server(row.input);
    ASSERT_TRUE(script.closed) << row.claim;
    EXPECT_EQ(script.closed->reason, row.reason) << row.claim;
    EXPECT_NE(script.closed->detail.find(row.detail), std::string::npos)
        << row.claim << ": " << script.closed->detail;
    EXPECT_TRUE(script.sent.ends_with("</stream:stream>")) << row.claim;
  }
}

TEST(EgressStream, ReadsTheErrorBehindAHeaderWithoutVersion) {
  Script script;
  script.Server(
      "<stream:stream xmlns='jabber:server' "
      "xmlns:stream='http://etherx.jabber.org/streams'><stream:error>"
      "<unsupported-version xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
      "</stream:error>");
  EXPECT_EQ(script.closed->error->condition,
            StreamCondition::kUnsupportedVersion);
}

TEST(EgressStream, AbortsOnAnythingBehindProceed) {
  for (const std::string& residue : {ServerHeader(), std::string(" ")}) {
    Script script;
    script.Server(ServerHeader() + Features(kOffersTls));
    script.Server(std::string(kProceed) + residue);
    EXPECT_EQ(script.done, Done{"close injection"});
  }
}

TEST(EgressStream, AbortsOnCleartextDuringTheHandshake) {
  Script script;
  script.Server(ServerHeader() + Features(kOffersTls));
  script.Server(kProceed);
  script.Server("<x/>");
  EXPECT_EQ(script.done, (Done{"starttls", "close injection"}));
}

TEST(EgressStream, GivesUpWhereStartTlsFails) {  // A-45, B2
  Script script;
  script.Server(ServerHeader() + Features(kOffersTls));
  script.Server("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  EXPECT_EQ(script.done, Done{"close peer-error"});
}

TEST(EgressStream, GivesUpWithoutExternal) {
  Script script;
  script.ReachSecure();
  script.Server(ServerHeader() + Features(""));
  EXPECT_EQ(script.closed->reason, "auth-failed");
  EXPECT_NE(script.closed->detail.find("EXTERNAL"), std::string::npos);
}

TEST(EgressStream, ReportsASaslFailure) {  // B-18
  Script script;
  script.ReachSecure();
  script.Server(ServerHeader() + Features(kOffersExternal));
  script.Server(
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/>"
      "<text>unknown CA</text></failure>");
  EXPECT_EQ(script.closed->failure->condition, SaslCondition::kNotAuthorized);
  EXPECT_EQ(script.closed->failure->text, "unknown CA");
  EXPECT_NE(script.closed->detail.find("unknown CA"), std::string::npos);
}

TEST(EgressStream, ReadsOverStanzasThatComeBack) {  // G-38
  Script script;
  script.Establish();
  for (int i = 0; i < 100; ++i) {
    script.Server("<message><body>" + std::string(20'000, 'x') +
                  "</body></message> ");
  }
  EXPECT_TRUE(script.done.empty());
  EXPECT_EQ(script.sent, "");
  script.Server(
      "<stream:error><system-shutdown "
      "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>");
  EXPECT_EQ(script.closed->error->condition, StreamCondition::kSystemShutdown);
}

TEST(EgressStream, ReadsAnErrorInPiecesBetweenOtherThings) {
  Script script;
  script.Establish();
  const std::string_view said =
      "<message><body/></message> <stream:error><host-gone "
      "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
  for (const char& octet : said) script.Server({&octet, 1});
  EXPECT_EQ(script.closed->error->condition, StreamCondition::kHostGone);
}

TEST(EgressStream, TakesKeepalivesForever) {
  Script script;
  script.Establish();
  for (int i = 0; i < 20'000; ++i) script.Server("\n");
  EXPECT_FALSE(script.closed);
}

TEST(EgressStream, FinishesInOrder) {
  Script script;
  script.Establish();
  script.Finish();
  EXPECT_EQ(script.sent, "</stream:stream>");
  EXPECT_FALSE(script.closed);
  script.Server("<message/></stream:stream>");
  EXPECT_EQ(script.done, Done{"close closed"});
  EXPECT_EQ(script.sent, "</stream:stream>");
}

TEST(EgressStream, FinishesAtTheDeadline) {
  Script script;
  script.Establish();
  script.Finish();
  EXPECT_EQ(script.stream.deadline(), script.now + 5s);
  script.Expire();
  EXPECT_EQ(script.done, Done{"close closed"});
}

TEST(EgressStream, AnswersTheServersClose) {
  Script script;
  script.Establish();
  script.Server("</stream:stream>");
  EXPECT_EQ(script.sent, "</stream:stream>");
  EXPECT_EQ(script.done, Done{"close closed"});
  EXPECT_FALSE(script.closed->error);
}

TEST(EgressStream, SaysWhatItWaitedFor) {  // E1
  Script script;
  script.ReachSecure();
  script.Expire();
  EXPECT_EQ(script.closed->reason, "deadline");
  EXPECT_NE(script.closed->detail.find("features in TLS"), std::string::npos);
  Script lost;
  lost.ReachSecure();
  lost.Closed(false);
  EXPECT_EQ(lost.closed->reason, "truncated");
}

TEST(EgressStream, IgnoresEverythingAfterClose) {
  Script script;
  script.Server("<html>");
  script.done.clear();
  script.Server(ServerHeader());
  script.Tls();
  script.Restart();
  script.Finish();
  script.Closed(true);
  EXPECT_TRUE(script.done.empty());
}

}  // namespace
}  // namespace danegate
