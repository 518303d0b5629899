#include "tenants/config/secret_file.h"

#include <utility>

#include "tenants/config/file_text.h"

namespace danegate {
namespace {

constexpr std::size_t kLeastSecret = 32;
constexpr std::size_t kMostSecret = 1024;

}  // namespace

std::string ReadSecret(const Fields& fields, std::string_view key,
                       FileLog* log) {
  const std::string file = fields.Text(key);
  if (file.empty()) return {};
  auto text = ReadWholeFile(PathBeside(log->file(), file), kMostSecret,
                            Secrecy::kOwnerOnly);
  if (!text) {
    log->Error(fields.At(key), std::string(key) + ": " + text.error());
    return {};
  }
  std::string secret = *std::move(text);
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) {
    secret.pop_back();
  }
  if (secret.size() >= kLeastSecret) return secret;
  log->Error(fields.At(key),
             std::string(key) + ": expected a secret of at least " +
                 std::to_string(kLeastSecret) + " characters; found " +
                 std::to_string(secret.size()) +
                 "; make one with: openssl rand -hex 32");
  return {};
}

}  // namespace danegate
