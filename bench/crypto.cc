// What do the signatures, verifications and key shares of a handshake cost?
// Sums of these are the ceilings that bench/compare/run holds danegate
// against. BoringSSL is the one that danegate is built with.
#include <benchmark/benchmark.h>
#include <openssl/curve25519.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace danegate {
namespace {

// A SHA-256 digest of something.
using Digest = std::array<std::uint8_t, 32>;

Digest AnyDigest() {
  Digest digest;
  RAND_bytes(digest.data(), digest.size());
  return digest;
}

bssl::UniquePtr<EC_KEY> NewP256() {
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  return EC_KEY_generate_key(key.get()) == 1 ? std::move(key) : nullptr;
}

struct Signature {
  std::array<std::uint8_t, 80> octets;
  unsigned size = 0;
};

bool Sign(const Digest& digest, EC_KEY* key, Signature* made) {
  return ECDSA_sign(0, digest.data(), digest.size(), made->octets.data(),
                    &made->size, key) == 1;
}

void P256Sign(benchmark::State& state) {
  const auto key = NewP256();
  const Digest digest = AnyDigest();
  Signature made;
  for (auto _ : state) {
    if (!Sign(digest, key.get(), &made)) state.SkipWithError("no signature");
  }
}
BENCHMARK(P256Sign);

void P256Verify(benchmark::State& state) {
  const auto key = NewP256();
  const Digest digest = AnyDigest();
  Signature made;
  if (!Sign(digest, key.get(), &made)) state.SkipWithError("no signature");
  for (auto _ : state) {
    if (ECDSA_verify(0, digest.data(), digest.size(), made.octets.data(),
                     made.size, key.get()) != 1) {
      state.SkipWithError("not verified");
    }
  }
}
BENCHMARK(P256Verify);

// The key of a certificate that is minted.
void P256Key(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(NewP256());
}
BENCHMARK(P256Key);

// A key share of ours.
void X25519Key(benchmark::State& state) {
  std::array<std::uint8_t, 32> shared, secret;
  for (auto _ : state) {
    X25519_keypair(shared.data(), secret.data());
    benchmark::DoNotOptimize(shared);
  }
}
BENCHMARK(X25519Key);

// What both ends make of the other's.
void X25519Shared(benchmark::State& state) {
  std::array<std::uint8_t, 32> shared, ours, theirs, secret, unused;
  X25519_keypair(shared.data(), ours.data());
  X25519_keypair(theirs.data(), unused.data());
  for (auto _ : state) {
    if (X25519(secret.data(), ours.data(), theirs.data()) != 1) {
      state.SkipWithError("no shared secret");
    }
    benchmark::DoNotOptimize(secret);
  }
}
BENCHMARK(X25519Shared);

}  // namespace
}  // namespace danegate
