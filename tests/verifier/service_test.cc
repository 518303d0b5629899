// The service against a real NSD with real signed zones: resolver_zones.py.
#include "verifier/service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/verifier/asking.h"
#include "tests/verifier/peer_certificate.h"
#include "verifier/pkix.h"
#include "verifier/verification.h"

namespace danegate {
namespace {

using std::chrono::seconds;

// A shard's inbox, as a test reads it.
class Inbox {
 public:
  Inbox() {
    inbox_.wake = [this] {
      const std::lock_guard guard(mutex_);
      ++wakes_;
      woken_.notify_one();
    };
  }

  VerifierInbox* get() { return &inbox_; }

  // Waits for `count` more replies; fewer come back if time runs out.
  std::vector<VerdictReply> Wait(std::size_t count,
                                 seconds limit = seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    std::vector<VerdictReply> replies;
    std::unique_lock lock(mutex_);
    while (true) {
      for (VerifierReply& reply : inbox_.replies.Drain()) {
        replies.push_back(std::get<VerdictReply>(std::move(reply)));
      }
      if (replies.size() >= count) return replies;
      const int before = wakes_;
      if (!woken_.wait_until(lock, end, [&] { return wakes_ != before; })) {
        return replies;
      }
    }
  }

  int wakes() {
    const std::lock_guard guard(mutex_);
    return wakes_;
  }

 private:
  VerifierInbox inbox_;
  std::mutex mutex_;
  std::condition_variable woken_;
  int wakes_ = 0;
};

class ServiceTest : public ::testing::Test {
 protected:
  explicit ServiceTest(unsigned threads = 1)
      : chain_(*CertificateChain::ParsePem(testing::kPeerCertificate)) {
    auto service =
        VerifierService::Start({testing::LabSettings()}, threads, trust_);
    EXPECT_TRUE(service) << service.error();
    service_ = *std::move(service);
  }

  VerdictRequest RequestFor(const std::string& domain, Inbox& inbox,
                            std::uint64_t ticket = 1) {
    return {ticket,         ClaimedDomain{*Domain::Parse(domain)},
            chain_,         std::make_shared<ProofPolicy>(),
            "192.0.2.0/24", inbox.get()};
  }

  void Submit(VerdictRequest request) {
    std::vector<VerifierRequest> requests;
    requests.push_back(std::move(request));
    service_->Submit(std::move(requests));
  }

  VerdictReply Verify(const std::string& domain) {
    Submit(RequestFor(domain, inbox_));
    auto replies = inbox_.Wait(1);
    EXPECT_EQ(replies.size(), 1u) << domain;
    return replies.at(0);
  }

  TrustStore trust_;
  CertificateChain chain_;
  Inbox inbox_;
  std::unique_ptr<VerifierService> service_;
};

class TwoThreadServiceTest : public ServiceTest {
 protected:
  TwoThreadServiceTest() : ServiceTest(2) {}
};

TEST_F(ServiceTest, PeerWithAMatchingRecordIsProved) {
  const VerdictReply reply = Verify("peer.example");
  EXPECT_EQ(reply.verdict->outcome(), Outcome::kProved)
      << ToString(reply.verdict->reason());
  EXPECT_EQ(reply.verdict->prooftype, Prooftype::kDaneEe);
  EXPECT_FALSE(reply.from_cache);
  EXPECT_TRUE(Verify("peer.example").from_cache);
  EXPECT_EQ(service_->counters().cache_hits, 1u);
}

TEST_F(ServiceTest, ZonesGetTheOutcomeThatTheyDeserve) {
  const struct {
    const char* domain;
    Outcome outcome;
  } cases[] = {
      {"unsigned.example", Outcome::kAbsent},
      {"tampered.example", Outcome::kIndeterminate},
      {"expired.example", Outcome::kIndeterminate},
      {"wrong-ds.example", Outcome::kIndeterminate},
      {"stripped.example", Outcome::kProved},  // its AAAA is secure: D-14
      {"bad-denial.example", Outcome::kIndeterminate},
      {"nothing.example", Outcome::kAbsent},
      {"large.example", Outcome::kProved},
      {"nsec3.example", Outcome::kProved},
      {"opt-out.example", Outcome::kProved},
  };
  for (const auto& [domain, outcome] : cases) {
    const VerdictReply reply = Verify(domain);
    EXPECT_EQ(reply.verdict->outcome(), outcome)
        << domain << ": " << ToString(reply.verdict->reason());
  }
}

TEST_F(ServiceTest, HundredRequestsInABatchAreOneVerificationAndFewWakes) {
  std::vector<VerifierRequest> requests;
  for (std::uint64_t i = 0; i < 100; ++i) {
    requests.push_back(RequestFor("peer.example", inbox_, i));
  }
  service_->Submit(std::move(requests));
  EXPECT_EQ(inbox_.Wait(100).size(), 100u);
  const auto counters = service_->counters();
  EXPECT_EQ(counters.requests, 100u);
  EXPECT_EQ(counters.verifications, 1u);
  EXPECT_EQ(counters.joined + counters.cache_hits, 99u);
  EXPECT_LE(inbox_.wakes(), 3);
  EXPECT_LE(counters.batches, 3u);
  EXPECT_LE(counters.questions, 8u);
}

// L-04, D-61: asked again and again, the verdict must run out in its second.
TEST_F(ServiceTest, VerdictOfBriefRecordsIsSoughtAnew) {
  const auto end = std::chrono::steady_clock::now() + seconds(10);
  while (service_->counters().verifications < 2) {
    ASSERT_LT(std::chrono::steady_clock::now(), end);
    EXPECT_EQ(Verify("brief.example").verdict->outcome(), Outcome::kProved);
  }
}

// D-63
TEST_F(ServiceTest, IndeterminateIsSoughtAnewEachTime) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    EXPECT_FALSE(Verify("tampered.example").from_cache);
    EXPECT_EQ(service_->counters().verifications, i);
  }
}

