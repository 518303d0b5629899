#include "bench/load/handshakes/name_list.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "proxy/command/text_table.h"
#include "tenants/config/file_text.h"
#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::size_t kMostOctets = std::size_t{256} << 20;

std::string_view Trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

Result<std::vector<Domain>, std::string> ReadNames(const std::string& file) {
  const auto text = ReadWholeFile(file, kMostOctets, Secrecy::kPublic);
  if (!text) return Failure(text.error());
  std::vector<Domain> names;
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto line = Trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line[0] == '#') continue;
    auto name = Domain::Parse(line);
    if (!name) {
      return Failure(file + ":" + std::to_string(number) +
                     ": expected a domain; found \"" + Printable(line) + "\"");
    }
    names.push_back(*std::move(name));
  }
  if (names.empty()) {
    return Failure(file + ": expected one domain a line; found none");
  }
  return names;
}

NameOrder::NameOrder(std::size_t count, std::optional<std::uint64_t> seed)
    : count_(count) {
  DANEGATE_CHECK(count > 0);
  if (seed) random_.emplace(*seed);
}

std::size_t NameOrder::Next() {
  if (random_) {
    return std::uniform_int_distribution<std::size_t>(0, count_ - 1)(*random_);
  }
  return next_++ % count_;
}

}  // namespace danegate
