#include "proxy/shard/hand_off.h"

#include <cstdint>

#include "proxy/shard/proxy_header.h"
#include "verifier/check.h"
#include "verifier/hmac.h"

namespace danegate {
namespace {

constexpr unsigned char kAuthority = 0x02;
constexpr unsigned char kPeer = 0xE0;
constexpr unsigned char kSeal = 0xE1;
constexpr unsigned char kTime = 0xE2;
constexpr unsigned char kNonce = 0xE3;

constexpr std::string_view kSealLabel("danegate hand-off 1\0", 20);
constexpr std::string_view kTakenLabel("danegate hand-off 1 taken\0", 26);

std::string Labelled(std::string_view label, std::string_view octets) {
  return std::string(label) + std::string(octets);
}

std::string NetworkOrder(std::uint64_t number) {
  std::string octets;
  for (int shift = 56; shift >= 0; shift -= 8) {
    octets += static_cast<char>((number >> shift) & 0xFF);
  }
  return octets;
}

std::string FieldsOf(const HandOffClaim& claim) {
  std::string fields = WriteProxyField(kAuthority, claim.to.ToUnicode());
  if (claim.peer != nullptr) {
    fields += WriteProxyField(kPeer, claim.peer->domain().ToUnicode());
  }
  const auto seconds = static_cast<std::uint64_t>(claim.time.seconds);
  return fields + WriteProxyField(kTime, NetworkOrder(seconds)) +
         WriteProxyField(kNonce, claim.nonce);
}

}  // namespace

HandOff WriteHandOff(const HandOffClaim& claim, std::string_view secret) {
  DANEGATE_CHECK(!secret.empty());
  // The length in the header counts the seal, so it is there before it is made.
  const std::string blank =
      WriteProxyField(kSeal, std::string(HexDigest().size(), '0'));
  std::string header = WriteProxyHeader(claim.source, claim.destination,
                                        FieldsOf(claim) + blank);
  header.resize(header.size() - blank.size());
  const HexDigest seal = HmacSha256(secret, Labelled(kSealLabel, header));
  const HexDigest proof =
      HmacSha256(secret, Labelled(kTakenLabel, AsText(seal)));
  return {header + WriteProxyField(kSeal, AsText(seal)),
          Labelled("danegate-1 taken ", AsText(proof))};
}

}  // namespace danegate
