// What a shard keeps of the certificates of its tenants, and what it serves.
#include "proxy/shard/credential_cache.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "proxy/shard/certificate_selection.h"
#include "tests/support/test_certificates.h"

namespace danegate {
namespace {

using Source = std::shared_ptr<const CredentialSource>;

// A store with one pair of files, which any number of sources may name.
class CredentialCacheTest : public ::testing::Test {
 protected:
  CredentialCacheTest() {
    inbox_.wake = [this] { woken_.release(); };
    char name[] = "/tmp/danegate-credentials-XXXXXX";
    folder_ = ::mkdtemp(name);
    const auto issued = test::Issue({});
    Write("chain.pem", issued.ToPem());
    Write("key.pem", issued.KeyToPem());
  }
  ~CredentialCacheTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    ::chmod((folder_ + "/" + name).c_str(), 0600);
  }
  Source NewSource(const std::string& chain = "chain.pem") const {
    return std::make_shared<const CredentialSource>(
        std::vector<CredentialFiles>{
            {folder_ + "/" + chain, folder_ + "/key.pem"}});
  }
  CredentialReply NextReply() {
    while (replies_.empty()) {
      EXPECT_TRUE(woken_.try_acquire_for(std::chrono::seconds(10)));
      for (auto& reply : inbox_.replies.Drain()) {
        replies_.push_back(std::move(reply));
      }
    }
    CredentialReply reply = std::move(replies_.front());
    replies_.erase(replies_.begin());
    return reply;
  }
  // Asks for it and waits until it is there.
  void Fill(CredentialCache& cache, const Source& source) {
    EXPECT_EQ(cache.Find(source, now_).credentials, nullptr);
    cache.OnReply(NextReply(), now_);
    EXPECT_NE(cache.Find(source, now_).credentials, nullptr);
  }

  std::string folder_;
  CredentialInbox inbox_;
  std::counting_semaphore<> woken_{0};
  std::vector<CredentialReply> replies_;
  Instant now_ = Instant{} + std::chrono::seconds(100);
  CredentialStore store_;
};

TEST_F(CredentialCacheTest, AsksOnceAndTellsWhoWaits) {
  CredentialCache cache(store_, inbox_, 1 << 20);
  const auto source = NewSource();
  EXPECT_EQ(cache.Find(source, now_).credentials, nullptr);
  cache.Await(source->id(), 7);
  EXPECT_EQ(cache.Find(source, now_).credentials, nullptr);
  cache.Await(source->id(), 8);
  EXPECT_EQ(cache.OnReply(NextReply(), now_),
            (std::vector<std::uint64_t>{7, 8}));
  EXPECT_EQ(cache.Find(source, now_).credentials->size(), 1U);
  EXPECT_EQ(store_.loads(), 1U);
}

TEST_F(CredentialCacheTest, WhatIsLoadedAlreadyIsThereAtOnce) {
  CredentialCache cache(store_, inbox_, 1 << 20);
  const auto source =
      std::make_shared<const CredentialSource>(*NewSource()->Load());
  EXPECT_EQ(cache.Find(source, now_).credentials, source->loaded());
  EXPECT_EQ(cache.size(), 0U);
}

TEST_F(CredentialCacheTest, TheLeastRecentlyUsedGoUnderTheBudget) {
  const auto first = NewSource(), second = NewSource(), third = NewSource();
  std::size_t each = 0;
  {
    CredentialCache cache(store_, inbox_, 1 << 20);
    Fill(cache, first);
    each = cache.octets();
  }
  CredentialCache cache(store_, inbox_, 2 * each);
  Fill(cache, first);
  Fill(cache, second);
  EXPECT_NE(cache.Find(first, now_).credentials, nullptr);
  Fill(cache, third);
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_LE(cache.octets(), 2 * each);
  EXPECT_NE(cache.Find(first, now_).credentials, nullptr);
  EXPECT_NE(cache.Find(third, now_).credentials, nullptr);
  EXPECT_EQ(cache.Find(second, now_).credentials, nullptr);
}

TEST_F(CredentialCacheTest, OneIsKeptHoweverSmallTheBudget) {
  CredentialCache cache(store_, inbox_, 1);
  Fill(cache, NewSource());
  Fill(cache, NewSource());
  EXPECT_EQ(cache.size(), 1U);
}

// As long as another shard has it, it is not read again.
TEST_F(CredentialCacheTest, ShardsShareWhatIsLoaded) {
  CredentialCache one(store_, inbox_, 1 << 20), other(store_, inbox_, 1 << 20);
  const auto source = NewSource();
  Fill(one, source);
  Fill(other, source);
  EXPECT_EQ(store_.loads(), 1U);
  EXPECT_EQ(one.Find(source, now_).credentials,
            other.Find(source, now_).credentials);
}

TEST_F(CredentialCacheTest, E10_WhatIsForgottenWhileItIsLoadedIsNotKept) {
  CredentialCache cache(store_, inbox_, 1 << 20);
  const auto source = NewSource();
  EXPECT_EQ(cache.Find(source, now_).credentials, nullptr);
  cache.Await(source->id(), 7);
  cache.Forget(source->id());
  auto reply = NextReply();
  const std::weak_ptr<const CredentialSet> loaded = reply.credentials;
  EXPECT_FALSE(loaded.expired());
  EXPECT_EQ(cache.OnReply(std::move(reply), now_),
            (std::vector<std::uint64_t>{7}));
  EXPECT_TRUE(loaded.expired());
  ASSERT_EQ(cache.size(), 0U);
  EXPECT_EQ(cache.octets(), 0U);
  Fill(cache, source);  // whoever serves it again has it loaded again
}

TEST_F(CredentialCacheTest, AFileThatIsBadIsNotReadAgainAtOnce) {
  CredentialCache cache(store_, inbox_, 1 << 20);
  const auto source = NewSource("none.pem");
  EXPECT_EQ(cache.Find(source, now_).error, "");
  cache.OnReply(NextReply(), now_);
  EXPECT_NE(cache.Find(source, now_).error.find("none.pem"), std::string::npos);
  now_ = now_ + CredentialCache::kRetryTime;
  Write("none.pem", test::Issue({}).ToPem());
  EXPECT_EQ(cache.Find(source, now_).error, "");
  cache.OnReply(NextReply(), now_);
  EXPECT_NE(cache.Find(source, now_).error.find("does not belong"),
            std::string::npos);
}

// --- what is served ----------------------------------------------------------

class CertificateSelectionTest : public CredentialCacheTest {
 protected:
  CertificateSelectionTest() {
    auto tenant = std::make_shared<Tenant>();
    tenant->name = "acme";
    tenant->domains = {*Domain::Parse("acme.example")};
    tenant->credentials = source_;
    tenant->limits.handshakes_per_second = 3;
    tenants_.Put(tenant);
  }
  ServedCertificate Select(std::string_view sni, bool again = false) {
    return selection_.Select(tenants_, {sni, nullptr, true, again}, now_);
  }

