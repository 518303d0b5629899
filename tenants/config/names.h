// Names in the configuration: what is wrong with one, and who has one already.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

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
  // Who has names: "the tenant acme", and its file. One for all its names.
  struct Holder {
    std::string owner;
    std::string file;
  };
  struct Claim {
    std::shared_ptr<const Holder> holder;
    Position at;
  };

  // `owner`: what all holders are called; empty: each has an own word.
  explicit NameClaims(std::string_view owner = {}) : owner_(owner) {}

  // Takes `name` for the holder; where it is taken already, says so to `log`,
  // with the place of the other, in this file or elsewhere, and returns false.
  bool Take(const std::string& name, Position at,
            const std::shared_ptr<const Holder>&, FileLog* log);
  // The same, and nothing is said.
  bool TryTake(const std::string& name, Position at,
               const std::shared_ptr<const Holder>&);
  // For an owner in the log's file.
  bool Take(const std::string& name, Position at, std::string owner,
            FileLog* log) {
    return Take(
        name, at,
        std::make_shared<const Holder>(Holder{std::move(owner), log->file()}),
        log);
  }
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
  std::string owner_;
  std::unordered_map<std::string, Claim> claims_;
};

}  // namespace danegate
