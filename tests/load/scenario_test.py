#!/usr/bin/python3
"""danegate-load scenario: what it writes is served by NSD and danegate, and proves its peers."""
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from load_program import DANEGATE, check, run  # noqa: E402
from lab import dns_message  # noqa: E402
from lab.addresses import DNS_PORT, AddressBlock  # noqa: E402
from lab.processes import Process, wait_until  # noqa: E402


class ScenarioTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="danegate-load-")
        self.addCleanup(folder.cleanup)
        self.out = pathlib.Path(folder.name) / "scenario"

    def write(self, *words):
        done = run("scenario", "--out", self.out, *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def peer(self, number, ending):
        return self.out / "peers" / f"p{number:06}.peers.example.{ending}"


class Served(ScenarioTest):
    def test_every_peer_is_proved_by_its_certificate_and_no_other(self):
        block = AddressBlock([DNS_PORT])
        with contextlib.closing(block), contextlib.ExitStack() as end:
            self.write("--tenants", 2, "--peers", 2, "--dns", f"{block.address(1)}:{DNS_PORT}")
            nsd = Process("nsd", ["/usr/sbin/nsd", "-d", "-c", self.out / "dns" / "nsd.conf"],
                          self.out / "nsd.log")
            end.callback(nsd.stop)
            wait_until(lambda: dns_message.ask(block.address(1), DNS_PORT, "peers.example",
                                               "SOA", 0.2), "NSD answers", process=nsd)
            for domain in (1, 2):
                for certificate in (1, 2):
                    done = self.explain(domain, certificate)
                    proved = 0 if domain == certificate else 1
                    self.assertEqual(done.returncode, proved, done.stdout + done.stderr)

    def explain(self, domain, certificate):
        return subprocess.run(
            [DANEGATE, "explain", f"p{domain:06}.peers.example", "--config",
             self.out / "danegate.yaml", "--tenant", "t000001", "--chain",
             self.peer(certificate, "pem")], capture_output=True, text=True, check=False, timeout=30)


class Written(ScenarioTest):
    def test_danegate_takes_it(self):
        self.write("--tenants", 3, "--peers", 2, "--haproxy", "--shards", 1,
                   "--backend-tls", "direct")
        status, said = check(self.out)
        self.assertEqual(status, 0, said)
        self.assertIn("0 errors, 0 warnings in 4 files; 3 tenants", said)
        self.assertIn("shards: 1\n", (self.out / "danegate.yaml").read_text())
        tenant = (self.out / "tenants.d" / "t000003.yaml").read_text()
        self.assertIn("tls: direct, trust: ../backend.pem", tenant)
        self.assertEqual(len(list((self.out / "haproxy").iterdir())), 3)

    def test_names_and_certificates_of_the_peers_are_listed(self):
        self.write("--tenants", 1, "--peers", 3)
        self.assertEqual((self.out / "peers" / "names.txt").read_text(),
                         "".join(f"p00000{number}.peers.example\n" for number in (1, 2, 3)))
        self.assertEqual((self.out / "peers.pem").read_text(),
                         "".join(self.peer(number, "pem").read_text() for number in (1, 2, 3)))

    def test_only_the_owner_may_read_a_key(self):
        self.write("--tenants", 1, "--peers", 2, "--haproxy")
        secrets = [*self.out.glob("**/*.key"), *self.out.glob("haproxy/*.pem")]
        secrets = [path for path in secrets if path.parent.name != "dns"]
        self.assertEqual(len(secrets), 5 + 2 + 1 + 1)
        for path in secrets:
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)

    def test_a_list_of_the_peers_is_enough_to_trust_them(self):
        self.write("--tenants", 1, "--peers", 2)
        subprocess.run(["openssl", "verify", "-purpose", "sslclient", "-CAfile",
                        self.out / "peers.pem", self.peer(2, "pem")],
                       check=True, capture_output=True, timeout=20)


class Again(ScenarioTest):
    def test_peers_that_fit_stay_and_others_are_made_anew(self):
        self.write("--tenants", 1, "--peers", 4)
        before = {number: self.peer(number, "pem").read_text() for number in (1, 2, 3, 4)}
        self.peer(2, "key").write_text(self.peer(3, "key").read_text())
        self.peer(4, "pem").write_text(before[3])
        self.write("--tenants", 1, "--peers", 5)
        after = {number: self.peer(number, "pem").read_text() for number in (1, 2, 3, 4, 5)}
        self.assertEqual((after[1], after[3]), (before[1], before[3]))
        self.assertNotEqual(after[2], before[2])
        self.assertNotIn(after[4], (before[3], before[4]))


class Wrong(ScenarioTest):
    def test_a_missing_tool_is_named_with_its_package(self):
        empty = pathlib.Path(self.out.parent) / "empty"
        empty.mkdir()
        done = run("scenario", "--out", self.out, "--tenants", 1, "--peers", 1,
                   env={"PATH": str(empty)})
        self.assertEqual(done.returncode, 1)
        self.assertIn("ldns-keygen: not found; it is in Debian's package ldnsutils: "
                      "deploy/setup demo installs it", done.stderr)

    def test_every_wrong_use_is_64_and_says_what_was_expected(self):
        good = ("scenario", "--out", self.out, "--tenants", 1, "--peers", 1)
        for words, said in (((*good, "--dns", "here"), "--dns: expected an IP"),
                            ((*good, "--backend", "here"), "--backend: expected an IP"),
                            ((*good, "--starttls", "here"), "--starttls: expected an IP"),
                            ((*good, "--direct-tls", "here"), "--direct-tls: expected an IP"),
                            ((*good, "--backend-tls", "plain"), "starttls"),
                            (good[:-2], "--peers is required"),
                            ((*good[:-1], 100001), "100000")):
            with self.subTest(words=words):
                done = run(*words)
                self.assertEqual(done.returncode, 64, done.stdout + done.stderr)
                self.assertIn(said, done.stderr)
                self.assertFalse(os.path.exists(self.out))


if __name__ == "__main__":
    unittest.main()