  const Source source_ = NewSource();
  TenantSet tenants_{
      {*Domain::Parse("edge.example")},
      std::make_shared<const CredentialSource>(*NewSource()->Load())};
  CredentialCache cache_{store_, inbox_, 1 << 20};
  CertificateSelection selection_{cache_};
};

TEST_F(CertificateSelectionTest, WaitsForWhatIsNotLoaded) {
  const auto first = Select("acme.example");
  EXPECT_EQ(first.waits_for, source_->id());
  EXPECT_EQ(first.tenant, "acme");
  EXPECT_EQ(first.refusal, "");
  cache_.OnReply(NextReply(), now_);
  const auto then = Select("acme.example", /*again=*/true);
  EXPECT_EQ(then.waits_for, 0U);
  EXPECT_NE(then.credentials, nullptr);
  EXPECT_NE(Select("edge.example").credentials, nullptr);
  EXPECT_EQ(Select("other.example").refusal, "");
  EXPECT_EQ(Select("other.example").credentials, nullptr);
}

TEST_F(CertificateSelectionTest, B11ATenantHasItsShareOfHandshakesAndNoMore) {
  Select("acme.example");
  cache_.OnReply(NextReply(), now_);
  now_ = now_ + std::chrono::seconds(5);
  int served = 0;
  for (int i = 0; i < 10; ++i) {
    served += Select("acme.example").credentials != nullptr;
  }
  EXPECT_EQ(served, 3);
  const auto refused = Select("acme.example");
  EXPECT_NE(refused.refusal.find("handshakes_per_second"), std::string::npos);
  // One that was let in and had to wait is not counted twice.
  EXPECT_NE(Select("acme.example", /*again=*/true).credentials, nullptr);
  EXPECT_NE(Select("edge.example").credentials, nullptr);
  now_ = now_ + std::chrono::milliseconds(334);
  EXPECT_NE(Select("acme.example").credentials, nullptr);
  EXPECT_EQ(Select("acme.example").credentials, nullptr);
}

}  // namespace
}  // namespace danegate
