// The elements of dialback: read, judged, written.
#include "proxy/xmpp/dialback.h"

#include <gtest/gtest.h>

#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/stream_reader.h"
#include "tests/support/domains.h"

namespace danegate {
namespace {

using Kind = DialbackElement::Kind;
using Type = DialbackElement::Type;

// The element as a stream's parser gives it.
XmlElement Parsed(const std::string& xml) {
  const std::string text = WriteHeader({}) + xml;
  StreamReader reader(NegotiationLimits());
  std::string_view input = text;
  reader.Next(input);
  return std::get<XmlElement>(*reader.Next(input));
}

DialbackElement Read(const std::string& xml) {
  const auto element = Parsed(xml);
  EXPECT_TRUE(IsDialback(element)) << xml;
  return *ReadDialback(element);
}

constexpr char kResult[] =
    "<db:result from='capulet.example' to='montague.example'>b4835385"
    "</db:result>";
constexpr char kVerify[] =
    "<db:verify from='montague.example' to='capulet.example' "
    "id='D60000229F'>b4835385</db:verify>";

TEST(Dialback, ReadsWhatItWrites) {  // G-01, G-02
  EXPECT_EQ(WriteResultRequest(D("capulet.example"), D("montague.example"),
                               "b4835385"),
            kResult);
  EXPECT_EQ(WriteVerifyRequest(D("montague.example"), D("capulet.example"),
                               "D60000229F", "b4835385"),
            kVerify);
  const auto result = Read(kResult);
  EXPECT_EQ(result.kind, Kind::kResult);
  EXPECT_EQ(result.type, Type::kRequest);
  EXPECT_EQ(result.from.domain, D("capulet.example"));
  EXPECT_EQ(result.to.domain, D("montague.example"));
  EXPECT_EQ(result.key, "b4835385");
  const auto verify = Read(kVerify);
  EXPECT_EQ(verify.kind, Kind::kVerify);
  EXPECT_EQ(verify.id, "D60000229F");
}

TEST(Dialback, TrimsTheKey) {  // G-02
  EXPECT_EQ(Read("<db:result from='a.example' to='b.example'>\n  k y\t\n"
                 "</db:result>")
                .key,
            "k y");
  for (const char* empty : {"", " \n\t"}) {  // G-69
    EXPECT_EQ(Read("<db:result from='a.example' to='b.example'>" +
                   std::string(empty) + "</db:result>")
                  .key,
              "");
  }
}

TEST(Dialback, IsKnownByItsNamespace) {
  for (const char* xml :
       {"<x:result xmlns:x='jabber:server:dialback' from='a.example' "
        "to='b.example'/>",
        "<result xmlns='jabber:server:dialback' from='a.example' "
        "to='b.example'/>"}) {
    EXPECT_TRUE(IsDialback(Parsed(xml))) << xml;
  }
  for (const char* xml :
       {"<db:results/>", "<result/>", "<db:result xmlns:db='urn:x'/>",
        "<x xmlns='urn:x'><db:result/></x>"}) {
    EXPECT_FALSE(IsDialback(Parsed(xml))) << xml;
  }
}

TEST(Dialback, NeedsItsAttributes) {  // G-05
  for (const char* xml :
       {"<db:result from='a.example'/>", "<db:result to='a.example'/>",
        "<db:result from='' to='a.example'/>",
        "<db:result from='n@a.example' to='a.example'/>",
        "<db:result from='192.0.2.1' to='a.example'/>",
        "<db:result from='a.example' to='a.example/r'/>",
        "<db:verify from='a.example' to='b.example'/>",
        "<db:verify from='a.example' id='1'/>"}) {
    const auto read = ReadDialback(Parsed(xml));
    ASSERT_FALSE(read) << xml;
    EXPECT_EQ(read.error().condition, StreamCondition::kImproperAddressing);
  }
}

TEST(Dialback, KnowsARequestFromAnAnswer) {  // G-06
  const std::pair<const char*, Type> rows[] = {
      {"", Type::kRequest},
      {"type='valid'", Type::kValid},
      {"type='invalid'", Type::kInvalid},
      {"type='error'", Type::kError},
      {"type=''", Type::kUnknown},
      {"type='VALID'", Type::kUnknown},
  };
  for (const auto& [attribute, type] : rows) {
    const auto element = Parsed("<db:result from='a.example' to='b.example' " +
                                std::string(attribute) + ">k</db:result>");
    EXPECT_EQ(ReadDialback(element)->type, type) << attribute;
    EXPECT_EQ(IsDialbackRequest(element), type == Type::kRequest) << attribute;
    EXPECT_EQ(ReadDialback(element)->key, type == Type::kRequest ? "k" : "");
  }
}

TEST(Dialback, AnswersWithTheAddressesSwappedAsTheyWere) {  // G-03
  const auto result = Read(
      "<db:result from='A.Example' to='xn--bcher-kva.example.'>k"
      "</db:result>");
  EXPECT_EQ(WriteValid(result),
            "<db:result from='xn--bcher-kva.example.' to='A.Example' "
            "type='valid'/>");
  const auto verify = Read(
      "<db:verify from='a.example' to='b.example' id='&lt;+ &#10;='>k"
      "</db:verify>");
  EXPECT_EQ(WriteInvalid(verify),
            "<db:verify from='b.example' to='a.example' id='&lt;+ &#10;=' "
            "type='invalid'/>");
}

TEST(Dialback, TellsErrorsWithTheirCondition) {  // G-04, G-25
  const std::pair<DialbackCondition, const char*> rows[] = {
      {DialbackCondition::kForbidden, "type='auth'><forbidden"},
      {DialbackCondition::kInternalServerError,
       "type='cancel'><internal-server-error"},
      {DialbackCondition::kItemNotFound, "type='cancel'><item-not-found"},
      {DialbackCondition::kNotAcceptable, "type='modify'><not-acceptable"},
      {DialbackCondition::kNotAuthorized, "type='auth'><not-authorized"},
      {DialbackCondition::kPolicyViolation, "type='modify'><policy-violation"},
      {DialbackCondition::kRemoteConnectionFailed,
       "type='wait'><remote-connection-failed"},
      {DialbackCondition::kRemoteServerNotFound,
       "type='cancel'><remote-server-not-found"},
      {DialbackCondition::kRemoteServerTimeout,
       "type='wait'><remote-server-timeout"},
      {DialbackCondition::kResourceConstraint,
       "type='wait'><resource-constraint"},
  };
  const auto request = Read(kResult);
  for (const auto& [condition, xml] : rows) {
    const auto written = WriteError(request, {condition, "a<b"});
    EXPECT_EQ(written,
              "<db:result from='montague.example' to='capulet.example' "
              "type='error'><error " +
                  std::string(xml) +
                  " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text "
                  "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>"
                  "a&lt;b</text></error></db:result>");
    const auto read = Read(written);
    EXPECT_EQ(read.error.condition, condition);
    EXPECT_EQ(read.error.text, "a<b");
    EXPECT_EQ(ParseDialbackCondition(ToString(condition)), condition);
  }
}

TEST(Dialback, ReadsErrorsThatSayNothingKnown) {  // G-25
  for (const char* content :
       {"", "<error/>",
        "<error><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        "<error xmlns='urn:x'><forbidden "
        "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"}) {
    const auto read = Read(
        "<db:verify from='a.example' to='b.example' id='1' "
        "type='error'>" +
        std::string(content) + "</db:verify>");
    EXPECT_EQ(read.error.condition, DialbackCondition::kNotAcceptable)
        << content;
  }
}

}  // namespace
}  // namespace danegate
