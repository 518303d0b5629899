#include "bench/load/scenario/peer_files.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "bench/load/tenants/authority.h"
#include "bench/load/tenants/numbered_work.h"
#include "bench/load/tenants/output_folder.h"
#include "bench/load/tenants/tenant_names.h"
#include "tenants/config/file_text.h"
#include "verifier/check.h"
#include "verifier/credential.h"
#include "verifier/pkix.h"

namespace danegate {
namespace {

constexpr std::size_t kMostOctets = 65536;
constexpr std::chrono::hours kGoodFor{24 * 7};

// The chain in `base`.pem, or an empty text if there is none that fits.
std::string KeptChain(const std::string& base, const Domain& domain,
                      UnixTime now) {
  const auto chain =
      ReadWholeFile(base + ".pem", kMostOctets, Secrecy::kPublic);
  const auto key =
      ReadWholeFile(base + ".key", kMostOctets, Secrecy::kOwnerOnly);
  if (!chain || !key) return "";
  const auto credential = Credential::FromPem(*chain, *key);
  const bool fits = credential && (*credential)->chain().size() == 1 &&
                    (*credential)->not_after() > now + kGoodFor &&
                    MatchesIdentity((*credential)->chain().der(0), domain);
  return fits ? *chain : "";
}

// Makes a key and a certificate, writes both; the certificate, or an error.
Result<std::string, std::string> NewChain(const std::string& base,
                                          const Domain& domain, UnixTime now) {
  const auto key = NewKey(KeyKind::kEcdsa);
  std::string chain =
      SelfSign(domain.ascii(), {domain.ascii()}, key.get(), now);
  std::string why =
      WriteFile(base + ".key", KeyToPem(key.get()), FileMode::kSecret);
  if (why.empty()) why = WriteFile(base + ".pem", chain, FileMode::kPublic);
  if (!why.empty()) return Failure(std::move(why));
  return chain;
}

std::string WriteLists(const ScenarioPlan& plan,
                       const std::vector<std::string>& chains) {
  std::string names, all;
  for (std::size_t number = 1; number <= plan.peers; ++number) {
    names += PeerDomain(number).ascii() + "\n";
    all += chains[number - 1];
  }
  std::string why =
      WriteFile(plan.folder + "/" + kPeersFolder + "/" + kNamesFile, names,
                FileMode::kPublic);
  if (!why.empty()) return why;
  return WriteFile(plan.folder + "/peers.pem", all, FileMode::kPublic);
}

}  // namespace

Domain PeerDomain(std::size_t number) {
  DANEGATE_CHECK(number >= 1 && number <= kMostPeers);
  char text[32];
  std::snprintf(text, sizeof text, "p%06zu.peers.example", number);
  return *Domain::Parse(text);
}

Result<std::vector<std::string>, std::string> WritePeers(
    const ScenarioPlan& plan, UnixTime now) {
  const std::string folder = plan.folder + "/" + kPeersFolder;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Failure(folder + ": " + error.message());
  std::vector<std::string> chains(plan.peers), digests(plan.peers);
  std::string why =
      DoNumbered(plan.peers, "peers", [&](std::size_t number) -> std::string {
        const Domain domain = PeerDomain(number);
        const std::string base = folder + "/" + domain.ascii();
        std::string& chain = chains[number - 1];
        chain = KeptChain(base, domain, now);
        if (chain.empty()) {
          auto made = NewChain(base, domain, now);
          if (!made) return made.error();
          chain = *std::move(made);
        }
        auto digest = KeyDigest(chain);
        if (!digest) return base + ".pem: " + digest.error();
        digests[number - 1] = *std::move(digest);
        return "";
      });
  if (why.empty()) why = WriteLists(plan, chains);
  if (!why.empty()) return Failure(std::move(why));
  return digests;
}

}  // namespace danegate
