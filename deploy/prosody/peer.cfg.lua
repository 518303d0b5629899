-- A Prosody 0.12 that proves the servers it connects to by DANE. Include this file
-- in prosody.cfg.lua before the first VirtualHost. Needs the package lua-unbound.
-- README.md says what works and what does not.
use_dane = true
unbound = {
	resolvconf = false;
	hoststxt = false;
	trustfile = "/usr/share/dns/root.key";
}
s2s_require_encryption = true
s2s_secure_auth = true

-- What it says goes out at once, not when the other side has acknowledged what was
-- before.
network_settings = { nagle = false }
