-- A hosted Prosody that opens its streams to other domains itself, beside the edge:
-- Include this file in prosody.cfg.lua behind backend.cfg.lua. README.md says what
-- works by it and what does not.

-- The edge comes by direct TLS only (`tls: direct`, port 5270), where
-- s2s_direct_tls_ssl says who is trusted: the edge CA. So s2s_ssl rules nothing but
-- what goes out.
s2s_ports = {}

-- Whom it may reach: servers whose certificate one of the system's CAs has issued.
s2s_ssl = { cafile = "/etc/ssl/certs/ca-certificates.crt" }

-- Only for a domain without a certificate that other servers trust: dialback, about
-- whose keys they ask the edge. The file is that of `dialback: {secret: …}` there.
-- modules_disabled = {}
-- dialback_secret = io.open("/etc/prosody/danegate/dialback.secret"):read("l")
