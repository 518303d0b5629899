#include "tenants/config/file_reading.h"

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "tenants/config/file_text.h"
#include "tenants/config/yaml_limits.h"

namespace danegate {

// Stamps are taken before what they are of is read: what changes meanwhile
// looks changed the next time.
FileReading ReadFile(const std::string& file,
                     const TenantSurroundings& around) {
  FileReading read{file, FileLog(file), StampOf(file), {}};
  auto text = ReadWholeFile(file, YamlLimits::kOctets, Secrecy::kPublic);
  if (!text) {
    read.log.Error({}, text.error());
    return read;
  }
  read.reading = ReadTenantFile(*text, around, &read.log);
  return read;
}

std::vector<FileReading> ReadFiles(std::span<const std::string> files,
                                   const TenantSurroundings& around,
                                   unsigned threads) {
  std::vector<std::vector<FileReading>> parts(std::max(1U, threads));
  const auto read_part = [&](std::size_t part) {
    const std::size_t begin = files.size() * part / parts.size();
    const std::size_t end = files.size() * (part + 1) / parts.size();
    for (const auto& file : files.subspan(begin, end - begin)) {
      parts[part].push_back(ReadFile(file, around));
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t part = 1; part < parts.size(); ++part) {
      others.emplace_back(read_part, part);
    }
    read_part(0);
  }
  std::vector<FileReading> all = std::move(parts.front());
  for (std::size_t part = 1; part < parts.size(); ++part) {
    std::move(parts[part].begin(), parts[part].end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace danegate