// L-05, D-21
TEST_F(ServiceTest, SilentServerIsIndeterminateWithinTheTimeLimit) {
  Submit(RequestFor("silent.example", inbox_));
  const auto replies = inbox_.Wait(1, Verification::kTimeLimit + seconds(1));
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].verdict->outcome(), Outcome::kIndeterminate);
  EXPECT_EQ(replies[0].verdict->reason(), Reason::kDnsFailed);
}

// D-22
TEST_F(ServiceTest, TwoHundredTargetsAreCutShort) {
  EXPECT_EQ(Verify("targets.example").verdict->outcome(),
            Outcome::kIndeterminate);
  EXPECT_LE(service_->counters().questions, Verification::kMaxQuestions);
}

TEST_F(TwoThreadServiceTest, ManyShardsGetTheirOwnReplies) {
  constexpr std::uint64_t kPeers = 150;
  std::vector<std::thread> shards;
  for (int shard = 0; shard < 3; ++shard) {
    shards.emplace_back([this] {
      Inbox inbox;
      std::vector<VerifierRequest> requests;
      for (std::uint64_t i = 0; i < kPeers; ++i) {
        requests.push_back(
            RequestFor("h" + std::to_string(i) + ".many.example", inbox, i));
      }
      service_->Submit(std::move(requests));
      std::vector<bool> seen(kPeers);
      for (const VerdictReply& reply : inbox.Wait(kPeers)) {
        EXPECT_FALSE(seen.at(reply.ticket));
        seen[reply.ticket] = true;
        EXPECT_EQ(reply.verdict->claimed().ascii(),
                  "h" + std::to_string(reply.ticket) + ".many.example");
      }
      EXPECT_EQ(std::count(seen.begin(), seen.end(), true),
                static_cast<std::ptrdiff_t>(kPeers));
    });
  }
  for (std::thread& shard : shards) shard.join();
  const auto counters = service_->counters();
  EXPECT_EQ(counters.requests, 3 * kPeers);
  EXPECT_EQ(counters.verifications + counters.joined + counters.cache_hits,
            3 * kPeers);
}

TEST_F(TwoThreadServiceTest, CanBeStoppedWhileBusy) {
  std::vector<VerifierRequest> requests;
  for (std::uint64_t i = 0; i < 300; ++i) {
    requests.push_back(
        RequestFor("h" + std::to_string(i) + ".many.example", inbox_, i));
  }
  service_->Submit(std::move(requests));
  ASSERT_FALSE(inbox_.Wait(1).empty());  // it is in the midst of it
  service_.reset();
}

TEST_F(TwoThreadServiceTest, CanBeStoppedUnused) { service_.reset(); }

TEST(ServiceStartTest, WrongSettingsAreNamed) {
  const TrustStore trust;
  VerifierSettings settings{testing::LabSettings()};
  const auto no_threads = VerifierService::Start(settings, 0, trust);
  ASSERT_FALSE(no_threads);
  EXPECT_NE(no_threads.error().find("resolver.threads"), std::string::npos);
  settings.resolver.trust_anchor_files.clear();
  const auto no_anchor = VerifierService::Start(settings, 2, trust);
  ASSERT_FALSE(no_anchor);
  EXPECT_NE(no_anchor.error().find("resolver.trust_anchor"), std::string::npos);
  settings = {testing::LabSettings(), {.ca_file = "/nonexistent/roots.pem"}};
  const auto no_roots = VerifierService::Start(settings, 1, trust);
  ASSERT_FALSE(no_roots);
  EXPECT_NE(no_roots.error().find("/nonexistent/roots.pem"), std::string::npos);
}

}  // namespace
}  // namespace danegate
