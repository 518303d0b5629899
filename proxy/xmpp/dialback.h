// Server dialback (XEP-0220): its elements as values, and their XML. What they
// mean for a stream is not decided here.
//
//   <db:result from to>key</db:result>           "I am `from`, this shows it"
//   <db:verify from to id>key</db:verify>        "did you, `to`, make this
//   key?"
//
// The answers swap `from` and `to` and have a type; their text means nothing
// (G-01 to G-03). Elements are known by their namespace, and written with the
// prefix that every header of ours declares.
#pragma once

#include <string>
#include <string_view>

#include "proxy/xmpp/stream_error.h"
#include "proxy/xmpp/xml_element.h"
#include "verifier/domain.h"
#include "verifier/result.h"

namespace danegate {

// Why there is no answer "valid" or "invalid" (G-25). ToString gives the
// element's name.
enum class DialbackCondition {
  kForbidden,               // the authoritative server says invalid
  kInternalServerError,     // it is our fault
  kItemNotFound,            // the addressee is not served here
  kNotAcceptable,           // the identity could not be established
  kNotAuthorized,           // a better proof is required
  kPolicyViolation,         // TLS is required
  kRemoteConnectionFailed,  // could not connect
  kRemoteServerNotFound,    // it does not know the domain
  kRemoteServerTimeout,     // it does not answer, or has closed the stream
  kResourceConstraint,      // too many pairs
};
std::string_view ToString(DialbackCondition);
// An unknown name is kNotAcceptable.
DialbackCondition ParseDialbackCondition(std::string_view element_name);

struct DialbackError {
  DialbackCondition condition;
  std::string text;  // for people; may be empty
};

struct DialbackElement {
  enum class Kind { kResult, kVerify };
  // kUnknown is any word that is no type: never acted upon.
  enum class Type { kRequest, kValid, kInvalid, kError, kUnknown };
  // A domain, and how it was written: answers repeat that.
  struct Address {
    Domain domain;
    std::string text;
  };

  Kind kind;
  Type type;
  Address from;
  Address to;
  std::string id;   // for kVerify
  std::string key;  // for kRequest, without whitespace around it
  DialbackError error{DialbackCondition::kNotAcceptable, ""};  // for kError
};

bool IsDialback(const XmlElement&);
// True if the element asks; without bidi nothing else may come on a stream
// towards us (G-06). REQUIRES: IsDialback().
bool IsDialbackRequest(const XmlElement&);

// ReadDialback reads an element; the error is `improper-addressing` where an
// attribute is missing or no domain (G-05). REQUIRES: IsDialback().
Result<DialbackElement, StreamError> ReadDialback(const XmlElement&);

std::string WriteResultRequest(const Domain& from, const Domain& to,
                               std::string_view key);
std::string WriteVerifyRequest(const Domain& from, const Domain& to,
                               std::string_view id, std::string_view key);
// Answers to a request: addresses swapped, the id repeated (G-03), an error
// with its condition (G-04).
std::string WriteValid(const DialbackElement& request);
std::string WriteInvalid(const DialbackElement& request);
std::string WriteError(const DialbackElement& request, const DialbackError&);

// That dialback is offered, and errors are told instead of ending the stream
// (G-40).
inline constexpr std::string_view kDialbackFeature =
    "<dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback>";

}  // namespace danegate
