// EdgeRenewal reads the edge's own file again and says what of it may change
// while the edge runs: its certificate, and the CA of the hand-off. All else is
// for the next start, and said so.
//
// Thread: one owner, which may block on files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/settings.h"
#include "verifier/credential.h"
#include "verifier/instant.h"

namespace danegate {

class EdgeRenewal {
 public:
  // `settings` are those that the edge runs with, read from `file`.
  EdgeRenewal(std::string file, const Settings& settings);

  struct Changes {
    // Null where it is as it was.
    std::shared_ptr<const Credential> certificate;
    std::shared_ptr<const Credential> edge_ca;
    // Mistakes: then nothing changes. Settings that wait for the next start.
    std::vector<ConfigError> errors;
  };
  // Reads the file and those that it points to.
  Changes Read(UnixTime now);
  // What Read() has found is served from now on.
  void Accept(const Changes&);

  // Whether the file, or one that it points to, is at this path.
  bool IsConcerned(const std::string& path) const;
  // Absolute; the file itself first.
  const std::vector<std::string>& files() const { return files_; }

 private:
  const std::string file_;
  const Settings running_;
  std::shared_ptr<const Credential> certificate_;
  std::shared_ptr<const Credential> edge_ca_;
  std::vector<std::string> files_;
};

}  // namespace danegate
