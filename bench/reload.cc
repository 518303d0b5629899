// What does one tenant's change cost, among how many there are?
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "tenants/tenant_book.h"
#include "tenants/tenant_file.h"
#include "tests/tenants/workspace.h"
#include "verifier/check.h"

namespace danegate {
namespace {

using testing::kToday;

std::shared_ptr<const Tenant> TenantNumber(std::size_t number) {
  auto tenant = std::make_shared<Tenant>();
  tenant->name = "t" + std::to_string(number);
  tenant->domains.push_back(*Domain::Parse(tenant->name + ".example"));
  tenant->policy = std::make_shared<const ProofPolicy>();
  return tenant;
}

TenantSet SetOf(std::size_t count) {
  TenantSet set({}, std::make_shared<const CredentialSource>(
                        std::vector<CredentialFiles>(1)));
  for (std::size_t i = 0; i < count; ++i) set.Put(TenantNumber(i));
  return set;
}

// A snapshot is taken, as it is published to the shards, and one tenant of the
// set changes.
void ChangeOneTenant(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  TenantSet set = SetOf(count);
  std::size_t number = 0;
  for (auto _ : state) {
    const auto snapshot = std::make_unique<const TenantSet>(set);
    number = (number + 7919) % count;
    set.Put(TenantNumber(number));
    benchmark::DoNotOptimize(snapshot->size());
  }
}
BENCHMARK(ChangeOneTenant)->Arg(1000)->Arg(10000)->Arg(100000);

// A folder of tenants that have the edge's certificate, and acme, which has one
// of its own; all of them rest on the same roots.
class Folder {
 public:
  explicit Folder(std::size_t count) {
    const std::string tail =
        ".example]\nbackends: [{address: 127.0.0.1:5299, trust: ../ca.pem}]\n";
    for (std::size_t i = 1; i < count; ++i) {
      const std::string name = "t" + std::to_string(i);
      workspace_.Write("tenants.d/" + name + ".yaml",
                       "tenant: " + name + "\ndomains: [" + name + tail);
    }
    const EdgeFile edge = ReadEdge(workspace_.Path("danegate.yaml"), kToday);
    book_ = std::make_unique<TenantBook>(*edge.settings, edge.claims);
    book_->ReadAll(ReadingDepth::kSettings, kToday, 1);
  }

  std::string acme() const { return workspace_.Path("tenants.d/acme.yaml"); }
  TenantBook& book() { return *book_; }

 private:
  const testing::Workspace workspace_;
  std::unique_ptr<TenantBook> book_;
};

// A file has changed: it is read, with its certificate, and its tenant goes
// into the set, of which a snapshot is out.
void LookAtOneFile(benchmark::State& state) {
  Folder folder(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const TenantSet snapshot = folder.book().tenants();
    const auto changes = folder.book().Look({folder.acme()}, kToday, {});
    DANEGATE_CHECK(changes.changed == 1);
    benchmark::DoNotOptimize(snapshot.size());
  }
}
BENCHMARK(LookAtOneFile)
    ->Arg(1000)
    ->Arg(10000)
    ->Arg(100000)
    ->Unit(benchmark::kMicrosecond);

// Nothing has changed, which is found out file by file (SIGHUP).
void SweepAllFiles(benchmark::State& state) {
  Folder folder(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const auto changes = folder.book().Sweep(kToday, {});
    DANEGATE_CHECK(changes.files_read == 0);
  }
}
BENCHMARK(SweepAllFiles)
    ->Arg(1000)
    ->Arg(10000)
    ->Arg(100000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace danegate
