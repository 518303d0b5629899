#include "proxy/shard/hand_off.h"

#include "proxy/shard/proxy_header.h"
#include "verifier/hmac.h"

namespace danegate {
namespace {

constexpr unsigned char kAuthority = 0x02;
constexpr unsigned char kPeer = 0xE0;
constexpr unsigned char kSeal = 0xE1;
constexpr unsigned char kBackend = 0xE2;
constexpr unsigned char kNonce = 0xE3;

std::string FieldsOf(const HandOffClaim& claim) {
  std::string fields = WriteProxyField(kAuthority, claim.to.ToUnicode());
  if (claim.peer != nullptr) {
    fields += WriteProxyField(kPeer, claim.peer->domain().ToUnicode());
  }
  return fields + WriteProxyField(kBackend, claim.backend.ToString()) +
         WriteProxyField(kNonce, claim.nonce);
}

}  // namespace

std::string WriteHandOff(const HandOffClaim& claim) {
  // The length in the header counts the seal, so it is there at first.
  const std::string seal =
      WriteProxyField(kSeal, std::string(HexDigest().size(), '0'));
  std::string header =
      WriteProxyHeader(claim.source, claim.destination, FieldsOf(claim) + seal);
  header.resize(header.size() - seal.size());
  return header;
}

}  // namespace danegate
