#include "proxy/xmpp/stanza_guard.h"

#include <algorithm>
#include <utility>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/stream_reader.h"
#include "proxy/xmpp/utf8.h"
#include "proxy/xmpp/xml_writer.h"

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

StreamError BadAddress(const XmlStart& start, std::string_view attribute,
                       std::optional<std::string_view> value) {
  std::string text = "the '" + std::string(attribute) + "' of a " +
                     std::string(start.name().local);
  text += value ? " is not a valid address: " + Quoted(*value) : " is missing";
  return {StreamCondition::kImproperAddressing, std::move(text)};
}

KnownDomain::Match CompareJid(KnownDomain& known,
                              std::optional<std::string_view> jid) {
  if (!jid) return KnownDomain::Match::kInvalid;
  const auto domain = DomainOfJid(*jid);
  return domain ? known.Compare(*domain) : KnownDomain::Match::kInvalid;
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

StanzaGuard::StanzaGuard(ProvenDomain from, Domain to, std::string scope,
                         std::size_t stanza_bytes)
    : from_(from.domain()),
      to_(std::move(to)),
      scope_(std::move(scope)),
      stanza_bytes_(stanza_bytes) {}

StanzaGuard::~StanzaGuard() = default;

void StanzaGuard::OnBytes(std::string_view bytes, Instant now) {
  runs_.clear();
  if (end_) return;
  now_ = now;
  passed_.clear();
  if (!within_stanza()) ReleaseIdleMemory();
  if (!reader_) StartReader();
  input_ = bytes;
  input_begin_ = reader_->fed();
  reader_->Feed(bytes);
  if (!reader_->over()) KeepTail();
  if (!end_ && reader_->error()) {
    end_ = {End::Kind::kViolation, *reader_->error()};
  }
}

// A parser keeps every name that it has met, so it is replaced now and then:
// between two stanzas all that it knows of the stream is the header's scope.
void StanzaGuard::ReleaseIdleMemory() {
  if (reader_ && reader_->memory() > limits::kParserKeptBytes) reader_.reset();
  if (tail_.capacity() > limits::kTailKeptBytes) tail_ = std::string();
  if (passed_.capacity() > limits::kTailKeptBytes) passed_ = std::string();
}

void StanzaGuard::StartReader() {
  XmlReader::Sink& sink = *this;
  reader_ = std::make_unique<XmlReader>(StanzaLimits(), sink);
  reader_->WantText(true);
  reader_->Feed(scope_);
}

void StanzaGuard::StopBetweenStanzas() {
  stopping_ = true;
  if (!within_stanza() && !end_) end_ = {End::Kind::kStopped, {}};
}

// --- what passes -------------------------------------------------------------

void StanzaGuard::PassStanza() {
  const auto end = reader_->tag_end();
  if (stanza_begin_ >= input_begin_) {
    return PassInput(
        input_.substr(stanza_begin_ - input_begin_, end - stanza_begin_));
  }
  // whole stanzas only, so the beginning that was kept is completed.
  tail_ += input_.substr(0, end - input_begin_);
  passed_.swap(tail_);
  runs_.push_back(
      {std::string_view(passed_).substr(stanza_begin_ - tail_begin_), 1});
}

void StanzaGuard::PassInput(std::string_view bytes) {
  if (!runs_.empty()) {
    auto& last = runs_.back();
    if (last.bytes.data() + last.bytes.size() == bytes.data()) {
      last = {{last.bytes.data(), last.bytes.size() + bytes.size()},
              last.stanzas + 1};
      return;
    }
  }
  runs_.push_back({bytes, 1});
}

void StanzaGuard::KeepTail() {
  unfinished_tag_ = !within_stanza_ && reader_->pending() > 0;
  if (!within_stanza()) return;
  const auto begin =
      within_stanza_ ? stanza_begin_ : reader_->fed() - reader_->pending();
  CheckSize(reader_->fed() - begin);
  if (reader_->over()) return;
  if (begin >= input_begin_) {
    tail_begin_ = begin;
    tail_ = input_.substr(begin - input_begin_);
  } else {
    tail_ += input_;
  }
}

// from '<' to '>'.
void StanzaGuard::CheckSize(std::uint64_t size) {
  if (size <= stanza_bytes_) return;
  reader_->Fail(
      StreamCondition::kPolicyViolation,
      "a stanza is longer than " + std::to_string(stanza_bytes_) + " octets");
}

// --- what is read ------------------------------------------------------------

void StanzaGuard::OnStart(std::size_t depth, const XmlStart& start) {
  if (depth == 1) return BeginElement(start);
  if (peer_error_) peer_error_->OnStart(depth, start.name());
}

void StanzaGuard::BeginElement(const XmlStart& start) {
  whitespace_ = 0;
  if (start.name().Is(xmlns::kStreams, "error")) {
    peer_error_ = std::make_unique<PeerError>();
    return;  // its text is wanted
  }
  if (auto error = CheckStanza(start)) {
    return reader_->Fail(error->condition, std::move(error->text));
  }
  reader_->WantText(false);
  stanza_begin_ = reader_->tag_begin();
  within_stanza_ = true;
}

void StanzaGuard::OnEnd(std::size_t depth) {
  if (peer_error_ && depth > 1) return peer_error_->OnEnd();
  if (depth > 1) return;
  if (depth == 0) return Finish(End::Kind::kClosed, {});
  if (peer_error_) return Finish(End::Kind::kPeerError, peer_error_->error());
  FinishStanza();
}

void StanzaGuard::FinishStanza() {
  CheckSize(reader_->tag_end() - stanza_begin_);
  if (reader_->over()) return;
  PassStanza();
  within_stanza_ = false;
  reader_->WantText(true);
  if (stopping_) Finish(End::Kind::kStopped, {});
}

void StanzaGuard::Finish(End::Kind kind, StreamError error) {
  end_ = {kind, std::move(error)};
  reader_->Stop();
}

// Between stanzas, or within the peer's error.
void StanzaGuard::OnText(std::string_view text) {
  if (peer_error_) return peer_error_->OnText(text);
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

// --- what is judged ----------------------------------------------------------

std::optional<StreamError> StanzaGuard::CheckStanza(const XmlStart& start) {
  const auto name = start.name();
  if (name.uri != xmlns::kServer || !IsStanzaName(name.local)) {
    return UnsupportedElement(name);
  }
  if (!name.prefix.empty()) {
    return StreamError{
        StreamCondition::kBadNamespacePrefix,
        "a stanza must have no prefix, not " + Quoted(name.prefix)};
  }
  return CheckAddresses(start);
}

// both are there, and the pair is the proven one.
std::optional<StreamError> StanzaGuard::CheckAddresses(const XmlStart& start) {
  using Match = KnownDomain::Match;
  const auto to = start.Attribute("to");
  const auto from = start.Attribute("from");
  const auto to_match = CompareJid(to_, to);
  const auto from_match = CompareJid(from_, from);
  if (to_match == Match::kInvalid) return BadAddress(start, "to", to);
  if (from_match == Match::kInvalid) return BadAddress(start, "from", from);
  if (to_match == Match::kOther) {
    return StreamError{StreamCondition::kHostUnknown,
                       "this stream is for " + to_.domain().ascii() +
                           ", not for " + Quoted(*to)};
  }
  if (from_match == Match::kOther) {
    return StreamError{StreamCondition::kInvalidFrom,
                       "this stream is proven for " + from_.domain().ascii() +
                           ", not for " + Quoted(*from)};
  }
  return std::nullopt;
}

}  // namespace danegate
