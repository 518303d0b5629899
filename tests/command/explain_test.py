#!/usr/bin/python3
"""danegate explain against a signed DNS tree, servers that show a certificate, and an HTTPS
server with a POSH document. The examples of README.md are held against its output.

The program is $DANEGATE, or build/release/danegate."""
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
_ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_ROOT / "tests" / "support"))
from lab import https_server  # noqa: E402
from lab.addresses import DNS_PORTS, XMPP_PORTS, AddressBlock  # noqa: E402
from lab.certificates import Authority, edge_authority, self_signed  # noqa: E402
from lab.danegate import Danegate  # noqa: E402
from lab.dns import DnsTree  # noqa: E402
from scripted.starttls_server import StartTlsServer  # noqa: E402

_PROGRAM = os.environ.get("DANEGATE", str(_ROOT / "build" / "release" / "danegate"))
_NULLS = "00" * 32
_TENANT = """\
tenant: {name}
domains: [{name}.example]
backends: [{{address: "127.0.0.1:5279"}}]
proof: {{{proof}}}
"""
_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams"
# CSI in one character, which some terminals obey, and one that turns text around.
_RUDE = (f"<stream:error><policy-violation xmlns='{_ERRORS}'/>"
         f"<text xmlns='{_ERRORS}'>go \u009b31maway\u202e!</text></stream:error>")
_MORE = """\
trust_store: {edge_roots}
posh: {{trust_store: {web_roots}, port: 8443}}
outbound: {{allow: [127.0.0.0/8]}}
"""


class Lab:
    """The DNS, the servers, and a configuration that knows them."""

    def __init__(self, folder, end):
        self.block = AddressBlock([*XMPP_PORTS, *DNS_PORTS])
        end.callback(self.block.close)
        self.authority = Authority(folder, "ca")
        self.certificate = self.authority.issue(["pki.example", "posh.example"])
        self.other = self_signed(folder, ["other.example"])
        self.server = self._server(end, 3, 5269)
        self.direct = self._server(end, 3, 5270, direct_tls=True)
        self.clear = self._server(end, 5, 5269, greeting="<stream:features/>")
        self.rude = self._server(end, 8, 5269, greeting=_RUDE)
        https_server.PATHS["/.well-known/posh/xmpp-server.json"] = lambda head: [self._posh()]
        self.web = https_server.HttpsServer(folder, self.block.address(6))
        self.web.start()
        end.callback(self.web.stop)
        self.tree = DnsTree(os.path.join(folder, "dns"), self._zones(), self.block.address(1))
        self.tree.start()
        end.callback(self.tree.stop)
        self.config = self._configure(folder)

    def _server(self, end, number, port, **options):
        server = StartTlsServer((self.block.address(number), port), self.certificate, **options)
        end.callback(server.close)
        return server

    def _posh(self):
        digest = base64.b64encode(hashlib.sha256(self.certificate.der()).digest()).decode()
        body = json.dumps({"fingerprints": [{"sha-256": digest}], "expires": 600}).encode()
        return (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" %
                len(body)) + body

    def _zone(self, domain, tlsa=None, mx=3, srv=None, **values):
        records = srv or [f"_xmpp-server._tcp SRV 10 0 5269 mx.{domain}."]
        records = [*records, f"mx A {self.block.address(mx)}"]
        if tlsa:
            records.append(f"_5269._tcp.mx TLSA {tlsa}")
        return {domain: {"records": records, **values}}

    def _zones(self):
        own = self.certificate.tlsa(3, 1, 1)
        return {
            **self._zone("peer.example", own),
            **self._zone("mismatch.example", f"3 1 1 {_NULLS}"),
            **self._zone("unsigned.example", own, security="unsigned"),
            **self._zone("no-tlsa.example"),
            **self._zone("pki.example"),
            **self._zone("good.example",
                         srv=["_xmpp-server._tcp SRV 10 0 5269 mx.good.example.",
                              f"@ A {self.block.address(6)}"]),
            **self._zone("bogus.example", own,
                         tampered=["_xmpp-server._tcp.bogus.example SRV"]),
            **self._zone("direct.example",
                         srv=["_xmpps-server._tcp SRV 10 0 5270 mx.direct.example.",
                              f"_5270._tcp.mx TLSA {own}"]),
            **self._zone("down.example", own, mx=7),
            **self._zone("clear.example", own, mx=5),
            **self._zone("rude.example", own, mx=8),
            **self._zone("none.example", srv=["_xmpp-server._tcp SRV 0 0 0 ."]),
        }

    def _configure(self, folder):
        roots = self_signed(folder, ["nobody.example"])
        edge = self_signed(folder, ["edge.example"])
        ca = edge_authority(os.path.join(folder, "edge-ca"), ["strict.example"]).root
        proxy = os.path.join(folder, "danegate")
        os.mkdir(proxy)
        config = Danegate(_PROGRAM, proxy, "127.0.0.1", "edge.example", edge, ca,
                          self.tree.forward, self.tree.anchor, [], shards=1,
                          more=_MORE.format(edge_roots=roots.chain,
                                            web_roots=self.web.authority)).config
        for name, proof in (("strict", "require: dane"), ("lenient", "require: any"),
                            ("choosy", "require: dane, deny: '*.example'"),
                            ("trusting",
                             f"require: strong, trust: {self.authority.root.chain}")):
            with open(os.path.join(proxy, "tenants.d", name + ".yaml"), "w") as file:
                file.write(_TENANT.format(name=name, proof=proof))
        return config


