"""What doctor_test.py examines: a signed DNS tree, a running danegate with a tenant for each
mistake, and an HTTPS server for POSH documents."""
import contextlib
import datetime
import os
import pathlib
import subprocess
import sys

_ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_ROOT / "tests" / "support"))
from lab.addresses import DNS_PORTS, XMPP_PORTS, AddressBlock  # noqa: E402
from lab.certificates import Authority, edge_authority, self_signed  # noqa: E402
from lab.danegate import Backend, Danegate, Tenant  # noqa: E402
from lab.dns import DnsTree  # noqa: E402
from lab.dns_relay import DnsRelay  # noqa: E402
from lab.https_server import POSH_PATH, HttpsServer, posh, response  # noqa: E402
from scripted.starttls_server import StartTlsServer  # noqa: E402

PROGRAM = os.environ.get("DANEGATE", str(_ROOT / "build" / "release" / "danegate"))
EDGE, NOBODY, STRANGER, WEB = 2, 10, 9, 6  # addresses of the block
_MORE = """\
trust_store: {roots}
posh: {{trust_store: {web_roots}, port: 8443}}
outbound: {{allow: [127.0.0.0/8]}}
"""
_BOTH = ["_xmpp-server._tcp SRV 0 0 5269 {host}.", "_xmpps-server._tcp SRV 0 0 5270 {host}."]
_NULLS = "3 1 1 " + "00" * 32

# Tenants with a target of their own, xmpp.NAME.example. What is not by the book there:
#   srv        records; {host} is the target, {domain} the domain
#   tlsa       RDATA by port; the right one without it
#   address    the number of its address in the block; None: it has none
#   more       further records
#   zone       what zones.Zone knows
#   posh       the answer of https://DOMAIN/.well-known/posh/…
OWN = {
    "good-own": {},
    "unsigned": {"zone": {"security": "unsigned"}},
    "no-tlsa": {"tlsa": {}},
    "old-key": {"tlsa": {5269: _NULLS, 5270: _NULLS}},
    "tlsa-port": {"tlsa": {5222: None, 5270: None}},
    "unusable": {"tlsa": {5269: "3 1 9 " + "00" * 32, 5270: None}},
    "wrong-host": {"srv": ["_xmpp-server._tcp SRV 0 0 5269 mx.good-own.example.",
                           "_xmpps-server._tcp SRV 0 0 5270 mx.good-own.example."]},
    "edge-host": {"srv": [line.format(host="edge.example") for line in _BOTH]},
    "srv-port": {"srv": ["_xmpp-server._tcp SRV 0 0 5299 {host}.", _BOTH[1]]},
    "no-srv": {"srv": []},
    "no-direct": {"srv": _BOTH[:1]},
    "no-starttls": {"srv": _BOTH[1:]},
    "no-service": {"srv": ["_xmpp-server._tcp SRV 0 0 0 .", _BOTH[1]]},
    "alias": {"address": None, "more": ["xmpp CNAME real", "real A {edge}"]},
    "srv-address": {"srv": ["_xmpp-server._tcp SRV 0 0 5269 {edge}.", _BOTH[1]]},
    "no-address": {"address": None, "more": ["xmpp TXT nowhere"]},
    "elsewhere": {"address": NOBODY},
    "stranger": {"address": STRANGER},
    "bogus": {"zone": {"tampered": ["_xmpp-server._tcp.bogus.example SRV"]}},
    "bogus-tlsa": {"zone": {"tampered": ["_5269._tcp.xmpp.bogus-tlsa.example TLSA"]}},
    "expired": {"zone": {"security": "expired"}},
    "silent": {},  # the relay fails its SRV
    "posh-only": {"zone": {"security": "unsigned"}, "posh": "good"},
    "posh-beside": {"posh": "good"},
    "posh-expired": {"posh": "expired"},
    "posh-other": {"posh": "other"},
    "posh-reference": {"posh": "reference"},
    "posh-none": {"posh": "none"},
    "posh-broken": {"posh": "broken"},
}


