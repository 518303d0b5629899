// RouteSearch finds out where the servers of a domain are, sans-IO, for whoever
// wants to connect to them (spec D.1): the same questions as a Verification
// asks, and none about proof. It is used as a Verification is:
//
//   RouteSearch search(domain, random, now);
//   while (!search.route()) {
//     while (auto q = search.NextQuestion()) ask(*q);
//     search.OnAnswer(wait_for_any(), now);           // or OnDeadline(now)
//   }
//
// Bounded: kMaxEndpoints endpoints with kMaxAddresses addresses each (threats
// 0.7). Thread: one owner. Errors: Route::failure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/proof.h"
#include "verifier/question.h"
#include "verifier/verification/answers.h"
#include "verifier/verification/delegation.h"

namespace danegate {

struct Endpoint {
  DelegatedTarget target;
  // 4 or 16 octets each, as in A and AAAA records.
  std::vector<std::vector<std::uint8_t>> addresses;
  // The SRV record and every address are signed (G-53).
  bool secure = false;
};

struct Route {
  // In the order in which they are tried (D-02, D-08); empty: see failure.
  std::vector<Endpoint> endpoints;
  // Why there is none, in words for an operator. `temporary` if the DNS did not
  // say, so that trying again may help (D-11).
  std::string failure;
  bool temporary = false;
  // What was looked up, in the order of the answers.
  std::vector<EvidenceStep> steps;
};

class RouteSearch {
 public:
  static constexpr std::size_t kMaxEndpoints = 4;
  static constexpr std::size_t kMaxAddresses = 4;
  static constexpr std::chrono::seconds kTimeLimit{8};

  // `random` orders targets of one priority by weight (RFC 2782).
  RouteSearch(Domain domain, std::uint64_t random, Now now);

  std::optional<Question> NextQuestion();
  void OnAnswer(const Answer&, Now);
  void OnDeadline(Now);

  Instant deadline() const;
  // Set once, then final.
  const std::optional<Route>& route() const { return route_; }

 private:
  void Advance();
  void Order(std::vector<ListedTarget>);
  void CollectAddresses();
  void Conclude(Route);
  void Fail(std::string failure, bool temporary);

  Domain domain_;
  std::uint64_t random_;
  Instant started_;
  Answers answers_;
  std::optional<std::vector<ListedTarget>> targets_;  // once known, in order
  std::vector<EvidenceStep> steps_;
  std::optional<Route> route_;
};

}  // namespace danegate
