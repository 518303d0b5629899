#include "proxy/ops/edge_renewal.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "tenants/config/certificate_facts.h"
#include "tenants/tenant_file.h"

namespace danegate {
namespace {

bool AreAlike(const Credential& one, const Credential& other) {
  return one.chain().ChainDigest() == other.chain().ChainDigest() &&
         HaveSameKey(one, other);
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    text.append(text.empty() ? "" : ", ").append(word);
  }
  return text;
}

}  // namespace

EdgeRenewal::EdgeRenewal(std::string file, const Settings& settings)
    : file_(std::filesystem::absolute(file).lexically_normal().string()),
      running_(settings),
      certificate_(settings.edge_credential),
      edge_ca_(settings.edge_ca),
      files_{file_} {
  files_.insert(files_.end(), settings.certificate_files.begin(),
                settings.certificate_files.end());
}

EdgeRenewal::Changes EdgeRenewal::Read(UnixTime now) {
  EdgeFile edge = ReadEdge(file_, now);
  Changes changes{nullptr, nullptr, std::move(edge.errors)};
  if (!edge.good) return changes;
  files_.resize(1);
  files_.insert(files_.end(), edge.settings->certificate_files.begin(),
                edge.settings->certificate_files.end());
  if (!AreAlike(*edge.settings->edge_credential, *certificate_)) {
    changes.certificate = edge.settings->edge_credential;
  }
  if (!AreAlike(*edge.settings->edge_ca, *edge_ca_)) {
    changes.edge_ca = edge.settings->edge_ca;
  }
  const auto waiting = SettingsForTheNextStart(running_, *edge.settings);
  if (!waiting.empty()) {
    changes.errors.push_back(
        {.file = file_,
         .message = "other settings than the edge runs with, which are taken "
                    "up at its next start: " +
                    Joined(waiting),
         .warning = true});
  }
  return changes;
}

void EdgeRenewal::Accept(const Changes& changes) {
  if (changes.certificate) certificate_ = changes.certificate;
  if (changes.edge_ca) edge_ca_ = changes.edge_ca;
}

bool EdgeRenewal::IsConcerned(const std::string& path) const {
  return std::find(files_.begin(), files_.end(), path) != files_.end();
}

}  // namespace danegate
