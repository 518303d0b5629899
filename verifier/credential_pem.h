// A Credential as PEM, for libraries that take nothing else. The key is a
// secret: whoever gets it clears it.
#pragma once

#include <string>

#include "verifier/certificate.h"
#include "verifier/credential.h"

namespace danegate {

// Every certificate, leaf first.
std::string ToPem(const CertificateChain&);
// PKCS #8, unencrypted.
std::string KeyToPem(const Credential&);
// Overwrites a secret.
void ClearSecret(std::string&);

}  // namespace danegate
