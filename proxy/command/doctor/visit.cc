#include "proxy/command/doctor/visit.h"

#include <algorithm>
#include <utility>

#include "proxy/command/doctor/srv_findings.h"
#include "proxy/net/address.h"
#include "tenants/served_chains.h"

namespace danegate {
namespace {

// RFC 6761: nobody's, so that no server takes us for somebody.
constexpr char kNobody[] = "doctor.invalid";

std::vector<std::uint16_t> UsualPorts(const Settings& settings) {
  std::vector<std::uint16_t> ports{5269, 5270, 5222, 443};
  for (const bool direct : {false, true}) {
    const auto port = settings.PublicPort(direct);
    if (port && std::find(ports.begin(), ports.end(), *port) == ports.end()) {
      ports.push_back(*port);
    }
  }
  return ports;
}

std::vector<std::vector<std::uint8_t>> AddressesOf(const EndpointFacts& facts) {
  std::vector<std::vector<std::uint8_t>> addresses;
  for (std::size_t i = 0; i < Visit::kMaxAddresses; ++i) {
    for (const Answer* answer : {&facts.aaaa, &facts.a}) {
      if (i >= answer->rdata.size()) continue;
      if (addresses.size() == Visit::kMaxAddresses) break;
      addresses.push_back(answer->rdata[i]);
    }
  }
  return addresses;
}

}  // namespace

Visit::Visit(const Domain& domain, const VisitSurroundings& around,
             const Expectation& expected, Now now)
    : around_(around),
      expected_(expected),
      survey_(domain, UsualPorts(expected.settings)) {
  // What a peer without DANE is shown is what POSH is about.
  const auto chains = ChainsFor(around.tenants, expected.settings,
                                domain.ascii(), nullptr, false);
  if (!chains || chains->empty()) return;
  posh_.emplace(domain, chains->front(), around.posh, around.posh_guard, now);
}

Visit::~Visit() = default;

void Visit::Advance(Now now) {
  survey_.Advance(answers_);
  if (posh_) posh_->Advance(answers_, now);
  if (facts_ || !survey_.facts()) return;
  facts_ = *survey_.facts();
  for (EndpointFacts& endpoint : facts_->endpoints) AddServed(endpoint);
  if (around_.connect) Connect();
}

void Visit::AddServed(EndpointFacts& facts) const {
  if (!LeadsToUs(facts.target, expected_)) return;
  const bool direct = facts.target.direct_tls;
  const Domain& domain = facts_->domain;
  const auto add = [&](SniForm form, std::string_view sni, const Domain* to) {
    auto chains =
        ChainsFor(around_.tenants, expected_.settings, sni, to, direct);
    if (chains) facts.served.push_back({form, *std::move(chains)});
  };
  const Domain* const to = direct ? nullptr : &domain;
  add(SniForm::kSource, domain.ascii(), to);
  add(SniForm::kTarget, facts.target.host.ascii(), to);
  if (!direct) add(SniForm::kNone, "", to);  // XEP-0368 asks for SNI
}

void Visit::Connect() {
  for (std::size_t i = 0; i < facts_->endpoints.size(); ++i) {
    const EndpointFacts& endpoint = facts_->endpoints[i];
    if (!LeadsToUs(endpoint.target, expected_)) continue;
    for (const auto& address : AddressesOf(endpoint)) {
      ConnectTo(i, SniForm::kSource, address);
      ConnectTo(i, SniForm::kTarget, address);
    }
  }
}

void Visit::ConnectTo(std::size_t index, SniForm form,
                      std::vector<std::uint8_t> address) {
  const DelegatedTarget& target = facts_->endpoints[index].target;
  const std::string text =
      SocketAddress::FromOctets(address, target.port).ToString();
  auto& connection = *connections_.emplace_back(std::make_unique<Connection>(
      Connection{index, {form, address, text, "", {}}, nullptr}));
  connection.peer = std::make_unique<PeerProbe>(
      around_.loop,
      OutboundSettings{*Domain::Parse(kNobody), facts_->domain,
                       target.direct_tls},
      std::vector{Endpoint{target, {std::move(address)}, false}},
      [&connection] { connection.done = true; },
      form == SniForm::kTarget ? target.host : facts_->domain);
  connection.peer->Start();
}

bool Visit::HasConnected() const {
  return std::all_of(connections_.begin(), connections_.end(),
                     [](const auto& one) { return one->done; });
}

std::optional<HttpsRequest> Visit::NextRequest() {
  return posh_ ? posh_->NextRequest() : std::nullopt;
}

void Visit::OnReply(const HttpsReply& reply, Now now) {
  fetches_.push_back({posh_->url(), reply});
  posh_->OnReply(reply, now);
}

void Visit::OnDeadline(Now now) {
  if (posh_) posh_->OnDeadline(now);
}

bool Visit::is_done() const {
  return facts_ && (!posh_ || posh_->finding()) && HasConnected();
}

DomainFacts Visit::TakeFacts() {
  for (const auto& one : connections_) {
    Probe& probe = one->probe;
    probe.chain = one->peer->chain();
    if (probe.chain.empty()) probe.error = one->peer->attempts().back().error;
    facts_->endpoints[one->endpoint].probes.push_back(std::move(probe));
  }
  facts_->posh = std::move(fetches_);
  if (posh_) facts_->posh_end = posh_->finding()->detail;
  return *std::move(facts_);
}

}  // namespace danegate
