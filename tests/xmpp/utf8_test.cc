#include "proxy/xmpp/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace danegate {
namespace {

// Character by character.
bool IsTextByLengths(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0 || text.starts_with("\xEF\xBF\xBE") ||
        text.starts_with("\xEF\xBF\xBF")) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

// Alone, at the end, and across the blocks that are judged at once.
void ExpectAlike(const std::string& octets) {
  const bool is_text = IsTextByLengths(octets);
  EXPECT_EQ(IsUtf8Text(octets), is_text) << testing::PrintToString(octets);
  const std::string front(17, 'x');
  EXPECT_EQ(IsUtf8Text(front + octets), is_text)
      << testing::PrintToString(octets);
  EXPECT_EQ(IsUtf8Text(front + octets + front + "\xC3\xBC"), is_text)
      << testing::PrintToString(octets);
}

TEST(IsUtf8Text, JudgesEveryLeadAsCharacterByCharacter) {
  constexpr std::string_view kThirds("\0<\x7F\x80\x8F\xBD\xBE\xBF\xC2\xEF\xF4",
                                     11);
  for (int lead = 0x80; lead <= 0xFF; ++lead) {
    for (int second = 0; second <= 0xFF; ++second) {
      for (const char third : kThirds) {
        std::string octets{static_cast<char>(lead), static_cast<char>(second),
                           third};
        ExpectAlike(octets);
        ExpectAlike(octets + "\x80");
      }
    }
  }
}

TEST(IsUtf8Text, JudgesWhatIsCutOff) {
  for (const std::string character : {"ü", "€", "🛶"}) {
    for (std::size_t size = 0; size <= character.size(); ++size) {
      ExpectAlike(character.substr(0, size));
      ExpectAlike(character.substr(size));
    }
  }
}

TEST(IsUtf8Text, FindsAMistakeAtEveryPlace) {
  std::string text;
  for (int i = 0; i < 12; ++i) text += "aü€🛶";
  ASSERT_TRUE(IsUtf8Text(text));
  for (std::size_t size = 1; size <= text.size(); ++size) {
    ExpectAlike(text.substr(0, size));
  }
  for (char& octet : text) {
    const char right = octet;
    octet = '\xFF';
    EXPECT_FALSE(IsUtf8Text(text));
    octet = right;
  }
}

}  // namespace
}  // namespace danegate
