#include "verifier/posh/posh_search.h"

#include <algorithm>
#include <utility>

#include "verifier/posh/host_addresses.h"

namespace danegate {
namespace {

constexpr char kPath[] = "/.well-known/posh/xmpp-server.json";  // E-01, E-20

// E-09: 301 and 308 are no more lasting than the others.
bool IsRedirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

bool IsAbsence(unsigned status) { return status == 404 || status == 410; }

}  // namespace

PoshSearch::PoshSearch(const Domain& peer, const CertificateChain& chain,
                       const PoshSettings& settings, const AddressGuard& guard,
                       Now now)
    : chain_(chain),
      settings_(settings),
      guard_(&guard),
      started_(now.monotonic),
      url_{peer, settings.port, kPath} {
  if (chain_.empty()) {
    Conclude(Outcome::kAbsent, Reason::kNoCertificate,
             "the peer presented no certificate");
  }
}

void PoshSearch::Advance(Answers& answers, Now) {
  if (finding_ || step_ != Step::kLookingUp) return;
  HostAddresses host = FindAddresses(url_.host, *guard_, answers);
  switch (host.kind) {
    case HostAddresses::Kind::kPending:
      return;
    case HostAddresses::Kind::kFailed:  // E-23
      Conclude(Outcome::kIndeterminate,
               host.bogus ? Reason::kDnsBogus : Reason::kDnsFailed,
               std::move(host.detail));
      return;
    case HostAddresses::Kind::kNone:
    case HostAddresses::Kind::kRefused:
      Conclude(Outcome::kAbsent, Reason::kNoPosh, std::move(host.detail));
      return;
    case HostAddresses::Kind::kFound:
      addresses_ = std::move(host.addresses);
      step_ = Step::kReady;
      return;
  }
}

std::optional<HttpsRequest> PoshSearch::NextRequest() {
  if (finding_ || step_ != Step::kReady) return std::nullopt;
  step_ = Step::kFetching;
  return HttpsRequest{url_.host, url_.port, url_.path, std::move(addresses_),
                      deadline()};
}

void PoshSearch::OnReply(const HttpsReply& reply, Now now) {
  if (finding_ || step_ != Step::kFetching) return;
  if (reply.status == 200) return Read(reply.body, now);
  if (IsRedirect(reply.status)) return Redirect(reply.location);
  if (IsAbsence(reply.status)) {  // E-11
    Conclude(Outcome::kAbsent, Reason::kNoPosh,
             "the server says that there is no such document");
    return;
  }
  Conclude(Outcome::kIndeterminate, Reason::kPoshFailed,
           reply.status == 0 ? reply.failure
                             : "the server answered with status " +
                                   std::to_string(reply.status));
}

void PoshSearch::Redirect(const std::string& location) {
  if (++redirects_ > kMaxRedirects) {
    Conclude(Outcome::kIndeterminate, Reason::kPoshFailed,
             "more than " + std::to_string(kMaxRedirects) + " redirects");
    return;
  }
  auto url = url_.Resolve(location);
  if (!url) {
    Conclude(Outcome::kIndeterminate, Reason::kPoshFailed,
             "the redirect leads nowhere: " + url.error());
    return;
  }
  GoTo(*std::move(url));
}

void PoshSearch::Read(const std::string& body, Now now) {
  const auto document = PoshDocument::Parse(body);
  if (!document) {
    Conclude(Outcome::kIndeterminate, Reason::kPoshFailed,
             "the document cannot be used: " + document.error());
    return;
  }
  usable_until_ =
      std::min(usable_until_, now.monotonic + document->expires());  // E-15
  if (usable_until_ <= now.monotonic) {                              // E-07
    Conclude(Outcome::kAbsent, Reason::kNoPosh,
             "the document says that it is no longer valid");
    return;
  }
  if (!document->reference()) return ReadFingerprints(*document, now);
  if (is_referred_) {  // E-08
    Conclude(Outcome::kIndeterminate, Reason::kPoshFailed,
             "the document that was referred to refers to another one");
    return;
  }
  is_referred_ = true;
  GoTo(*document->reference());
}

void PoshSearch::ReadFingerprints(const PoshDocument& document, Now now) {
  PoshMatch match = document.Match(chain_, now.wall);
  const Outcome outcome = match.reason == Reason::kMatched ? Outcome::kProved
                          : match.reason == Reason::kNoPosh
                              ? Outcome::kAbsent
                              : Outcome::kDisproved;
  PoshFinding& finding =
      Conclude(outcome, match.reason, std::move(match.detail));
  finding.not_after = match.not_after;
  if (outcome == Outcome::kAbsent) return;
  finding.lifetime =
      std::chrono::floor<std::chrono::seconds>(usable_until_ - now.monotonic);
}

void PoshSearch::GoTo(HttpsUrl url) {
  url_ = std::move(url);
  step_ = Step::kLookingUp;
  // E-18: another host may be named at will.
  const std::string why = url_.port == settings_.port
                              ? std::string()
                              : guard_->WhyPortRefused(url_.port);
  if (!why.empty()) Conclude(Outcome::kAbsent, Reason::kNoPosh, why);
}

PoshFinding& PoshSearch::Conclude(Outcome outcome, Reason reason,
                                  std::string detail) {
  return finding_.emplace(PoshFinding{.outcome = outcome,
                                      .reason = reason,
                                      .url = url_.ToText(),
                                      .detail = std::move(detail)});
}

Instant PoshSearch::deadline() const {
  return finding_ ? Instant::Never() : started_ + kTimeLimit;
}

void PoshSearch::OnDeadline(Now now) {
  if (now.monotonic < deadline()) return;
  Conclude(Outcome::kIndeterminate, Reason::kPoshFailed,
           "it was not found out within " + std::to_string(kTimeLimit.count()) +
               " s");
}

}  // namespace danegate
