// Joining, remembering and bounding verifications, with fake DNS and fake time.
#include "verifier/service/verification_table.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "tests/verifier/peer_certificate.h"
#include "verifier/pkix.h"
#include "verifier/tlsa.h"

namespace danegate {
namespace {

using std::chrono::seconds;

constexpr char kKey[] =
    "ee2e1974f47308dc5e7a84e34e4cb55388f1a31b88e8f2e807e0dfcf53791d8b";

std::vector<std::uint8_t> TlsaRdata(const std::string& hex) {
  const auto record = TlsaRecord::ParseText("3 1 1 " + hex);
  std::vector<std::uint8_t> rdata = {record->usage, record->selector,
                                     record->matching};
  rdata.insert(rdata.end(), record->data.begin(), record->data.end());
  return rdata;
}

// What a fake DNS says about every peer.
struct PeerDns {
  std::string key = kKey;
  seconds lifetime{60};
  DnsSecurity security = DnsSecurity::kSecure;
  bool fails = false;

  Answer operator()(const Question& question) const;
};

Answer PeerDns::operator()(const Question& question) const {
  Answer answer;
  answer.question = question;
  answer.canonical_name = question.name;
  if (fails) {
    answer.failure = "the lab is on fire";
    return answer;
  }
  answer.security = security;
  answer.lifetime = lifetime;
  answer.status = DnsStatus::kData;
  if (question.type == RecordType::kA) {
    answer.rdata = {{192, 0, 2, 1}};
  } else if (question.type == RecordType::kTlsa) {
    answer.rdata = {TlsaRdata(key)};
  } else if (question.name.starts_with("_xmpp-server.")) {
    answer.rdata = {{0, 0, 0, 0, 0x14, 0x95, 2, 'm', 'x', 0}};
  } else {
    answer.status = DnsStatus::kNoData;
  }
  return answer;
}

class VerificationTableTest : public ::testing::Test {
 protected:
  VerificationTableTest()
      : chain_(*CertificateChain::ParsePem(testing::kPeerCertificate)) {}

  void Request(const std::string& domain) {
    table_.OnRequest(
        VerdictRequest{++ticket_, ClaimedDomain{*Domain::Parse(domain)}, chain_,
                       policy_, "192.0.2.0/24", &inbox_},
        now_);
  }

  // Answers every question; returns how many there were.
  int AnswerAll() {
    int count = 0;
    while (auto asked = table_.NextQuestion()) {
      table_.OnAnswer(asked->verification, dns_(asked->question), now_);
      ++count;
    }
    return count;
  }

  std::vector<VerdictReply> Replies() {
    std::vector<VerdictReply> replies;
    while (auto reply = table_.NextReply()) {
      EXPECT_EQ(reply->inbox, &inbox_);
      replies.push_back(std::get<VerdictReply>(std::move(reply->reply)));
    }
    return replies;
  }

  // The one reply to a request, questions answered.
  VerdictReply Verify(const std::string& domain) {
    Request(domain);
    AnswerAll();
    auto replies = Replies();
    EXPECT_EQ(replies.size(), 1u);
    return replies.at(0);
  }

  // Claims a domain without TLSA with so many other certificates; returns how
  // often its POSH document was fetched, each time with this reply.
  unsigned FetchesOf(const std::string& domain, int chains,
                     const HttpsReply& reply) {
    policy_ = std::make_shared<ProofPolicy>(
        ProofPolicy{.require = ProofRequirement::kStrong});
    dns_.security = DnsSecurity::kInsecure;
    const std::vector<std::uint8_t> leaf(chain_.der(0).begin(),
                                         chain_.der(0).end());
    std::vector<std::vector<std::uint8_t>> padded;
    unsigned fetched = 0;
    for (int i = 0; i < chains; ++i) {
      padded.push_back(leaf);
      chain_ = CertificateChain::FromDer(padded);
      Request(domain);
      AnswerAll();
      while (auto request = table_.NextRequest()) {
        ++fetched;
        table_.OnReply(request->verification, reply, now_);
      }
    }
    return fetched;
  }

