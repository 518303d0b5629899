#!/usr/bin/python3
"""danegate-load tenants: what it writes is what danegate takes."""
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from load_program import PROGRAM, check, run, write_tenants  # noqa: E402


class TenantsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="danegate-load-")
        self.addCleanup(folder.cleanup)
        self.out = pathlib.Path(folder.name) / "provider"

    def tenants(self):
        return sorted(path.name for path in (self.out / "tenants.d").iterdir())

    def assert_good(self, count):
        status, said = check(self.out)
        self.assertEqual(status, 0, said)
        self.assertIn(f"0 errors, 0 warnings in {count + 1} files; {count} tenant", said)


class Written(TenantsTest):
    def test_every_identity_and_kind_of_key_is_good(self):
        for words in ((), ("--identity", "edge-key"), ("--identity", "own-target"),
                      ("--key", "rsa"), ("--identity", "edge-key", "--key", "rsa")):
            with self.subTest(words=words):
                write_tenants(self.out, 20, *words)
                self.assert_good(20)

    def test_names_are_the_same_every_time(self):
        write_tenants(self.out, 2, "--domain", "Bücher.example")
        self.assertEqual((self.out / "names.txt").read_text(),
                         "t000001.xn--bcher-kva.example\nt000002.xn--bcher-kva.example\n")
        self.assertEqual(self.tenants(), [f"t00000{number}.{ending}" for number in (1, 2)
                                          for ending in ("key", "pem", "yaml")])
        self.assert_good(2)

    def test_addresses_are_those_that_were_given(self):
        write_tenants(self.out, 1, "--starttls", "[::1]:15269", "--direct-tls",
                      "127.0.0.2:15270", "--backend", "[::1]:5288")
        edge = (self.out / "danegate.yaml").read_text()
        self.assertIn('starttls: ["[::1]:15269"]', edge)
        self.assertIn('direct_tls: ["127.0.0.2:15270"]', edge)
        self.assertIn('address: "[::1]:5288"',
                      (self.out / "tenants.d" / "t000001.yaml").read_text())
        self.assert_good(1)

    def test_only_the_owner_may_read_a_key(self):
        write_tenants(self.out, 2, "--haproxy")
        secrets = [*self.out.glob("**/*.key"), *self.out.glob("haproxy/*.pem")]
        self.assertEqual(len(secrets), 4 + 2 + 2)
        for path in secrets:
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)

    def test_a_chain_leads_to_the_root(self):
        write_tenants(self.out, 1)
        subprocess.run(["openssl", "verify", "-x509_strict", "-purpose", "sslserver",
                        "-verify_hostname", "t000001.tenants.example",
                        "-CAfile", self.out / "root.pem",
                        "-untrusted", self.out / "intermediate.pem",
                        self.out / "tenants.d" / "t000001.pem"],
                       check=True, capture_output=True, timeout=20)

    def test_D3_the_edge_ca_cannot_sign_for_the_tenants(self):
        write_tenants(self.out, 1)
        text = subprocess.run(["openssl", "x509", "-in", self.out / "edge-ca.pem", "-noout",
                               "-ext", "nameConstraints"], check=True, capture_output=True,
                              text=True, timeout=20).stdout
        self.assertRegex(text, r"critical\s+Excluded:\s+DNS:tenants\.example")

    def test_a_bundle_for_haproxy_is_chain_and_key(self):
        write_tenants(self.out, 1, "--haproxy")
        tenant = self.out / "tenants.d" / "t000001"
        self.assertEqual((self.out / "haproxy" / "t000001.pem").read_text(),
                         tenant.with_suffix(".pem").read_text() +
                         tenant.with_suffix(".key").read_text())