def run(*words):
    return subprocess.run([_PROGRAM, "explain", *words], capture_output=True, text=True,
                          check=False, timeout=40)


class ExplainTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        end = contextlib.ExitStack()
        cls.addClassCleanup(end.close)
        folder = end.enter_context(tempfile.TemporaryDirectory(prefix="danegate-explain-"))
        cls.lab = Lab(folder, end)

    def explain(self, domain, status, *words):
        """What it says as text, of which the first word goes with the exit status."""
        done = run(domain, "--config", self.lab.config, *words)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        first = {0: "proved", 1: "disproved", 2: "absent", 3: "indeterminate"}[status]
        self.assertEqual(done.stdout.split()[0], first)
        self.assertNotIn("\x1b", done.stdout)
        return done.stdout

    def explain_json(self, domain, status, *words):
        done = run(domain, "--config", self.lab.config, "--json", *words)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)


class Outcomes(ExplainTest):
    def test_proved_by_dane_with_every_step(self):
        text = self.explain("peer.example", 0)
        self.assertRegex(text, r"(?m)^  proof +dane-ee$")
        self.assertRegex(text, r"(?m)^  decision +grant-dane$")
        self.assertRegex(text, r"(?m)^  holds +\d+ s, until 20\S+Z$")
        for type_, said in (("SRV", "10 0 5269 mx.peer.example."),
                            ("A", self.lab.block.address(3)), ("TLSA", "3 1 1 ")):
            self.assertRegex(text, rf"(?m)^ +\d+\.\d ms  secure  {type_} .*{re.escape(said)}")
        self.assertRegex(text, r"ms  ok  STARTTLS  mx\.peer\.example, 127\S+:5269  "
                               r"TLSv1\.3, \S+, 1 certificate\n")
        self.assertRegex(text, r"subject  CN=pki\.example\n +issuer   CN=ca\n"
                               r" +names    DNS:pki\.example, DNS:posh\.example\n")
        self.assertIn("EC P-256", text)
        self.assertIn("3 1 1 " + self.lab.certificate.tlsa().split()[-1].upper(), text)
        self.assertRegex(text, r"(?m)^compared\n  _5269\._tcp\.mx\.peer\.example  the record "
                               r"3 1 1 matches")
        self.assertNotIn("remedy", text)

    def test_disproved_and_which_record_would_mend_it(self):
        text = self.explain("mismatch.example", 1)
        self.assertRegex(text, r"(?m)^  reason +no-match$")
        own = self.lab.certificate.tlsa().split()[-1].upper()
        self.assertRegex(text, r"(?m)^  remedy +for the operator of mismatch\.example: the certificate that your "
                               r".*publish _5269\._tcp\.mx\.mismatch\.example\. IN "
                               rf"TLSA 3 1 1 {own}")
        self.assertRegex(text, r"(?m)^  PKI +not-tried$")

    def test_absent_where_nothing_proves_it(self):
        for domain, reason in (("unsigned.example", "no-secure-delegation"),
                               ("no-tlsa.example", "no-tlsa")):
            with self.subTest(domain):
                text = self.explain(domain, 2)
                self.assertRegex(text, rf"(?m)^  reason +{reason}$")
                self.assertRegex(text, r"(?m)^  PKI +disproved +untrusted-path ")
                self.assertRegex(text, r"(?m)^  remedy .*publish _")
        self.assertIn("  insecure  ", self.explain("unsigned.example", 2))

    def test_indeterminate_where_a_signature_does_not_hold(self):
        text = self.explain("bogus.example", 3)
        self.assertRegex(text, r"(?m)^  reason +dns-bogus$")
        self.assertRegex(text, r" ms  bogus +SRV +_xmpp-server\._tcp\.bogus\.example ")
        self.assertRegex(text, r"(?m)^  decision +defer$")

    def test_posh_with_what_was_fetched(self):
        text = self.explain("good.example", 0)
        self.assertRegex(text, r"(?m)^  proof +posh$")
        self.assertRegex(text, r"(?m)^fetched\n +\d+\.\d ms  https://good\.example:8443/"
                               r"\.well-known/posh/xmpp-server\.json  status 200, \d+ octets$")

    def test_direct_tls(self):
        text = self.explain("direct.example", 0)
        self.assertRegex(text, r"ms  ok  direct TLS  mx\.direct\.example, 127\S+:5270  TLSv1\.3")

    def test_who_cannot_be_reached_is_indeterminate(self):
        for domain, error in (("down.example", "connection refused"),
                              ("clear.example", "it offers no STARTTLS")):
            with self.subTest(domain):
                text = self.explain(domain, 3)
                self.assertRegex(text, rf"ms  failed  STARTTLS .*  {error}\n")
                self.assertIn("--chain judges one that you have", text)

    def test_E6_what_a_stranger_says_does_not_draw_on_the_terminal(self):
        text = self.explain("rude.example", 3)
        self.assertIn("policy-violation: go ?31maway?!\n", text)

    def test_a_domain_without_a_server_is_absent(self):
        text = self.explain("none.example", 2)
        self.assertIn("says that it has no server", text)
        self.assertNotIn("connected", text)


