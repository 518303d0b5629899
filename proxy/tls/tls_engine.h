// TlsEngine is one TLS connection over memory: ciphertext in, plaintext out,
// and back. It knows no socket.
//
// Contract: after OnCiphertext(), Read() until it returns 0, then look at
// state(), and send ciphertext(). kOpen means that the handshake is over on
// both sides' word: a peer that presented a chain has shown that it holds the
// leaf's key (D1). Thread: one owner. Errors: state() is kFailed and error()
// says why; whatever alert BoringSSL made is in ciphertext().
#pragma once

#include <openssl/base.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "verifier/certificate.h"
#include "verifier/credential.h"
#include "verifier/domain.h"

namespace danegate {

class ServerContext;
class ClientContext;

class TlsEngine {
 public:
  enum class State {
    kHandshaking,
    kOpen,
    kClosed,  // the other side said close_notify: no truncation
    kFailed,
  };

  // As the server. `to` is the cleartext header's, if any (D9); `direct` tells
  // direct TLS from STARTTLS, which differ in what an unknown SNI gets (K-3).
  static TlsEngine Accept(const ServerContext&, std::optional<Domain> to,
                          bool direct);
  // As the client, presenting `credential` if it is not null. `server_name`
  // goes into SNI. The first flight is in ciphertext() at once.
  static TlsEngine Connect(const ClientContext&,
                           std::shared_ptr<const Credential> credential,
                           const Domain& server_name, bool direct);
  ~TlsEngine();
  TlsEngine(TlsEngine&&) noexcept;
  TlsEngine& operator=(TlsEngine&&) noexcept;

  // Takes all of it; drives the handshake. Ignored once kClosed or kFailed.
  // REQUIRES: what the last call made readable has been read until Read()
  // returned 0.
  void OnCiphertext(std::span<const std::byte>);
  // What the handshake stands still for (ServedCertificate::waits_for); 0: for
  // nothing but the other side.
  std::uint64_t waits_for() const;
  // It may be there now: goes on with what has come. As OnCiphertext().
  void Resume();
  // Decrypts into `out`; returns the octets written, 0 if there are none now.
  // May change state().
  std::size_t Read(std::span<std::byte> out);
  // Takes all of it. The other side's close_notify ends its direction only.
  // REQUIRES: state() is kOpen or kClosed, and Close() was not called.
  void Write(std::span<const std::byte> plaintext);
  // Queues close_notify, once. Further Write() is forbidden; Read() is not.
  void Close();

  // What is to be sent; valid until the next call of a non-const member.
  std::span<const std::byte> ciphertext() const;
  // Drops the first `count` octets of ciphertext().
  void ConsumeCiphertext(std::size_t count);

  State state() const;
  // For kFailed: what went wrong, in one sentence.
  const std::string& error() const;

  // Meaningful once state() is or was kOpen.
  CertificateChain peer_chain() const;
  std::string_view version() const;      // "TLSv1.3"
  std::string_view cipher() const;       // "TLS_AES_128_GCM_SHA256"
  std::string_view server_name() const;  // the SNI, or empty
  // The tenant whose certificate was served; empty for an edge host's.
  const std::string& served_tenant() const;

 private:
  class Connection;
  explicit TlsEngine(std::unique_ptr<Connection>);

  std::unique_ptr<Connection> connection_;
};

}  // namespace danegate
