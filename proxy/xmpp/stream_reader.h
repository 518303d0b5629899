// StreamReader cuts a stream that is being negotiated into events: the header,
// each first-level element as a value, the end. Stanzas go through
// stanza_guard.h instead.
//
// It never reads past the event that it returns: what follows <starttls/>,
// <proceed/>, </auth> or a header stays in the input, unread, for the caller to
// judge (A-41, A-42, B-15).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/xmpp/stream_error.h"
#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/xml_element.h"
#include "proxy/xmpp/xml_element_builder.h"
#include "proxy/xmpp/xml_reader.h"

namespace danegate {

class StreamReader final : private XmlReader::Sink {
 public:
  struct End {};  // "</stream:stream>"
  // A StreamError is what is wrong with the input; it is the last event.
  using Event = std::variant<StreamHeader, XmlElement, End, StreamError>;

  explicit StreamReader(const XmlLimits&);

  // Takes octets off the front of `input` up to the end of the next event, or
  // all of them if there is none yet.
  std::optional<Event> Next(std::string_view& input);

  // True between two first-level elements, if all that came was understood.
  bool IsBetweenElements() const;

  // From now on reads over first-level elements of other namespaces.
  void KeepOnly(std::string_view uri) { kept_uri_ = uri; }

 private:
  void CheckSize();
  void RefuseElement();
  void OnNamespace(std::string_view prefix, std::string_view uri) override;
  void OnStart(std::size_t depth, const XmlStart&) override;
  void OnEnd(std::size_t depth) override;
  void OnText(std::string_view text) override;

  XmlReader reader_;
  std::vector<Event> events_;  // complete, not yet returned; two at most
  std::vector<std::pair<std::string, std::string>> namespaces_;
  XmlElementBuilder builder_;    // of the first-level element at hand
  std::string_view kept_uri_;    // empty: all
  bool skipping_ = false;        // the element at hand is not kept
  std::size_t since_event_ = 0;  // octets
};

// For negotiations, and for streams that carry stanzas.
XmlLimits NegotiationLimits();
XmlLimits StanzaLimits();

}  // namespace danegate
