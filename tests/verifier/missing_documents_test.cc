#include "verifier/service/missing_documents.h"

#include <gtest/gtest.h>

#include <string>

namespace danegate {
namespace {

using std::chrono::seconds;

constexpr Instant kStart{seconds(1000)};
constexpr char kUrl[] = "https://peer.example/";

TEST(MissingDocumentsTest, ARefusalHoldsForItsLifetime) {
  MissingDocuments missing;
  missing.Put(kUrl, {.status = 404}, kStart);
  const Instant end = kStart + MissingDocuments::kLifetime;
  const auto refusal = missing.Find(kUrl, end + -seconds(1));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 404u);
  EXPECT_FALSE(missing.Find(kUrl, end));
  EXPECT_FALSE(missing.Find("https://other.example/", kStart));
}

// Whoever leads to another's document late, or takes all places for fetches,
// must not make it missing.
TEST(MissingDocumentsTest, OnlyWhatAServerRefusedIsKept) {
  MissingDocuments missing;
  for (const unsigned status : {0u, 200u, 204u, 302u, 399u}) {
    missing.Put(kUrl, {.status = status}, kStart);
    EXPECT_FALSE(missing.Find(kUrl, kStart)) << status;
  }
}

TEST(MissingDocumentsTest, ASecondRefusalDoesNotProlongTheFirst) {
  MissingDocuments missing;
  missing.Put(kUrl, {.status = 404}, kStart);
  missing.Put(kUrl, {.status = 503}, kStart + seconds(5));
  EXPECT_FALSE(missing.Find(kUrl, kStart + MissingDocuments::kLifetime));
  missing.Put(kUrl, {.status = 503}, kStart + MissingDocuments::kLifetime);
  EXPECT_EQ(missing.Find(kUrl, kStart + MissingDocuments::kLifetime)->status,
            503u);
}

TEST(MissingDocumentsTest, TheOldestIsForgottenFirst) {
  MissingDocuments missing;
  for (std::size_t i = 0; i <= MissingDocuments::kMaxEntries; ++i) {
    missing.Put(kUrl + std::to_string(i), {.status = 404}, kStart);
  }
  EXPECT_EQ(missing.size(), MissingDocuments::kMaxEntries);
  EXPECT_FALSE(missing.Find(std::string(kUrl) + "0", kStart));
  EXPECT_TRUE(missing.Find(std::string(kUrl) + "1", kStart));
  missing.Clear();
  EXPECT_FALSE(missing.Find(std::string(kUrl) + "1", kStart));
}

}  // namespace
}  // namespace danegate
