// A peer's certificate for tests: self-signed, P-256, for peer.example. Its
// TLSA record `3 1 1` stands in resolver_zones.py.
#pragma once

namespace danegate::testing {

inline constexpr char kPeerCertificate[] = R"(-----BEGIN CERTIFICATE-----
MIIBjzCCATSgAwIBAgIUJ/cyke4HpDmFJVAzFSREm52TJWYwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEcGVlcjAgFw0yNjExMjQwMjI3NDRaGA8yMTI2MTAzMTAyMjc0
NFowDzENMAsGA1UEAwwEcGVlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDe5
/eX292LTCheMNsy2wBuRpaXTTJoFJOvPo9M0U0Dw56oi6P/4ZNoHpwoatzvnUOwB
2+I2xm1iq4Mnj1NIgRCjbDBqMB0GA1UdDgQWBBSwD+rofUDs71v38ouHXUXPNfJs
bjAfBgNVHSMEGDAWgBSwD+rofUDs71v38ouHXUXPNfJsbjAPBgNVHRMBAf8EBTAD
AQH/MBcGA1UdEQQQMA6CDHBlZXIuZXhhbXBsZTAKBggqhkjOPQQDAgNJADBGAiEA
rXftRTh81gtDFt67C5c7LCxoRR+2x/mtW4Nj3tF8kOgCIQD9PVgDLl9FjPDNS1ky
RIcMAlKycr66M5OxH7dsCJ+BaA==
-----END CERTIFICATE-----
)";

}  // namespace danegate::testing
