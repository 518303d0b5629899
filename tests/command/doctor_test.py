#!/usr/bin/python3
"""danegate doctor: a set-up by the book is one quiet line, and each mistake in the DNS, with
POSH or at the edge has a word of its own, and the exit status of what it does to peers.

The program is $DANEGATE, or build/release/danegate."""
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
_ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import doctor_lab  # noqa: E402

GOOD, BAD, UNKNOWN = 0, 1, 3
# tenant: (exit status, every word that must be there, no others)
MISTAKES = {
    "unsigned": (BAD, {"zone-unsigned"}),
    "no-tlsa": (BAD, {"tlsa-missing"}),
    "old-key": (BAD, {"tlsa-mismatch"}),
    "tlsa-port": (BAD, {"tlsa-wrong-port"}),
    "unusable": (BAD, {"tlsa-unusable"}),
    "wrong-host": (BAD, {"srv-wrong-host"}),
    "edge-host": (BAD, {"srv-wrong-host", "sni-mismatch"}),
    "srv-port": (BAD, {"srv-wrong-port"}),
    "no-srv": (BAD, {"srv-missing"}),
    "no-direct": (GOOD, {"srv-direct-missing"}),
    "no-starttls": (BAD, {"srv-starttls-missing"}),
    "no-service": (BAD, {"srv-no-service"}),
    "alias": (GOOD, {"target-alias"}),
    "srv-address": (BAD, {"srv-no-name"}),
    "no-address": (BAD, {"target-no-address"}),
    "elsewhere": (BAD, {"target-elsewhere", "unreachable"}),
    "stranger": (BAD, {"target-elsewhere", "served-other"}),
    "bogus": (BAD, {"dns-bogus"}),
    "bogus-tlsa": (BAD, {"dns-bogus"}),
    "expired": (BAD, {"signature-expired"}),
    "silent": (UNKNOWN, {"dns-failed"}),
    "posh-only": (GOOD, {"zone-unsigned"}),
    "posh-expired": (BAD, {"posh-expired"}),
    "posh-other": (BAD, {"posh-mismatch"}),
    "posh-reference": (BAD, {"posh-wrong-reference"}),
    "posh-broken": (BAD, {"posh-unusable"}),
    "ca-missing": (BAD, {"tlsa-ca-missing"}),
    "ca-above": (BAD, {"ca-not-in-chain"}),
    "sni-target": (BAD, {"sni-mismatch"}),
    "ending": (GOOD, {"certificate-ends"}),
    "good-pki": (GOOD, {"zone-unsigned"}),
}
WELL = {"good-own": "dane-ee", "good-edge": "dane-ee", "good-ca": "dane-ee and dane-ta",
        "posh-beside": "dane-ee", "posh-none": "dane-ee"}


class DoctorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="danegate-doctor-")
        cls.addClassCleanup(holder.cleanup)
        cls.lab = doctor_lab.lab(cls, holder.name)

    def examine(self, status, *words):
        done = self.lab.run(*words)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def examine_json(self, status, *words):
        return json.loads(self.examine(status, "--json", *words))

    def one(self, status, name, *words):
        (tenant,) = self.examine_json(status, name, *words)["tenants"]
        return tenant


class Mistakes(DoctorTest):
    def test_each_has_its_word_and_its_exit_status(self):
        for name, (status, words) in MISTAKES.items():
            with self.subTest(name):
                tenant = self.one(status, name)
                self.assertEqual({each["finding"] for each in tenant["findings"]}, words, tenant)
                for finding in tenant["findings"]:
                    self.assertTrue(finding["what"] and finding["remedy"], finding)

    def test_all_of_them_in_one_run(self):
        tenants = {each["tenant"]: each for each in self.examine_json(BAD)["tenants"]}
        self.assertEqual(set(tenants), {*MISTAKES, *WELL})
        for name, (_, words) in MISTAKES.items():
            with self.subTest(name):
                self.assertEqual({each["finding"] for each in tenants[name]["findings"]}, words)
        for name in WELL:
            self.assertEqual(tenants[name]["health"], "good", tenants[name])

    def test_what_is_missing_is_published_and_what_is_wrong_replaced(self):
        for name, word, remedy in (("no-direct", "srv-direct-missing", "publish"),
                                   ("wrong-host", "srv-wrong-host", "publish instead")):
            with self.subTest(name):
                self.assertIn((word, remedy),
                              [(each["finding"], each["remedy"])
                               for each in self.one(MISTAKES[name][0], name)["findings"]])

    def test_the_line_that_mends_it_is_what_records_prints(self):
        for name, word, line in (
                ("no-tlsa", "tlsa-missing", "_5269._tcp.xmpp.no-tlsa.example. 3600 IN TLSA 3 1 1 "),
                ("wrong-host", "srv-wrong-host", "_xmpp-server._tcp.wrong-host.example. 3600 IN "
                                                 "SRV 0 0 5269 xmpp.wrong-host.example."),
                ("ca-missing", "tlsa-ca-missing",
                 "_5269._tcp.ca-missing.edge.example. 3600 IN TLSA 2 1 1 "),
                ("no-direct", "srv-direct-missing", "_xmpps-server._tcp.no-direct.example. 3600 "
                                                    "IN SRV 0 0 5270 xmpp.no-direct.example.")):
            with self.subTest(name):
                tenant = self.one(MISTAKES[name][0], name)
                lines = [line for each in tenant["findings"] if each["finding"] == word
                         for line in each["records"]]
                self.assertTrue(lines[0].startswith(line), lines)
                done = subprocess.run(
                    [doctor_lab.PROGRAM, "records", name, "--config",
                     self.lab.danegate.config, "--json"], capture_output=True, text=True,
                    check=True, timeout=20)
                said = [each["line"] for each in json.loads(done.stdout)["tenants"][0]["records"]]
                self.assertLessEqual(set(lines), set(said))

    def test_K1_peers_are_told_apart_by_what_they_put_into_sni(self):
        peers = self.one(BAD, "sni-target")["domains"][0]["peers"]
        seen = {(each["tls"], each["sni"]): each["outcome"] for each in peers}
        self.assertEqual(seen, {
            ("starttls", "source"): "proved", ("starttls", "target"): "disproved",
            ("starttls", "none"): "proved", ("direct", "source"): "proved",
            ("direct", "target"): "disproved"})

    def test_without_connections_only_the_dns_and_the_web_are_asked(self):
        before = len(self.lab.danegate.events())
        self.assertEqual(self.one(GOOD, "good-own", "--no-connect")["findings"], [])
        words = {each["finding"]
                 for each in self.one(BAD, "stranger", "--no-connect")["findings"]}
        self.assertEqual(words, {"target-elsewhere"})
        self.assertEqual(len(self.lab.danegate.events()), before)


