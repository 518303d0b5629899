#!/usr/bin/python3
"""danegate records: what to publish, as text that a zone file takes, as JSON, and the plan of
a roll-over. The example of README.md is held against its output.

The program is $DANEGATE, or build/release/danegate."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
_ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_ROOT / "tests" / "support"))
from lab.certificates import Authority, edge_authority, self_signed  # noqa: E402
from lab.danegate import Backend, Danegate, Tenant  # noqa: E402

_PROGRAM = os.environ.get("DANEGATE", str(_ROOT / "build" / "release" / "danegate"))
_START = "2027-01-15T08:00:00Z"


class RecordsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="danegate-records-")
        cls.addClassCleanup(holder.cleanup)
        folder = holder.name
        cls.folder = folder
        cls.edge = self_signed(folder, ["edge.hosting.example", "acme.example"])
        cls.own = self_signed(folder, ["own.example"])
        cls.authority = Authority(folder, "root")
        cls.ca = Authority(folder, "issuing", under=cls.authority)
        signed = cls.ca.issue(["signed.example"])
        hand_off = edge_authority(os.path.join(folder, "edge-ca"), ["acme.example"]).root
        backends = [Backend("127.0.0.1:5279")]
        tenants = [Tenant("acme", ["acme.example"], cls.edge, backends),
                   Tenant("own", ["own.example"], cls.own, backends, identity="own-target",
                          target="xmpp.own.example"),
                   Tenant("signed", ["signed.example"], signed, backends, identity="ca")]
        proxy = os.path.join(folder, "danegate")
        os.mkdir(proxy)
        cls.config = Danegate(_PROGRAM, proxy, "127.0.0.1", "edge.hosting.example", cls.edge,
                              hand_off, "127.0.0.1@5353", "/usr/share/dns/root.key",
                              tenants).config

    def run_records(self, *words, status=0):
        done = subprocess.run([_PROGRAM, "records", *words, "--config", self.config],
                              capture_output=True, text=True, check=False, timeout=20)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stderr == "", status == 0)
        self.assertEqual(done.stdout == "", status == 64)
        self.told = done.stderr
        return done.stderr if status == 64 else done.stdout

    def report(self, *words):
        return json.loads(self.run_records(*words, "--json"))["tenants"]

    def lines(self, *words):
        return [record["line"] for record in self.report(*words)[0]["records"]]


class Records(RecordsTest):
    def test_each_identity_has_its_records(self):
        key = self.edge.tlsa().split()[-1].upper()
        srv = "0 0 5269 edge.hosting.example."
        self.assertEqual(self.lines("acme"), [
            f"_xmpp-server._tcp.acme.example. 3600 IN SRV {srv}",
            "_xmpps-server._tcp.acme.example. 3600 IN SRV 0 0 5270 edge.hosting.example.",
            f"_5269._tcp.edge.hosting.example. 3600 IN TLSA 3 1 1 {key}",
            f"_5270._tcp.edge.hosting.example. 3600 IN TLSA 3 1 1 {key}"])
        own = self.own.tlsa().split()[-1].upper()
        self.assertIn(f"_5269._tcp.xmpp.own.example. 3600 IN TLSA 3 1 1 {own}", self.lines("own"))
        issuer = self.ca.root.tlsa(2).split()[-1].upper()
        self.assertEqual([line for line in self.lines("signed") if "_5269" in line],
                         [f"_5269._tcp.edge.hosting.example. 3600 IN TLSA 2 1 1 {issuer}",
                          f"_5269._tcp.edge.hosting.example. 3600 IN TLSA 3 1 1 {key}"])

    def test_a_zone_file_takes_the_lines(self):
        text = self.run_records("own", "--ttl", "600")
        zone = text.split("on the customer's web server")[0].split("\n", 1)[1]
        path = os.path.join(self.folder, "own.zone")
        with open(path, "w") as file:
            file.write("$ORIGIN own.example.\n@ 600 IN SOA ns. host. 1 1 1 1 1\n" + zone)
        done = subprocess.run(["ldns-read-zone", path], capture_output=True, text=True,
                              check=False, timeout=10)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("\tTLSA\t"), 2)

    def test_all_tenants_are_told_in_one_run(self):
        names = [tenant["tenant"] for tenant in self.report("--all")]
        self.assertEqual(names, ["acme", "own", "signed"])
        text = self.run_records("--all")
        self.assertNotIn("to change the key", text)
        for name in names:
            self.assertRegex(text, rf"(?m)^{name}, identity ")

    def test_a_broken_file_keeps_nobody_else_from_being_told(self):
        folder = os.path.join(os.path.dirname(self.config), "tenants.d")
        broken = os.path.join(folder, "broken.yaml")
        with open(broken, "w", encoding="ascii") as file:
            file.write("tenant: broken\ndomain: [broken.example]\n")
        self.addCleanup(os.remove, broken)
        answer = json.loads(self.run_records("--all", "--json", status=1))
        self.assertEqual([tenant["tenant"] for tenant in answer["tenants"]],
                         ["acme", "own", "signed"])
        self.assertIn('broken.yaml:2:1: unknown key "domain"', self.told)
        self.run_records("acme")   # nobody has asked about the other
        self.assertIn("see danegate check", self.run_records("broken", status=64))

    def test_D57_a_roll_over_has_dates(self):
        _, dane_dates, document = self._steps("own", "--ttl", "3600", "--at", _START,
                                              "--new-chain", self.edge.chain)
        self.assertEqual(dane_dates, ["2027-01-15T08:00:00Z", "2027-01-15T10:00:00Z",
                                      "2027-01-15T11:00:00Z"])
        self.assertEqual(len(document["fingerprints"]), 2)
        dane, _, _ = self._steps("own", "--new-chain", self.edge.chain)
        new = self.edge.tlsa().split()[-1].upper()
        self.assertIn(f"_5270._tcp.xmpp.own.example. 3600 IN TLSA 3 1 1 {new}",
                      dane["steps"][0]["publish"])
        same, _, document = self._steps("own", "--new-chain", self.own.chain)
        self.assertEqual((len(same["steps"]), document), (1, None))

    def _steps(self, *words):
        dane, posh = self.report(*words)[0]["roll_over"]
        return (dane, [step["at"] for step in dane["steps"]],
                posh["steps"][0].get("document"))

    def test_what_cannot_be_asked_is_64_and_says_what_was_meant(self):
        for words, said in (((), "TENANT or --all"), (("acme", "--all"), "not both"),
                            (("acne",), 'did you mean "acme"?'), (("zzz",), '"zzz"'),
                            (("acme", "--ttl", "0"), "--ttl"),
                            (("acme", "--at", "noon"), "2026-01-31T09:30:00Z"),
                            (("signed", "--new-chain", self.own.chain), "CA that issued"),
                            (("acme", "--new-chain", "/nowhere.pem"), "/nowhere.pem")):
            with self.subTest(words=words):
                self.assertIn(said, self.run_records(*words, status=64))

    def test_the_example_of_the_readme_is_what_it_says(self):
        readme = (_ROOT / "README.md").read_text()
        (shown,) = re.findall(r"(?ms)^    \$ danegate records (?:[^\n]*)\n(.*?)(?=^\S)", readme)
        real = self.run_records("acme")
        self.assertNotIn("publish the new record", real)
        self.assertEqual(_normal(shown), _normal(real))


def _normal(text):
    for pattern, word in ((r"\d{4}-\d\d-\d\dT\S+Z", "TIME"), (r"\b[0-9A-F]{8,}\S*", "HASH"),
                          (r'"[A-Za-z0-9+/]{43}="', "HASH"), (r" +", " ")):
        text = re.sub(pattern, word, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


if __name__ == "__main__":
    unittest.main()