  void Pass(Duration time) {
    now_.monotonic = now_.monotonic + time;
    now_.wall = now_.wall + std::chrono::duration_cast<seconds>(time);
    table_.OnDeadline(now_);
  }

  TrustStore trust_;
  CertificateChain chain_;
  std::shared_ptr<const ProofPolicy> policy_ = std::make_shared<ProofPolicy>();
  VerifierInbox inbox_;
  PeerDns dns_;
  Now now_{Instant{seconds(1000)}, UnixTime{1'800'000'000}};
  AddressGuard guard_{{.allowed = {*AddressPrefix::Parse("192.0.2.0/24")}}};
  VerdictMemory memory_{1024};
  VerificationTable table_{{trust_, guard_, {}, memory_}};
  std::uint64_t ticket_ = 0;
};

TEST_F(VerificationTableTest, HundredRequestsForAPeerAreOneVerification) {
  for (int i = 0; i < 100; ++i) Request("peer.example");
  AnswerAll();
  const auto replies = Replies();
  ASSERT_EQ(replies.size(), 100u);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    EXPECT_EQ(replies[i].ticket, i + 1);
    EXPECT_EQ(replies[i].verdict, replies[0].verdict);
    EXPECT_FALSE(replies[i].from_cache);
  }
  EXPECT_EQ(replies[0].verdict->outcome(), Outcome::kProved);
  EXPECT_EQ(table_.totals().verifications, 1u);
  EXPECT_EQ(table_.totals().joined, 99u);
  EXPECT_EQ(table_.deadline(), Instant::Never());
}

// D-62
TEST_F(VerificationTableTest, OtherChainOfTheSamePeerIsVerifiedApart) {
  Request("peer.example");
  const std::vector<std::uint8_t> leaf(chain_.der(0).begin(),
                                       chain_.der(0).end());
  const std::vector<std::uint8_t> chain[] = {leaf, leaf};
  chain_ = CertificateChain::FromDer(chain);
  Request("peer.example");
  EXPECT_EQ(table_.totals().verifications, 2u);
  EXPECT_EQ(table_.totals().joined, 0u);
}

// L-04, D-61
TEST_F(VerificationTableTest, ProvedVerdictIsRememberedForItsLifetimeOnly) {
  EXPECT_FALSE(Verify("peer.example").from_cache);
  Pass(seconds(59));
  EXPECT_TRUE(Verify("peer.example").from_cache);
  EXPECT_EQ(table_.totals().cache_hits, 1u);
  Pass(seconds(1));
  EXPECT_FALSE(Verify("peer.example").from_cache);
  EXPECT_EQ(table_.totals().verifications, 2u);
}

TEST_F(VerificationTableTest, VerdictWithoutLifetimeIsNotRemembered) {
  dns_.lifetime = seconds(0);
  EXPECT_EQ(Verify("peer.example").verdict->outcome(), Outcome::kProved);
  EXPECT_FALSE(Verify("peer.example").from_cache);
}

// D-63
TEST_F(VerificationTableTest, RefusalsAreRememberedForHalfAMinuteAtMost) {
  dns_.key = std::string(64, 'A');
  dns_.lifetime = seconds(3600);
  EXPECT_EQ(Verify("other-key.example").verdict->outcome(),
            Outcome::kDisproved);
  dns_.security = DnsSecurity::kInsecure;
  EXPECT_EQ(Verify("unsigned.example").verdict->outcome(), Outcome::kAbsent);
  Pass(seconds(29));
  EXPECT_TRUE(Verify("other-key.example").from_cache);
  EXPECT_TRUE(Verify("unsigned.example").from_cache);
  Pass(seconds(1));
  EXPECT_FALSE(Verify("other-key.example").from_cache);
  EXPECT_FALSE(Verify("unsigned.example").from_cache);
}

// D-61, D-63
TEST_F(VerificationTableTest, RefusalDoesNotOutliveItsEvidence) {
  dns_.key = std::string(64, 'A');
  dns_.lifetime = seconds(5);
  Verify("other-key.example");
  Pass(seconds(5));
  EXPECT_FALSE(Verify("other-key.example").from_cache);
}

TEST_F(VerificationTableTest, ARefusalIsListedUntilItIsForgotten) {
  dns_.key = std::string(64, 'A');
  Verify("other-key.example");
  const auto listed = table_.OnMemoryRequest({7, std::nullopt, nullptr}, now_);
  EXPECT_EQ(listed.ticket, 7u);
  ASSERT_EQ(listed.refusals.size(), 1u);
  EXPECT_EQ(listed.refusals[0].peer.ascii(), "other-key.example");
  EXPECT_EQ(listed.refusals[0].reason, Reason::kNoMatch);
  EXPECT_EQ(listed.refusals[0].left, seconds(30));
  const auto peer = *Domain::Parse("other-key.example");
  EXPECT_EQ(table_.OnMemoryRequest({8, peer, nullptr}, now_).forgotten, 1u);
  EXPECT_TRUE(table_.OnMemoryRequest({9, std::nullopt, nullptr}, now_)
                  .refusals.empty());
  EXPECT_FALSE(Verify("other-key.example").from_cache);
}

TEST_F(VerificationTableTest, WhatIsUnderWayWhenItsPeerIsForgottenIsNotKept) {
  dns_.key = std::string(64, 'A');
  Request("other-key.example");
  table_.OnMemoryRequest({1, *Domain::Parse("other-key.example"), nullptr},
                         now_);
  AnswerAll();
  EXPECT_EQ(Replies().size(), 1u);
  EXPECT_FALSE(Verify("other-key.example").from_cache);
  EXPECT_TRUE(Verify("other-key.example").from_cache);
}

// D-63, L-05
TEST_F(VerificationTableTest, IndeterminateIsNeverRemembered) {
  dns_.fails = true;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    const VerdictReply reply = Verify("peer.example");
    EXPECT_EQ(reply.verdict->outcome(), Outcome::kIndeterminate);
    EXPECT_FALSE(reply.from_cache);
    EXPECT_EQ(table_.totals().verifications, i);
  }
  dns_.fails = false;
  EXPECT_EQ(Verify("peer.example").verdict->outcome(), Outcome::kProved);
}

TEST_F(VerificationTableTest, EveryWaitingRequestIsAnsweredAtTheDeadline) {
  Request("peer.example");
  Pass(seconds(1));
  Request("peer.example");
  EXPECT_TRUE(Replies().empty());
  EXPECT_LE(table_.deadline(),
            Instant{seconds(1000)} + Verification::kTimeLimit);
  while (table_.deadline() != Instant::Never()) {
    Pass(table_.deadline() - now_.monotonic);
  }
  const auto replies = Replies();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].verdict->outcome(), Outcome::kIndeterminate);
  EXPECT_EQ(now_.monotonic, Instant{seconds(1000)} + Verification::kTimeLimit);
}

