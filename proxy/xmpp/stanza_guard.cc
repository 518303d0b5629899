#include "proxy/xmpp/stanza_guard.h"

#include <algorithm>
#include <utility>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/plain_stanza.h"
#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/stream_reader.h"
#include "proxy/xmpp/utf8.h"
#include "proxy/xmpp/xml_writer.h"
#include "verifier/release.h"

namespace danegate {
namespace {

bool IsStanzaName(std::string_view local) {
  return local == "message" || local == "presence" || local == "iq";
}

StreamError UnsupportedElement(const XmlName& name) {
  return {StreamCondition::kUnsupportedStanzaType,
          "only message, presence and iq in jabber:server are accepted here, "
          "not " +
              Quoted(name.local) + " in " + Quoted(name.uri)};
}

}  // namespace

// The peer's <stream:error> as it is read.
class StanzaGuard::PeerError {
 public:
  void OnStart(std::size_t depth, const XmlName& name) {
    in_text_ = depth == 2 && name.Is(xmlns::kStreamErrors, "text");
    if (depth == 2 && name.uri == xmlns::kStreamErrors && !in_text_) {
      error_.condition = ParseStreamCondition(name.local);
    }
  }
  void OnEnd() { in_text_ = false; }
  void OnText(std::string_view text) {
    if (!in_text_) return;
    error_.text += Utf8Truncate(
        text, limits::kPeerTextBytes -
                  std::min(limits::kPeerTextBytes, error_.text.size()));
  }
  const StreamError& error() const { return error_; }

