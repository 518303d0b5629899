// What a backend's <stream:features> mean to us, and what of them a peer may
// see.
#pragma once

#include <string>

#include "proxy/xmpp/xml_element.h"

namespace danegate {

bool OffersStartTls(const XmlElement& features);
// Whether it wants SASL, by whatever mechanism.
bool AsksForSasl(const XmlElement& features);

// PassableFeatures returns the XML of the features that only inform: entity
// capabilities. Everything that a peer could answer by negotiating (dialback,
// bidi, stream management, compression, whatever comes next) is between the
// peer and us, and is left out because it is not listed, not because it is.
std::string PassableFeatures(const XmlElement& features);

}  // namespace danegate
