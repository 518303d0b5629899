#include "proxy/command/version.h"

#include <curl/curl.h>
#include <expat.h>
#include <gnutls/gnutls.h>
#include <idn2.h>
#include <microhttpd.h>
#include <openssl/base.h>
#include <spdlog/version.h>
#include <unbound.h>
#include <uv.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/command/exit_status.h"
#include "proxy/command/terminal.h"

// Absent in sanitizer builds.
extern "C" int mallctl(const char*, void*, std::size_t*, void*, std::size_t)
    __attribute__((weak));
// Absent before 2.6.0, but for distributions that have taken the fix back.
extern "C" __attribute__((weak))
XML_Bool XML_SetReparseDeferralEnabled(XML_Parser, XML_Bool);

namespace danegate {
namespace {

struct Library {
  std::string name;
  std::string version;
  std::string warning;  // empty: none
};

using Numbers = std::array<int, 3>;

// "1.17.1" and "expat_2.5.0": the first three numbers.
Numbers ToNumbers(std::string_view text) {
  Numbers numbers{};
  const auto start = text.find_first_of("0123456789");
  if (start == std::string_view::npos) return numbers;
  text.remove_prefix(start);
  for (int& number : numbers) {
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc() || result.ptr == end) break;
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()) + 1);
  }
  return numbers;
}

std::string Jemalloc() {
  const char* version = nullptr;
  std::size_t size = sizeof version;
  if (mallctl == nullptr ||
      mallctl("version", &version, &size, nullptr, 0) != 0) {
    return "not linked";
  }
  return version;
}

Library Unbound() {
  Library library{"libunbound", ub_version(), {}};
  if (ToNumbers(library.version) < Numbers{1, 25, 2}) {
    library.warning =
        "1.25.2 or later has all known fixes; this one is as safe as what the "
        "distribution has put back into it";
  }
  return library;
}

// Debian's revision cannot be seen at run time; one of its fixes can.
Library Expat() {
  Library library{"expat", XML_ExpatVersion(), {}};
  if (ToNumbers(library.version) >= Numbers{2, 8, 4}) return library;
  if (XML_SetReparseDeferralEnabled == nullptr) {
    library.warning =
        "the fix for slow parsing of large tokens is missing; install 2.8.4, "
        "or Debian's 2.5.0-1+deb12u5";
  } else {
    library.warning =
        "2.8.4 or Debian's 2.5.0-1+deb12u5 is needed; large tokens are fixed "
        "here, the other fixes cannot be seen: look at dpkg -s libexpat1";
  }
  return library;
}

Library YamlCpp() {
  Library library{"yaml-cpp", DANEGATE_YAML_CPP " (built with)", {}};
  if (ToNumbers(library.version) < Numbers{0, 8, 0}) {
    library.warning =
        "0.8.0 or later is better; size and depth are bounded here in any case";
  }
  return library;
}

// With its TLS library: there are several builds.
std::string Curl() {
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  return std::string(info->version) + " (" + info->ssl_version + ")";
}

std::string Spdlog() {
  return std::to_string(SPDLOG_VER_MAJOR) + "." +
         std::to_string(SPDLOG_VER_MINOR) + "." +
         std::to_string(SPDLOG_VER_PATCH) + " (built with)";
}

std::string Json() {
  return std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "." +
         std::to_string(NLOHMANN_JSON_VERSION_MINOR) + "." +
         std::to_string(NLOHMANN_JSON_VERSION_PATCH) + " (built with)";
}

std::vector<Library> Libraries() {
  return {{"BoringSSL",
           DANEGATE_BORINGSSL " (API " + std::to_string(BORINGSSL_API_VERSION) +
               ", linked in)",
           {}},
          Unbound(),
          {"libuv", uv_version_string(), {}},
          Expat(),
          YamlCpp(),
          {"libidn2", idn2_check_version(nullptr), {}},
          {"libcurl", Curl(), {}},
          {"libmicrohttpd", MHD_get_version(), {}},
          {"GnuTLS", gnutls_check_version(nullptr), {}},
          {"jemalloc", Jemalloc(), {}},
          {"spdlog", Spdlog(), {}},
          {"nlohmann-json", Json(), {}}};
}

}  // namespace

std::string ProgramVersion() { return DANEGATE_VERSION; }

int RunVersion() {
  const Ink ink = Ink::For(stdout);
  std::printf("danegate %s\n", DANEGATE_VERSION);
  for (const auto& [name, version, warning] : Libraries()) {
    std::printf("  %-14s %s\n", name.c_str(), version.c_str());
    if (warning.empty()) continue;
    std::printf("  %-14s %s %s\n", "", ink.Warning("warning:").c_str(),
                warning.c_str());
  }
  return kExitGood;
}

}  // namespace danegate
