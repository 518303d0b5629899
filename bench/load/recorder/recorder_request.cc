#include "bench/load/recorder/recorder_request.h"

#include <utility>

#include "tenants/config/address.h"
#include "tenants/config/file_text.h"

namespace danegate {
namespace {

constexpr std::size_t kMostPemOctets = 1 << 20;

}  // namespace

Result<RecorderPlan, std::string> ToRecorderPlan(
    const RecorderRequest& request) {
  const RecorderOptions& options = request.options;
  const auto address = ParseConfiguredAddress(request.address);
  if (!address) return Failure(options.address + ": " + address.error());
  auto socket = SocketAddress::Parse(address->host, address->port);
  if (!socket) return Failure(options.address + ": " + socket.error());
  const auto chain =
      ReadWholeFile(request.certificate_file, kMostPemOctets, Secrecy::kPublic);
  if (!chain) return Failure(options.certificate + ": " + chain.error());
  const auto key =
      ReadWholeFile(request.key_file, kMostPemOctets, Secrecy::kPublic);
  if (!key) return Failure(options.key + ": " + key.error());
  auto credential = Credential::FromPem(*chain, *key);
  if (!credential) {
    return Failure(options.certificate + ", " + options.key + ": " +
                   credential.error());
  }
  return RecorderPlan{*socket, request.tls == BackendTls::kDirect,
                      *std::move(credential)};
}

}  // namespace danegate
