"""Prosody servers. Their s2s settings come from deploy/prosody, as operators get them."""
import os
import re

from . import deployed
from .processes import Process, accepts, wait_until

# What Debian's own prosody.cfg.lua says, as far as it matters here.
_CONFIG = """\
run_as_root = {as_root}
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{folder}/certs"
log = {{ {level} = "*console" }}
interfaces = {{ "{address}" }}
c2s_ports = {{ 5222 }}
http_ports = {{}}
https_ports = {{}}
modules_enabled = {{ "roster"; "saslauth"; "tls"; "disco"; "ping"; "dialback"; "limits"; "smacks"; "carbons"; "posix"; {modules} }}
modules_disabled = {{ "offline" }}
limits = {{ c2s = {{ rate = "10kb/s" }}; s2sin = {{ rate = "30kb/s" }} }}
s2s_secure_auth = true
authentication = "internal_plain"
{fragment}
{hosts}
"""


# For a peer that proves itself by dialback. mod_dialback answers about its keys on
# streams without a certificate only if none is demanded.
DIALBACK = """
s2s_secure_auth = false
"""


# mod_danegate's port, as deploy/prosody/hand_off.cfg.lua has it, and its name in
# modules_enabled.
HAND_OFF_PORT, HAND_OFF_MODULE = 5275, "danegate"


def backend_settings(folder, address, edge_ca):
    """deploy/prosody/backend.cfg.lua for this address, trusting `edge_ca` (a PEM file)."""
    trust = deployed.trust_folder(folder, edge_ca)
    os.makedirs(os.path.join(trust, "no-ca"), exist_ok=True)
    return deployed.read("prosody/backend.cfg.lua", {
        "10.0.3.7": address, "/etc/prosody/danegate": trust})


def outgoing_settings(trust):
    """deploy/prosody/outgoing.cfg.lua with `trust` (a PEM file) for the system's CAs."""
    return deployed.read("prosody/outgoing.cfg.lua", {
        "/etc/ssl/certs/ca-certificates.crt": trust})


def sending_by_dialback(secret):
    """The lines of deploy/prosody/outgoing.cfg.lua for a server without a certificate that
    others trust. `secret`: the file that the edge has too."""
    text = deployed.read("prosody/outgoing.cfg.lua", {
        "/etc/prosody/danegate/dialback.secret": os.fspath(secret)})
    return "\n".join(line.removeprefix("-- ") for line in text.splitlines()
                     if re.match(r"-- (modules_disabled|dialback_secret) = ", line)) + "\n"


def trusting(trust):
    """Settings of a server that proves others by the authorities of `trust` (a PEM file)."""
    return f's2s_ssl = {{ cafile = "{trust}" }}\n'


def dns_settings(forward, anchor):
    """Settings that make it ask the lab's DNS."""
    return (f'unbound = {{ resolvconf = false; hoststxt = false; forward = {{ "{forward}" }}; '
            f'trustfile = "{anchor}" }}\n')


def hand_off_settings(address, secret):
    """deploy/prosody/hand_off.cfg.lua for this address, and the module beside it as it
    is there. `secret`: the file."""
    return deployed.read("prosody/hand_off.cfg.lua", {
        '"/etc/prosody/danegate"': f'"{deployed.DEPLOY / "prosody"}"',
        "/etc/prosody/danegate/hand-off.secret": os.fspath(secret),
        "127.0.0.1": address})


def peer_settings(forward, anchor):
    """deploy/prosody/peer.cfg.lua with the lab's DNS in the place of the real one."""
    return deployed.read("prosody/peer.cfg.lua", {
        "/usr/share/dns/root.key": anchor,
        "hoststxt = false;": f'hoststxt = false;\n\tforward = {{ "{forward}" }};'})


class Prosody:
    """One Prosody with its own folder, on port 5222 and the s2s ports of an address."""

    def __init__(self, name, folder, address, hosts, settings="", users=(), level="debug",
                 modules=(), port=5269):
        """`hosts`: {domain: Certificate}. `settings`: Lua lines before the first
        VirtualHost, mostly a fragment. `users`: ("name@domain", password) pairs.
        `modules`: further ones. `port`: one for servers that it listens on."""
        self.name, self.address = name, address
        self._ports = [5222, port, *([HAND_OFF_PORT] if HAND_OFF_MODULE in modules else [])]
        self.folder = os.fspath(folder)
        os.makedirs(os.path.join(self.folder, "certs"), exist_ok=True)
        for domain, certificate in hosts.items():
            _link(certificate.chain, os.path.join(self.folder, "certs", domain + ".crt"))
            _link(certificate.key, os.path.join(self.folder, "certs", domain + ".key"))
        for jid, password in users:
            self.add_user(jid, password)
        self.config = os.path.join(self.folder, "prosody.cfg.lua")
        with open(self.config, "w") as file:
            file.write(_CONFIG.format(
                as_root="true" if os.geteuid() == 0 else "false", folder=self.folder,
                level=level, address=address, fragment=settings,
                modules="; ".join(f'"{module}"' for module in modules),
                hosts="\n".join(f'VirtualHost "{domain}"' for domain in hosts)))
        self.process = None

    def start(self):
        self.process = Process(self.name, ["/usr/bin/prosody", "-F", "--config", self.config],
                               os.path.join(self.folder, "log"))
        return self

    def wait_ready(self):
        for port in self._ports:
            wait_until(lambda: accepts(self.address, port),
                       f"{self.name} listens on {self.address}:{port}", process=self.process)
        return self

    def stop(self):
        if self.process:
            self.process.stop()

    def add_user(self, jid, password):
        name, domain = jid.split("@")
        folder = os.path.join(self.folder, "data", _encoded(domain), "accounts")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, _encoded(name) + ".dat"), "w") as file:
            file.write(f'return {{ ["password"] = "{password}" }};\n')


def _encoded(text):
    """The file name that Prosody's storage gives to a name."""
    return "".join(letter if letter.isascii() and letter.isalnum()
                   else f"%{ord(letter):02x}" for letter in text)


def _link(target, path):
    if not os.path.lexists(path):
        os.symlink(os.path.abspath(target), path)
