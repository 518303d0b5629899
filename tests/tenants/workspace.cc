#include "tests/tenants/workspace.h"

#include <openssl/nid.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/tenants/certificates.h"
#include "verifier/check.h"

namespace danegate::testing {
namespace {

constexpr char kEdge[] = R"(listen:
  starttls: ["127.0.0.1:5269"]
edge:
  hosts: [edge.example]
  certificate:
    chain: edge.pem
    key: edge.key
edge_ca: {certificate: ca.pem, key: ca.key}
tenants: tenants.d
resolver:
  trust_anchor: root.key
trust_store: ca.pem
)";

constexpr char kTenant[] = R"(tenant: acme
domains: [acme.example, chat.acme.example]
identity: edge-key
certificate: {chain: ../acme.pem, key: ../edge.key}
backends:
  - address: 127.0.0.1:5270
    tls: direct
proof: {require: dane}
limits: {streams: 10}
)";

// Every file of a folder; keys are slow to make, so once.
std::map<std::string, std::string> MakeFiles() {
  std::map<std::string, std::string> files;
  const std::vector<std::string> names = {"acme.example", "*.acme.example"};
  const auto ca = Issue({.ca = true});
  const auto edge = Issue({.names = {"edge.example"}});
  const auto acme = Issue({.names = names, .key = edge.key.get()});
  const auto own = Issue({.names = names, .issuer = &ca});
  const auto other_ca = Issue({.ca = true});
  const auto no_ca = Issue({.names = {"no-ca.example"}});
  const auto unfit =
      Issue({.names = names, .issuer = &no_ca, .key = own.key.get()});
  const auto ended =
      Issue({.names = names, .key = edge.key.get(), .not_after = {1799999999}});
  const auto later = Issue(
      {.names = names, .key = edge.key.get(), .not_before = {1800000001}});
  const auto soon = Issue({.names = names,
                           .key = edge.key.get(),
                           .not_after = {kToday.seconds + 13 * 86400}});
  const auto nameless = Issue({.key = edge.key.get()});
  const auto p384 = NewKey(NID_secp384r1);
  const auto ca384 = Issue({.ca = true, .key = p384.get()});
  const auto rsa1024 = NewRsaKey(1024);
  const auto ca1024 = Issue({.ca = true, .key = rsa1024.get()});
  files["danegate.yaml"] = kEdge;
  files["tenants.d/acme.yaml"] = kTenant;
  files["root.key"] = ". IN DS 1 8 2 " + std::string(64, '0') + "\n";
  files["other.key"] = "example. IN DS 1 8 2 " + std::string(64, '0') + "\n";
  files["rubbish.key"] = ". IN DS what is this\n";
  files["ca.pem"] = ca.Pem();
  files["ca.key"] = ca.KeyPem();
  files["edge.pem"] = edge.Pem();
  files["edge.key"] = edge.KeyPem();
  files["acme.pem"] = acme.Pem();
  files["own.pem"] = own.Pem() + ca.Pem();
  files["own-alone.pem"] = own.Pem();
  files["own-foreign.pem"] = own.Pem() + other_ca.Pem();
  files["own-unfit.pem"] = unfit.Pem() + no_ca.Pem();
  files["own.key"] = own.KeyPem();
  files["encrypted.key"] = own.EncryptedKeyPem();
  files["ended.pem"] = ended.Pem();
  files["later.pem"] = later.Pem();
  files["soon.pem"] = soon.Pem();
  files["nameless.pem"] = nameless.Pem();
  files["ca384.pem"] = ca384.Pem();
  files["ca384.key"] = ca384.KeyPem();
  files["ca1024.pem"] = ca1024.Pem();
  files["ca1024.key"] = ca1024.KeyPem();
  files["not.pem"] = "nothing of this is PEM\n";
  return files;
}

}  // namespace

Workspace::Workspace() {
  static const auto files = MakeFiles();
  std::string name = std::filesystem::temp_directory_path() / "danegate-XXXXXX";
  DANEGATE_CHECK(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
  std::filesystem::create_directory(Path("tenants.d"));
  for (const auto& [file, text] : files) Write(file, text);
}

Workspace::~Workspace() { std::filesystem::remove_all(folder_); }

void Workspace::Write(const std::string& file, const std::string& text) const {
  std::ofstream(Path(file), std::ios::binary) << text;
  DANEGATE_CHECK(::chmod(Path(file).c_str(), 0600) == 0);
}

std::string Workspace::Read(const std::string& file) const {
  std::ifstream in(Path(file), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Workspace::Replace(const std::string& file, const std::string& from,
                        const std::string& to) const {
  std::string text = Read(file);
  const auto at = text.find(from);
  DANEGATE_CHECK(at != std::string::npos);
  DANEGATE_CHECK(text.find(from, at + 1) == std::string::npos);
  Write(file, text.replace(at, from.size(), to));
}

ConfigurationResult Workspace::ReadConfiguration(UnixTime now) const {
  return danegate::ReadConfiguration(Path("danegate.yaml"), now);
}

std::string Workspace::Place(const ConfigError& error) const {
  const std::string place = ToPlace(error.file, {error.line, error.column});
  return place.starts_with(folder_) ? place.substr(folder_.size() + 1) : place;
}

}  // namespace danegate::testing