 private:
  StreamError error_{StreamCondition::kUndefinedCondition, ""};
  bool in_text_ = false;
};

StanzaGuard::StanzaGuard(std::string scope)
    : scope_(std::move(scope)), knows_plain_(IsServerScope(scope_)) {}

StanzaGuard::~StanzaGuard() = default;

void StanzaGuard::Admit(PairNumber number, const ProvenDomain& from, Domain to,
                        std::size_t stanza_bytes) {
  pairs_.Add(number, from, std::move(to), stanza_bytes);
}

void StanzaGuard::OnBytes(std::string_view bytes, Instant now) {
  runs_.clear();
  dialback_.clear();
  if (end_ || bytes.empty()) return;
  now_ = now;
  passed_.clear();
  if (IsBetweenStanzas()) ReleaseIdleMemory();
  input_ = bytes;
  if (reader_) input_begin_ = reader_->fed();
  for (auto rest = bytes; !rest.empty() && !(reader_ && reader_->over());) {
    PassPlainStanzas(rest);
    if (!rest.empty()) Read(rest);
  }
  if (!reader_) return;
  if (!reader_->over()) KeepTail();
  if (!end_ && reader_->error()) {
    end_ = {End::Kind::kViolation, *reader_->error()};
  }
  if (!end_) return;
  reader_.reset();  // thousands may end at once
  Release(tail_);
  within_ = Within::kNothing;
  unfinished_tag_ = false;
}

// A parser keeps every name that it has met, so it is replaced now and then:
// between two stanzas all that it knows of the stream is the header's scope.
void StanzaGuard::ReleaseIdleMemory() {
  if (reader_ && reader_->memory() > limits::kParserKeptBytes) reader_.reset();
  if (tail_.capacity() > limits::kTailKeptBytes) Release(tail_);
  if (passed_.capacity() > limits::kTailKeptBytes) Release(passed_);
}

bool StanzaGuard::Rest() {
  if (end_ || !IsBetweenStanzas()) return !reader_;
  reader_.reset();
  Release(tail_);
  Release(passed_);
  Release(runs_);
  Release(dialback_);
  return true;
}

void StanzaGuard::StartReader(std::size_t input_read) {
  XmlReader::Sink& sink = *this;
  reader_ = std::make_unique<XmlReader>(StanzaLimits(), sink);
  reader_->WantText(true);
  reader_->Feed(scope_);
  input_begin_ = reader_->fed();
  reader_->PassOver(input_read);
}

bool StanzaGuard::IsBetweenStanzas() const {
  return within_ == Within::kNothing &&
         (!reader_ || reader_->IsBetweenElements());
}

// Takes off the front of `rest` what passes; where a stanza does not, the
// parser will say why.
void StanzaGuard::PassPlainStanzas(std::string_view& rest) {
  if (!knows_plain_ || !IsBetweenStanzas()) return;
  while (const auto stanza = ScanPlainStanza(rest)) {
    const auto pair = pairs_.Find({stanza->name, stanza->from, stanza->to});
    if (!pair || stanza->bytes.size() > pairs_.stanza_bytes(*pair)) return;
    whitespace_ = 0;
    pair_ = *pair;
    PassInput(stanza->bytes);
    rest.remove_prefix(stanza->bytes.size());
    if (reader_) reader_->PassOver(stanza->bytes.size());
  }
}

// Takes off the front of `rest` what the parser has read.
void StanzaGuard::Read(std::string_view& rest) {
  if (!reader_) StartReader(input_.size() - rest.size());
  if (knows_plain_) return reader_->FeedPiece(rest);
  reader_->Feed(rest);
  rest = {};
}

// --- what passes -------------------------------------------------------------

void StanzaGuard::PassStanza() {
  const auto end = reader_->tag_end();
  if (element_begin_ >= input_begin_) {
    return PassInput(
        input_.substr(element_begin_ - input_begin_, end - element_begin_));
  }
  // whole stanzas only, so the beginning that was kept is completed.
  tail_ += input_.substr(0, end - input_begin_);
  passed_.swap(tail_);
  runs_.push_back(
      {std::string_view(passed_).substr(element_begin_ - tail_begin_), 1,
       pairs_.number(pair_)});
}

void StanzaGuard::PassInput(std::string_view bytes) {
  const PairNumber pair = pairs_.number(pair_);
  if (!runs_.empty()) {
    auto& last = runs_.back();
    if (last.bytes.data() + last.bytes.size() == bytes.data() &&
        last.pair == pair) {
      last.bytes = {last.bytes.data(), last.bytes.size() + bytes.size()};
      ++last.stanzas;
      return;
    }
  }
  runs_.push_back({bytes, 1, pair});
}

void StanzaGuard::KeepTail() {
  unfinished_tag_ = within_ != Within::kStanza && reader_->pending() > 0;
  if (within_ == Within::kDialback || within_ == Within::kPeerError) {
    return CheckElementSize(reader_->fed());
  }
  if (!within_stanza()) return;
  const bool begun = within_ == Within::kStanza;
  const auto begin =
      begun ? element_begin_ : reader_->fed() - reader_->pending();
  CheckSize(reader_->fed() - begin,
            begun ? pairs_.stanza_bytes(pair_) : LargestElement());
  if (reader_->over()) return;
  if (begin >= input_begin_) {
    tail_begin_ = begin;
    tail_ = input_.substr(begin - input_begin_);
  } else {
    tail_ += input_;
  }
}

// What an unfinished tag may become.
std::size_t StanzaGuard::LargestElement() const {
  return std::max(pairs_.stanza_bytes(), limits::kNegotiationElementBytes);
}

// from '<' to '>'.
void StanzaGuard::CheckSize(std::uint64_t size, std::uint64_t limit) {
  if (size <= limit) return;
  reader_->Fail(StreamCondition::kPolicyViolation,
                "a stanza is longer than " + std::to_string(limit) + " octets");
}

// `end` is how far the element has been read.
void StanzaGuard::CheckElementSize(std::uint64_t end) {
  if (end - element_begin_ <= limits::kNegotiationElementBytes) return;
  const std::string what = within_ == Within::kDialback
                               ? "an element of dialback"
                               : "a stream error";
  reader_->Fail(StreamCondition::kPolicyViolation,
                what + " is longer than " +
                    std::to_string(limits::kNegotiationElementBytes) +
                    " octets");
}

void StanzaGuard::RefuseDialback() {
  reader_->Fail(StreamCondition::kPolicyViolation,
                XmlElementBuilder::Refusal());
}

// --- what is read ------------------------------------------------------------

void StanzaGuard::OnStart(std::size_t depth, const XmlStart& start) {
  if (depth == 1) return BeginElement(start);
  if (within_ == Within::kPeerError) {
    CheckElementSize(reader_->tag_begin());
    peer_error_->OnStart(depth, start.name());
  } else if (within_ == Within::kDialback) {
    CheckElementSize(reader_->tag_begin());
    if (!builder_.OnStart(start)) RefuseDialback();
  }
}

// The text of an error and of dialback is wanted, that of stanzas is not.
void StanzaGuard::BeginElement(const XmlStart& start) {
  whitespace_ = 0;
  element_begin_ = reader_->tag_begin();
  const auto name = start.name();
  if (name.Is(xmlns::kStreams, "error")) {
    peer_error_ = std::make_unique<PeerError>();
    within_ = Within::kPeerError;
    return;
  }
  if (name.uri == xmlns::kDialback) {
    within_ = Within::kDialback;
    if (!builder_.OnStart(start)) RefuseDialback();
    return;
  }
  BeginStanza(start);
}

void StanzaGuard::BeginStanza(const XmlStart& start) {
  const auto name = start.name();
  if (name.uri != xmlns::kServer || !IsStanzaName(name.local)) {
    auto error = UnsupportedElement(name);
    return reader_->Fail(error.condition, std::move(error.text));
  }
  if (!name.prefix.empty()) {
    return reader_->Fail(
        StreamCondition::kBadNamespacePrefix,
        "a stanza must have no prefix, not " + Quoted(name.prefix));
  }
  auto pair =
      pairs_.Find({name.local, start.Attribute("from"), start.Attribute("to")});
  if (!pair) {
    auto error = std::move(pair).error();
    return reader_->Fail(error.condition, std::move(error.text));
  }
  pair_ = *pair;
  reader_->WantText(false);
  within_ = Within::kStanza;
}

void StanzaGuard::OnEnd(std::size_t depth) {
  if (depth == 0) return Finish(End::Kind::kClosed, {});
  switch (within_) {
    case Within::kStanza:
      if (depth == 1) FinishStanza();
      return;
    case Within::kDialback:
      if (builder_.OnEnd()) FinishDialback();
      return;
    case Within::kPeerError:
      peer_error_->OnEnd();
      if (depth == 1) FinishPeerError();
      return;
    case Within::kNothing:
      return;
  }
}

void StanzaGuard::FinishStanza() {
  CheckSize(reader_->tag_end() - element_begin_, pairs_.stanza_bytes(pair_));
  if (reader_->over()) return;
  PassStanza();
  within_ = Within::kNothing;
  reader_->WantText(true);
}

void StanzaGuard::FinishDialback() {
  CheckElementSize(reader_->tag_end());
  if (reader_->over()) return;
  within_ = Within::kNothing;
  dialback_.push_back({builder_.Take(), runs_.size()});
}

void StanzaGuard::FinishPeerError() {
  CheckElementSize(reader_->tag_end());
  if (reader_->over()) return;
  Finish(End::Kind::kPeerError, peer_error_->error());
}

void StanzaGuard::Finish(End::Kind kind, StreamError error) {
  end_ = {kind, std::move(error)};
  reader_->Stop();
}

// Between stanzas, or within dialback or the peer's error.
void StanzaGuard::OnText(std::string_view text) {
  if (within_ == Within::kPeerError) {
    CheckElementSize(reader_->tag_begin());
    return peer_error_->OnText(text);
  }
  if (within_ == Within::kDialback) {
    CheckElementSize(reader_->tag_begin());
    if (!builder_.OnText(text)) RefuseDialback();
    return;
  }
  if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    return reader_->Fail(StreamCondition::kBadFormat,
                         "there is text between two stanzas");
  }
  if (now_ - whitespace_since_ >= limits::kWhitespaceWindow) {
    whitespace_since_ = now_;
    whitespace_ = 0;
  }
  whitespace_ += text.size();
  if (whitespace_ > limits::kWhitespaceBytes) {
    reader_->Fail(StreamCondition::kPolicyViolation,
                  "too much whitespace and no stanza");  // A7
  }
}

}  // namespace danegate
