#include "bench/load/scenario/zone_signing.h"

#include <chrono>
#include <cstddef>
#include <utility>

#include "bench/load/process/program.h"
#include "bench/load/tenants/output_folder.h"
#include "tenants/config/file_text.h"
#include "verifier/result.h"

namespace danegate {
namespace {

using std::chrono::hours;

constexpr hours kBackdate{1};
constexpr hours kLifetime{24 * 30};
constexpr std::chrono::minutes kMostTime{5};
constexpr std::size_t kMostKeyOctets = 65536;
constexpr char kPackage[] = "ldnsutils";

std::string Absolute(const std::string& name) {
  return name == "." ? name : name + ".";
}

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find_first_of(";\n"));
}

class Signer {
 public:
  Signer(std::string keygen, std::string signzone, const std::string& folder,
         UnixTime now)
      : keygen_(std::move(keygen)),
        signzone_(std::move(signzone)),
        folder_(folder),
        now_(now) {}

  std::string Run(std::vector<Zone> zones);

 private:
  std::string MakeKeys(const std::vector<Zone>& zones);
  std::string Sign(const Zone& zone, const std::string& key);
  // A line that ldns-keygen has written for the key of the zone.
  Result<std::string, std::string> Line(std::size_t zone,
                                        const std::string& ending) const;

  const std::string keygen_;
  const std::string signzone_;
  const std::string folder_;
  const UnixTime now_;
  std::vector<std::string> keys_;  // their files' names without an ending
};

Result<std::string, std::string> Signer::Line(std::size_t zone,
                                              const std::string& ending) const {
  const auto text = ReadWholeFile(folder_ + "/" + keys_[zone] + ending,
                                  kMostKeyOctets, Secrecy::kPublic);
  if (!text) return Failure(text.error());
  return FirstLine(*text) + "\n";
}

std::string Signer::MakeKeys(const std::vector<Zone>& zones) {
  for (const Zone& zone : zones) {
    const auto made = RunProgram({keygen_, "-k", "-r", "/dev/urandom", "-a",
                                  "ECDSAP256SHA256", Absolute(zone.name)},
                                 folder_, kMostTime);
    if (!made) return made.error();
    keys_.push_back(FirstLine(*made));
  }
  return "";
}

std::string Signer::Sign(const Zone& zone, const std::string& key) {
  const std::string file = ZoneFile(zone.name);
  std::string why =
      WriteFile(folder_ + "/" + file, zone.text, FileMode::kPublic);
  if (!why.empty()) return why;
  const auto done =
      RunProgram({signzone_, "-o", Absolute(zone.name), "-i",
                  std::to_string((now_ + -kBackdate).seconds), "-e",
                  std::to_string((now_ + kLifetime).seconds), "-f",
                  file + ".signed", file, key},
                 folder_, kMostTime);
  return done ? "" : done.error();
}

std::string Signer::Run(std::vector<Zone> zones) {
  if (std::string why = MakeKeys(zones); !why.empty()) return why;
  for (std::size_t i = 1; i < zones.size(); ++i) {
    const auto ds = Line(i, ".ds");
    if (!ds) return ds.error();
    zones[zones[i].above].text += Absolute(zones[i].name) + " NS ns.\n" + *ds;
  }
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (std::string why = Sign(zones[i], keys_[i]); !why.empty()) return why;
  }
  const auto ds = Line(0, ".ds");
  const auto key = Line(0, ".key");
  if (!ds || !key) return ds ? key.error() : ds.error();
  return WriteFile(folder_ + "/" + kAnchorFile, *ds + *key, FileMode::kPublic);
}

}  // namespace

std::string WriteSignedZones(std::vector<Zone> zones, const std::string& folder,
                             UnixTime now) {
  auto keygen = FindProgram("ldns-keygen", kPackage);
  if (!keygen) return keygen.error();
  auto signzone = FindProgram("ldns-signzone", kPackage);
  if (!signzone) return signzone.error();
  Signer signer(*std::move(keygen), *std::move(signzone), folder, now);
  return signer.Run(std::move(zones));
}

}  // namespace danegate
