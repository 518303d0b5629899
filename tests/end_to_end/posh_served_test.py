#!/usr/bin/python3
"""The edge serves POSH documents: a peer is proved by reference to one, nobody is served but
what is hosted, and no client of the web server has a hold on it or on the streams."""
import contextlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import tempfile
import unittest

import support
from lab.addresses import DNS_PORTS, XMPP_PORTS, AddressBlock
from lab.certificates import Authority, Certificate, edge_authority, self_signed
from lab.danegate import Backend, Danegate, Tenant
from lab.dns import DnsTree
from lab.https_server import POSH_PATH, HttpsServer, response
from lab.processes import wait_until

_PORT = 8443
_DOMAIN = "im.example"
_MORE = """\
trust_store: {nobody.chain}
posh:
  trust_store: {roots}
  port: {port}
  serve: ["{address}:{port}"]
  serve_certificate: {{chain: {web.chain}, key: {web.key}}}
  serve_expires: 3600
outbound: {{allow: [127.0.0.0/8]}}
"""


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        end = contextlib.ExitStack()
        cls.addClassCleanup(end.close)
        folder = end.enter_context(tempfile.TemporaryDirectory(prefix="danegate-posh-"))
        cls.block = AddressBlock([*XMPP_PORTS, *DNS_PORTS])
        end.callback(cls.block.close)
        cls.edge = self_signed(folder, ["edge.example", _DOMAIN])
        cls.new = self_signed(folder, ["new.example"], key=cls.edge.key)
        cls.customer = HttpsServer(folder, cls.block.address(6), [_DOMAIN])
        cls.customer.start()
        end.callback(cls.customer.stop)
        cls.tree = DnsTree(os.path.join(folder, "dns"), cls._zones(), cls.block.address(1))
        cls.tree.start()
        end.callback(cls.tree.stop)
        cls.danegate = cls._danegate(folder)
        cls.danegate.start().wait_ready()
        end.callback(cls.danegate.stop)

    @classmethod
    def _zones(cls):
        edge, web = cls.block.address(2), cls.block.address(6)
        return {_DOMAIN: {"security": "unsigned",
                          "records": ["_xmpp-server._tcp SRV 0 0 5269 edge.example.",
                                      f"@ A {web}"]},
                "edge.example": {"records": [f"@ A {edge}"]}}

    @classmethod
    def _danegate(cls, folder):
        web = Authority(folder, "web", root=Certificate(
            os.path.join(folder, "web.crt"), os.path.join(folder, "web.key"), both=""))
        cls.roots = web.root.chain
        cls.authority, cls.web = web, web.issue(["edge.example"])
        ca = edge_authority(os.path.join(folder, "edge-ca"), [_DOMAIN]).root
        proxy = os.path.join(folder, "danegate")
        os.mkdir(proxy)
        more = _MORE.format(nobody=self_signed(folder, ["nobody.example"]), roots=cls.roots,
                            web=cls.web, address=cls.block.address(2),
                            port=_PORT)
        tenant = Tenant("im", [_DOMAIN], cls.edge, [Backend("127.0.0.1:5279")])
        return Danegate(support.DANEGATE, proxy, cls.block.address(2), "edge.example", cls.edge,
                        ca, cls.tree.forward, cls.tree.anchor, [tenant], shards=1, more=more)

    def command(self, *words):
        done = subprocess.run([support.DANEGATE, *words, "--config", self.danegate.config,
                               "--json"], capture_output=True, text=True, check=False, timeout=40)
        return done.returncode, json.loads(done.stdout)

    def connect(self):
        """A TLS connection to the edge's web server."""
        context = ssl.create_default_context(cafile=self.roots)
        link = socket.create_connection((self.block.address(2), _PORT), timeout=10)
        return context.wrap_socket(link, server_hostname="edge.example")

    def ask(self, method, path, **options):
        """(status, headers, body)"""
        connection = http.client.HTTPSConnection("edge.example")
        connection.sock = self.connect()
        with contextlib.closing(connection):
            connection.request(method, path, **options)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def test_a_peer_is_proved_by_a_reference_to_the_edges_document(self):
        _, report = self.command("records", "im")
        (document,) = [each["document"] for each in report["tenants"][0]["posh"]]
        url = f"https://edge.example:{_PORT}/posh/{_DOMAIN}.json"
        self.assertEqual(document, {"url": url, "expires": 86400})
        self.customer.pages[_DOMAIN + POSH_PATH] = response(json.dumps(document).encode())
        status, verdict = self.command("explain", _DOMAIN)
        self.assertEqual((status, verdict["proof"]), (0, "posh"), verdict)
        self.assertEqual(verdict["posh_url"], url)
        status, report = self.command("doctor", "im")
        self.assertEqual(status, 0, report)
        self.assertEqual({each["finding"] for each in report["tenants"][0]["findings"]},
                         {"zone-unsigned", "srv-direct-missing"})

    def test_a_document_is_json_and_says_what_is_served(self):
        status, headers, body = self.ask("GET", f"/posh/{_DOMAIN}.json")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(json.loads(body)["expires"], 3600)
        status, headers, body = self.ask("HEAD", f"/posh/{_DOMAIN}.json")
        self.assertEqual((status, body), (200, b""))
        self.assertGreater(int(headers["Content-Length"]), 0)

    def test_a_tenant_that_is_dropped_into_the_folder_is_served(self):
        self.assertEqual(self.ask("GET", "/posh/new.example.json")[0], 404)
        more = Tenant("new", ["new.example"], self.new, [Backend("127.0.0.1:5279")])
        folder = os.path.join(os.path.dirname(self.danegate.config), "tenants.d")
        with open(os.path.join(folder, ".new.yaml"), "w") as file:
            file.write(more.yaml())
        os.rename(file.name, os.path.join(folder, "new.yaml"))
        wait_until(lambda: self.ask("GET", "/posh/new.example.json")[0] == 200,
                   "the new tenant's document", process=self.danegate.process)

    def test_the_web_servers_certificate_is_renewed_without_a_restart(self):
        new = self.authority.issue(["edge.example"], file="renewed")
        leaf = self.leaf_of(new)
        for name, old in (("chain", self.web.chain), ("key", self.web.key)):
            os.replace(getattr(new, name), old)
        wait_until(lambda: self.web_certificate() == leaf,
                   "the new certificate", process=self.danegate.process)
        self.test_a_document_is_json_and_says_what_is_served()

    def test_a_chain_whose_key_does_not_fit_is_told_in_the_log_and_not_served(self):
        former = self.leaf_of(self.web)
        with open(self.web.chain, "rb") as file:
            chain = file.read()
        other = self.authority.issue(["edge.example"], file="unfitting")
        os.replace(other.chain, self.web.chain)
        try:
            wait_until(lambda: self.web_certificate() and self.troubles(), "trouble in the log",
                       process=self.danegate.process)
            self.assertIn(self.web.key, self.troubles()[0])
            wait_until(lambda: self.web_certificate() == former, "the former certificate",
                       process=self.danegate.process)
        finally:
            with open(self.web.chain, "wb") as file:
                file.write(chain)

    def troubles(self):
        return [line["detail"] for line in self.danegate.events("trouble")
                if "posh.serve" in line["detail"]]

    @staticmethod
    def leaf_of(certificate):
        with open(certificate.chain) as file:
            return ssl.PEM_cert_to_DER_cert(file.read().split("-----END")[0] +
                                            "-----END CERTIFICATE-----\n")

    def web_certificate(self):
        """Nothing while it refuses: the clients of another test may still count."""
        with contextlib.suppress(OSError), self.connect() as link:
            return link.getpeercert(binary_form=True)

    def test_nothing_else_is_there(self):
        for path in ("/", "/posh/other.example.json", "/posh/edge.example.json",
                     "/posh/%2e%2e/etc/passwd", "/posh/.json"):
            self.assertEqual(self.ask("GET", path)[0], 404, path)
        status, headers, _ = self.ask("POST", f"/posh/{_DOMAIN}.json", body=b"x" * 100)
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))

    def test_a_large_head_is_refused(self):
        with self.connect() as link:
            with contextlib.suppress(OSError):
                link.sendall(b"GET / HTTP/1.1\r\n" + b"X-Y: " + b"z" * 100_000 + b"\r\n\r\n")
            with contextlib.suppress(OSError):
                self.assertIn(link.recv(4096).split(b" ")[1:2], ([], [b"413"], [b"431"]))
        self.test_a_document_is_json_and_says_what_is_served()

    def test_silent_clients_keep_nobody_else_out(self):
        with contextlib.ExitStack() as end:
            silent = [end.enter_context(self._silent()) for _ in range(40)]
            self.assertTrue(silent)
            refused = 0
            for link in silent:
                link.settimeout(0.2)
                with contextlib.suppress(TimeoutError):
                    refused += link.recv(1) == b""
            self.assertGreaterEqual(refused, 20, "a bound for each address")
            with socket.create_connection((self.block.address(2), _PORT), timeout=10,
                                          source_address=(self.block.elsewhere(3), 0)) as link:
                context = ssl.create_default_context(cafile=self.roots)
                with context.wrap_socket(link, server_hostname="edge.example") as other:
                    other.sendall(f"GET /posh/{_DOMAIN}.json HTTP/1.0\r\n\r\n".encode())
                    self.assertTrue(other.recv(4096).startswith(b"HTTP/1.1 200 "))

    def _silent(self):
        return socket.create_connection((self.block.address(2), _PORT), timeout=10)


if __name__ == "__main__":
    unittest.main()
