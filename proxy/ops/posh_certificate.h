// PoshCertificate is the certificate of the edge's own web server, as its files
// have it: renewed without a restart, and never a pair that does not fit. One
// of the doors to GnuTLS, which libmicrohttpd speaks TLS with.
//
// Thread: any. Current() may read the files, once in kLook at most.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "tenants/config/file_stamp.h"
#include "tenants/credential_source.h"
#include "verifier/instant.h"

struct gnutls_certificate_credentials_st;

namespace danegate {

class PoshCertificate {
 public:
  // How often the files are looked at.
  static constexpr std::chrono::seconds kLook{1};

  using Credentials = std::shared_ptr<gnutls_certificate_credentials_st>;

  // `on_trouble` hears, once each time, of files that are others and cannot be
  // served when they are looked at twice; the former certificate goes on.
  PoshCertificate(CredentialFiles,
                  std::function<void(const std::string&)> on_trouble);
  PoshCertificate(const PoshCertificate&) = delete;
  PoshCertificate& operator=(const PoshCertificate&) = delete;

  // For a handshake that begins now. Null until there has been a good pair.
  Credentials Current(Instant now);

 private:
  struct Stamps {
    FileStamp chain = 0;
    FileStamp key = 0;
    friend bool operator==(const Stamps&, const Stamps&) = default;
  };
  void Look();
  void OnBroken(const Stamps&, const std::string& error);

  const CredentialFiles files_;
  const std::function<void(const std::string&)> on_trouble_;
  std::mutex mutex_;  // guards what follows
  Instant next_look_{};
  Credentials current_;
  Stamps served_;  // of current_
  Stamps broken_;  // of what could not be served since
  bool was_told_ = false;
};

}  // namespace danegate
