#include "proxy/xmpp/proven_pairs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/xml_writer.h"
#include "verifier/check.h"

namespace danegate {
namespace {

StreamError BadAddress(const StanzaAddresses& stanza,
                       std::string_view attribute,
                       std::optional<std::string_view> value) {
  std::string text =
      "the '" + std::string(attribute) + "' of a " + std::string(stanza.stanza);
  text += value ? " is not a valid address: " + Quoted(*value) : " is missing";
  return {StreamCondition::kImproperAddressing, std::move(text)};
}
StreamError BadTo(const StanzaAddresses& stanza) {
  return BadAddress(stanza, "to", stanza.to);
}
StreamError BadFrom(const StanzaAddresses& stanza) {
  return BadAddress(stanza, "from", stanza.from);
}

std::optional<std::string_view> DomainIn(std::optional<std::string_view> jid) {
  return jid ? DomainOfJid(*jid) : std::nullopt;
}

}  // namespace

void ProvenPairs::Add(PairNumber number, const ProvenDomain& from, Domain to,
                      std::size_t stanza_bytes) {
  DANEGATE_CHECK(pairs_.size() < limits::kPairs);
  pairs_.push_back({number, KnownDomain(from.domain()),
                    KnownDomain(std::move(to)), stanza_bytes});
  stanza_bytes_ = std::max(stanza_bytes_, stanza_bytes);
}

Result<std::size_t, StreamError> ProvenPairs::Find(
    const StanzaAddresses& stanza) {
  const auto to = DomainIn(stanza.to);
  if (!to) return Failure(BadTo(stanza));
  const auto from = DomainIn(stanza.from);
  if (!from) return Failure(BadFrom(stanza));
  if (!pairs_.empty() && pairs_[last_].IsSpelled(*from, *to)) return last_;
  return FindSpelled(stanza, *from, *to);
}

Result<std::size_t, StreamError> ProvenPairs::FindSpelled(
    const StanzaAddresses& stanza, std::string_view from, std::string_view to) {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    if (pairs_[i].IsSpelled(from, to)) return last_ = i;
  }
  const auto to_domain = Domain::Parse(to);
  if (!to_domain) return Failure(BadTo(stanza));
  const auto from_domain = Domain::Parse(from);
  if (!from_domain) return Failure(BadFrom(stanza));
  bool knows_to = false;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    auto& pair = pairs_[i];
    if (pair.to.domain() != *to_domain) continue;
    knows_to = true;
    if (pair.from.domain() != *from_domain) continue;
    pair.to.Learn(to);
    pair.from.Learn(from);
    return last_ = i;
  }
  if (!knows_to) {
    return Failure(StreamError{StreamCondition::kHostUnknown,
                               "this stream is not for " + to_domain->ascii()});
  }
  return Failure(StreamError{
      //
      StreamCondition::kInvalidFrom, "this stream is not proven for " +
                                         from_domain->ascii() + " to " +
                                         to_domain->ascii()});
}

}  // namespace danegate
