// Measures how many answers one resolver validates in a second: names that it
// has not seen, each with a P-256 signature of its own, 200 under way at a
// time.
//
//   with_dns.py ZONES -- resolver_rate [OPTION: VALUE]…
//
// ZONES comes from resolver_zones.py; the options are unbound.conf's, so that
// e.g. "qname-minimisation: yes" can be compared (D10).
#include <chrono>
#include <cstdio>
#include <string>

#include "tests/verifier/asking.h"
#include "verifier/clock.h"

namespace {

using danegate::ReadNow;
using danegate::testing::Asking;

constexpr int kNames = 4000;  // as many as resolver_zones.py makes
constexpr int kUnderWay = 200;

// Returns how many answers were secure data.
int AskAll(Asking& asking) {
  int asked = 0;
  int answered = 0;
  int secure = 0;
  while (answered < kNames) {
    for (; asked < kNames && asked - answered < kUnderWay; ++asked) {
      asking.resolver().Ask(0,
                            {"h" + std::to_string(asked) + ".many.example",
                             danegate::RecordType::kA},
                            ReadNow());
    }
    asking.loop().Turn(std::chrono::milliseconds(100));
    asking.resolver().OnDeadline(ReadNow());
    while (auto reply = asking.resolver().NextAnswer()) {
      ++answered;
      secure += reply->answer.security == danegate::DnsSecurity::kSecure;
    }
  }
  return secure;
}

}  // namespace

int main(int argc, char** argv) {
  auto settings = danegate::testing::TreeSettings();
  for (int i = 1; i + 1 < argc; i += 2) {
    settings.options.emplace_back(argv[i], argv[i + 1]);
  }
  Asking asking(settings);
  const auto start = ReadNow().monotonic;
  const int secure = AskAll(asking);
  const std::chrono::duration<double> took = ReadNow().monotonic - start;
  std::printf("%d of %d answers validated in %.2f s: %.0f per second\n", secure,
              kNames, took.count(), secure / took.count());
  return secure == kNames ? 0 : 1;
}
