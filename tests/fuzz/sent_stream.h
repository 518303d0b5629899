// SentStream reads what an engine sends, through a parser of its own. Aborts if
// that is not what a peer may be sent: well-formed XML, whole elements at a
// time, nothing behind "</stream:stream>".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/xmpp/stream_reader.h"
#include "verifier/check.h"

namespace danegate {

class SentStream {
 public:
  // The first-level elements of one Send; every header begins another stream.
  std::vector<XmlElement> Read(std::string_view bytes) {
    DANEGATE_CHECK(!bytes.empty() && !ended_);
    if (bytes.starts_with("<?xml")) reader_.emplace(StanzaLimits());
    DANEGATE_CHECK(reader_.has_value());
    auto elements = Elements(bytes);
    if (!ended_) CheckNothingIsOpen();
    return elements;
  }

 private:
  std::vector<XmlElement> Elements(std::string_view bytes) {
    std::vector<XmlElement> elements;
    while (auto event = reader_->Next(bytes)) {
      DANEGATE_CHECK(!std::holds_alternative<StreamError>(*event) && !ended_);
      ended_ = std::holds_alternative<StreamReader::End>(*event);
      if (auto* element = std::get_if<XmlElement>(&*event)) {
        elements.push_back(std::move(*element));
      }
    }
    DANEGATE_CHECK(bytes.empty());
    return elements;
  }

  // Within an element this would be its child.
  void CheckNothingIsOpen() {
    DANEGATE_CHECK(Elements("<probe xmlns='urn:probe'/>").size() == 1);
  }

  std::optional<StreamReader> reader_;
  bool ended_ = false;
};

// True if the XML may stand in features that are sent to a peer.
inline bool IsFeatures(const std::string& xml) {
  std::string whole = WriteHeader({.id = "i", .from = "f", .to = "t"});
  const std::string inside = "<stream:features>" + xml + "</stream:features>";
  StreamReader reader(StanzaLimits());
  whole += inside;
  std::string_view input = whole;
  const auto header = reader.Next(input);
  const auto features = reader.Next(input);
  return header && features && input.empty() &&
         std::holds_alternative<XmlElement>(*features) && inside.size() < 4096;
}

}  // namespace danegate
