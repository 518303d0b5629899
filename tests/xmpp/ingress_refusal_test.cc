// What a peer can do wrong before it is authenticated, and what it is told.
#include <gtest/gtest.h>

#include "tests/support/ingress_script.h"

namespace danegate {
namespace {

struct Row {
  const char* claim;  // with the requirement
  std::string input;
  const char* condition;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.claim; }

std::string Header(std::string_view declarations, std::string_view attributes =
                                                      "to='tenant.example' "
                                                      "version='1.0'") {
  return "<stream:stream " + std::string(declarations) + " " +
         std::string(attributes) + ">";
}

constexpr std::string_view kStreamsNs =
    "xmlns:stream='http://etherx.jabber.org/streams'";

const std::string kGood = std::string(kStreamsNs) + " xmlns='jabber:server'";

class BadHeader : public testing::TestWithParam<Row> {};

// header, error and close go out in one write, in cleartext and in TLS.
TEST_P(BadHeader, IsAnsweredInOneWriteWithItsCondition) {
  for (const bool secure : {false, true}) {
    IngressScript script(secure);
    if (secure) script.Tls();
    script.Peer(GetParam().input);
    EXPECT_EQ(script.Condition(), GetParam().condition);
    EXPECT_EQ(script.writes, 1);
    EXPECT_TRUE(
        script.sent.starts_with("<?xml version='1.0'?><stream:stream "));
    EXPECT_TRUE(script.Sent("<stream:error><" +
                            std::string(GetParam().condition) +
                            " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"));
    EXPECT_TRUE(script.sent.ends_with("</stream:error></stream:stream>"));
    EXPECT_FALSE(script.closed->error->text.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadHeader,
    testing::Values(
        Row{"A-01 root in another namespace",
            "<stream:stream xmlns:stream='x' to='tenant.example' "
            "version='1.0'>",
            "invalid-namespace"},
        Row{"A-01 root in another namespace, default",
            "<stream xmlns='x' to='tenant.example' version='1.0'>",
            "invalid-namespace"},
        Row{"A-01 root without namespace", "<stream>", "invalid-namespace"},
        Row{"A-01 root of another name",
            "<stream:feature " + std::string(kStreamsNs) + ">", "bad-format"},
        Row{"A-02 content of a client",
            Header(std::string(kStreamsNs) + " xmlns='jabber:client'"),
            "invalid-namespace"},
        Row{"A-04 another prefix",
            "<s:stream xmlns:s='http://etherx.jabber.org/streams' "
            "xmlns='jabber:server' to='tenant.example' version='1.0'>",
            "bad-namespace-prefix"},
        Row{"A-06 our own prefix for something else",
            Header(kGood + " xmlns:db='urn:x'"), "invalid-namespace"},
        Row{"A1.3 the stream's prefix for something else",
            "<stream xmlns='http://etherx.jabber.org/streams' "
            "xmlns:stream='urn:x' to='tenant.example' version='1.0'>",
            "invalid-namespace"},
        Row{"A-06 too many declarations",
            Header(kGood +
                   [] {
                     std::string out;
                     for (int i = 0; i < 16; ++i) {
                       out += " xmlns:p" + std::to_string(i) + "='urn:x'";
                     }
                     return out;
                   }()),
            "invalid-namespace"},
        Row{"A-06 a declaration that is too long",
            Header(kGood + " xmlns:p='" + std::string(300, 'u') + "'"),
            "invalid-namespace"},
        Row{"A-08 no to", Header(kGood, "version='1.0'"),
            "improper-addressing"},
        Row{"A-18 a node in to",
            Header(kGood, "to='a@tenant.example' version='1.0'"),
            "improper-addressing"},
        Row{"A-18 a resource in from",
            Header(kGood,
                   "to='tenant.example' from='a.example/b' version='1.0'"),
            "improper-addressing"},
        Row{"A-22 an address as from",
            Header(kGood, "to='tenant.example' from='192.0.2.1' version='1.0'"),
            "improper-addressing"},
        Row{"A-16 version 2",
            Header(kGood, "to='tenant.example' version='2.0'"),
            "unsupported-version"},
        Row{"A-16 version 0.9",
            Header(kGood, "to='tenant.example' version='0.9'"),
            "unsupported-version"},
        Row{"A-15 a version that is none",
            Header(kGood, "to='tenant.example' version='1'"),
            "unsupported-version"},
        Row{"B-27 no version", Header(kGood, "to='tenant.example'"),
            "unsupported-version"},
        Row{"A-60 a comment", "<!-- hello -->", "restricted-xml"},
        Row{"A-60 a processing instruction", "<?php x?>", "restricted-xml"},
        Row{"A-60 a DOCTYPE", "<!DOCTYPE a [<!ENTITY b 'c'>]>",
            "restricted-xml"},
        Row{"A-61 not XML", "GET / HTTP/1.1\r\n\r\n", "not-well-formed"},
        Row{"A-61 an undeclared prefix", Header("", "to='tenant.example'"),
            "not-well-formed"},
        Row{"A-62 XML 1.1", "<?xml version='1.1'?>", "not-well-formed"},
        Row{"A-63 another encoding", "<?xml version='1.0' encoding='UTF-16'?>",
            "unsupported-encoding"},
        Row{"A-63 latin-1", "<?xml version='1.0' encoding='iso-8859-1'?>",
            "unsupported-encoding"},
        Row{"A-63 a byte order mark", "\xEF\xBB\xBF" + Header(kGood),
            "not-well-formed"},
        Row{"A-63 UTF-16", std::string("\xFF\xFE<\0", 4),
            "unsupported-encoding"},
        Row{"A-69 a header that is too long",
            Header(kGood, "to='" + std::string(5000, 'a') + "'"),
            "policy-violation"},
        Row{"A-69 too many octets", std::string(20000, ' '),
            "policy-violation"}));

TEST(IngressRefusal, LeavesVersionOutForAPeerWithoutOne) {
  IngressScript script;
  script.Peer(Header(kGood, "to='tenant.example'"));
  EXPECT_FALSE(script.Sent(" version='1.0'>"));
}

TEST(IngressRefusal, DoesNotNameATenantWhenToIsUnknown) {  // A-10, L-09
  for (const bool secure : {false, true}) {
    IngressScript script(secure);
    script.addressee.kind = Addressee::Kind::kUnknown;
    if (secure) script.Tls();
    script.Peer(PeerHeader());
    EXPECT_EQ(script.Condition(), "host-unknown");
    EXPECT_TRUE(script.Sent(" from='edge.example'"));
    EXPECT_EQ(script.writes, 1);
    EXPECT_FALSE(script.Did("verify peer.example"));
  }
}

TEST(IngressRefusal, RefusesToWhoseCertificateWasNotServed) {  // B3, H-11
  IngressScript script;
  script.tls.served_tenant = "other";
  script.tls.served_by_sni = true;
  script.ReachAuth();
  EXPECT_EQ(script.Condition(), "host-unknown");
  EXPECT_FALSE(script.Did("verify peer.example"));
}

TEST(IngressRefusal, ForgetsTheCleartextToThatChoseTheCertificate) {
  IngressScript script;  // A-43, L-01, B3
  script.addressee.tenant = "other";
  script.Peer(
      PeerHeader("from='peer.example' to='other.example' "
                 "version='1.0'"));
  script.Peer(kStartTls);
  EXPECT_TRUE(script.Did("starttls other.example"));
  script.tls.served_tenant = "other";
  script.Tls();
  script.addressee.tenant = "acme";
  script.Peer(PeerHeader());
  EXPECT_EQ(script.Condition(), "open");
  script.Peer(kAuth);
  script.Peer(PeerHeader());
  EXPECT_TRUE(script.stream.established());
  EXPECT_TRUE(script.Did("open tenant.example as peer.example"));
}

TEST(IngressRefusal, TakesToWhoseCertificateWasServed) {  // B3
  IngressScript script;
  script.tls.served_tenant = "acme";
  script.tls.served_by_sni = true;
  script.ReachAuth();
  EXPECT_EQ(script.Condition(), "open");
}

TEST(IngressRefusal, RefusesAHostedFrom) {  // A-20, D3
  for (const bool secure : {false, true}) {
    IngressScript script(secure);
    script.addressee.from_is_hosted = true;
    if (secure) script.Tls();
    script.Peer(PeerHeader());
    EXPECT_EQ(script.Condition(), "invalid-from");
    EXPECT_FALSE(script.Did("verify peer.example"));
  }
}

TEST(IngressRefusal, AbortsOnAnythingBehindStartTls) {  // A-41, B1
  for (const std::string& residue :
       {PeerHeader() + "<message/>", std::string("\x16\x03\x01"),
        std::string(" "), std::string("<")}) {
    IngressScript script;
    script.Peer(PeerHeader());
    script.Forget();
    script.Peer(std::string(kStartTls) + residue);
    EXPECT_TRUE(script.Did("close injection"));
    EXPECT_FALSE(script.Did("starttls tenant.example"));
    EXPECT_FALSE(script.Sent("<proceed"));
  }
}

TEST(IngressRefusal, AbortsOnCleartextDuringTheHandshake) {
  IngressScript script;
  script.Peer(PeerHeader());
  script.Peer(kStartTls);
  script.Forget();
  script.Peer("<message/>");
  EXPECT_TRUE(script.Did("close injection"));
  EXPECT_EQ(script.sent, "");
}

TEST(IngressRefusal, SendsNoXmlWhenTheHandshakeFails) {
  IngressScript script;
  script.Peer(PeerHeader());
  script.Peer(kStartTls);
  script.Forget();
  script.Expire();
  EXPECT_EQ(script.sent, "");
  EXPECT_TRUE(script.Did("close deadline"));
}

TEST(IngressRefusal, RefusesAPeerWithoutCertificateAtOnce) {  // B-20, B-21
  IngressScript script;
  script.tls.has_certificate = false;
  script.ReachAuth();
  EXPECT_EQ(script.Condition(), "policy-violation");
  EXPECT_TRUE(script.Sent("no client certificate was presented"));
  EXPECT_FALSE(script.Did("verify peer.example"));
}

TEST(IngressRefusal, MapsVerdictsToStreamErrors) {  // D.7, F-01, L-05
  const std::pair<Outcome, const char*> rows[] = {
      {Outcome::kDisproved, "not-authorized"},
      {Outcome::kAbsent, "policy-violation"},
      {Outcome::kIndeterminate, "remote-connection-failed"},
  };
  for (const auto& [outcome, condition] : rows) {
    IngressScript script;
    script.outcome = outcome;
    script.remedy = "publish TLSA & sign";
    script.ReachTls();
    script.Forget();
    script.Peer(PeerHeader());
    EXPECT_EQ(script.Condition(), condition);
    EXPECT_TRUE(script.Sent("publish TLSA &amp; sign"));
    EXPECT_TRUE(script.Did("close not-proven"));
    EXPECT_FALSE(script.Did("open tenant.example as peer.example"));
    EXPECT_EQ(script.writes, 1);
  }
}

TEST(IngressRefusal, SaysWhyWhereTheVerdictHasNoRemedy) {
  IngressScript script;
  script.outcome = Outcome::kAbsent;
  script.ReachAuth();
  EXPECT_NE(script.closed->error->text.find("peer.example"), std::string::npos);
}

class Stray : public testing::TestWithParam<Row> {};

TEST_P(Stray, IsRefusedInCleartext) {
  IngressScript script;
  script.Peer(PeerHeader());
  script.Forget();
  script.Peer(GetParam().input);
  EXPECT_EQ(script.Condition(), GetParam().condition);
  EXPECT_EQ(script.relayed, "");
}

TEST_P(Stray, IsRefusedBeforeAuthentication) {
  IngressScript script;
  script.ReachAuth();
  script.Forget();
  script.Peer(GetParam().input);
  EXPECT_EQ(script.Condition(), GetParam().condition);
  EXPECT_EQ(script.relayed, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, Stray,
    testing::Values(
        Row{"A-32 a message", "<message from='a' to='b'/>", "not-authorized"},
        Row{"A-32 an iq", "<iq from='a' to='b'/>", "not-authorized"},
        Row{"A6 compression",
            "<compress xmlns='http://jabber.org/protocol/compress'/>",
            "unsupported-stanza-type"},
        Row{"A-66 an unknown element", "<x xmlns='urn:x'/>",
            "unsupported-stanza-type"},
        Row{"J bidi, which was not offered", "<bidi xmlns='urn:xmpp:bidi'/>",
            "unsupported-stanza-type"},
        Row{"A-60 a comment", "<!-- -->", "restricted-xml"},
        Row{"text", "hello", "bad-format"},
        Row{"A-69 deep nesting", "<a><a><a><a><a><a><a><a><a>",
            "policy-violation"},
        Row{"A-69 a large element",
            "<x xmlns='urn:x'>" + std::string(9000, 'a') + "</x>",
            "policy-violation"},
        Row{"A-62 an XML declaration", "<?xml version='1.0'?>",
            "not-well-formed"}));

TEST(IngressRefusal, TakesNoDialbackInCleartext) {  // G-26, A-51
  for (const char* element :
       {"<db:result from='peer.example' to='tenant.example'>k</db:result>",
        "<db:verify from='a.example' to='tenant.example' id='1'>k</db:verify>",
        "<db:result from='a.example' to='tenant.example' type='valid'/>"}) {
    IngressScript script(false, true);
    script.Peer(PeerHeader());
    script.done.clear();
    script.Peer(element);
    EXPECT_EQ(script.Condition(), "policy-violation");
    EXPECT_EQ(script.done, std::vector<std::string>{"close bad-stream"});
  }
}

TEST(IngressRefusal, AnswersStartTlsInsideTlsWithFailure) {
  IngressScript script;
  script.ReachAuth();
  script.Forget();
  script.Peer(kStartTls);
  EXPECT_EQ(script.sent,
            "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
            "</stream:stream>");
  EXPECT_TRUE(script.Did("close bad-stream"));
}

TEST(IngressRefusal, TakesThePeersErrorAndCloses) {
  IngressScript script;
  script.ReachAuth();
  script.Forget();
  script.Peer(
      "<stream:error><not-authorized "
      "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text "
      "xmlns='urn:ietf:params:xml:ns:xmpp-streams'>go away</text>"
      "</stream:error></stream:stream>");
  EXPECT_EQ(script.sent, "</stream:stream>");
  EXPECT_TRUE(script.Did("close peer-error"));
  EXPECT_EQ(script.Condition(), "not-authorized");
  EXPECT_EQ(script.closed->error->text, "go away");
}

TEST(IngressRefusal, AnswersAnEarlyClose) {
  IngressScript script;
  script.Peer(PeerHeader());
  script.Forget();
  script.Peer("</stream:stream>");
  EXPECT_EQ(script.sent, "</stream:stream>");
  EXPECT_TRUE(script.Did("close closed"));
  EXPECT_EQ(script.Condition(), "none");
}

TEST(IngressRefusal, DrainsAStreamThatIsNotEstablished) {
  IngressScript script;
  script.ReachAuth();
  script.OnDrain();
  EXPECT_EQ(script.Condition(), "system-shutdown");
  EXPECT_TRUE(script.Did("close drained"));
}

TEST(IngressRefusal, NotesALostLink) {
  IngressScript script;
  script.ReachAuth();
  script.Forget();
  script.PeerClosed(false);
  EXPECT_EQ(script.sent, "");
  EXPECT_TRUE(script.Did("close truncated"));
}

}  // namespace
}  // namespace danegate
