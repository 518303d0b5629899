-- A Prosody 0.12 behind danegate: Include this file in prosody.cfg.lua, after the
-- global settings and before the first VirtualHost. README.md says why each line.

-- The address that the edge connects to; not one that the Internet reaches.
s2s_interfaces = { "10.0.3.7" }
s2s_ports = { 5269 }
s2s_direct_tls_ports = { 5270 }

-- Who may open streams: the edge, for the domain in the certificate it presents.
s2s_require_encryption = true
s2s_secure_auth = true
s2s_insecure_domains = {}
s2s_ssl = {
	cafile = "/etc/prosody/danegate/edge-ca.pem";
	capath = "/etc/prosody/danegate/no-ca";
}
s2s_direct_tls_ssl = {
	cafile = "/etc/prosody/danegate/edge-ca.pem";
	capath = "/etc/prosody/danegate/no-ca";
}
modules_disabled = { "dialback" }

-- Answers go out at once, not when the edge has acknowledged the one before.
network_settings = { nagle = false }

-- The edge bounds what a peer may send; these bounds are there to outlast it.
limits = { c2s = { rate = "10kb/s" }; s2sin = { rate = "10mb/s"; burst = "10s" } }
s2s_stanza_size_limit = 524288
