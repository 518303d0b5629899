// FileReading is one tenant file as it was read.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/file_stamp.h"
#include "tenants/config/tenant_reader.h"

namespace danegate {

struct FileReading {
  std::string file;
  FileLog log;
  FileStamp stamp;  // from before it was read
  TenantReading reading;
};

// Blocks. Thread: any, several at a time.
FileReading ReadFile(const std::string& file, const TenantSurroundings&);

// As many at a time as `threads`; in the order of the files.
std::vector<FileReading> ReadFiles(std::span<const std::string> files,
                                   const TenantSurroundings&, unsigned threads);

}  // namespace danegate
