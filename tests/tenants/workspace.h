// Workspace is a folder with a good configuration that a test then spoils.
#pragma once

#include <string>

#include "tenants/tenant_file.h"
#include "verifier/instant.h"

namespace danegate::testing {

// Between the validity limits of every certificate in a Workspace.
inline constexpr UnixTime kToday{1800000000};

class Workspace {
 public:
  // Writes danegate.yaml, tenants.d/acme.yaml and all they point to.
  // Certificates are made once per process.
  Workspace();
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  std::string Path(const std::string& file) const {
    return folder_ + "/" + file;
  }
  // Written with mode 0600.
  void Write(const std::string& file, const std::string& text) const;
  std::string Read(const std::string& file) const;
  // REQUIRES: `from` is in the file, once.
  void Replace(const std::string& file, const std::string& from,
               const std::string& to) const;

  ConfigurationResult ReadConfiguration(UnixTime now = kToday) const;
  // The place of an error without the folder: "tenants.d/acme.yaml:2:11".
  std::string Place(const ConfigError&) const;

 private:
  std::string folder_;
};

}  // namespace danegate::testing
