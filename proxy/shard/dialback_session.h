// DialbackSession asks the authoritative server of a claimed domain whether it
// made a key: it finds the server, connects, has its certificate judged, and
// puts the question (XEP-0220 2.1; G-23 to G-29).
//
// It joins a SecureLink with an AuthorityStream. What a stranger makes us do is
// bounded here: the endpoints of one domain are tried in turn, at most
// kMaxConnects connections in kTimeLimit, each to an address and a port that
// the guard lets pass and that was looked up once (L-06, threats D4, D5, D7).
//
// Lifetime: may be destroyed at any time but within OnDialbackEnded(). Thread:
// the shard's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proxy/shard/secure_link.h"
#include "proxy/xmpp/authority_stream.h"
#include "proxy/xmpp/ingress_stream.h"
#include "verifier/policy.h"
#include "verifier/route.h"
#include "verifier/verdict.h"

namespace danegate {

class DialbackSession;
class Shard;

class DialbackOwner {
 public:
  // Once, and the last.
  virtual void OnDialbackEnded(DialbackSession&, const DialbackResult&) = 0;
  // The deadline may have changed.
  virtual void OnDialbackProgress() = 0;
  // Please look up; answer with OnRoute() and OnVerdict().
  virtual void FindRoute(DialbackSession&, const Domain&) = 0;
  virtual void JudgeAuthority(DialbackSession&, ClaimedDomain,
                              CertificateChain) = 0;

 protected:
  ~DialbackOwner() = default;
};

class DialbackSession final : public SecureLinkOwner {
 public:
  static constexpr std::size_t kMaxConnects = 8;
  static constexpr std::chrono::seconds kTimeLimit{20};
  // For one address to answer.
  static constexpr std::chrono::seconds kConnectTime{5};

  DialbackSession(Shard&, DialbackOwner&, action::DialBack);
  ~DialbackSession();
  DialbackSession(const DialbackSession&) = delete;
  DialbackSession& operator=(const DialbackSession&) = delete;

  void Start();
  void OnRoute(const Route&);
  void OnVerdict(const Verdict&);
  void OnDeadline(Instant now);
  // Breaks it off; the owner hears nothing more.
  void Finish();

  PairNumber pair() const { return request_.pair; }
  const Domain& from() const { return request_.from.domain; }
  const Domain& to() const { return request_.to; }
  Instant deadline() const;

 private:
  // The authoritative server's link.
  void OnConnected() override;
  void OnTlsEstablished() override;
  void OnPlaintext(std::span<const std::byte>) override;
  void OnDrained() override {}
  void OnEnded(const LinkEnd&) override;

  void TryNextAddress();
  bool Connect(const Endpoint&, std::span<const std::uint8_t> address);
  void Settle();
  void Carry(const Action&);
  void OnAnswer(const action::KeyVerified&);
  // Ends with this error unless another address may do better.
  void GiveUpAddress(DialbackError);
  void End(DialbackResult);

  Shard& shard_;
  DialbackOwner& owner_;
  const action::DialBack request_;
  const Instant ends_;
  Instant connect_until_ = Instant::Never();
  Route route_;
  std::size_t endpoint_ = 0;
  std::size_t address_ = 0;
  std::size_t connects_ = 0;
  DialbackError last_error_;
  std::optional<AuthorityStream> stream_;
  std::unique_ptr<SecureLink> link_;
  // The one before, whose callback may still be running.
  std::unique_ptr<SecureLink> last_link_;
  bool over_ = false;
};

}  // namespace danegate
