"""The scene of the black-box tests: a signed DNS tree, danegate with two tenants, a
recording backend for each, and peers that a test scripts.

    acme     acme.example, conference.acme.example    backend: STARTTLS
    wonder   wonder.example                           backend: direct TLS, PROXY v2

Every domain in PEERS has a secure delegation to a target of its own with one TLSA
record, that of `peer_certificate`; what differs stands there.

Tests of the other prooftypes add what they prove by: tenants with other policies, which
trust `public_ca`; an HTTPS server, `web`; an authoritative server for dialback,
`authority`, which is the target of every domain.
"""

import contextlib
import itertools
import os
import shutil
import tempfile

from support import DANEGATE
from lab import danegate
from lab.addresses import DNS_PORTS, AddressBlock
from lab.certificates import Authority, edge_authority, self_signed
from lab.dns import DnsTree
from lab.dns_relay import DnsRelay
from lab.https_server import HTTPS, HttpsServer
from scripted.authority import AuthoritativeServer
from scripted.backend import Backend
from scripted.peer import Peer, client_context

ACME, WONDER, EDGE_HOST = 'acme.example', 'wonder.example', 'edge.hosting.example'
HOSTED = [ACME, 'conference.acme.example', WONDER]
STARTTLS_PORT, DIRECT_TLS_PORT = 5269, 5270
FIRST_SOURCE_PORT = 20001

# What a peer's zone says otherwise (zones.Zone), by domain. `tlsa` is the RDATA of its
# record; None: there is none. `port`, `address`: of its target; None: there is none. `more`:
# further records. In both {web} stands for the address of the HTTPS server, {mx} for that
# where peers come from, and {nobody} for one where nobody listens.
PEERS = {
    'peer.example': {},
    'control.example': {},
    'stranger.example': {},
    'mismatch.example': {'tlsa': '3 1 1 ' + '00' * 32},
    'no-tlsa.example': {'tlsa': None},
    'unusable.example': {'tlsa': '3 1 9 ' + '00' * 32},
    'unsigned.example': {'security': 'unsigned'},
    'bogus-srv.example': {'tampered': ['_xmpp-server._tcp.bogus-srv.example SRV']},
    'bogus-tlsa.example': {'tampered': ['_5269._tcp.mx.bogus-tlsa.example TLSA']},
    'expired.example': {'security': 'expired'},
    'silent-tlsa.example': {},
    'unknown-yet.example': {},
}