TEST_F(VerificationTableTest, AnswerForAVerificationThatIsOverIsIgnored) {
  Request("peer.example");
  const auto asked = table_.NextQuestion();
  ASSERT_TRUE(asked);
  while (table_.deadline() != Instant::Never()) {
    Pass(table_.deadline() - now_.monotonic);
  }
  EXPECT_EQ(Replies().size(), 1u);
  table_.OnAnswer(asked->verification, dns_(asked->question), now_);
  EXPECT_FALSE(table_.NextQuestion());
  EXPECT_FALSE(table_.NextReply());
}

// L-06: a padded chain is another chain, and a slow domain another's loss.
TEST_F(VerificationTableTest, ADomainWithManyChainsDoesNotTakeTheOthersPlaces) {
  const std::vector<std::uint8_t> leaf(chain_.der(0).begin(),
                                       chain_.der(0).end());
  std::vector<std::vector<std::uint8_t>> padded{leaf};
  for (std::size_t i = 0; i < VerificationTable::kMaxRunningOfDomain; ++i) {
    chain_ = CertificateChain::FromDer(padded);
    Request("peer.example");
    padded.push_back(leaf);
  }
  EXPECT_TRUE(Replies().empty());
  chain_ = CertificateChain::FromDer(padded);
  Request("peer.example");
  auto replies = Replies();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].verdict->outcome(), Outcome::kIndeterminate);
  EXPECT_EQ(replies[0].verdict->reason(), Reason::kBudgetExhausted);
  Request("other.example");
  AnswerAll();
  EXPECT_EQ(Replies().size(), VerificationTable::kMaxRunningOfDomain + 1);
  EXPECT_EQ(Verify("peer.example").verdict->outcome(), Outcome::kProved);
}

