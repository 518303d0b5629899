// A stream that goes well, step by step, octet for octet.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/ingress_script.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

std::string OurHeader(std::string_view id) {
  return "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
         "xmlns:stream='http://etherx.jabber.org/streams' "
         "xmlns:db='jabber:server:dialback' id='" +
         std::string(id) +
         "' from='tenant.example' to='peer.example' xml:lang='en' "
         "version='1.0'>";
}

// B-05
TEST(IngressNegotiation, OffersOnlyRequiredStartTlsInCleartext) {
  IngressScript script;
  script.Peer(PeerHeader());
  EXPECT_EQ(script.sent,
            OurHeader("id1") +
                "<stream:features><starttls "
                "xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>"
                "</starttls></stream:features>");
  EXPECT_EQ(script.writes, 1);
}

// D9, A-48
TEST(IngressNegotiation, ProceedsAndStartsTlsWithTheCleartextToAsHint) {
  IngressScript script;
  script.Peer(PeerHeader());
  script.Forget();
  script.Peer(kStartTls);
  EXPECT_EQ(script.sent, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  EXPECT_TRUE(script.Did("starttls tenant.example"));
}

// B-01, B-02
TEST(IngressNegotiation, OffersExternalAndOpensTheBackendOnceProven) {
  IngressScript script;
  script.ReachTls();
  script.Forget();
  script.Peer(PeerHeader());
  EXPECT_EQ(script.sent,
            OurHeader("id2") +
                "<stream:features><mechanisms "
                "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL"
                "</mechanism></mechanisms></stream:features>");
  EXPECT_EQ(script.done,
            (std::vector<std::string>{"look up tenant.example for peer.example",
                                      "verify peer.example",
                                      "open tenant.example as peer.example"}));
}

TEST(IngressNegotiation, RestartsWithAFreshIdAndTheBackendsFeatures) {  // B-14
  IngressScript script;
  script.backend_features = "<c xmlns='http://jabber.org/protocol/caps'/>";
  script.ReachAuth();
  script.Forget();
  script.Peer(kAuth);
  EXPECT_EQ(script.sent, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  script.Forget();
  script.Peer(PeerHeader());
  EXPECT_EQ(script.sent, OurHeader("id3") +
                             "<stream:features><c "
                             "xmlns='http://jabber.org/protocol/caps'/>"
                             "</stream:features>");
  EXPECT_TRUE(script.Did("restart"));
  EXPECT_TRUE(script.stream.established());
  EXPECT_EQ(script.stream.id(), "id3");
  EXPECT_EQ(script.stream.deadline(), Instant::Never());
}

TEST(IngressNegotiation, SendsEmptyFeaturesWhereTheBackendHasNone) {
  IngressScript script;
  script.ReachSuccess();
  script.Forget();
  script.Peer(PeerHeader());
  EXPECT_TRUE(script.sent.ends_with("<stream:features/>"));
}

TEST(IngressNegotiation, WorksOctetByOctet) {
  IngressScript script;
  const auto trickle = [&](std::string_view bytes) {
    for (const char& octet : bytes) script.Peer({&octet, 1});
  };
  trickle(PeerHeader());
  trickle(kStartTls);
  script.Tls();
  trickle(PeerHeader());
  trickle(kAuth);
  trickle(PeerHeader());
  trickle("<iq from='peer.example' to='tenant.example' id='1' type='get'/>");
  EXPECT_EQ(script.relayed,
            "<iq from='peer.example' to='tenant.example' id='1' type='get'/>");
}

TEST(IngressNegotiation, DirectTlsBeginsInsideTls) {  // H-02, H-03
  IngressScript script(true);
  script.Tls();
  script.Peer(PeerHeader());
  EXPECT_TRUE(script.Sent("<mechanism>EXTERNAL</mechanism>"));
  EXPECT_FALSE(script.Sent("starttls"));
}

TEST(IngressNegotiation, ForgetsTheCleartextHeader) {  // L-01
  IngressScript script;
  script.Peer(
      PeerHeader("from='liar.example' to='other.example' version='1.0'"));
  script.Peer(kStartTls);
  script.Tls();
  script.Forget();
  script.Peer(PeerHeader());
  EXPECT_TRUE(script.Sent(OurHeader("id2")));
  EXPECT_TRUE(script.Did("look up tenant.example for peer.example"));
  EXPECT_TRUE(script.Did("verify peer.example"));
}

TEST(IngressNegotiation, NeedsNoFromInCleartext) {
  IngressScript script;
  script.Peer(PeerHeader("to='tenant.example' version='1.0'"));
  EXPECT_TRUE(script.Sent("<starttls"));
  EXPECT_FALSE(script.Sent(" to='"));
}

TEST(IngressNegotiation, IgnoresTheIdOfAnInitialHeader) {
  IngressScript script;
  script.Peer(PeerHeader("id='mine' to='tenant.example' version='1.0'"));
  EXPECT_TRUE(script.Sent("id='id1'"));
}

TEST(IngressNegotiation, TakesNumericalVersionsOfMajorOne) {
  for (const char* version : {"1.0", "1.10", "01.0", "1.00"}) {
    IngressScript script;
    script.Peer(PeerHeader("to='tenant.example' version='" +
                           std::string(version) + "'"));
    EXPECT_TRUE(script.Sent("<starttls")) << version;
    EXPECT_TRUE(script.Sent("version='1.0'")) << version;
  }
}

TEST(IngressNegotiation, TakesAStreamWithoutContentNamespace) {
  IngressScript script;
  script.Peer(
      "<stream xmlns='http://etherx.jabber.org/streams' "
      "to='tenant.example' version='1.0'>");
  EXPECT_TRUE(script.Sent("<starttls"));
}

TEST(IngressNegotiation, KnowsADomainInEverySpelling) {
  IngressScript script;
  script.ReachTls();
  script.Peer(
      PeerHeader("from='PEER.Example.' to='Tenant.EXAMPLE' version='1.0'"));
  EXPECT_TRUE(script.Did("look up tenant.example for peer.example"));
}

TEST(IngressNegotiation, WritesInternationalNamesAsPeopleDo) {
  IngressScript script;
  script.ReachTls();
  script.Forget();
  script.Peer(PeerHeader(
      "from='xn--bcher-kva.example' to='tenant.example' version='1.0'"));
  EXPECT_TRUE(script.Did("verify xn--bcher-kva.example"));
  EXPECT_TRUE(script.Sent(" to='bücher.example'"));
}

TEST(IngressNegotiation, HoldsWhatComesWhileItWaits) {
  IngressScript script;
  script.answers_look_up = false;
  script.Peer(PeerHeader() + std::string(kStartTls));
  EXPECT_EQ(script.sent, "");
  script.AddresseeFound();
  EXPECT_TRUE(script.Sent("<starttls"));
  EXPECT_TRUE(script.sent.ends_with(
      "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"));
}

TEST(IngressNegotiation, ReadsWhatIsBehindAuthAsTheNewStream) {  // B-15
  IngressScript script;
  script.ReachAuth();
  script.Peer(std::string(kAuth) + PeerHeader() +
              "<iq from='peer.example' to='tenant.example'/>");
  EXPECT_TRUE(script.stream.established());
  EXPECT_EQ(script.relayed, "<iq from='peer.example' to='tenant.example'/>");
}

TEST(IngressNegotiation, ForgetsPrefixesAtARestart) {
  IngressScript script;
  script.ReachTls();
  script.Peer(PeerHeader(
      "xmlns:x='urn:x' from='peer.example' to='tenant.example' version='1.0'"));
  script.Peer(kAuth);
  script.Peer(PeerHeader());
  script.Peer("<iq from='peer.example' to='tenant.example'><x:y/></iq>");
  EXPECT_EQ(script.Condition(), "not-well-formed");
  EXPECT_EQ(script.relayed, "");
}

TEST(IngressNegotiation, CarriesDeclarationsAndLanguageToTheBackend) {
  IngressScript script;
  script.ReachSuccess();
  script.Peer(
      PeerHeader("xmlns:x='urn:x' xml:lang='de' from='peer.example' "
                 "to='tenant.example' version='1.0'"));
  EXPECT_EQ(script.declarations.namespaces,
            (std::vector<std::pair<std::string, std::string>>{{"x", "urn:x"}}));
  EXPECT_EQ(script.declarations.lang, "de");
}

TEST(IngressNegotiation, GivesEachPhaseAnAbsoluteDeadline) {  // E1
  IngressScript script;
  const auto first = script.stream.deadline();
  for (int i = 0; i < 5; ++i) {
    script.Wait(1s);
    script.Peer(PeerHeader().substr(static_cast<std::size_t>(i), 1));
    EXPECT_EQ(script.stream.deadline(), first);
  }
  script.Expire();
  EXPECT_EQ(script.Condition(), "connection-timeout");
  EXPECT_TRUE(script.Did("close deadline"));
}

TEST(IngressNegotiation, LivesAMinuteUnauthenticatedAtMost) {  // E1
  IngressScript script;
  const auto begun = script.now;
  script.answers_verify = false;
  script.Wait(14s);
  script.Peer(PeerHeader());
  script.Wait(14s);
  script.Peer(kStartTls);
  script.Wait(14s);
  script.Tls();
  script.Wait(14s);
  script.Peer(PeerHeader());
  EXPECT_EQ(script.stream.deadline(), begun + 60s);
  script.Expire();
  EXPECT_EQ(script.Condition(), "remote-connection-failed");
}

TEST(IngressNegotiation, IgnoresEverythingAfterClose) {
  IngressScript script;
  script.Peer("<nonsense>");
  const auto sent = script.sent;
  script.done.clear();
  script.Peer(PeerHeader());
  script.Tls();
  script.PeerClosed(true);
  script.OnDrain();
  script.BackendReady();
  EXPECT_EQ(script.sent, sent);
  EXPECT_TRUE(script.done.empty());
}

}  // namespace
}  // namespace danegate
