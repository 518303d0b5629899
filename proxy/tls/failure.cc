#include "proxy/tls/failure.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdint>

#include "proxy/tls/limits.h"

namespace danegate {
namespace {

struct Sentence {
  int reason;
  const char* text;
};

// What a mistaken or hostile peer can cause. Everything else is told in
// BoringSSL's own words.
constexpr Sentence kSentences[] = {
    {SSL_R_HTTP_REQUEST, "expected a TLS ClientHello; the peer speaks HTTP"},
    {SSL_R_HTTPS_PROXY_REQUEST,
     "expected a TLS ClientHello; the peer speaks HTTP"},
    {SSL_R_WRONG_VERSION_NUMBER,
     "expected a TLS record; what came is none: is the peer speaking "
     "cleartext?"},
    {SSL_R_INVALID_OUTER_RECORD_TYPE,
     "expected a TLS record; what came is none: is the peer speaking "
     "cleartext?"},
    {SSL_R_UNSUPPORTED_PROTOCOL,
     "no TLS version in common; expected TLS 1.2 or 1.3"},
    {SSL_R_NO_SHARED_CIPHER,
     "no cipher in common; TLS 1.2 needs ECDHE with AES-GCM or "
     "ChaCha20-Poly1305, and one that fits the type of the key served"},
    {SSL_R_NO_SHARED_GROUP, "no group in common; expected X25519 or P-256"},
    {SSL_R_WRONG_CURVE, "no group in common; expected X25519 or P-256"},
    {SSL_R_NO_COMMON_SIGNATURE_ALGORITHMS,
     "no signature algorithm in common with the key in use; SHA-1 is not "
     "accepted"},
    {SSL_R_WRONG_SIGNATURE_TYPE,
     "the peer signed with an algorithm that was not offered; SHA-1 is not "
     "accepted"},
    {SSL_R_BAD_SIGNATURE,
     "the peer does not hold the key of the certificate that it presented"},
    {SSL_R_KEY_USAGE_BIT_INCORRECT,
     "the peer's certificate has a keyUsage without digitalSignature"},
    {SSL_R_EXCESSIVE_MESSAGE_SIZE,
     "a handshake message or certificate chain over 16 KiB"},
    {SSL_R_NO_RENEGOTIATION,
     "the peer tried to renegotiate, which is not supported"},
    {SSL_R_TOO_MANY_KEY_UPDATES,
     "the peer sent too many KeyUpdates without data between them"},
    {SSL_R_TOO_MANY_WARNING_ALERTS, "the peer sent too many warning alerts"},
    {SSL_R_TOO_MANY_EMPTY_FRAGMENTS, "the peer sent too many empty records"},
    {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
     "a record did not decrypt: damaged on its way, or forged"},
};
static_assert(tls_limits::kMaxChainBytes == 16 * 1024, "said in a sentence");

std::string Words(std::uint32_t error) {
  const char* reason = ERR_reason_error_string(error);
  std::string words = reason == nullptr ? "unknown error" : reason;
  for (char& c : words) {
    if (c == '_') c = ' ';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return words;
}

std::string Describe(std::uint32_t error) {
  const int reason = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) {
    return "TLS failed: " + Words(error);
  }
  if (reason >= SSL_AD_REASON_OFFSET) {
    return std::string("the peer ended TLS with the alert '") +
           SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET) + "'";
  }
  for (const Sentence& sentence : kSentences) {
    if (sentence.reason == reason) return sentence.text;
  }
  return "TLS failed: " + Words(error);
}

}  // namespace

std::string TakeFailure() {
  // Oldest first: what libcrypto met, then what that means to TLS.
  std::uint32_t told = 0;
  while (const std::uint32_t error = ERR_get_error()) {
    if (told == 0) told = error;
    if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
      told = error;
      break;
    }
  }
  ERR_clear_error();
  if (told == 0) return "the peer ended TLS before the handshake was over";
  return Describe(told);
}

}  // namespace danegate
