// What does it cost to find whose certificate a handshake gets, by SNI, among
// how many tenants (P9)?
//
// How to read it: one look-up is made in a handshake and one behind it, so it
// is to be held against MutualHandshake. Names come in a random order: with
// 100,000 tenants it is the memory's latency that grows, not the work.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tenants/tenant_set.h"
#include "verifier/check.h"

namespace danegate {
namespace {

enum class Asked { kDomain, kWildcard, kUnknown };

// t0.example, t1.example, … with one label below each.
std::string NameOf(std::size_t number) {
  return "t" + std::to_string(number) + ".example";
}

TenantSet SetOf(std::size_t count) {
  const auto source =
      std::make_shared<const CredentialSource>(std::vector<CredentialFiles>(1));
  TenantSet set({*Domain::Parse("edge.example")}, source);
  for (std::size_t i = 0; i < count; ++i) {
    auto tenant = std::make_shared<Tenant>();
    tenant->name = "t" + std::to_string(i);
    tenant->domains = {*Domain::Parse(NameOf(i))};
    tenant->wildcards = tenant->domains;
    tenant->policy = std::make_shared<const ProofPolicy>();
    set.Put(std::move(tenant));
  }
  return set;
}

std::vector<std::string> NamesAsked(Asked asked, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    switch (asked) {
      case Asked::kDomain:
        names.push_back(NameOf(i));
        break;
      case Asked::kWildcard:
        names.push_back("chat." + NameOf(i));
        break;
      case Asked::kUnknown:
        names.push_back(NameOf(i + count));
        break;
    }
  }
  std::shuffle(names.begin(), names.end(), std::mt19937(1));
  return names;
}

void SelectBySni(benchmark::State& state, Asked asked) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const TenantSet set = SetOf(count);
  const auto names = NamesAsked(asked, count);
  std::size_t next = 0;
  for (auto _ : state) {
    const auto served = set.Select(names[next], nullptr, true);
    DANEGATE_CHECK((served.tenant != nullptr) == (asked != Asked::kUnknown));
    if (++next == names.size()) next = 0;
  }
  state.SetItemsProcessed(state.iterations());
}
void Sizes(benchmark::internal::Benchmark* row) {
  row->Arg(1000)->Arg(10000)->Arg(100000);
}
BENCHMARK_CAPTURE(SelectBySni, domain, Asked::kDomain)->Apply(Sizes);
BENCHMARK_CAPTURE(SelectBySni, wildcard, Asked::kWildcard)->Apply(Sizes);
BENCHMARK_CAPTURE(SelectBySni, unknown, Asked::kUnknown)->Apply(Sizes);

}  // namespace
}  // namespace danegate
