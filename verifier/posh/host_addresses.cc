#include "verifier/posh/host_addresses.h"

#include <algorithm>
#include <utility>

namespace danegate {
namespace {

using Addresses = std::vector<std::vector<std::uint8_t>>;
using Kind = HostAddresses::Kind;

HostAddresses Without(Kind kind, std::string detail) {
  HostAddresses addresses;
  addresses.kind = kind;
  addresses.detail = std::move(detail);
  return addresses;
}

HostAddresses Failed(const Answer& answer) {
  HostAddresses failed =
      Without(Kind::kFailed, answer.question.name + " " +
                                 std::string(ToString(answer.question.type)) +
                                 ": " + answer.failure);
  failed.bogus = answer.security == DnsSecurity::kBogus;
  return failed;
}

bool IsBogus(const Answer& answer) {
  return answer.status == DnsStatus::kFailed &&
         answer.security == DnsSecurity::kBogus;
}

// What may be reached, and why the first other one may not.
struct Vetted {
  Addresses reachable;
  std::string refusal;
};

Vetted Vet(const Answer& answer, const AddressGuard& guard) {
  Vetted vetted;
  const std::size_t size = answer.question.type == RecordType::kA ? 4 : 16;
  for (const auto& address : answer.rdata) {
    std::string why =
        address.size() == size ? guard.WhyRefused(address) : "it is no address";
    if (why.empty()) {
      vetted.reachable.push_back(address);
    } else if (vetted.refusal.empty()) {
      vetted.refusal = std::move(why);
    }
  }
  return vetted;
}

Addresses Join(Addresses ipv6, Addresses ipv4) {
  const auto share = [](const Addresses& own, const Addresses& other) {
    constexpr std::size_t kHalf = HostAddresses::kMax / 2;
    return std::min(own.size(),
                    HostAddresses::kMax - std::min(kHalf, other.size()));
  };
  const std::size_t of_ipv6 = share(ipv6, ipv4);
  ipv4.resize(share(ipv4, ipv6));
  ipv6.resize(of_ipv6);
  ipv6.insert(ipv6.end(), ipv4.begin(), ipv4.end());
  return ipv6;
}

}  // namespace

HostAddresses FindAddresses(const Domain& host, const AddressGuard& guard,
                            Answers& answers) {
  const Answer* ipv4 = answers.Find({host.ascii(), RecordType::kA});
  const Answer* ipv6 = answers.Find({host.ascii(), RecordType::kAaaa});
  if (ipv4 == nullptr || ipv6 == nullptr) return {};
  for (const Answer* answer : {ipv4, ipv6}) {
    if (IsBogus(*answer)) return Failed(*answer);
  }
  Vetted vetted4 = Vet(*ipv4, guard);
  Vetted vetted6 = Vet(*ipv6, guard);
  HostAddresses found;
  found.kind = Kind::kFound;
  found.addresses =
      Join(std::move(vetted6.reachable), std::move(vetted4.reachable));
  if (!found.addresses.empty()) return found;
  for (const Answer* answer : {ipv4, ipv6}) {
    if (answer->status == DnsStatus::kFailed) return Failed(*answer);
  }
  const std::string& why =
      vetted4.refusal.empty() ? vetted6.refusal : vetted4.refusal;
  if (why.empty())
    return Without(Kind::kNone, host.ascii() + " has no address");
  return Without(Kind::kRefused, "no address of " + host.ascii() +
                                     " may be connected to: " + why);
}

}  // namespace danegate
