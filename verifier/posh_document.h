// PoshDocument is what a domain publishes at .well-known/posh (RFC 7711): the
// fingerprints of its certificates, or the URL where they are. Pure; the door
// to the JSON parser.
//
// Whoever claims a domain decides what is read here, so all of it is bounded,
// and what RFC 7711 does not allow is an error in words that hold nothing of
// the input (E-03, E-19, threats D6). Members that it does not name are
// ignored.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/instant.h"
#include "verifier/posh/https_url.h"
#include "verifier/proof.h"
#include "verifier/result.h"

namespace danegate {

using Sha512 = std::array<std::uint8_t, 64>;

// Descriptor holds the fingerprints of one certificate; those by other hashes
// are left out (E-05).
struct PoshDescriptor {
  std::optional<Sha256> sha256;
  std::optional<Sha512> sha512;

  bool usable() const { return sha256 || sha512; }
};

// What a document says about a certificate.
struct PoshMatch {
  // kMatched; kPoshNoMatch; kExpired: its fingerprint is there, but it is
  // outside of its validity (E-13); kNoPosh: no fingerprint can be used (E-05).
  Reason reason = Reason::kPoshNoMatch;
  // For kMatched: the end of the certificate's validity (E-17).
  UnixTime not_after;
  // A sentence.
  std::string detail;
};

class PoshDocument {
 public:
  static constexpr std::size_t kMaxOctets = 64 * 1024;  // E-18
  static constexpr std::size_t kMaxDepth = 8;
  static constexpr std::size_t kMaxDescriptors = 64;
  static constexpr std::chrono::hours kMaxLifetime{24};  // E-15

  static Result<PoshDocument, std::string> Parse(std::string_view json);

  // Where the fingerprints are, if they are not here (E-08).
  const std::optional<HttpsUrl>& reference() const { return reference_; }
  // Alternatives (E-06); empty exactly if there is a reference.
  const std::vector<PoshDescriptor>& fingerprints() const {
    return fingerprints_;
  }
  // From 0, which means that the document is no longer valid (E-07), to
  // kMaxLifetime.
  std::chrono::seconds expires() const { return expires_; }

  // Match compares the whole leaf (E-04) with each descriptor, all of whose
  // hashes must agree (E-06). The certificate's names and issuer do not count;
  // its validity does (E-13). `expires` is the caller's to obey.
  // REQUIRES: !chain.empty(), !reference().
  PoshMatch Match(const CertificateChain& chain, UnixTime at) const;

 private:
  PoshDocument() = default;

  std::optional<HttpsUrl> reference_;
  std::vector<PoshDescriptor> fingerprints_;
  std::chrono::seconds expires_{0};
};

// The document with the fingerprints of these leaves by sha-256, in their
// order; JSON. REQUIRES: no chain is empty.
std::string WritePoshFingerprints(std::span<const CertificateChain>,
                                  std::chrono::seconds expires);
// The one that refers to it (E-08).
std::string WritePoshReference(const HttpsUrl&, std::chrono::seconds expires);

}  // namespace danegate