class Folders(TenantsTest):
    def test_a_folder_of_somebody_else_is_left_alone(self):
        self.out.mkdir()
        (self.out / "letter").write_text("mine")
        done = run("tenants", "--count", 1, "--out", self.out)
        self.assertEqual(done.returncode, 1)
        self.assertIn("expected a new or an empty folder", done.stderr)
        self.assertEqual(os.listdir(self.out), ["letter"])

    def test_an_empty_folder_is_taken(self):
        self.out.mkdir()
        self.assertNotIn("in place of", write_tenants(self.out, 1))

    def test_a_folder_of_its_own_is_written_again_and_says_so(self):
        write_tenants(self.out, 3, "--haproxy")
        before = (self.out / "tenants.d" / "t000001.pem").read_text()
        (self.out / "tenants.d" / "mine.txt").write_text("mine")
        self.assertIn("in place of those that were there", write_tenants(self.out, 2))
        self.assertNotEqual((self.out / "tenants.d" / "t000001.pem").read_text(), before)
        self.assertEqual(len(self.tenants()), 2 * 3 + 1)
        self.assertEqual(os.listdir(self.out / "haproxy"), [])
        self.assert_good(2)

    def test_a_file_that_was_longer_is_cut(self):
        write_tenants(self.out, 1, "--key", "rsa")
        write_tenants(self.out, 1)
        self.assertEqual((self.out / "tenants.d" / "t000001.key").read_text().count("-----"), 4)
        self.assert_good(1)


class Usage(TenantsTest):
    def test_a_report_that_cannot_be_written_is_74(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "tenants", "--count", "1", "--out", self.out],
                                  stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                                  timeout=40)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertIn("danegate-load: cannot write standard output: No space left", done.stderr)

    def test_every_wrong_use_is_64_and_says_what_was_expected(self):
        good = ("tenants", "--count", "1", "--out", self.out)
        for words, said in (((), "expected a command: tenants"),
                            (("tenants", "--out", self.out), "--count is required"),
                            (("tenants", "--count", "1"), "--out is required"),
                            (("demo", "--duratoin", "3"), 'found "--duratoin"; did you mean "--duration"?'),
                            (("demo", "--duration", "x"),
                             '--duration: expected a number from 0.1 to 3600; found "x"'),
                            (("demo", "--tenants", "2.5"), 'expected a whole number from 1 to'),
                            (("tenant",), 'found "tenant"; did you mean "tenants"?'),
                            (("tenants", "--out", self.out, "--count"), "expected N behind it"),
                            (("tenants", "--out", self.out, "--count", "200001"), "200000"),
                            ((*good, "--identity", "edge-kye"),
                             'expected ca, edge-key or own-target; found "edge-kye"; did you mean "edge-key"?'),
                            ((*good, "--key", "dsa"), "ecdsa"),
                            ((*good, "--domain", "-"), "expected a domain"),
                            ((*good, "--domain", "a." * 122 + "example"), "names fit below"),
                            ((*good, "--backend", "here"), "--backend: expected an IP"),
                            ((*good, "--starttls", "here"), "--starttls: expected an IP"),
                            ((*good, "--direct-tls", "here"), "--direct-tls: expected an IP")):
            with self.subTest(words=words):
                done = run(*words)
                self.assertEqual(done.returncode, 64, done.stdout + done.stderr)
                self.assertIn(said, done.stderr)
                self.assertFalse(self.out.exists())

    def test_the_bar_is_for_a_terminal(self):
        done = run("tenants", "--count", 50, "--out", self.out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        main, terminal = pty.openpty()
        subprocess.run([PROGRAM, "tenants", "--count", "50", "--out", self.out], check=True,
                       stdout=subprocess.DEVNULL, stderr=terminal, timeout=20)
        os.close(terminal)
        shown = os.read(main, 65536).decode()
        os.close(main)
        self.assertRegex(shown, r"^\r\[[#-]{30}\] +\d+ %  \d+ of 50 tenants")
        self.assertTrue(shown.endswith("\r\x1b[K"), shown)


if __name__ == "__main__":
    unittest.main()
