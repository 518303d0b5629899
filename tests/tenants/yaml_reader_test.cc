#include "tenants/config/yaml_reader.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

namespace danegate {
namespace {

YamlNode ReadGood(const std::string& text) {
  FileLog log("test.yaml");
  auto node = ReadYaml(text, &log);
  EXPECT_TRUE(node.has_value() && log.errors().empty())
      << (log.errors().empty() ? "" : log.errors()[0].ToString());
  return node.value_or(YamlNode{});
}

std::string FirstError(const std::string& text) {
  FileLog log("f");
  const auto node = ReadYaml(text, &log);
  EXPECT_FALSE(log.ok());
  EXPECT_FALSE(node.has_value());
  return log.errors().empty() ? "" : log.errors()[0].ToString();
}

TEST(ReadYaml, EveryValueHasItsPlace) {
  const auto root = ReadGood("a: 1\nb:\n  - x\n  - {c: 'd'}\n");
  ASSERT_EQ(root.kind, YamlNode::Kind::kMap);
  EXPECT_EQ(root.Find("a")->at, (Position{1, 4}));
  EXPECT_EQ(root.entries[1].at, (Position{2, 1}));
  const YamlNode& list = *root.Find("b");
  ASSERT_EQ(list.kind, YamlNode::Kind::kList);
  EXPECT_EQ(list.items[0].at, (Position{3, 5}));
  EXPECT_EQ(list.items[1].Find("c")->text, "d");
  EXPECT_EQ(list.items[1].Find("c")->at, (Position{4, 9}));
  EXPECT_EQ(root.Find("absent"), nullptr);
}

TEST(ReadYaml, QuotedTextIsText) {
  const auto root = ReadGood("a: \"\"\nb: ~\nc: '~'\nd:\n");
  EXPECT_EQ(root.Find("a")->kind, YamlNode::Kind::kScalar);
  EXPECT_EQ(root.Find("b")->kind, YamlNode::Kind::kNull);
  EXPECT_EQ(root.Find("c")->kind, YamlNode::Kind::kScalar);
  EXPECT_EQ(root.Find("d")->kind, YamlNode::Kind::kNull);
}

TEST(ReadYaml, AnEmptyTextIsAnEmptyMap) {
  for (const char* const text : {"", "# only a comment\n", "\n\n"}) {
    const auto root = ReadGood(text);
    EXPECT_EQ(root.kind, YamlNode::Kind::kMap) << text;
    EXPECT_TRUE(root.entries.empty());
  }
}

TEST(ReadYaml, Utf8PassesAndBrokenUtf8IsRefused) {
  EXPECT_EQ(ReadGood("a: b\xC3\xBC"
                     "cher\n")
                .Find("a")
                ->text,
            "b\xC3\xBC"
            "cher");
  const char* const broken[] = {"\x80",
                                "\xC3",
                                "\xC0\x80",
                                "\xE0\x80\x80",
                                "\xED\xA0\x80",
                                "\xF0\x80\x80\x80",
                                "\xF4\x90\x80\x80",
                                "\xF8\x88\x80\x80\x80"};
  for (const char* const text : broken) {
    EXPECT_NE(FirstError(text).find("f:1:1: expected UTF-8"),
              std::string::npos);
  }
  EXPECT_NE(FirstError(std::string("\xFF\xFE"
                                   "a\0",
                                   4))
                .find("UTF-8"),
            std::string::npos);
  EXPECT_NE(FirstError(std::string("a\0:\0", 4)).find("0x00"),
            std::string::npos);
}

TEST(ReadYaml, ARepeatedKeyKeepsItsFirstValue) {
  FileLog log("f");
  const auto root = ReadYaml("a: 1\na: {b: 2}\nc: 3\n", &log);
  ASSERT_TRUE(root.has_value());
  ASSERT_EQ(log.errors().size(), 1U);
  EXPECT_EQ(root->Find("a")->text, "1");
  EXPECT_EQ(root->Find("c")->text, "3");
}

TEST(ReadYaml, AQuotationMarkEndsOnItsLine) {
  EXPECT_EQ(ReadGood("a: \"b\\\"c\"\n").Find("a")->text, "b\"c");
  EXPECT_EQ(ReadGood("a: 'b''c' # d\n").Find("a")->text, "b'c");
  for (const char* const text :
       {"a: \"b\nc: d\n", "a: \"b\n  c\"\n", "a: 'b''\nc: d\n", "a: \"b\\\"\n",
        "\"a\nb: c\n"}) {
    EXPECT_NE(FirstError(text).find("closing quotation mark"),
              std::string::npos)
        << text;
  }
}

TEST(ReadYaml, AKeyIsAText) {
  EXPECT_NE(FirstError("[a, b]: c\n").find("expected a key"),
            std::string::npos);
  EXPECT_NE(FirstError("? {a: b}\n: c\n").find("expected a key"),
            std::string::npos);
  EXPECT_NE(FirstError("~: c\n").find("expected a key"), std::string::npos);
}

TEST(ReadYaml, AMessageShowsNoControlCharacter) {
  FileLog log("f");
  ReadYaml("\"a\\e[31m\\n\": 1\n\"a\\e[31m\\n\": 2\n", &log);
  ASSERT_EQ(log.errors().size(), 1U);
  EXPECT_NE(log.errors()[0].message.find("\\x1B[31m\\x0A"), std::string::npos);
}

// E7: each of these would cost seconds, or the stack, if nothing stopped it.
TEST(ReadYaml, E7BombsAreRefusedQuickly) {
  std::string aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    aliases += std::string(1, c) + ": &" + c + " [*a,*a,*a,*a,*a,*a,*a,*a]\n";
  }
  std::string maps;
  for (int i = 0; i < 2000; ++i) maps += std::string(2 * i % 400, ' ') + "a:\n";
  const std::string bombs[] = {
      aliases,
      maps,
      std::string(1 << 20, '['),
      std::string(1 << 20, '{'),
      std::string(1 << 20, '-'),
      std::string(1 << 20, '?'),
      std::string(1 << 20, '"'),
      std::string((1 << 20) + 1, 'a'),
      "a: [" + std::string(1 << 19, ','),
      "a: [x" + std::string(200000, ']'),
  };
  for (const auto& bomb : bombs) {
    FileLog log("f");
    const std::clock_t start = std::clock();
    const auto root = ReadYaml(bomb, &log);
    EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC) << bomb.substr(0, 40);
    const bool text = root && root->kind == YamlNode::Kind::kScalar;
    EXPECT_TRUE(!log.ok() || text) << bomb.substr(0, 40);
  }
}

TEST(ReadYaml, E7BracketsAreCountedOutsideComments) {
  EXPECT_EQ(FirstError("a: 1\nb: [[[[[[[[[\n").substr(0, 7), "f:2:12:");
  ReadGood("a: [[]] # [[[[[[[[[\n# {{{{{{{{{\nb: '[::1]'\n");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "k" + std::to_string(i) + ": [{}]\n";
  ReadGood(many);
}

TEST(ReadYaml, E7ValuesAreCounted) {
  std::string text = "a:\n";
  for (std::size_t i = 0; i < YamlLimits::kNodes; ++i) text += "- x\n";
  EXPECT_NE(FirstError(text).find("50000 values"), std::string::npos);
}

TEST(ReadYaml, E7LinesAreBounded) {
  const std::string full(YamlLimits::kLine - 3, 'x');
  EXPECT_EQ(ReadGood("a: " + full + "\n").Find("a")->text, full);
  EXPECT_NE(FirstError("a: " + full + "x\n").find("f:1:65537: expected lines"),
            std::string::npos);
}

}  // namespace
}  // namespace danegate