// E-18: a domain that is claimed again and again, each time with another
// certificate, is not fetched from each time.
TEST_F(VerificationTableTest, ADomainsPoshDocumentIsFetchedNowAndThenOnly) {
  EXPECT_EQ(FetchesOf("victim.example", 40, {.failure = "no answer"}),
            VerificationTable::kPoshOfDomain);
  const auto replies = Replies();
  ASSERT_EQ(replies.size(), 40u);
  for (const auto& reply : replies) {
    EXPECT_EQ(reply.verdict->outcome(), Outcome::kIndeterminate);
  }
}

// E-11
TEST_F(VerificationTableTest, ARefusedPoshDocumentIsNotAskedForAgainAtOnce) {
  EXPECT_EQ(FetchesOf("peer.example", 5, {.status = 404}), 1u);
  EXPECT_EQ(FetchesOf("busy.example", 5, {.status = 503}), 1u);
  const auto replies = Replies();
  ASSERT_EQ(replies.size(), 10u);
  EXPECT_EQ(replies[4].verdict->outcome(), Outcome::kAbsent);
  EXPECT_EQ(replies[9].verdict->outcome(), Outcome::kIndeterminate);
  table_.OnMemoryRequest({1, *Domain::Parse("peer.example"), nullptr}, now_);
  EXPECT_EQ(FetchesOf("peer.example", 5, {.status = 404}), 1u);
  Pass(MissingDocuments::kLifetime);
  EXPECT_EQ(FetchesOf("busy.example", 5, {.status = 503}), 1u);
}

// C3: what was begun before a peer was forgotten is nobody's any more who asks
// after that.
TEST_F(VerificationTableTest, AfterAPeerIsForgottenItIsVerifiedAnew) {
  Request("peer.example");
  table_.OnMemoryRequest({1, *Domain::Parse("peer.example"), nullptr}, now_);
  Request("peer.example");
  EXPECT_EQ(table_.totals().verifications, 2u);
  EXPECT_EQ(table_.totals().joined, 0u);
  Request("peer.example");
  EXPECT_EQ(table_.totals().joined, 1u);
  AnswerAll();
  EXPECT_EQ(Replies().size(), 3u);
}

// L-06, D-22
TEST_F(VerificationTableTest, MorePeersThanTheBoundAreAskedToTryAgain) {
  for (std::size_t i = 0; i < VerificationTable::kMaxRunning; ++i) {
    Request("peer" + std::to_string(i) + ".example");
  }
  EXPECT_TRUE(Replies().empty());
  Request("one-more.example");
  const auto replies = Replies();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].verdict->outcome(), Outcome::kIndeterminate);
  EXPECT_EQ(replies[0].verdict->reason(), Reason::kBudgetExhausted);
  EXPECT_NE(replies[0].verdict->remedy.find("try again"), std::string::npos);
  // Those under way go on, and make room.
  AnswerAll();
  EXPECT_EQ(Replies().size(), VerificationTable::kMaxRunning);
  EXPECT_EQ(Verify("one-more.example").verdict->outcome(), Outcome::kProved);
}

}  // namespace
}  // namespace danegate
