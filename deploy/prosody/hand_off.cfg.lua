-- Streams in cleartext from danegate (`hand_off: proxy`), for a network that can be
-- trusted: Include this file in prosody.cfg.lua behind backend.cfg.lua, and add
-- "danegate" to modules_enabled. README.md says what it does and what it does not.

-- Where mod_danegate.lua is.
plugin_paths = { "/etc/prosody/danegate" }

-- The file that `secret` of the tenant's backend names, or one with the same line.
-- Owned by the user that Prosody runs as, mode 0600.
danegate_secret_file = "/etc/prosody/danegate/hand-off.secret"

-- Where the edge connects to. Stanzas come in cleartext: on any other address than
-- this, whoever is on the way can read and change them.
danegate_interfaces = { "127.0.0.1" }
danegate_ports = { 5275 }
