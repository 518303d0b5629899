// Whatever bytes come as a domain: no crash, and what is taken is canonical.
#include "verifier/domain.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "verifier/check.h"

namespace {

bool IsHostName(std::string_view name) {
  for (const char c : name) {
    const bool is_alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!is_alphanumeric && c != '-' && c != '.') return false;
  }
  return !name.empty() && name.size() <= 253 && name.front() != '.' &&
         name.back() != '.' && name.find("..") == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto domain = danegate::Domain::Parse(text);
  if (!domain) return 0;
  DANEGATE_CHECK(IsHostName(domain->ascii()));
  // One form only: the canonical one and the one for people lead back.
  const auto again = danegate::Domain::Parse(domain->ascii());
  DANEGATE_CHECK(again.ok() && *again == *domain);
  const auto shown = danegate::Domain::Parse(domain->ToUnicode());
  DANEGATE_CHECK(shown.ok() && *shown == *domain);
  return 0;
}
