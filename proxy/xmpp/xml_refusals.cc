// What XmlReader refuses, and in which words (spec A.4, threats A1).
#include <expat.h>

#include <algorithm>
#include <cstring>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/utf8.h"
#include "proxy/xmpp/xml_reader.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {
namespace {

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y;
  });
}

bool HasControlOrSpace(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20;
  });
}

// Whether an unfinished tag is a comment or a processing instruction already.
// "<?xml" may be the declaration, which expat knows better.
bool IsRestricted(std::string_view begun) {
  return begun.starts_with("<!-") ||
         (begun.starts_with("<?") &&
          !std::string_view("<?xml").starts_with(begun.substr(0, 5)));
}

bool IsLong(const XmlName& name) {
  return name.local.size() + name.prefix.size() > limits::kXmlNameBytes;
}

bool HasLongName(const XmlStart& start) {
  if (IsLong(start.name())) return true;
  for (std::size_t i = 0; i < start.attribute_count(); ++i) {
    if (IsLong(start.attribute_name(i))) return true;
  }
  return false;
}

}  // namespace

// expat would take a byte order mark, and guess UTF-16 from the pattern
// of the first octets were it not told the encoding.
bool XmlReader::CheckFirstOctets(std::string_view slice) {
  const auto count = std::min<std::size_t>(slice.size(), 2 - fed_);
  for (const char octet : slice.substr(0, count)) {
    if (octet == '\0' || octet == '\xFE' || octet == '\xFF') {
      Fail(StreamCondition::kUnsupportedEncoding, "a stream is UTF-8");
    }
  }
  if (fed_ == 0 && slice[0] == '\xEF') {
    Fail(StreamCondition::kNotWellFormed,
         "a stream begins with '<', not with a byte order mark");
  }
  return !over();
}

bool XmlReader::CheckTagBytes(std::uint64_t size) {
  if (size <= limits_.tag_bytes) return true;
  Fail(StreamCondition::kPolicyViolation,
       "a tag is longer than " + std::to_string(limits_.tag_bytes) + " octets");
  return false;
}

// do not wait for the end of what is refused anyway.
bool XmlReader::CheckUnfinished(std::string_view begun) {
  if (!IsRestricted(begun)) return true;
  Fail(StreamCondition::kRestrictedXml,
       "comments and processing instructions are not allowed in a stream");
  return false;
}

bool XmlReader::CheckStart(const XmlStart& start) {
  const auto length = tag_end() - tag_begin();
  if (!CheckTagBytes(length)) return false;
  if (depth_ >= limits_.depth) {
    Fail(StreamCondition::kPolicyViolation,
         "elements are nested deeper than " + std::to_string(limits_.depth));
  } else if (static_cast<std::size_t>(XML_GetSpecifiedAttributeCount(parser_)) >
             2 * limits_.attributes) {
    Fail(StreamCondition::kPolicyViolation,
         "an element has more than " + std::to_string(limits_.attributes) +
             " attributes");
  } else if (length > limits::kXmlNameBytes && HasLongName(start)) {
    Fail(StreamCondition::kPolicyViolation,
         "a name is longer than " + std::to_string(limits::kXmlNameBytes) +
             " octets");
  }
  return !over();
}

void XmlReader::OnNamespace(const char* prefix, const char* uri) {
  if (over()) return;
  const std::string_view name = prefix == nullptr ? "" : prefix;
  const std::string_view value = uri == nullptr ? "" : uri;
  if (++namespaces_ > limits::kXmlNamespaces) {
    return Fail(StreamCondition::kPolicyViolation,
                "an element declares more than " +
                    std::to_string(limits::kXmlNamespaces) + " namespaces");
  }
  if (depth_ > 0 && name == "stream" && value != xmlns::kStreams) {  // A1.3
    return Fail(StreamCondition::kBadNamespacePrefix,
                "the prefix \"stream\" is for " + std::string(xmlns::kStreams));
  }
  if (HasControlOrSpace(value)) {  // A1.2: separators of other parsers
    return Fail(StreamCondition::kNotWellFormed,
                "a namespace name has a space or a control character");
  }
  sink_.OnNamespace(name, value);
}

void XmlReader::OnDeclaration(const char* version, const char* encoding) {
  if (over()) return;
  if (version != nullptr && std::strcmp(version, "1.0") != 0) {
    return Fail(StreamCondition::kNotWellFormed,
                "a stream is XML 1.0, not " + Quoted(version));
  }
  if (encoding != nullptr && !EqualsIgnoringCase(encoding, "utf-8")) {
    return Fail(StreamCondition::kUnsupportedEncoding,
                "a stream is UTF-8, not " + Quoted(encoding));
  }
}

void XmlReader::NoteParserError() {
  const auto code = XML_GetErrorCode(parser_);
  const std::string text = XML_ErrorString(code);
  switch (static_cast<int>(code)) {
    case XML_ERROR_NO_MEMORY:
      if (!memory_.exhausted()) {
        return Fail(StreamCondition::kResourceConstraint, "out of memory");
      }
      return Fail(StreamCondition::kPolicyViolation,
                  "the XML needs more memory than a stream is given");
    case XML_ERROR_UNKNOWN_ENCODING:
    case XML_ERROR_INCORRECT_ENCODING:
      return Fail(StreamCondition::kUnsupportedEncoding, text);
    case XML_ERROR_UNDEFINED_ENTITY:
      return Fail(StreamCondition::kRestrictedXml,
                  "only the five predefined entities exist in a stream");
    case XML_ERROR_INVALID_TOKEN:
      return NoteInvalidToken(text);
    default:
      return Fail(StreamCondition::kNotWellFormed, text);
  }
}

// Expat has one word for these three.
void XmlReader::NoteInvalidToken(const std::string& text) {
  int at = 0;
  int size = 0;
  const char* buffer = XML_GetInputContext(parser_, &at, &size);
  const std::string_view seen(buffer, buffer == nullptr || at > size
                                          ? 0
                                          : static_cast<std::size_t>(size));
  const auto offset = std::min(static_cast<std::size_t>(at), seen.size());
  const auto rest = seen.substr(offset);
  if (!rest.empty() && Utf8Length(rest) == 0) {
    return Fail(StreamCondition::kUnsupportedEncoding, "this is not UTF-8");
  }
  if (seen.substr(0, offset).ends_with("<!") && rest.starts_with('D')) {
    return Fail(StreamCondition::kRestrictedXml,
                "a DOCTYPE is not allowed in a stream");
  }
  Fail(StreamCondition::kNotWellFormed, text);
}

}  // namespace danegate
