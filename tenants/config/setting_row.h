// SettingRow is all there is to say about one setting: the reader, the error
// texts and the tests of the sample files work from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace danegate {

enum class SettingKind {
  kMap,      // keys of its own: the rows that begin with "KEY."
  kMaps,     // a list of maps: the rows that begin with "KEY[]."
  kOptions,  // names that are not ours, each with a text
  kText,     // a text
  kTexts,    // a list of texts, or one text
  kWord,     // one of `words`
  kCount,    // a whole number from `least` to `most`
  kOctets,   // a size from `least` to `most` octets (octets.h)
};

struct SettingRow {
  std::string_view key;  // with its path: "edge.certificate.key"
  SettingKind kind;
  bool required;
  // As in a file. Of a required setting an example, of any other the default;
  // empty: there is none.
  std::string_view value;
  std::string_view meaning;
  // kCount, kOctets: the range. kTexts, kMaps: how many. kText: at most so many
  // octets; 0: as a line of the file.
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::string_view words = {};    // kWord: with a space between
  std::string_view not_yet = {};  // words that a later version will take
};

using SettingTable = std::span<const SettingRow>;

// The row of `key`. REQUIRES: there is one.
const SettingRow& RowOf(SettingTable, std::string_view key);

// Whether `key` stands directly in the map with the path `prefix`, which is
// empty for the file itself, or ends in '.'.
bool IsDirectlyIn(std::string_view key, std::string_view prefix);

// The last part of a path: "chain" of "edge.certificate.chain".
std::string_view LastPart(std::string_view key);

// The words of a row, and back as a message shows them: "a, b, c".
std::vector<std::string_view> WordsIn(std::string_view words);
std::string JoinWords(const std::vector<std::string_view>& words);

}  // namespace danegate
