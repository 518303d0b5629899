// Names in the configuration: what is wrong with one, and who has one already.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "verifier/domain.h"

namespace danegate {

// The domain that `text` is; where it is none, says so to `log`.
std::optional<Domain> ReadDomain(const LocatedText& text, FileLog* log);

// What is wrong with a tenant's name, or nothing. 1 to 63 of a-z, 0-9 and '-',
// a letter or digit first: it stands in logs, metrics and file names.
std::optional<std::string> TenantNameMistake(std::string_view name);

// NameClaims knows who has which name, over all files.
class NameClaims {
 public:
  struct Claim {
    std::string owner;
    std::string file;
    Position at;
  };

  // Takes `name` for `owner`, "the tenant acme"; where it is taken already,
  // says so to `log`, with the place of the other, and returns false.
  bool Take(const std::string& name, Position at, const std::string& owner,
            FileLog* log);
  // The file that has the name; empty: nobody.
  std::string HolderOf(const std::string& name) const;
  // Why the name cannot be taken; empty if it can.
  std::string WhyTaken(const std::string& name) const;
  // Gives the name up; nothing comes back where the file does not have it.
  std::optional<Claim> Release(const std::string& name,
                               const std::string& file);
  // As it was before Release(). REQUIRES: nobody has taken it since.
  void Restore(const std::string& name, Claim);

 private:
  std::unordered_map<std::string, Claim> claims_;
};

}  // namespace danegate
