// PeerSet is the peers that `danegate-load scenario` wrote: a domain each, and
// the certificate and key that prove it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "verifier/credential.h"
#include "verifier/domain.h"
#include "verifier/result.h"

namespace danegate {

struct LoadPeer {
  Domain domain;
  std::shared_ptr<const Credential> credential;
};

// The peers of FOLDER/names.txt, with FOLDER/DOMAIN.pem and FOLDER/DOMAIN.key;
// the first `most` of them. The error says which file, and what is wrong.
Result<std::vector<LoadPeer>, std::string> ReadPeers(const std::string& folder,
                                                     std::size_t most);

}  // namespace danegate
