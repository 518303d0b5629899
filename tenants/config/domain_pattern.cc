#include "tenants/config/domain_pattern.h"

#include <string_view>
#include <utility>

#include "tenants/config/names.h"

namespace danegate {

std::optional<DomainPattern> ReadDomainPattern(const LocatedText& text,
                                               FileLog* log) {
  constexpr std::string_view kBelow = "*.";
  std::string name = text.text;
  const bool below = name.starts_with(kBelow);
  if (below) name.erase(0, kBelow.size());
  if (name.find('*') != std::string::npos) {
    log->Error(text.at,
               "expected '*' as the whole first label and nowhere else, as in "
               "\"*.acme.example\"; found " +
                   InQuotes(text.text) +
                   "; write one '*.' before a domain, or each name by itself");
    return std::nullopt;
  }
  auto domain = ReadDomain({std::move(name), text.at}, log);
  if (!domain) return std::nullopt;
  return DomainPattern{*std::move(domain), below};
}

std::string ToText(const DomainPattern& pattern) {
  return (pattern.below ? "*." : "") + pattern.domain.ascii();
}

}  // namespace danegate
