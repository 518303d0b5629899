// Wrong settings are errors at the start, each with what to do about it.
#include "verifier/resolver/unbound_setup.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <string>

#include "tests/verifier/asking.h"
#include "verifier/resolver/trust_anchor.h"
#include "verifier/resolver/uv_event_base.h"

namespace danegate {
namespace {

using Change = std::function<void(ResolverSettings&)>;

// The error that changed settings give; empty if there is none.
std::string ErrorOf(const Change& change) {
  ResolverSettings settings = testing::LabSettings();
  change(settings);
  testing::TestLoop loop;
  UvEventBase events(loop.get());
  const auto opened = OpenUnbound(settings, events.base());
  const auto refusal = WhyResolverRefused(settings);
  EXPECT_EQ(opened.ok(), !refusal) << "the trial differs from the set-up";
  return opened ? "" : opened.error().why;
}

std::string WriteFile(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + "unbound_setup_" + name;
  std::ofstream(path) << text;
  return path;
}

TEST(UnboundSetupTest, GoodSettingsAreAccepted) {
  EXPECT_EQ(ErrorOf([](ResolverSettings&) {}), "");
}

TEST(UnboundSetupTest, OptionMayLackItsColon) {
  EXPECT_EQ(ErrorOf([](auto& s) {
              s.options.push_back({"verbosity", "0"});
            }),
            "");
}

TEST(UnboundSetupTest, WrongSettingsAreNamedWithARemedy) {
  const struct {
    const char* what;
    Change change;
    const char* setting;
    const char* remedy;
  } cases[] = {
      {"no trust anchor", [](auto& s) { s.trust_anchor_files.clear(); },
       "resolver.trust_anchor", "dns-root-data"},
      {"a missing trust anchor file",
       [](auto& s) { s.trust_anchor_files = {"/nonexistent/root.key"}; },
       "resolver.trust_anchor: cannot read /nonexistent/root.key",
       "give a readable file"},
      {"a folder as trust anchor file",
       [](auto& s) { s.trust_anchor_files = {"/tmp"}; },
       "resolver.trust_anchor: cannot read /tmp", "give a readable file"},
      {"an empty trust anchor file",
       [](auto& s) { s.trust_anchor_files = {WriteFile("empty", "")}; },
       "resolver.trust_anchor: expected a DS or DNSKEY record of the root",
       "dns-root-data"},
      {"an anchor of another zone than the root",
       [](auto& s) {
         s.trust_anchor_files = {WriteFile(
             "other", "example. IN DS 1 13 2 " + std::string(64, 'A') + "\n")};
       },
       "resolver.trust_anchor: expected a DS or DNSKEY record of the root",
       "dns-root-data"},
      {"an anchor that is no record",
       [](auto& s) {
         s.trust_anchor_files = {WriteFile("bad", ". IN DS what is this\n")};
       },
       "unbound_setup_bad", "mend the file"},
      {"an anchor with an unknown algorithm",
       [](auto& s) {
         s.trust_anchor_files = {WriteFile(
             "unknown", ". IN DS 1 250 2 " + std::string(64, 'A') + "\n")};
       },
       "resolver.trust_anchor", "algorithm that it knows"},
      {"a forwarder that is a name",
       [](auto& s) { s.forward = {"dns.example"}; }, "resolver.forward",
       "192.0.2.53@53"},
      {"a forwarder with a wrong port",
       [](auto& s) { s.forward = {"192.0.2.1@x"}; }, "resolver.forward",
       "192.0.2.53@53"},
      {"missing root hints",
       [](auto& s) { s.root_hints = "/nonexistent/root.hints"; },
       "resolver.root_hints", "give a readable"},
      {"an unknown option",
       [](auto& s) {
         s.options.push_back({"no-such-option:", "yes"});
       },
       "resolver.options", "unbound.conf(5)"},
      {"an option with a wrong value",
       [](auto& s) {
         s.options.push_back({"val-bogus-ttl:", "soon"});
       },
       "resolver.options", "unbound.conf(5)"},
      {"validation made permissive",
       [](auto& s) {
         s.options.push_back({"val-permissive-mode", "yes"});
       },
       "resolver.options", "bogus"},
      {"validation left out",
       [](auto& s) {
         s.options.push_back({"module-config:", "iterator"});
       },
       "resolver.options", "validator"},
      {"stripped signatures tolerated",
       [](auto& s) {
         s.options.push_back({"harden-dnssec-stripped:", "no"});
       },
       "resolver.options", "stripped"},
      {"expired records served",
       [](auto& s) {
         s.options.push_back({"serve-expired:", "yes"});
       },
       "resolver.options", "D-63"},
      {"signatures ignored",
       [](auto& s) {
         s.options.push_back({"domain-insecure:", "."});
       },
       "resolver.options", "ignored"},
      {"another date",
       [](auto& s) {
         s.options.push_back({"val-override-date:", "-1"});
       },
       "resolver.options", "D-60"},
      {"signatures that live on",
       [](auto& s) {
         s.options.push_back({"val-sig-skew-max:", "86400"});
       },
       "resolver.options", "D-60"},
      {"another root key",
       [](auto& s) {
         s.options.push_back({"trust-anchor:", ". DS 1 13 2 00"});
       },
       "resolver.options", "resolver.trust_anchor"},
      {"lifetimes stretched",
       [](auto& s) {
         s.options.push_back({"cache-min-ttl:", "600"});
       },
       "resolver.options", "D-61"},
  };
  for (const auto& [what, change, setting, remedy] : cases) {
    const std::string error = ErrorOf(change);
    EXPECT_NE(error.find(setting), std::string::npos) << what << ": " << error;
    EXPECT_NE(error.find(remedy), std::string::npos) << what << ": " << error;
  }
}

TEST(TrustAnchorTest, FormsOfDebianAndOfUnboundAnchorAreAccepted) {
  for (const char* text :
       {". IN DS 20326 8 2 E06D44B8\n", ".\t172800\tIN\tDNSKEY\t257 3 8 AwEA\n",
        "; autotrust trust anchor file\n;;id: . 1\n. 86400 IN DNSKEY 257 3 8 A "
        ";;state=2\n",
        ". DS 1 13 2 00"}) {
    EXPECT_EQ(CheckTrustAnchorFile(WriteFile("good", text)), "") << text;
  }
}

TEST(TrustAnchorTest, CommentsAreNoAnchors) {
  for (const char* text : {"; . IN DS 1 13 2 00\n", ". ; IN DS 1 13 2 00\n",
                           ". IN NS a.root-servers.net.\n"}) {
    EXPECT_NE(CheckTrustAnchorFile(WriteFile("bad", text)), "") << text;
  }
}

}  // namespace
}  // namespace danegate
