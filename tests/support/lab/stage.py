"""The stage: a peer, a provider with its edge, a tenant and its server, and their DNS.

    alice@peer.example -> peer -> (DNS, TLS) -> danegate -> backend -> bob@tenant.example

    peer.example       SRV -> mx.peer.example, TLSA 3 1 1 of the peer's certificate
    hosting.example    the provider: edge.hosting.example, TLSA 3 1 1 of the edge's key
    tenant.example     SRV -> edge.hosting.example
    stale.example      where asked for: the peer's too, with the TLSA record of a key that
                       it has no more; carol is there, and danegate refuses it

Every zone is signed. All certificates that peers see are self-signed: only DANE can
prove them. Nothing runs before start().
"""
import contextlib
import os
import secrets
import shutil
import sys
import tempfile

from . import ejabberd, prosody
from .addresses import DNS_PORTS, XMPP_PORTS, AddressBlock
from .certificates import Authority, edge_authority, self_signed
from .client import Account
from .danegate import Backend, Danegate, Tenant
from .dns import DnsTree
from .dns_relay import DnsRelay
from .ejabberd import Ejabberd
from .prosody import Prosody

PEER, PROVIDER, TENANT = "peer.example", "hosting.example", "tenant.example"
PEER_HOST, EDGE_HOST = "mx.peer.example", "edge.hosting.example"
OWN_TARGET = "xmpp.tenant.example"
STALE, STALE_HOST = "stale.example", "mx.stale.example"
_PORTS = {"starttls": 5269, "direct": 5270}
_PROXY_PORT = 5273


