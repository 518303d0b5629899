// ResolverSettings says how the resolver reaches the DNS and what it trusts.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace danegate {

struct ResolverSettings {
  // Files in zone-file form with DS or DNSKEY records of the root.
  std::vector<std::string> trust_anchor_files;
  // "ADDRESS@PORT" of resolvers or servers to ask for everything; empty: full
  // recursion from the root hints.
  std::vector<std::string> forward;
  // A root hints file; empty: libunbound's own.
  std::string root_hints;
  // Further "option: value" pairs of unbound.conf, e.g.
  // {"val-bogus-ttl:", "0"}. Applied last. What would switch validation off
  // or stretch lifetimes is refused.
  std::vector<std::pair<std::string, std::string>> options;
};

// ResolverRefusal is why no resolver can be opened with its settings.
struct ResolverRefusal {
  std::string why;  // a sentence that names the setting and says what to do
  // What it is about, as the settings have it: a file, a server or the name of
  // an option. Empty where that cannot be told.
  std::string item;
};

// WhyResolverRefused opens what Resolver::Open() would open, and throws it away
// again; nothing if all is well. Asks nobody. Blocks on files. Any thread.
std::optional<ResolverRefusal> WhyResolverRefused(const ResolverSettings&);

}  // namespace danegate
