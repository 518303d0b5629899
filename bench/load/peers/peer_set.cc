#include "bench/load/peers/peer_set.h"

#include "bench/load/handshakes/name_list.h"
#include "tenants/config/file_text.h"

namespace danegate {
namespace {

constexpr std::size_t kMostPemOctets = 1 << 20;

Result<LoadPeer, std::string> ReadPeer(const std::string& folder,
                                       const Domain& domain) {
  const std::string file = folder + "/" + domain.ascii();
  const auto chain =
      ReadWholeFile(file + ".pem", kMostPemOctets, Secrecy::kPublic);
  if (!chain) return Failure(chain.error());
  const auto key =
      ReadWholeFile(file + ".key", kMostPemOctets, Secrecy::kPublic);
  if (!key) return Failure(key.error());
  auto credential = Credential::FromPem(*chain, *key);
  if (!credential) return Failure(file + ".pem: " + credential.error());
  return LoadPeer{domain, *std::move(credential)};
}

}  // namespace

Result<std::vector<LoadPeer>, std::string> ReadPeers(const std::string& folder,
                                                     std::size_t most) {
  const auto names = ReadNames(folder + "/names.txt");
  if (!names) return Failure(names.error());
  std::vector<LoadPeer> peers;
  for (const Domain& domain : *names) {
    if (peers.size() == most) break;
    auto peer = ReadPeer(folder, domain);
    if (!peer) return Failure(peer.error());
    peers.push_back(*std::move(peer));
  }
  return peers;
}

}  // namespace danegate
