// What a command line says of a recorder.
#pragma once

#include <string>

#include "bench/load/recorder/recorder.h"
#include "tenants/tenant.h"
#include "verifier/result.h"

namespace danegate {

// What its options are called, for messages.
struct RecorderOptions {
  std::string address;
  std::string certificate;
  std::string key;
};

struct RecorderRequest {
  RecorderOptions options;
  std::string address;  // empty: none
  BackendTls tls = BackendTls::kStartTls;
  std::string certificate_file;
  std::string key_file;
};

// The error says which option, and what is wrong. REQUIRES: an address.
Result<RecorderPlan, std::string> ToRecorderPlan(const RecorderRequest&);

}  // namespace danegate