class Text(DoctorTest):
    def test_who_is_well_is_one_quiet_line(self):
        for name, proof in WELL.items():
            with self.subTest(name):
                self.assertEqual(self.examine(GOOD, name),
                                 f"{name}  good: 1 domain, proved by {proof}\n")

    def test_who_is_not_is_told_what_peers_see_and_what_to_change(self):
        text = self.examine(BAD, "old-key", "good-own")
        self.assertRegex(text, r"(?m)^old-key   bad: 1 domain: 2 errors$")
        self.assertRegex(text, r"(?m)^  old-key\.example +STARTTLS +xmpp\.old-key\.example:5269 +"
                               r"SNI = source +disproved +the record 3 1 1 does not match")
        self.assertRegex(text, r"(?m)^  error  tlsa-mismatch  at _5269\._tcp\.xmpp\.old-key\.")
        self.assertRegex(text, r"(?m)^      _5269\._tcp\.xmpp\.old-key\.example\. 3600 IN TLSA "
                               r"3 1 1 [0-9A-F]{64}$")
        self.assertRegex(text, r"(?m)^good-own  good: ")
        self.assertRegex(text, r"(?m)^2 tenants: 1 good, 1 bad$")

    def test_the_example_of_the_readme_is_what_it_says(self):
        readme = (_ROOT / "README.md").read_text()
        (shown,) = re.findall(r"(?ms)^    \$ danegate doctor old-key good-own [^\n]*\n(.*?)(?=^\S)",
                              readme)
        self.assertEqual(_normal(shown), _normal(self.examine(BAD, "old-key", "good-own")))

    def test_colours_and_a_bar_are_for_a_terminal(self):
        main, terminal = pty.openpty()
        subprocess.run([doctor_lab.PROGRAM, "doctor", "good-own", "good-edge", "--config",
                        self.lab.danegate.config], stdout=terminal, stderr=terminal,
                       check=False, timeout=40,
                       env={**os.environ, "TERM": "xterm", "NO_COLOR": ""})
        os.close(terminal)
        text = os.read(main, 65536).decode()
        os.close(main)
        self.assertIn("2 of 2 domains\r\x1b[K", text)
        self.assertIn("\x1b[32mgood\x1b[0m", text)

    def test_a_broken_file_keeps_nobody_else_from_being_examined(self):
        config = pathlib.Path(self.lab.danegate.config)
        folder = config.with_name("some.d")
        folder.mkdir()
        shutil.copy(config.with_name("tenants.d") / "good-own.yaml", folder)
        (folder / "broken.yaml").write_text("tenant: broken\ndomain: [broken.example]\n")
        some = config.with_name("some.yaml")
        some.write_text(config.read_text().replace("tenants: tenants.d", "tenants: some.d"))
        done = subprocess.run([doctor_lab.PROGRAM, "doctor", "--config", some], text=True,
                              capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, BAD, done.stdout + done.stderr)
        self.assertRegex(done.stdout, "(?m)^good-own +good")
        self.assertIn('broken.yaml:2:1: unknown key "domain"', done.stderr)

    def test_what_cannot_be_asked_is_64(self):
        for words, said in ((("good-owm",), 'did you mean "good-own"'),
                            (("good-own", "nobody-at-all"), '"nobody-at-all"')):
            done = self.lab.run(*words)
            self.assertEqual(done.returncode, 64)
            self.assertIn(said, done.stderr)
            self.assertEqual(done.stdout, "")


def _normal(text):
    text = re.sub(r"\b[0-9A-F]{8,}\S*", "HASH", text)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


if __name__ == "__main__":
    unittest.main()