class Stage:
    """Everything above, in one temporary folder. Use it in a `with` block, or call stop().

    folder, block       where files are; which addresses are used
    tree, relay         the DNS; what to count and to spoil
    danegate            the edge
    peer, backend       the two servers
    alice, bob          client.Account at the peer and at the tenant
    carol               the same at stale.example
    control             danegate's control socket
    """

    def __init__(self, program, peer="prosody", backend="prosody", tls="starttls",
                 proxy_protocol="off", srv="xmpp-server", identity="edge-key", shards=2,
                 proof="dane", dialback=False, hand_off="certificate", health_check="off",
                 outgoing="", stale=False):
        """`program`: path of danegate. `peer`, `backend`: prosody or ejabberd. `tls`,
        `proxy_protocol`: of the hand-off. `srv`: xmpp-server, or xmpps-server for
        peers to use direct TLS. `identity`: edge-key or own-target (D9). `proof`: what
        the tenant requires. `hand_off`: certificate, or proxy: then `tls` and
        `proxy_protocol` are of no account, and `secret` is the file on both sides.
        `dialback`: the peer has nothing else to prove itself by:
        no TLSA record, a self-signed certificate, and does dialback. `outgoing`: the
        tenant's server sends to the peer by itself: certificate, which the peer trusts,
        or dialback, about which the edge is asked. `dialback_secret` is the file.
        `stale`: there is a stale.example (with Prosody as the peer)."""
        # ejabberd knows name servers on port 53 only, and only root may listen there.
        self._name_server_ports = (
            [53] if peer == "ejabberd" or outgoing and backend == "ejabberd" else [])
        self.block = AddressBlock([*XMPP_PORTS, *DNS_PORTS, *self._name_server_ports])
        self.folder = tempfile.mkdtemp(prefix="danegate-stage-")
        self._end = contextlib.ExitStack()
        self._make_keys(identity)
        self._dialback, self._outgoing, self._stale = dialback, outgoing, stale
        self._make_dns(srv, EDGE_HOST if identity == "edge-key" else OWN_TARGET)
        self.secret = self._make_secret("hand-off") if hand_off == "proxy" else None
        self.dialback_secret = self._make_secret("dialback") if outgoing == "dialback" else None
        self._make_edge(program, self._hand_off(tls, proxy_protocol, health_check), identity,
                        shards, proof)
        self._make_servers(peer, backend)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.stop()

    def start(self, tell=lambda step: None):
        """Starts everything, in parallel where that is possible. `tell` hears what is
        awaited."""
        tell("signing the DNS zones and starting NSD")
        self._started(self.tree, self.tree.stop)
        self._started(self.relay, self.relay.close)
        for server in (self.danegate, self.backend, self.peer):
            self._started(server, server.stop)
        tell("waiting for danegate")
        self.danegate.wait_ready()
        tell("waiting for the two XMPP servers")
        self.backend.wait_ready()
        self.peer.wait_ready()
        return self

    def stop(self):
        self._end.close()
        self.block.close()
        if "DANEGATE_TEST_KEEP" in os.environ:
            print(f"kept for you: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def zone(self, name):
        """A zone's description, to replace it by one that differs."""
        return self._zones[name]

    def logs(self):
        """The end of every log, for the report of a failure."""
        servers = (self.danegate, self.peer, self.backend)
        return "\n".join(f"--- {server.process.name}\n{server.process.log_tail()}"
                         for server in servers if server.process)

    def _started(self, part, end):
        self._end.callback(end)
        part.start()

    def _make_keys(self, identity):
        keys = os.path.join(self.folder, "keys")
        os.mkdir(keys)
        self.peer_certificate = self_signed(keys, [PEER])
        # Prosody with DANE sends the SRV target as SNI, and still wants to read the
        # domain in the certificate (deploy/prosody/README.md).
        self.edge_certificate = self_signed(keys, [EDGE_HOST, TENANT])
        if identity == "edge-key":  # the tenant's certificate, the edge's key (D9)
            self.tenant_certificate = self_signed(keys, [TENANT], key=self.edge_certificate.key)
        else:
            self.tenant_certificate = self_signed(keys, [TENANT, OWN_TARGET])
        self.edge_ca = edge_authority(os.path.join(keys, "edge-ca"), [TENANT]).root
        self._tenant_ca = Authority(keys, "tenant-ca")
        self._backend_certificate = self._tenant_ca.issue([TENANT])

    def _make_dns(self, srv, target):
        self.peer_address, self.edge_address = self.block.address(3), self.block.address(4)
        port = 5270 if srv == "xmpps-server" else 5269
        self._zones = {
            PEER: {"records": [
                f"_xmpp-server._tcp SRV 0 0 5269 {PEER_HOST}.",
                f"{PEER_HOST}. A {self.peer_address}"]},
            PROVIDER: {"records": []},
            TENANT: {"records": [f"_{srv}._tcp SRV 0 0 {port} {target}."]},
        }
        if not self._dialback:
            self._zones[PEER]["records"].append(
                f"_5269._tcp.{PEER_HOST}. TLSA {self.peer_certificate.tlsa(3, 1, 1)}")
        if self._stale:
            self._make_stale()
        self._zones[PROVIDER if target == EDGE_HOST else TENANT]["records"] += [
            f"{target}. A {self.edge_address}",
            f"_{port}._tcp.{target}. TLSA {self.tenant_certificate.tlsa(3, 1, 1)}"]
        self.tree = DnsTree(os.path.join(self.folder, "dns"), self._zones,
                            self.block.address(1))
        relay = self.block.address(2)
        self.relay = DnsRelay((self.tree.address, self.tree.port), relay,
                              more_listen=[(relay, port) for port in self._name_server_ports])

    def _make_stale(self):
        keys = os.path.join(self.folder, "keys")
        self.stale_certificate = self_signed(keys, [STALE])
        before = self_signed(keys, ["before." + STALE])
        self._zones[STALE] = {"records": [
            f"_xmpp-server._tcp SRV 0 0 5269 {STALE_HOST}.",
            f"{STALE_HOST}. A {self.peer_address}",
            f"_5269._tcp.{STALE_HOST}. TLSA {before.tlsa(3, 1, 1)}"]}

    def _make_secret(self, name):
        path = os.path.join(self.folder, "keys", name + ".secret")
        with open(path, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(secrets.token_hex(32) + "\n")
        return path

    def _hand_off(self, tls, proxy_protocol, health_check):
        self.backend_address = self.block.address(5)
        more = f", health_check: {health_check}"
        if self.secret:
            return Backend(f"{self.backend_address}:{prosody.HAND_OFF_PORT}", more=more,
                           secret=self.secret)
        port = _PROXY_PORT if proxy_protocol != "off" else _PORTS[tls]
        return Backend(f"{self.backend_address}:{port}", tls, proxy_protocol,
                       self._tenant_ca.root.chain, more)

    def _make_edge(self, program, backend, identity, shards, proof):
        tenant = Tenant(
            "acme", [TENANT], self.tenant_certificate, [backend],
            identity, OWN_TARGET if identity == "own-target" else "",
            f"{{require: {proof}}}")
        folder = os.path.join(self.folder, "danegate")
        os.mkdir(folder)
        self.control = os.path.join(folder, "control")
        self.danegate = Danegate(
            program, folder, self.edge_address, EDGE_HOST, self.edge_certificate, self.edge_ca,
            self.relay.forward, self.tree.anchor, [tenant], shards,
            f"outbound: {{allow: [{self.block.network}]}}\ncontrol: control\n" +
            (f"dialback: {{secret: {self.dialback_secret}}}\n" if self.dialback_secret else ""))

    def _make_servers(self, peer, backend):
        password = secrets.token_hex(12)
        alice, bob = (f"alice@{PEER}", password), (f"bob@{TENANT}", password)
        carol = (f"carol@{STALE}", password)
        self.peer = self._make_peer(peer, [alice, carol] if self._stale else [alice])
        self.backend = self._make_backend(backend, bob)
        clients = os.path.join(self.folder, "clients")
        os.mkdir(clients)
        self.alice = Account(clients, *alice, self.peer_address, self.peer_certificate.chain)
        if self._stale:
            self.carol = Account(clients, *carol, self.peer_address,
                                 self.stale_certificate.chain)
        self.bob = Account(clients, *bob, self.backend_address, self._tenant_ca.root.chain)

    def _make_peer(self, kind, users):
        folder = os.path.join(self.folder, "peer")
        hosts = {PEER: self.peer_certificate}
        if self._stale:
            hosts[STALE] = self.stale_certificate
        if kind == "prosody":
            settings = prosody.peer_settings(self.relay.forward, self.tree.anchor)
            if self._dialback or self.dialback_secret:
                settings += prosody.DIALBACK
            elif self._outgoing:
                settings += prosody.trusting(self._tenant_ca.root.chain)
            return Prosody("peer", folder, self.peer_address, hosts, settings, users)
        # ejabberd knows no DANE: it is told to trust the tenant's certificate.
        settings = (ejabberd.DIALBACK if self._dialback
                    else ejabberd.peer_settings(self.tenant_certificate.chain))
        return Ejabberd("peer", folder, self.peer_address, hosts, settings, users,
                        name_server=self.block.address(2), is_peer=True)

    def _make_backend(self, kind, user):
        folder = os.path.join(self.folder, "backend")
        os.mkdir(folder)
        module, server = {"prosody": (prosody, Prosody), "ejabberd": (ejabberd, Ejabberd)}[kind]
        settings = module.backend_settings(folder, self.backend_address, self.edge_ca.chain)
        options = {}
        if self._outgoing:
            settings += self._outgoing_settings(kind)
            options.update({"port": 5270} if kind == "prosody"
                           else {"name_server": self.block.address(2)})
        if self.secret:
            settings += prosody.hand_off_settings(self.backend_address, self.secret)
            options["modules"] = [prosody.HAND_OFF_MODULE]
        return server("backend", folder, self.backend_address,
                      {TENANT: self._backend_certificate}, settings, [user], **options)

    def _outgoing_settings(self, kind):
        """Of a tenant's server that trusts the peer's certificate, in the place of what the
        system trusts."""
        trust = self.peer_certificate.chain
        if kind == "ejabberd":
            return f"\ns2s_cafile: {trust}"
        settings = prosody.outgoing_settings(trust)
        if self.dialback_secret:
            settings += prosody.sending_by_dialback(self.dialback_secret)
        return settings + prosody.dns_settings(self.relay.forward, self.tree.anchor)
