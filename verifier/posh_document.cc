#include "verifier/posh_document.h"

#include <openssl/sha.h>

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "verifier/check.h"
#include "verifier/posh/base64.h"
#include "verifier/rfc3339.h"
#include "verifier/x509/parsed_chain.h"
#include "verifier/x509/validity.h"

namespace danegate {
namespace {

using nlohmann::json;
using std::string_literals::operator""s;

constexpr char kSha256[] = "sha-256";
constexpr char kSha512[] = "sha-512";

enum class Kind { kObject, kArray, kString, kCount, kOther };

const char* Describe(Kind kind) {
  switch (kind) {
    case Kind::kObject:
      return "an object";
    case Kind::kArray:
      return "an array";
    case Kind::kString:
      return "a string";
    case Kind::kCount:
      return "an integer from 0 to 18446744073709551615";
    case Kind::kOther:
      break;
  }
  return "something else";
}

// Where in the document the parser stands.
enum class Place { kDocument, kFingerprints, kDescriptor, kElsewhere };

struct Level {
  Place place;
  std::string key;                // the member whose value comes next
  std::set<std::string> members;  // all so far
};

// DocumentReader is told of each token by the JSON parser, and stops it at the
// first that does not belong there. `error` says why.
class DocumentReader final : public nlohmann::json_sax<json> {
 public:
  std::string error;
  std::optional<HttpsUrl> reference;
  std::optional<std::vector<PoshDescriptor>> fingerprints;
  std::optional<std::uint64_t> expires;

  bool null() override { return Take(Kind::kOther); }
  bool boolean(bool) override { return Take(Kind::kOther); }
  // The parser comes here with a minus sign only.
  bool number_integer(number_integer_t) override { return Take(Kind::kOther); }
  bool number_unsigned(number_unsigned_t value) override;
  bool number_float(number_float_t, const string_t&) override {
    return Take(Kind::kOther);
  }
  bool string(string_t& value) override;
  bool binary(binary_t&) override { return Take(Kind::kOther); }
  bool start_object(std::size_t) override { return Enter(Kind::kObject); }
  bool key(string_t& name) override;
  bool end_object() override { return Leave(); }
  bool start_array(std::size_t) override { return Enter(Kind::kArray); }
  bool end_array() override { return Leave(); }
  bool parse_error(std::size_t position, const std::string&,
                   const json::exception&) override {
    return Refuse("it is no JSON at octet " + std::to_string(position));
  }

 private:
  bool Refuse(std::string why);
  std::optional<Kind> Wanted() const;
  bool Take(Kind);
  bool Enter(Kind);
  bool Leave();
  Place PlaceInside() const;
  bool IsMember(const char* name) const {
    return !levels_.empty() && levels_.back().place == Place::kDocument &&
           levels_.back().key == name;
  }

