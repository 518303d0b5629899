#include "verifier/route.h"

#include <algorithm>
#include <utility>

#include "verifier/verification/rdata_text.h"

namespace danegate {
namespace {

// A sequence of numbers that look random, from a seed that is.
std::uint64_t NextRandom(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15u;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

// RFC 2782: of those that are left, the first whose running sum of weights
// reaches a random number; those of weight 0 stand first.
std::vector<ListedTarget>::iterator PickByWeight(
    std::vector<ListedTarget>::iterator begin,
    std::vector<ListedTarget>::iterator end, std::uint64_t& random) {
  std::uint64_t sum = 0;
  for (auto at = begin; at != end; ++at) sum += at->weight;
  const std::uint64_t wanted = NextRandom(random) % (sum + 1);
  std::uint64_t running = 0;
  for (auto at = begin; at != end; ++at) {
    running += at->weight;
    if (running >= wanted) return at;
  }
  return begin;
}

bool IsSecure(const Answer& answer) {
  return answer.status != DnsStatus::kData ||
         answer.security == DnsSecurity::kSecure;
}

}  // namespace

RouteSearch::RouteSearch(Domain domain, std::uint64_t random, Now now)
    : domain_(std::move(domain)), random_(random), started_(now.monotonic) {
  Advance();
}

std::optional<Question> RouteSearch::NextQuestion() {
  if (route_) return std::nullopt;
  return answers_.NextWanted();
}

void RouteSearch::OnAnswer(const Answer& answer, Now now) {
  if (route_ || !answers_.Put(answer)) return;
  steps_.push_back({answer.question, answer.status, answer.security,
                    ToText(answer),
                    std::chrono::duration_cast<std::chrono::microseconds>(
                        now.monotonic - started_)});
  Advance();
}

Instant RouteSearch::deadline() const {
  return route_ ? Instant::Never() : started_ + kTimeLimit;
}

void RouteSearch::OnDeadline(Now now) {
  if (now.monotonic < deadline()) return;
  const auto open = answers_.FirstOpen();
  Fail("no answer to " +
           (open ? open->name + " " + std::string(ToString(open->type))
                 : domain_.ascii()) +
           " within " + std::to_string(kTimeLimit.count()) + " s",
       true);
}

void RouteSearch::Advance() {
  if (!targets_) {
    const Answer* starttls = answers_.Find(SrvQuestion(domain_, false));
    const Answer* direct_tls = answers_.Find(SrvQuestion(domain_, true));
    if (starttls == nullptr || direct_tls == nullptr) return;
    const Delegation delegation =
        ReadDelegation(domain_, *starttls, *direct_tls);
    if (delegation.status == DelegationStatus::kFailed) {
      return Fail(delegation.failure, true);  // D-11
    }
    if (delegation.status == DelegationStatus::kNoService) {
      return Fail(domain_.ascii() + " says that it has no server", false);
    }
    Order(ListTargets(domain_, *starttls, *direct_tls));
  }
  CollectAddresses();
}

void RouteSearch::Order(std::vector<ListedTarget> list) {
  std::stable_sort(list.begin(), list.end(),
                   [](const ListedTarget& a, const ListedTarget& b) {
                     return std::pair(a.priority, a.weight != 0) <
                            std::pair(b.priority, b.weight != 0);
                   });
  for (auto at = list.begin(); at != list.end(); ++at) {
    const auto end = std::find_if(at, list.end(), [at](const ListedTarget& t) {
      return t.priority != at->priority;
    });
    const auto picked = PickByWeight(at, end, random_);
    std::rotate(at, picked, picked + 1);
  }
  while (list.size() > kMaxEndpoints) list.pop_back();
  targets_ = std::move(list);
}

void RouteSearch::CollectAddresses() {
  Route route;
  bool pending = false;
  bool temporary = false;
  for (const ListedTarget& listed : *targets_) {
    const std::string& host = listed.target.host.ascii();
    const Answer* a = answers_.Find({host, RecordType::kA});
    const Answer* aaaa = answers_.Find({host, RecordType::kAaaa});
    if (a == nullptr || aaaa == nullptr) {
      pending = true;
      continue;
    }
    Endpoint endpoint{listed.target, {}, listed.secure};
    for (const Answer* answer : {aaaa, a}) {
      temporary |= answer->status == DnsStatus::kFailed;  // D-13
      endpoint.secure &= IsSecure(*answer);
    }
    // In turns, so that neither family keeps the other out.
    for (std::size_t i = 0; i < kMaxAddresses; ++i) {
      for (const Answer* answer : {aaaa, a}) {
        if (i < answer->rdata.size() &&
            endpoint.addresses.size() < kMaxAddresses) {
          endpoint.addresses.push_back(answer->rdata[i]);
        }
      }
    }
    if (!endpoint.addresses.empty()) {
      route.endpoints.push_back(std::move(endpoint));
    }
  }
  if (pending) return;
  if (route.endpoints.empty()) {
    return Fail("no server of " + domain_.ascii() + " has an address",
                temporary);
  }
  Conclude(std::move(route));
}

void RouteSearch::Conclude(Route route) {
  route.steps = std::move(steps_);
  route_ = std::move(route);
}

void RouteSearch::Fail(std::string failure, bool temporary) {
  Route route;
  route.failure = std::move(failure);
  route.temporary = temporary;
  Conclude(std::move(route));
}

}  // namespace danegate
