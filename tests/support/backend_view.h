// BackendView is what a backend reads: the bytes that were relayed, behind the
// header that we wrote, through a parser of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/xmpp/jid.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/stream_reader.h"
#include "proxy/xmpp/xml_reader.h"

namespace danegate {

class BackendView final : private XmlReader::Sink {
 public:
  struct Stanza {
    std::string name;  // with its namespace
    std::string from;  // its domain, canonical
    std::string to;
  };

  explicit BackendView(const HeaderDeclarations& declarations)
      : reader_(StanzaLimits(), *this) {
    reader_.Feed(WriteHeader({.id = "",
                              .from = "peer.example",
                              .to = "tenant.example",
                              .lang = declarations.lang,
                              .declarations = &declarations}));
  }

  void Read(std::string_view bytes) { reader_.Feed(bytes); }

  // Complete ones.
  const std::vector<Stanza>& stanzas() const { return stanzas_; }
  // True if everything that was read is stanzas: nothing wrong, nothing between
  // them, none incomplete.
  bool good() const { return !reader_.over() && depth_ == 1 && !stray_; }

 private:
  static std::string DomainIn(const XmlStart& start, std::string_view name) {
    const auto jid = start.Attribute(name);
    const auto domain = jid ? DomainOfJid(*jid) : std::nullopt;
    if (!domain) return "";
    const auto parsed = Domain::Parse(*domain);
    return parsed ? parsed->ascii() : "";
  }

  void OnNamespace(std::string_view, std::string_view) override {}
  void OnStart(std::size_t depth, const XmlStart& start) override {
    depth_ = depth + 1;
    if (depth == 1) {
      const auto name = start.name();
      next_ = {std::string(name.uri) + ' ' + std::string(name.local),
               DomainIn(start, "from"), DomainIn(start, "to")};
    }
    reader_.WantText(depth == 0);
  }
  void OnEnd(std::size_t depth) override {
    depth_ = depth;
    if (depth == 1) {
      stanzas_.push_back(next_);
      reader_.WantText(true);
    }
  }
  void OnText(std::string_view) override { stray_ = true; }

  XmlReader reader_;
  std::size_t depth_ = 0;
  bool stray_ = false;
  Stanza next_;
  std::vector<Stanza> stanzas_;
};

}  // namespace danegate