class Scene:
    """Everything above, in one temporary folder.

    tree, relay      the DNS, and what spoils it
    danegate         the edge
    acme, wonder     the backends
    public_ca        the Authority that tenants trust whose policy a test sets
    web, authority   None where a test does not want them
    """

    def __init__(self, more_peers=None, shards=2, tenant_limits='', more='', has_primary=False,
                 proofs=None, web_hosts=None, has_authority=False, may_reach_us=True,
                 dialback_secret=None, health_check='off'):
        """`more_peers`: further entries for PEERS. `tenant_limits`: YAML for acme;
        `more`: YAML for the edge. `has_primary`: acme has another backend, `primary`,
        of a lower priority than its own; it is down until it is told to recover().
        `health_check`: of acme's backends.
        `proofs`: {domain: the proof that its tenant wants, as words of YAML}; a domain
        that nobody has yet gets a tenant of its own, with acme's backend. `web_hosts`:
        for whom `web` has a certificate. `may_reach_us`: whether strangers may lead the
        edge to addresses of the scene. `dialback_secret`: of the tenants' own keys."""
        self._proofs = {ACME: 'require: dane', WONDER: 'require: dane', **(proofs or {})}
        self.hosted = [*HOSTED, *(name for name in self._proofs if name not in HOSTED)]
        self._end = contextlib.ExitStack()
        self._health_check = health_check
        self.block = AddressBlock([STARTTLS_PORT, DIRECT_TLS_PORT, *DNS_PORTS])
        self._end.callback(self.block.close)
        self.folder = tempfile.mkdtemp(prefix='danegate-e2e-')
        self._end.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._source_ports = itertools.count(FIRST_SOURCE_PORT)
        self._make_keys()
        self._make_dns({**PEERS, **(more_peers or {})})
        self._make_backends(has_primary)
        self._make_others(web_hosts, has_authority)
        self._make_edge(shards, tenant_limits,
                        more + self._outbound(may_reach_us) + self._dialback(dialback_secret))

    def start(self):
        if self.web:
            self._end.callback(self.web.stop)
            self.web.start()
        for part, end in ((self.tree, self.tree.stop), (self.relay, self.relay.close),
                          (self.danegate, self.danegate.stop)):
            self._end.callback(end)
            part.start()
        self.danegate.wait_ready()
        return self

    def stop(self):
        self._end.close()

    # --- peers ----------------------------------------------------------------

    def connect(self, domain='peer.example', to=ACME, certificate='its own', direct_tls=False,
                alpn=None, version=None, network=None, **link):
        """A Peer that has just connected. `certificate`: None for none. `network`: 1 to 15
        for another than the scene's to come from."""
        if certificate == 'its own':
            certificate = self.peer_certificate
        port = DIRECT_TLS_PORT if direct_tls else STARTTLS_PORT
        return Peer((self.edge_address, port), domain, to,
                    client_context(certificate, alpn, version), direct_tls,
                    source=self._next_source(network), **link)

    def _next_source(self, network):
        """Never used before, so that a line of the log belongs to one connection."""
        address = self.block.elsewhere(network) if network else self.peer_address
        return address, next(self._source_ports)

    # --- making ---------------------------------------------------------------

    def _make_keys(self):
        self.keys = folder = os.path.join(self.folder, 'keys')
        os.mkdir(folder)
        self.edge_certificate = self_signed(folder, [EDGE_HOST])
        shared = self.edge_certificate.key   # identity mode edge-key (D9)
        self.acme_certificate = self_signed(folder, HOSTED[:2], key=shared)
        self.wonder_certificate = self_signed(folder, [WONDER], key=shared)
        self.edge_ca = edge_authority(os.path.join(folder, 'edge-ca'), self.hosted).root
        self.backend_ca = Authority(folder, 'backend-ca')
        self.public_ca = Authority(folder, 'public-ca')
        self.peer_certificate = self_signed(folder, ['peer.example'])
        self.other_certificate = self_signed(folder, ['other.example'])

    def _make_dns(self, peers):
        self.edge_address = self.block.address(4)
        self.peer_address, self.web_address = self.block.address(9), self.block.address(8)
        zones = {domain: self._zone(domain, dict(values)) for domain, values in peers.items()}
        self.tree = DnsTree(os.path.join(self.folder, 'dns'), zones, self.block.address(1))
        self.relay = DnsRelay((self.tree.address, self.tree.port), self.block.address(2))

    def replace_zone(self, domain, **values):
        """Signs another zone, as PEERS describes it, and lets NSD serve it."""
        self.tree.replace(domain, self._zone(domain, values))

    def _zone(self, domain, values):
        tlsa = values.pop('tlsa', self.peer_certificate.tlsa(3, 1, 1))
        address = values.pop('address', '{mx}')
        records = [f"_xmpp-server._tcp SRV 0 0 {values.pop('port', 5269)} mx.{domain}."]
        if address:
            records.append(f'mx A {address}')
        if tlsa:
            records.append(f'_5269._tcp.mx TLSA {tlsa}')
        records = [line.format(web=self.web_address, mx=self.peer_address,
                               nobody=self.block.address(10))
                   for line in [*records, *values.pop('more', ())]]
        return {'records': records, **values}

    def _make_backends(self, has_primary):
        self.primary = self._backend(7, HOSTED[:2]) if has_primary else None
        if self.primary:
            self.primary.stop_listening()
        self.acme = self._backend(5, [name for name in self.hosted if name != WONDER])
        self.wonder = self._backend(6, [WONDER], direct_tls=True, proxy_header=True)

    def _backend(self, number, domains, **options):
        backend = Backend(self.backend_ca.issue(domains), self.edge_ca,
                          (self.block.address(number), 5269), **options)
        self._end.callback(backend.close)
        return backend

    def _make_others(self, web_hosts, has_authority):
        self.web = self.authority = None
        if web_hosts:
            folder = os.path.join(self.folder, 'web')
            os.mkdir(folder)
            self.web = HttpsServer(folder, self.web_address, web_hosts)
        if has_authority:
            self.authority = AuthoritativeServer(self.peer_certificate, (self.peer_address, 5269))
            self._end.callback(self.authority.close)

    def _outbound(self, may_reach_us):
        text = ''
        if self.web:
            text += f'posh: {{trust_store: {self.web.authority}, port: {HTTPS}}}\n'
        if may_reach_us:
            text += f'outbound: {{allow: [{self.block.network}]}}\n'
        return text

    def _dialback(self, secret):
        if not secret:
            return ''
        file = os.path.join(self.keys, 'dialback.secret')
        with open(file, 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            out.write(secret + '\n')
        return f'dialback: {{secret: {file}}}\n'

    def _make_edge(self, shards, tenant_limits, more):
        tenants = [
            danegate.Tenant('acme', HOSTED[:2], self.acme_certificate,
                            self._backends_of_acme(), proof=self._proof(ACME),
                            more=tenant_limits),
            danegate.Tenant('wonder', [WONDER], self.wonder_certificate,
                            [self._hand_off(self.wonder)], proof=self._proof(WONDER)),
            *self._more_tenants()]
        folder = os.path.join(self.folder, 'danegate')
        os.mkdir(folder)
        self.danegate = danegate.Danegate(
            DANEGATE, folder, self.edge_address, EDGE_HOST, self.edge_certificate, self.edge_ca,
            self.relay.forward, self.tree.anchor, tenants, shards, more)

    def _more_tenants(self):
        for domain in self.hosted:
            if domain not in HOSTED:
                certificate = self_signed(self.keys, [domain], key=self.edge_certificate.key)
                yield danegate.Tenant(domain.partition('.')[0], [domain], certificate,
                                      [self._hand_off(self.acme)], proof=self._proof(domain))

    def _proof(self, domain):
        return f'{{{self._proofs[domain]}, trust: {self.public_ca.root.chain}}}'

    def _backends_of_acme(self):
        check = f', health_check: {self._health_check}'
        primary = [self._hand_off(self.primary, check)] if self.primary else []
        return [*primary, self._hand_off(self.acme, f'{check}, priority: 10')]

    def _hand_off(self, backend, more=''):
        return danegate.Backend('%s:%d' % backend.address,
                                'direct' if backend.direct_tls else 'starttls',
                                'v2' if backend.proxy_header else 'off',
                                self.backend_ca.root.chain, more)
