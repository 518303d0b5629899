#include "proxy/xmpp/stream_reader.h"

#include "proxy/xmpp/limits.h"

namespace danegate {
namespace {

bool IsWhitespace(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

XmlLimits NegotiationLimits() {
  return {.memory = limits::kNegotiationParserBytes,
          .tag_bytes = limits::kNegotiationTagBytes,
          .depth = limits::kNegotiationDepth,
          .attributes = limits::kNegotiationAttributes};
}

XmlLimits StanzaLimits() {
  return {.memory = limits::kStanzaParserBytes,
          .tag_bytes = limits::kStanzaTagBytes,
          .depth = limits::kStanzaDepth,
          .attributes = limits::kStanzaAttributes};
}

StreamReader::StreamReader(const XmlLimits& limits) : reader_(limits, *this) {
  reader_.WantText(true);
}

// Every event ends with a '>', so the parser is given the input up to one '>'
// after the other.
std::optional<StreamReader::Event> StreamReader::Next(std::string_view& input) {
  while (events_.empty() && !input.empty() && !reader_.over()) {
    const auto at = input.find('>');
    const auto piece = input.substr(0, at == input.npos ? at : at + 1);
    input.remove_prefix(piece.size());
    since_event_ += piece.size();
    reader_.Feed(piece);
    CheckSize();
    if (reader_.error()) events_.push_back(*reader_.error());
  }
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.erase(events_.begin());
  return event;
}

bool StreamReader::IsBetweenElements() const {
  return events_.empty() && !skipping_ && !builder_.building() &&
         reader_.pending() == 0 && !reader_.over();
}

void StreamReader::CheckSize() {
  if (since_event_ <= limits::kNegotiationElementBytes || skipping_) return;
  reader_.Fail(StreamCondition::kPolicyViolation,
               "an element is longer than " +
                   std::to_string(limits::kNegotiationElementBytes) +
                   " octets");
}

void StreamReader::RefuseElement() {
  reader_.Fail(StreamCondition::kPolicyViolation, XmlElementBuilder::Refusal());
}

void StreamReader::OnNamespace(std::string_view prefix, std::string_view uri) {
  if (!builder_.building() && !skipping_) namespaces_.emplace_back(prefix, uri);
}

void StreamReader::OnStart(std::size_t depth, const XmlStart& start) {
  if (depth == 0) {
    events_.push_back(StreamHeader::From(start, std::move(namespaces_)));
    since_event_ = 0;
    return;
  }
  namespaces_.clear();
  if (depth == 1) {
    skipping_ = !kept_uri_.empty() && start.name().uri != kept_uri_;
  }
  if (!skipping_ && !builder_.OnStart(start)) RefuseElement();
}

void StreamReader::OnEnd(std::size_t depth) {
  if (depth == 0) {
    events_.push_back(End{});
    return reader_.Stop();
  }
  if (!skipping_) builder_.OnEnd();
  if (depth > 1) return;
  CheckSize();
  if (reader_.over()) return;
  if (!skipping_) events_.push_back(builder_.Take());
  skipping_ = false;
  since_event_ = 0;
}

void StreamReader::OnText(std::string_view text) {
  if (skipping_) return;
  if (builder_.building()) {
    if (!builder_.OnText(text)) RefuseElement();
  } else if (IsWhitespace(text)) {
    since_event_ = 0;  // a keepalive
  } else {
    reader_.Fail(StreamCondition::kBadFormat,
                 "there is text between two elements of the stream");
  }
}

}  // namespace danegate