  std::vector<Level> levels_;
};

bool DocumentReader::Refuse(std::string why) {
  if (error.empty()) error = std::move(why);
  return false;
}

// What must stand here; nothing where anything may.
std::optional<Kind> DocumentReader::Wanted() const {
  if (levels_.empty()) return Kind::kObject;  // E-19
  const Level& level = levels_.back();
  switch (level.place) {
    case Place::kDocument:
      if (level.key == "fingerprints") return Kind::kArray;
      if (level.key == "url") return Kind::kString;
      if (level.key == "expires") return Kind::kCount;
      return std::nullopt;
    case Place::kFingerprints:
      return Kind::kObject;
    case Place::kDescriptor:
      if (level.key == kSha256 || level.key == kSha512) return Kind::kString;
      return std::nullopt;
    case Place::kElsewhere:
      return std::nullopt;
  }
  return std::nullopt;
}

bool DocumentReader::Take(Kind kind) {
  const auto wanted = Wanted();
  if (!wanted || *wanted == kind) return true;
  const std::string what = Describe(*wanted);
  if (levels_.empty()) return Refuse("it must be " + what);
  if (levels_.back().place == Place::kFingerprints) {
    return Refuse("each of \"fingerprints\" must be " + what);
  }
  return Refuse("\"" + levels_.back().key + "\" must be " + what);
}

Place DocumentReader::PlaceInside() const {
  if (levels_.empty()) return Place::kDocument;
  if (IsMember("fingerprints")) return Place::kFingerprints;
  return levels_.back().place == Place::kFingerprints ? Place::kDescriptor
                                                      : Place::kElsewhere;
}

bool DocumentReader::Enter(Kind kind) {
  if (!Take(kind)) return false;
  if (levels_.size() >= PoshDocument::kMaxDepth) {
    return Refuse("it is nested deeper than " +
                  std::to_string(PoshDocument::kMaxDepth));
  }
  const Place place = PlaceInside();
  if (place == Place::kFingerprints) fingerprints.emplace();
  if (place == Place::kDescriptor) {
    if (fingerprints->size() >= PoshDocument::kMaxDescriptors) {
      return Refuse("\"fingerprints\" holds more than " +
                    std::to_string(PoshDocument::kMaxDescriptors));
    }
    fingerprints->emplace_back();
  }
  levels_.push_back({place, "", {}});
  return true;
}

bool DocumentReader::Leave() {
  levels_.pop_back();
  return true;
}

// E-19: whose value counts would be the parser's choice.
bool DocumentReader::key(string_t& name) {
  Level& level = levels_.back();
  if (!level.members.insert(name).second) {
    return Refuse("an object has two members of one name");
  }
  level.key = name;
  return true;
}

bool DocumentReader::number_unsigned(number_unsigned_t value) {
  if (!Take(Kind::kCount)) return false;
  if (IsMember("expires")) expires = value;
  return true;
}

template <std::size_t size>
bool ReadHash(const std::string& text,
              std::optional<std::array<std::uint8_t, size>>& hash) {
  const auto octets = DecodeBase64(text);
  if (!octets || octets->size() != size) return false;
  std::copy(octets->begin(), octets->end(), hash.emplace().begin());
  return true;
}

bool DocumentReader::string(string_t& value) {
  if (!Take(Kind::kString)) return false;
  const Level& level = levels_.back();
  if (IsMember("url")) {
    auto url = HttpsUrl::Parse(value);
    if (!url) return Refuse("\"url\": " + url.error());
    reference = *std::move(url);
  }
  if (level.place != Place::kDescriptor) return true;
  PoshDescriptor& descriptor = fingerprints->back();
  if (level.key == kSha256 && !ReadHash(value, descriptor.sha256)) {
    return Refuse("\"sha-256\" must be 32 octets in base64");
  }
  if (level.key == kSha512 && !ReadHash(value, descriptor.sha512)) {
    return Refuse("\"sha-512\" must be 64 octets in base64");
  }
  return true;
}

// The parser itself would skip a byte order mark, and take a NUL for the end
// (E-19).
std::string Read(std::string_view text, DocumentReader& reader) {
  if (text.size() > PoshDocument::kMaxOctets) {
    return "it has more than " + std::to_string(PoshDocument::kMaxOctets) +
           " octets";
  }
  if (text.starts_with("\xEF\xBB\xBF")) return "it begins with a BOM";
  if (text.find('\0') != std::string_view::npos) return "it holds a NUL";
  try {
    if (json::sax_parse(text, &reader)) return "";
  } catch (const std::exception&) {
    return "it is no JSON";
  }
  return reader.error.empty() ? "it is no JSON" : reader.error;
}

// What the members must be together (E-03, E-08).
std::string WhyIncomplete(const DocumentReader& reader) {
  if (!reader.expires) return "it has no \"expires\"";
  if (reader.reference && reader.fingerprints) {
    return "it has both \"fingerprints\" and \"url\"";
  }
  if (reader.reference) return "";
  if (!reader.fingerprints)
    return "it has neither \"fingerprints\" nor \"url\"";
  return reader.fingerprints->empty() ? "\"fingerprints\" is empty" : "";
}

// E-06: a descriptor says one thing by all of its hashes.
bool Matches(const PoshDescriptor& descriptor, const Sha256& sha256,
             const Sha512& sha512) {
  return descriptor.usable() && descriptor.sha256.value_or(sha256) == sha256 &&
         descriptor.sha512.value_or(sha512) == sha512;
}

PoshMatch CheckValidity(DerSpan leaf, UnixTime at) {
  const auto certificate = ParseCertificate(leaf);
  const auto validity =
      certificate == nullptr ? std::nullopt : ReadValidity(certificate.get());
  if (!validity) {
    return {Reason::kPoshNoMatch,
            {},
            "the certificate's fingerprint is there, but its validity cannot "
            "be read"};
  }
  if (!validity->Holds(at)) {  // E-13
    return {Reason::kExpired,
            {},
            "the certificate's fingerprint is there, but it is not valid at " +
                ToRfc3339(at)};
  }
  return {Reason::kMatched, validity->not_after,
          "a fingerprint is that of the certificate"};
}

}  // namespace

Result<PoshDocument, std::string> PoshDocument::Parse(std::string_view text) {
  DocumentReader reader;
  if (auto why = Read(text, reader); !why.empty()) {
    return Failure(std::move(why));
  }
  if (auto why = WhyIncomplete(reader); !why.empty()) {
    return Failure(std::move(why));
  }
  PoshDocument document;
  document.reference_ = std::move(reader.reference);
  if (reader.fingerprints) {
    document.fingerprints_ = *std::move(reader.fingerprints);
  }
  constexpr std::chrono::seconds kCap = kMaxLifetime;
  document.expires_ = std::chrono::seconds(std::min<std::uint64_t>(
      *reader.expires, static_cast<std::uint64_t>(kCap.count())));
  return document;
}

PoshMatch PoshDocument::Match(const CertificateChain& chain,
                              UnixTime at) const {
  DANEGATE_CHECK(!reference_);
  const auto leaf = chain.der(0);
  const Sha256 sha256 = chain.LeafDigest();
  Sha512 sha512;
  SHA512(leaf.data(), leaf.size(), sha512.data());
  const std::string count =
      "of its " + std::to_string(fingerprints_.size()) + " fingerprints";
  if (std::none_of(fingerprints_.begin(), fingerprints_.end(),
                   [](const auto& one) { return one.usable(); })) {
    return {Reason::kNoPosh, {}, "none " + count + " is by sha-256 or sha-512"};
  }
  const bool matched = std::any_of(
      fingerprints_.begin(), fingerprints_.end(),
      [&](const auto& one) { return Matches(one, sha256, sha512); });
  if (matched) return CheckValidity(leaf, at);
  return {Reason::kPoshNoMatch,
          {},
          "none " + count + " is that of the certificate presented; " +
              "its sha-256 is \"" + EncodeBase64(sha256) + "\""};
}

std::string WritePoshFingerprints(std::span<const CertificateChain> chains,
                                  std::chrono::seconds expires) {
  nlohmann::ordered_json fingerprints = json::array();
  for (const CertificateChain& chain : chains) {
    fingerprints.push_back({{kSha256, EncodeBase64(chain.LeafDigest())}});
  }
  const nlohmann::ordered_json document = {
      {"fingerprints", std::move(fingerprints)}, {"expires", expires.count()}};
  return document.dump(2) + "\n";
}

std::string WritePoshReference(const HttpsUrl& url,
                               std::chrono::seconds expires) {
  const nlohmann::ordered_json document = {{"url", url.ToText()},
                                           {"expires", expires.count()}};
  return document.dump(2) + "\n";
}

}  // namespace danegate