class DoctorLab:
    """The tree, the relay, danegate and the web server, running until `end` closes."""

    def __init__(self, folder, end):
        self.folder = folder
        self.block = AddressBlock([*XMPP_PORTS, *DNS_PORTS])
        end.callback(self.block.close)
        self._certificates()
        self.web = HttpsServer(folder, self.block.address(WEB),
                               [f"{name}.example" for name in OWN])
        self.web.start()
        end.callback(self.web.stop)
        self._publish_posh()
        for port, direct in ((5269, False), (5270, True)):
            server = StartTlsServer((self.block.address(STRANGER), port), self.other,
                                    direct_tls=direct)
            end.callback(server.close)
        tree = DnsTree(os.path.join(folder, "dns"), self._zones(), self.block.address(1))
        tree.start()
        end.callback(tree.stop)
        self.tree = tree
        self.relay = DnsRelay((tree.address, tree.port), self.block.address(3))
        assert self.relay.rules.obey("servfail _xmpp-server._tcp.silent.example SRV") == "ok"
        self.relay.start()
        end.callback(self.relay.close)
        self._danegate(end)

    def run(self, *words):
        return subprocess.run([PROGRAM, "doctor", *words, "--config", self.danegate.config],
                              capture_output=True, text=True, check=False, timeout=60)

    def _certificates(self):
        folder = self.folder
        self.edge = self_signed(folder, ["edge.example", "good-edge.example"])
        self.own = self_signed(folder, [f"{name}.example" for name in OWN])
        self.other = self_signed(folder, ["other.example"])
        self.root = Authority(folder, "root")
        self.issuing = Authority(folder, "issuing", under=self.root)
        self.signed = self.issuing.issue(
            [f"{name}.example" for name in ("good-ca", "ca-missing", "ca-above", "sni-target")],
            days=30)
        self.pki = self.root.issue(["good-pki.example"], days=30)
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=5)
        self.ending = self.issuing.issue(["ending.example"], not_after=soon)

    def _tenants(self):
        backends = [Backend("127.0.0.1:5279")]
        own = [Tenant(name, [f"{name}.example"], self.own, backends, identity="own-target",
                      target=f"xmpp.{name}.example") for name in OWN]
        signed = [Tenant(name, [f"{name}.example"], certificate, backends, identity="ca")
                  for name, certificate in (("good-ca", self.signed), ("ca-missing", self.signed),
                                            ("ca-above", self.signed), ("ending", self.ending),
                                            ("sni-target", self.signed))]
        return [*own, *signed,
                Tenant("good-edge", ["good-edge.example"], self.edge, backends),
                Tenant("good-pki", ["good-pki.example"], self.pki, backends,
                       identity="own-target", target="xmpp.good-pki.example")]

    def _danegate(self, end):
        ca = edge_authority(os.path.join(self.folder, "edge-ca"), ["good-edge.example"]).root
        proxy = os.path.join(self.folder, "danegate")
        os.mkdir(proxy)
        hosts = ", ".join(["edge.example", *(f"{name}.edge.example" for name in _EDGES)])
        self.danegate = Danegate(PROGRAM, proxy, self.block.address(EDGE), hosts, self.edge, ca,
                                 self.relay.forward, self.tree.anchor, self._tenants(), shards=1,
                                 more=_MORE.format(roots=self.root.root.chain,
                                                   web_roots=self.web.authority))
        self.danegate.start().wait_ready()
        end.callback(self.danegate.stop)

    def _zones(self):
        edge = self.block.address(EDGE)
        zones = {f"{name}.example": self._own_zone(name, **values)
                 for name, values in OWN.items()}
        zones["good-pki.example"] = self._own_zone("good-pki", zone={"security": "unsigned"})
        for name, host in (("good-edge", "edge"), ("good-ca", "edge"), ("ending", "edge"),
                           *((name, f"{name}.edge") for name in _EDGES)):
            zones[f"{name}.example"] = {
                "records": [line.format(host=f"{host}.example") for line in _BOTH]}
        own, issuer, root = (self.edge.tlsa(), self.issuing.root.tlsa(2),
                             self.root.root.tlsa(2))
        records = []
        for host, tlsa in (("@", [own, issuer]), ("ca-missing", [own]),
                           ("ca-above", [own, root]), ("sni-target", [issuer])):
            records.append(f"{host} A {edge}")
            below = "" if host == "@" else f".{host}"
            records += [f"_{port}._tcp{below} TLSA {one}" for port in (5269, 5270)
                        for one in tlsa]
        return {**zones, "edge.example": {"records": records}}

    def _own_zone(self, name, srv=None, tlsa=None, address=EDGE, more=(), zone=None, posh=None):
        words = {"host": f"xmpp.{name}.example", "domain": f"{name}.example",
                 "edge": self.block.address(EDGE)}
        records = [line.format(**words) for line in (_BOTH if srv is None else srv)]
        records += [line.format(**words) for line in more]
        if address:
            records.append(f"xmpp A {self.block.address(address)}")
        if posh:
            records.append(f"@ A {self.block.address(WEB)}")
        own = self.own.tlsa()
        for port, data in ({5269: own, 5270: own} if tlsa is None else tlsa).items():
            records.append(f"_{port}._tcp.xmpp TLSA {data or own}")
        return {"records": records, **(zone or {})}

    def _publish_posh(self):
        pages = {
            "good": posh([self.other, self.own]), "expired": posh([self.own], expires=0),
            "other": posh([self.other]), "none": response(b"", "404 Not Found"),
            "broken": response(b"<html>Welcome!</html>"),
            "reference": posh(url="https://posh-reference.example:8443/missing")}
        for name, values in OWN.items():
            if "posh" in values:
                self.web.pages[f"{name}.example{POSH_PATH}"] = pages[values["posh"]]


# Edge hosts whose TLSA records lack something, each with a tenant of its name.
_EDGES = ("ca-missing", "ca-above", "sni-target")


def lab(test_class, folder):
    end = contextlib.ExitStack()
    test_class.addClassCleanup(end.close)
    return DoctorLab(folder, end)
