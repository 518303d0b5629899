#include "verifier/resolver/unbound_setup.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "verifier/resolver/trust_anchor.h"

namespace danegate {

namespace {

struct Preset {
  const char* option;
  const char* value;
};

// What danegate sets before the operator's options.
constexpr auto kPresets = std::to_array<Preset>({
    {"module-config:", "validator iterator"},
    // 20 to 50 times the throughput (D10).
    {"qname-minimisation:", "no"},
    // A signature ends when it says so. libunbound's own values let it live on
    // for an hour to a day, and with it a record that was withdrawn (D-60).
    {"val-sig-skew-min:", "0"},
    {"val-sig-skew-max:", "0"},
    // A mended zone works again within seconds (D-63).
    {"val-bogus-ttl:", "5"},
    // The library's own 16 sockets would make questions queue: 4,600 answers a
    // second at a round trip of 100 ms are 460 under way.
    {"outgoing-range:", "512"},
    {"outgoing-num-tcp:", "64"},
    // Name servers, or the resolver that we forward to, are used again within 2
    // s of coming back, and are known to be away meanwhile (measured after 60 s
    // away: 1.9 s; with libunbound's own values after 20 s away: 12 s).
    {"infra-host-ttl:", "2"},
    {"infra-keep-probing:", "yes"},
    {"infra-cache-max-rtt:", "2000"},
    // Per thread; the library's own are a tenth of it.
    {"msg-cache-size:", "16m"},
    {"rrset-cache-size:", "32m"},
    {"key-cache-size:", "8m"},
    {"infra-cache-numhosts:", "20000"},
});

// What the operator may not set, and why.
constexpr auto kRefused =
    std::to_array<std::pair<std::string_view, const char*>>(
        {{"module-config:", "it could leave the validator out"},
         {"val-permissive-mode:", "it would let bogus answers through"},
         {"harden-dnssec-stripped:", "it would let signatures be stripped"},
         {"domain-insecure:", "it would let signatures be ignored"},
         {"val-override-date:", "signatures end by the clock (D-60)"},
         {"val-sig-skew-min:", "signatures end by the clock (D-60)"},
         {"val-sig-skew-max:", "signatures end by the clock (D-60)"},
         {"trust-anchor:", "use resolver.trust_anchor"},
         {"trust-anchor-file:", "use resolver.trust_anchor"},
         {"auto-trust-anchor-file:", "use resolver.trust_anchor"},
         {"trusted-keys-file:", "use resolver.trust_anchor"},
         {"serve-expired:", "an expired record proves nothing (D-63)"},
         {"cache-min-ttl:",
          "a record may not live longer than its TTL (D-61)"}});

using Problem = std::optional<ResolverRefusal>;

Problem ApplyPresets(ub_ctx* context) {
  for (const Preset& preset : kPresets) {
    if (ub_ctx_set_option(context, preset.option, preset.value) != 0) {
      return ResolverRefusal{std::string("libunbound ") + ub_version() +
                                 " does not know the option '" + preset.option +
                                 "'; install version 1.17.1 or later",
                             ""};
    }
  }
  return std::nullopt;
}

Problem AddTrustAnchors(ub_ctx* context, const ResolverSettings& settings) {
  if (settings.trust_anchor_files.empty()) {
    return ResolverRefusal{
        "resolver.trust_anchor: expected at least one file with the root's "
        "DS or DNSKEY records, got none; without it nothing is secure. "
        "Debian has /usr/share/dns/root.ds in the package dns-root-data",
        ""};
  }
  for (const std::string& file : settings.trust_anchor_files) {
    if (std::string problem = CheckTrustAnchorFile(file); !problem.empty()) {
      return ResolverRefusal{"resolver.trust_anchor: " + problem, file};
    }
    if (ub_ctx_add_ta_file(context, file.c_str()) != 0) {
      return ResolverRefusal{
          "resolver.trust_anchor: libunbound refuses " + file, file};
    }
  }
  return std::nullopt;
}

Problem SetServers(ub_ctx* context, const ResolverSettings& settings) {
  for (const std::string& server : settings.forward) {
    if (ub_ctx_set_fwd(context, server.c_str()) != 0) {
      return ResolverRefusal{
          "resolver.forward: expected ADDRESS or ADDRESS@PORT, e.g. "
          "192.0.2.53@53, got '" +
              server + "'",
          server};
    }
  }
  const std::string& hints = settings.root_hints;
  if (hints.empty()) return std::nullopt;
  if (FILE* file = std::fopen(hints.c_str(), "r")) {
    std::fclose(file);
  } else {
    return ResolverRefusal{
        "resolver.root_hints: cannot read " + hints +
            "; give a readable root hints file, or leave the setting out",
        hints};
  }
  if (ub_ctx_set_option(context, "root-hints:", hints.c_str()) != 0) {
    return ResolverRefusal{"resolver.root_hints: libunbound refuses " + hints,
                           hints};
  }
  return std::nullopt;
}

Problem ApplyOptions(ub_ctx* context, const ResolverSettings& settings) {
  for (const auto& [name, value] : settings.options) {
    const std::string option = name.ends_with(':') ? name : name + ':';
    for (const auto& [refused, reason] : kRefused) {
      if (option == refused) {
        return ResolverRefusal{
            "resolver.options: '" + option + "' may not be set: " + reason,
            name};
      }
    }
    if (ub_ctx_set_option(context, option.c_str(), value.c_str()) != 0) {
      return ResolverRefusal{"resolver.options: libunbound " +
                                 std::string(ub_version()) + " refuses '" +
                                 option + " " + value +
                                 "'; see the server clause in unbound.conf(5)",
                             name};
    }
  }
  return std::nullopt;
}

// LogCapture keeps what libunbound would write to standard error meanwhile.
class LogCapture {
 public:
  explicit LogCapture(ub_ctx* context)
      : context_(context), stream_(open_memstream(&text_, &size_)) {
    if (stream_ != nullptr) ub_ctx_debugout(context_, stream_);
  }
  ~LogCapture() {
    ub_ctx_debugout(context_, stderr);
    if (stream_ != nullptr) std::fclose(stream_);
    std::free(text_);
  }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  std::string text() {
    if (stream_ == nullptr) return "";
    std::fflush(stream_);
    return std::string(text_, size_);
  }