class Options(ExplainTest):
    def test_a_tenants_policy_and_roots_decide(self):
        self.assertRegex(self.explain("pki.example", 2), r"(?m)^  policy +strong \(DANE, PKI or")
        text = self.explain("pki.example", 0, "--tenant", "trusting")
        self.assertRegex(text, r"(?m)^  policy +strong .*, of tenant trusting$")
        self.assertRegex(text, r"(?m)^  proof +pki$")
        text = self.explain("pki.example", 2, "--tenant", "strict")
        self.assertRegex(text, r"(?m)^  policy +dane \(DANE only\), of tenant strict$")
        text = self.explain("no-tlsa.example", 2, "--tenant", "lenient")
        self.assertRegex(text, r"(?m)^  decision +dialback-only$")

    def test_whom_a_tenant_refuses_by_name_is_refused_whatever_it_proves(self):
        text = self.explain("peer.example", 1, "--tenant", "choosy")
        self.assertTrue(text.startswith("disproved"))
        self.assertRegex(text, r"(?m)^  reason +peer-refused$")
        self.assertRegex(
            text, r"(?m)^  remedy +the setting proof\.deny of tenant choosy covers peer\.example; "
                  r"take it out, if it is to be let in$")
        self.assertRegex(text, r"(?m)^  decision +refuse$")

    def test_we_say_who_we_are_and_leave_politely(self):
        self.explain("peer.example", 0, "--tenant", "trusting")
        self.explain("peer.example", 0)
        self.assertIn("from='trusting.example' to='peer.example'", self.lab.server.headers[-2]
                      .replace('"', "'"))
        self.assertIn("from='edge.example'", self.lab.server.headers[-1].replace('"', "'"))
        self.assertIn("close_notify", self.lab.server.ends)

    def test_a_chain_is_judged_without_any_connection(self):
        before = len(self.lab.server.headers)
        text = self.explain("peer.example", 0, "--chain", self.lab.certificate.chain)
        self.assertNotIn("\nconnected", text)
        self.assertIn("\ncertificates (--chain)\n", text)
        text = self.explain("down.example", 1, "--chain", self.lab.other.chain)
        self.assertIn("CN=other.example", text)
        self.assertEqual(len(self.lab.server.headers), before)

    def test_json_says_the_same(self):
        proved = self.explain_json("peer.example", 0)
        self.assertEqual(
            {key: proved[key] for key in ("outcome", "peer", "policy", "proof", "decision")},
            {"outcome": "proved", "peer": "peer.example", "policy": "strong",
             "proof": "dane-ee", "decision": "grant-dane"})
        self.assertEqual({step["security"] for step in proved["steps"]}, {"secure"})
        times = [step["at_ms"] for step in proved["steps"]]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual(times[-1], proved["took_ms"])
        self.assertIn("matches", [step["comparison"] for step in proved["steps"]
                                  if step["type"] == "TLSA"][0])
        self.assertTrue(proved["connections"][0]["ok"])
        self.assertEqual(proved["certificates"][0]["names"],
                         ["DNS:pki.example", "DNS:posh.example"])
        self.assertGreater(proved["holds_s"], 0)
        refused = self.explain_json("mismatch.example", 1, "--tenant", "strict")
        self.assertEqual((refused["outcome"], refused["tenant"]), ("disproved", "strict"))
        self.assertIn("publish", refused["remedy"])
        self.assertEqual(refused["proofs"]["dane"]["reason"], "no-match")
        self.assertEqual(refused["proofs"]["pki"], {"reason": "not-tried"})
        found = self.explain_json("good.example", 0)
        self.assertEqual(found["posh_url"], found["fetches"][0]["url"])

    def test_colours_are_for_a_terminal(self):
        main, terminal = pty.openpty()
        subprocess.run([_PROGRAM, "explain", "peer.example", "--config", self.lab.config],
                       stdout=terminal, check=False, timeout=40,
                       env={**os.environ, "TERM": "xterm", "NO_COLOR": ""})
        os.close(terminal)
        text = os.read(main, 65536).decode()
        os.close(main)
        self.assertTrue(text.startswith("\x1b[32mproved\x1b[0m"), text)
        plain = re.sub("\x1b\\[[0-9]*m", "", text).replace("\r", "")
        self.assertEqual(normal(plain), normal(self.explain("peer.example", 0)))

    def test_a_question_that_cannot_be_asked_is_64(self):
        broken = os.path.join(os.path.dirname(self.lab.config), "broken.yaml")
        with open(broken, "w") as file:
            file.write("listen: 1\n")
        for words, said in (
                ((), ["DOMAIN is required"]),
                (("192.0.2.1",), ["192.0.2.1", "expected a domain"]),
                (("peer.example", "--tenant", "strict"), ["--tenant", "--config"]),
                (("peer.example", "--config", "/nowhere.yaml"), ["/nowhere.yaml"]),
                (("peer.example", "--config", broken), ["broken.yaml:1:9", "danegate check"]),
                (("peer.example", "--config", self.lab.config, "--tenant", "nobody"),
                 ["--tenant", '"nobody"']),
                (("peer.example", "--chain", "/nowhere.pem"), ["--chain", "/nowhere.pem"]),
                (("peer.example", "--chain", self.lab.certificate.key), ["--chain"])):
            with self.subTest(words=words):
                done = run(*words)
                self.assertEqual(done.returncode, 64, done.stdout + done.stderr)
                self.assertEqual(done.stdout, "")
                for word in said:
                    self.assertIn(word, done.stderr)


