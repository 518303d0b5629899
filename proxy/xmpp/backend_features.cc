#include "proxy/xmpp/backend_features.h"

#include "proxy/xmpp/namespaces.h"

namespace danegate {

bool OffersStartTls(const XmlElement& features) {
  return features.Child(xmlns::kTls, "starttls") != nullptr;
}

bool AsksForSasl(const XmlElement& features) {
  return features.Child(xmlns::kSasl, "mechanisms") != nullptr;
}

std::string PassableFeatures(const XmlElement& features) {
  std::string out;
  for (const auto& feature : features.children) {
    if (feature.Is(xmlns::kCaps, "c")) {
      AppendElement(out, feature, xmlns::kServer);
    }
  }
  return out;
}

}  // namespace danegate