 private:
  ub_ctx* context_;
  char* text_ = nullptr;
  std::size_t size_ = 0;
  FILE* stream_;
};

// The first message of the log, without time, process and level.
std::string FirstMessage(std::string_view log) {
  log = log.substr(0, log.find('\n'));
  for (std::string_view level : {" error: ", " warning: "}) {
    const auto at = log.find(level);
    if (at != log.npos) return std::string(log.substr(at + level.size()));
  }
  return std::string(log);
}

// The file of the settings that a message of libunbound names, or "".
std::string FileNamedIn(const std::string& message,
                        const ResolverSettings& settings) {
  const auto is_named = [&message](const std::string& file) {
    return !file.empty() && message.find(file) != message.npos;
  };
  if (is_named(settings.root_hints)) return settings.root_hints;
  for (const std::string& file : settings.trust_anchor_files) {
    if (is_named(file)) return file;
  }
  return "";
}

// The first question makes libunbound read its files. This one is answered from
// its built-in zone, without any server.
Problem ReadFiles(ub_ctx* context, const ResolverSettings& settings) {
  LogCapture log(context);
  const auto ignore = [](void*, int, void*, int, int, char*, int) {};
  const int error = ub_resolve_event(context, "localhost.", /*rrtype=*/1,
                                     /*rrclass=*/1, nullptr, ignore, nullptr);
  const std::string text = log.text();
  if (error != 0) {
    return ResolverRefusal{
        "resolver: libunbound cannot start: " +
            (text.empty() ? ub_strerror(error) : FirstMessage(text)) +
            "; mend the file or setting that this is about",
        FileNamedIn(text, settings)};
  }
  // libunbound only warns, and then takes everything for insecure.
  if (text.find("the anchor is ignored") != text.npos) {
    return ResolverRefusal{
        "resolver.trust_anchor: libunbound cannot use it: " +
            FirstMessage(text) +
            "; use a root key with an algorithm that it knows",
        settings.trust_anchor_files.size() == 1
            ? settings.trust_anchor_files.front()
            : ""};
  }
  std::fputs(text.c_str(), stderr);
  return std::nullopt;
}

}  // namespace

Result<UniqueUnbound, ResolverRefusal> OpenUnbound(
    const ResolverSettings& settings, ub_event_base* events) {
  static std::mutex turn;
  const std::lock_guard guard(turn);
  UniqueUnbound context(ub_ctx_create_ub_event(events));
  if (context == nullptr) {
    return Failure(
        ResolverRefusal{"libunbound cannot start: out of memory", ""});
  }
  Problem problem = ApplyPresets(context.get());
  if (!problem) problem = AddTrustAnchors(context.get(), settings);
  if (!problem) problem = SetServers(context.get(), settings);
  if (!problem) problem = ApplyOptions(context.get(), settings);
  if (!problem) problem = ReadFiles(context.get(), settings);
  if (problem) return Failure(*std::move(problem));
  return context;
}

}  // namespace danegate