class Examples(ExplainTest):
    def test_the_examples_of_the_readme_are_what_it_says(self):
        readme = (_ROOT / "README.md").read_text()
        examples = re.findall(r"(?ms)^    \$ danegate explain (\S+)\n(.*?)(?=^\S|^    \$)",
                              readme)
        self.assertEqual(len(examples), 3, "three examples in README.md")
        statuses = {"peer.example": 0, "mismatch.example": 1, "unsigned.example": 2}
        for domain, shown in examples:
            with self.subTest(domain):
                real = self.explain(domain, statuses[domain])
                self.assertEqual(normal(shown), normal(real))


def normal(text):
    """Without what differs from run to run: addresses, times, hashes, and the columns
    that move with them."""
    for pattern, word in ((r"\d+\.\d ms", "MS"), (r"\d+\.\d+\.\d+\.\d+", "ADDRESS"),
                          (r"\d{4}-\d\d-\d\dT\S+Z", "TIME"), (r"\b\d+ s\b", "SECONDS"),
                          (r"\b[0-9A-F]{8,}\S*", "HASH"), (r" +", " ")):
        text = re.sub(pattern, word, text)
    # Answers come in any order.
    return sorted(line.strip() for line in text.splitlines() if line.strip())


if __name__ == "__main__":
    unittest.main()
