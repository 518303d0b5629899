#include "bench/load/tenants/tenant_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <system_error>

#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::array<std::string_view, 3> kEndings = {".yaml", ".pem", ".key"};

}  // namespace

std::string TenantName(std::size_t number) {
  DANEGATE_CHECK(number >= 1 && number <= 999'999);
  char text[16];
  std::snprintf(text, sizeof text, "t%06zu", number);
  return text;
}

std::optional<std::size_t> TenantOfFile(std::string_view name) {
  if (name.size() <= 1 + kDigits || name[0] != 't') return std::nullopt;
  const auto ending = name.substr(1 + kDigits);
  if (std::find(kEndings.begin(), kEndings.end(), ending) == kEndings.end()) {
    return std::nullopt;
  }
  std::size_t number = 0;
  const char* const end = name.data() + 1 + kDigits;
  const auto read = std::from_chars(name.data() + 1, end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::string ChainFileOf(const std::string& folder, const Domain& domain) {
  const std::string& text = domain.ascii();
  return folder + "/" + kTenantsFolder + "/" + text.substr(0, text.find('.')) +
         ".pem";
}

}  // namespace danegate
