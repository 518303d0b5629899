#include "proxy/shard/health/recent_failures.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "tests/support/domains.h"

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Instant kNow{seconds(100)};

Backend At(std::uint16_t port) {
  Backend backend;
  backend.host = "10.0.3.7";
  backend.port = port;
  return backend;
}

TEST(RecentFailures, AnAddressIsRememberedForFiveSeconds) {
  RecentFailures failures;
  const Domain to = D("acme.example");
  EXPECT_FALSE(failures.Has(At(5269), to, kNow));
  failures.NoteAddress(At(5269), kNow);
  EXPECT_TRUE(failures.Has(At(5269), to, kNow + milliseconds(4999)));
  EXPECT_FALSE(failures.Has(At(5269), to, kNow + seconds(5)));
  EXPECT_FALSE(failures.Has(At(5270), to, kNow));
  failures.NoteAddress(At(5269), kNow + seconds(4));
  EXPECT_TRUE(failures.Has(At(5269), to, kNow + seconds(8)));
}

TEST(RecentFailures, AStreamIsRememberedForFiveSeconds) {
  RecentFailures failures;
  const Domain to = D("acme.example");
  failures.NoteStream(At(5269), to, kNow);
  EXPECT_TRUE(failures.Has(At(5269), to, kNow + milliseconds(4999)));
  EXPECT_FALSE(failures.Has(At(5269), to, kNow + seconds(5)));
  failures.NoteStream(At(5269), to, kNow + seconds(4));
  EXPECT_TRUE(failures.Has(At(5269), to, kNow + seconds(8)));
}

// What a tenant can set, and a neighbour with the same server otherwise.
const std::function<void(Backend*)> kSettings[] = {
    [](Backend* its) { its->hand_off = HandOffBy::kProxy; },
    [](Backend* its) { its->secret = "0123456789abcdef0123456789abcdef"; },
    [](Backend* its) { its->tls = BackendTls::kDirect; },
    [](Backend* its) { its->proxy_protocol = ProxyProtocol::kV2; },
    [](Backend* its) { its->trust = std::make_shared<const TrustStore>(); },
};

TEST(RecentFailures, WhatFailsBySomeSettingsFailsByNoOthers) {  // E12
  for (const auto& set : kSettings) {
    RecentFailures failures;
    Backend neighbours = At(5269);
    set(&neighbours);
    failures.NoteStream(neighbours, D("acme.example"), kNow);
    EXPECT_TRUE(failures.Has(neighbours, D("acme.example"), kNow));
    EXPECT_FALSE(failures.Has(At(5269), D("acme.example"), kNow));
  }
}

TEST(RecentFailures, WhatFailsForADomainFailsForNoOther) {  // E12
  RecentFailures failures;
  failures.NoteStream(At(5269), D("neighbour.example"), kNow);
  EXPECT_FALSE(failures.Has(At(5269), D("acme.example"), kNow));
}

TEST(RecentFailures, AnAddressIsTheSameForAll) {
  for (const auto& set : kSettings) {
    RecentFailures failures;
    Backend neighbours = At(5269);
    set(&neighbours);
    failures.NoteAddress(neighbours, kNow);
    EXPECT_TRUE(failures.Has(At(5269), D("acme.example"), kNow));
  }
}

TEST(RecentFailures, WhoIsTriedFirstIsNothingToIt) {
  RecentFailures failures;
  const Domain to = D("acme.example");
  failures.NoteStream(At(5269), to, kNow);
  Backend same = At(5269);
  same.priority = 10;
  same.weight = 7;
  same.health_check = HealthCheck::kXmpp;
  EXPECT_TRUE(failures.Has(same, to, kNow));
}

TEST(RecentFailures, TheAddressThatFailedLongestAgoIsForgottenFirst) {
  RecentFailures failures;
  const Domain to = D("acme.example");
  Instant now = kNow;
  for (std::size_t i = 0; i <= RecentFailures::kMost; ++i) {
    failures.NoteAddress(At(static_cast<std::uint16_t>(i)), now);
    now = now + std::chrono::microseconds(1);
  }
  EXPECT_FALSE(failures.Has(At(0), to, now));
  EXPECT_TRUE(failures.Has(At(1), to, now));
  EXPECT_TRUE(failures.Has(At(RecentFailures::kMost), to, now));
}

// A peer can name many domains of a wildcard.
TEST(RecentFailures, ManyStreamsThatFailLetNoAddressBeForgotten) {
  RecentFailures failures;
  failures.NoteAddress(At(1), kNow);
  const auto domain = [](std::size_t i) {
    return D("n" + std::to_string(i) + ".acme.example");
  };
  Instant now = kNow;
  for (std::size_t i = 0; i <= RecentFailures::kMost; ++i) {
    failures.NoteStream(At(2), domain(i), now);
    now = now + std::chrono::microseconds(1);
  }
  EXPECT_FALSE(failures.Has(At(2), domain(0), now));
  EXPECT_TRUE(failures.Has(At(2), domain(1), now));
  EXPECT_TRUE(failures.Has(At(2), domain(RecentFailures::kMost), now));
  EXPECT_TRUE(failures.Has(At(1), domain(0), now));
}

}  // namespace
}  // namespace danegate
