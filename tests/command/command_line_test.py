#!/usr/bin/python3
"""The contract of the command line: exit statuses, first words, JSON, help.

The program is $DANEGATE, or build/release/danegate."""
import datetime
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
_ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_ROOT / "tests" / "support"))
from lab import certificates  # noqa: E402

_PROGRAM = os.environ.get("DANEGATE", str(_ROOT / "build" / "release" / "danegate"))
_EDGE = """\
listen: {{starttls: ["127.0.0.1:5269"]}}
edge:
  hosts: [edge.example]
  certificate: {{chain: {edge.chain}, key: {edge.key}}}
edge_ca: {{certificate: {ca.chain}, key: {ca.key}}}
tenants: tenants.d
resolver: {{trust_anchor: root.key}}
trust_store: {ca.chain}
"""
_TENANT = """\
tenant: acme
domains: [acme.example]
backends: [{address: "127.0.0.1:5270"}]
"""


def run(*words, env=None):
    return subprocess.run([_PROGRAM, *words], capture_output=True, text=True, check=False,
                          timeout=20, env={**os.environ, **(env or {})})


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory(prefix="danegate-command-")
        cls.folder = pathlib.Path(cls._folder.name)
        cls.edge = certificates.self_signed(cls._folder.name, ["edge.example"])
        cls.ca = certificates.Authority(cls._folder.name, "ca")
        cls.leaf = cls.ca.issue(["peer.example"])
        (cls.folder / "root.key").write_text(f". IN DS 1 8 2 {'0' * 64}\n")
        (cls.folder / "tenants.d").mkdir()
        cls.config = str(cls.folder / "danegate.yaml")

    @classmethod
    def tearDownClass(cls):
        cls._folder.cleanup()

    def setUp(self):
        (self.folder / "danegate.yaml").write_text(
            _EDGE.format(edge=self.edge, ca=self.ca.root))
        (self.folder / "tenants.d" / "acme.yaml").write_text(_TENANT)

    def match(self, *records, more=()):
        words = [word for record in records for word in ("--tlsa", record)]
        return run("match", "--chain", self.leaf.chain, "--name", "peer.example", *words, *more)

    def assert_usage(self, done, *words):
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertEqual(done.stdout, "")
        for word in words:
            self.assertIn(word, done.stderr)


class Usage(CommandLine):
    def test_every_wrong_use_is_64_and_says_what_was_expected(self):
        good = self.leaf.tlsa()
        for words, said in (
                ((), ["danegate: expected a command: run, check, match", "or schema"]),
                (("chekc",), ['expected a command', 'found "chekc"; did you mean "check"?']),
                (("check",), ["danegate check: --config is required; give --config FILE: the edge's"]),
                (("check", "--confg", "x"), ['found "--confg"; did you mean "--config"?']),
                (("check", "--config", self.config, "--jsno"), ['"--jsno"; did you mean "--json"?']),
                (("check", "--config"), ["--config: expected FILE behind it; found nothing"]),
                (("check", "--config", "--json"), ["expected FILE behind it; found the option --json"]),
                (("check", "--config", "a", "--config=b"), ["--config: expected once; found twice"]),
                (("--config", "x", "check"), ["expected a command before --config"]),
                (("run",), ["--config is required"]),
                (("match",), ["--chain is required"]),
                (("match", "--chain", self.leaf.chain, "--name", "a.example"), ["--tlsa is required"]),
                (("match", "--chain", self.leaf.chain, "--name", "a.example", "--tlsa", "3", "1",
                  "1", "abcd"), ['found "1"; a record is one word: --tlsa "3 1 1 HEX"']),
                (("ctl",), ["danegate ctl: expected a command: status, streams, tenants, verdicts, "
                            "flush, reload or drain"]),
                (("ctl", "stats", "--socket", "/x"), ['found "stats"; did you mean "status"?']),
                (("ctl", "--socket", "/x"), ["expected a command: status"]),
                (("ctl", "status"), ["expected --config FILE, or --socket PATH; found neither"]),
                (("ctl", "status", "--socket", "/x", "on"), ['expected options only; found "on"']),
                (("ctl", "flush", "--socket", "/x"), ["DOMAIN is required; give DOMAIN: the peer's"]),
                (("explain",), ["DOMAIN is required"]),
                (("explain", "a.example", "b.example"), ['expected no further word; found "b.example"']),
                (("records", "acme"), ["--config is required"]),
                (("doctor", "acme"), ["--config is required"]),
                (("schema", "tenant"), ['found "tenant"']),
                (("--verison",), ['found "--verison"; did you mean "--version"?'])):
            with self.subTest(words=words):
                self.assert_usage(run(*words), *said, "--help")

    def test_a_question_that_cannot_be_asked_is_64(self):
        good = self.leaf.tlsa()
        for words, said in (
                ((good, "--trust", "/nowhere.pem"), ["/nowhere.pem", "No such file"]),
                ((good, "--trust", self.leaf.key), ["--trust"]),
                ((good, "--at", "yesterday"), ["--at", "yesterday", "2026-01-31T09:30:00Z"]),
                ((good, "--name", "192.0.2.1"), ['--name: expected a domain', '"192.0.2.1": it is an IP', "write the name"]),
                ((good[:-4] + "…",), ['cut short with "…"; give all of its hex']),
                ((good, "--chain", self.leaf.key), []),
                (("3 1 1 xyz",), ["3 1 1 xyz"]),
                (("3 1",), ["--tlsa"]),
                (("rubbish",), ["--tlsa", "rubbish"])):
            with self.subTest(words=words):
                self.assert_usage(self.match(words[0], more=words[1:]), *said)

    def test_a_word_that_is_no_domain_is_explained(self):
        for word, said in (("bad domain", 'found "bad domain": no host name has a space in it; write'),
                           ("192.0.2.1", "it is an IP address, and peers are found by name; write")):
            for words in (("explain", word), ("ctl", "flush", word, "--socket", "/x")):
                with self.subTest(words=words):
                    self.assert_usage(run(*words), "expected a domain such as acme.example", said)

    def test_a_name_is_required_where_a_record_looks_at_it(self):
        def match(*records):
            return run("match", "--chain", self.leaf.chain,
                       *(word for record in records for word in ("--tlsa", record)))
        self.assertEqual(match(self.leaf.tlsa()).stdout.split()[0], "match")
        self.assertEqual(match("3 1 9 abcd", "9 1 1 abcd").stdout.split()[0], "unusable")
        self.assert_usage(match(self.leaf.tlsa(), self.ca.root.tlsa(2, 1, 1)),
                          "--name is required; a record of usage 2", "give --name HOST")

    def test_help_names_every_option_and_is_no_error(self):
        for words, said in (((), ["run", "check", "match", "--version"]),
                            (("run",), ["--config", "SIGTERM"]),
                            (("ctl",), ["status", "streams", "verdicts", "flush", "drain"]),
                            (("ctl",), ["--socket", "--config"]),
                            (("ctl", "flush"), ["DOMAIN", "--socket", "--config", "--json"]),
                            (("records",), ["TENANT", "--all", "--config", "--ttl",
                                            "--new-chain", "--at", "--json", "64"]),
                            (("doctor",), ["TENANT", "--config", "--no-connect", "--json", "64"]),
                            (("explain",), ["DOMAIN", "--chain", "--config", "--tenant",
                                            "--json", "indeterminate", "64"]),
                            (("check",), ["--config", "--json"]),
                            (("schema",), ["--edge", "JSON Schema"]),
                            (("match",), ['Usage: danegate match --chain PEM --tlsa "3 1 1 HEX" [',
                                          "leaf first; required", "--name", "--trust", "--at",
                                          "--json", "unusable"])):
            done = run(*words, "--help")
            self.assertEqual(done.returncode, 0, done.stderr)
            for word in said:
                self.assertIn(word, done.stdout)

    def test_ctl_without_a_proxy_is_1_and_says_so(self):
        for path, said in (("/nowhere/control", "no danegate listens there"),
                           (self.config, "no danegate listens there"),
                           ("/" + "x" * 200, "expected the path of a socket")):
            done = run("ctl", "status", "--socket", path)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(done.stdout, "")
            self.assertIn(said, done.stderr)
        done = run("ctl", "--socket", "/nowhere/control", "status")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("no danegate listens there", done.stderr)
        done = run("ctl", "flush", "192.0.2.1", "--socket", "/nowhere")
        self.assertEqual(done.returncode, 64)
        self.assertIn("expected a domain", done.stderr)

    def test_ctl_finds_the_socket_in_the_edges_file(self):
        def ask(*words):
            done = run("ctl", "status", *words)
            return done.returncode, done.stderr
        status, said = ask("--config", self.config)
        self.assertEqual(status, 64, said)
        self.assertIn("expected the setting control", said)
        file = self.folder / "danegate.yaml"
        file.write_text(file.read_text() + "control: asked\nshard: 1\n")   # one mistake beside it
        status, said = ask("--config", self.config)
        self.assertEqual(status, 1, said)
        self.assertIn(f"control '{self.folder}/asked': No such file", said)
        self.assertIn("--socket '/nowhere'", ask("--config", self.config, "--socket", "/nowhere")[1])
        status, said = ask("--config", "/nowhere.yaml")
        self.assertEqual(status, 64, said)
        self.assertIn("/nowhere.yaml", said)

    def test_output_that_cannot_be_written_is_74(self):
        chain = ("--chain", self.leaf.chain, "--tlsa", self.leaf.tlsa(), "--name", "peer.example")
        edge = ("--config", self.config)
        for words in (("--help",), ("--version",), ("check", *edge), ("check", *edge, "--json"),
                      ("schema",), ("records", "--all", *edge), ("records", "acme", *edge, "--json"),
                      ("match", *chain), ("match", *chain, "--json"),
                      ("doctor", "acme", "--no-connect", *edge)):
            with self.subTest(words=words), open("/dev/full", "wb") as full:
                done = subprocess.run([_PROGRAM, *words], stdout=full, stderr=subprocess.PIPE,
                                      text=True, check=False, timeout=20)
                self.assertEqual(done.returncode, 74, done.stderr)
                self.assertIn("danegate: cannot write standard output: ", done.stderr)

    def test_version_names_every_library(self):
        done = run("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^danegate \d+\.\d+\.\d+\n")
        for library in ("BoringSSL", "libunbound", "libuv", "expat", "yaml-cpp", "libidn2",
                        "libcurl", "libmicrohttpd", "jemalloc"):
            self.assertRegex(done.stdout, rf"(?m)^  {library} +\S")


class Check(CommandLine):
    def test_a_good_configuration_is_0_with_a_summary(self):
        done = run("check", "--config", self.config)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(done.stdout, f"{self.config}: good: 0 errors, 0 warnings in 2 files; "
                                      "1 tenant can be served\n")

    def test_every_error_is_a_line_with_its_place(self):
        tenant = self.folder / "tenants.d" / "acme.yaml"
        tenant.write_text(_TENANT.replace("domains", "domain").replace("5270", "0"))
        done = run("check", "--config", self.config)
        self.assertEqual(done.returncode, 1)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 7, done.stdout)
        self.assertTrue(lines[0].startswith(f"{tenant}:2:1: unknown key"), lines[0])
        self.assertEqual(lines[1:3], ["    2 | domain: [acme.example]", "      | ^~~~~~"])
        self.assertTrue(lines[3].startswith(f"{tenant}:3:22: address: expected"), lines[3])
        self.assertEqual(lines[4:6], ['    3 | backends: [{address: "127.0.0.1:0"}]',
                                      "      |                      ^~~~~~~~~~~~~"])
        self.assertIn("not good: 2 errors, 0 warnings in 2 files; 0 tenants", lines[6])

    def test_run_says_each_error_on_one_line(self):
        file = self.folder / "danegate.yaml"
        file.write_text(file.read_text() + "shard: 1\n")
        done = run("run", "--config", self.config)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len([line for line in done.stderr.splitlines()
                              if "danegate.yaml:" in line]), 1, done.stderr)
        self.assertNotIn("^", done.stderr)

    def test_a_warning_does_not_fail(self):
        (self.folder / "tenants.d" / "acme.yaml").unlink()
        done = run("check", "--config", self.config)
        self.assertEqual(done.returncode, 0)
        self.assertIn("tenants.d: warning: ", done.stdout)

    def test_json_says_the_same(self):
        (self.folder / "danegate.yaml").write_text("tenants: [\n  ^\n")
        done = run("check", "--json", "--config", self.config)
        self.assertEqual(done.returncode, 1)
        report = json.loads(done.stdout)
        self.assertFalse(report["good"])
        self.assertEqual([(error["file"], error["line"], error["severity"], error["source"])
                          for error in report["errors"]], [(self.config, 1, "error", "tenants: [")])
        (self.folder / "danegate.yaml").write_text("tenants: *folder\n")
        report = json.loads(run("check", "--json", "--config", self.config).stdout)
        self.assertEqual([(error["line"], error["column"], error["source"])
                          for error in report["errors"]], [(1, 10, "tenants: *folder")])

    def test_one_tenants_mistake_keeps_nobody_from_asking_about_another(self):
        other = self.folder / "tenants.d" / "other.yaml"
        self.addCleanup(other.unlink)
        other.write_text(_TENANT.replace("acme", "other").replace("domains", "domain"))
        records = ("records", "--config", self.config)
        self.assertEqual(run(*records, "acme").returncode, 0)
        self.assert_usage(run(*records, "other"), "other.yaml:2:1: unknown key")
        done = run(*records, "--all")
        self.assertEqual(done.returncode, 1)
        self.assertIn("other.yaml:2:1: unknown key", done.stderr)
        self.assertRegex(done.stdout, "(?m)^acme, identity ")
        acme = self.folder / "tenants.d" / "acme.yaml"
        acme.rename(acme.with_suffix(".kept"))
        self.addCleanup(acme.with_suffix(".kept").rename, acme)
        self.assert_usage(run(*records, "--all"), "other.yaml:2:1: unknown key")

    def test_a_certificate_that_has_ended_keeps_nobody_from_asking_about_its_tenant(self):
        end = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        ended = self.ca.issue(["old.example"], key=self.edge.key, not_after=end)
        other = self.folder / "tenants.d" / "old.yaml"
        self.addCleanup(other.unlink)
        other.write_text(_TENANT.replace("acme", "old") +
                         f"certificate: {{chain: {ended.chain}, key: {ended.key}}}\n")
        for words in (("records", "old"), ("doctor", "old", "--no-connect", "--json")):
            with self.subTest(words[0]):
                done = run(*words, "--config", self.config)
                self.assertNotEqual(done.returncode, 64, done.stderr)
                self.assertIn("old.example", done.stdout)
                self.assertIn("old.yaml:4:22: the certificate ended at 2026-01-01", done.stderr)
        self.assertEqual(run("records", "acme", "--config", self.config).stderr, "")

    def test_an_edge_without_tenants_is_good_and_has_nothing_to_publish(self):
        (self.folder / "tenants.d" / "acme.yaml").unlink()
        self.assertEqual(run("check", "--config", self.config).returncode, 0)
        done = run("doctor", "--config", self.config)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "0 tenants\n", ""))

    def test_a_file_that_is_not_there_is_1(self):
        done = run("check", "--config", "/nowhere.yaml")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nowhere.yaml: cannot read", done.stdout)


class Match(CommandLine):
    def test_the_first_word_and_the_status_are_the_answer(self):
        right = self.leaf.tlsa()
        wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
        for records, word, status in (((right,), "match", 0), ((wrong,), "no-match", 1),
                                      (("3 1 9 abcd",), "unusable", 3),
                                      (("3 1 9 abcd", right), "match", 0)):
            done = self.match(*records)
            self.assertEqual((done.stdout.split()[0], done.returncode), (word, status),
                             done.stderr)

    def test_the_explanation_names_record_and_certificate(self):
        text = self.match(self.leaf.tlsa()).stdout
        self.assertRegex(text, r"(?m)^  record +3 1 1 [0-9A-F]{64}$")
        self.assertRegex(text, r"(?m)^  prooftype +dane-ee$")
        self.assertRegex(text, r"(?m)^  certificate +number 1 of 1 in the chain, the leaf being 1: ")
        self.assertIn("the digest has 1 octet;", self.match("3 1 1 ab").stdout)

    def test_a_set_tells_why_each_record_does_or_does_not_match(self):
        weaker, stronger = self.leaf.tlsa(), self.ca.root.tlsa(3, 1, 2)
        text = self.match(weaker, stronger).stdout
        self.assertTrue(text.startswith("no-match\n"), text)
        self.assertRegex(text, r"(?m)^  3 1 1 \S+ +match: would match, but .* stronger")
        self.assertRegex(text, r"(?m)^  3 1 2 \S+ +no-match: ")
        lines = self.match(weaker, "3 1 9 abcd").stdout.splitlines()[-2:]
        self.assertEqual(lines[0].index("match: "), lines[1].index("unusable: "), lines)

    def test_at_moves_the_clock(self):
        record = self.leaf.tlsa(1, 1, 1)
        trust = ("--trust", self.ca.root.chain)
        self.assertEqual(self.match(record, more=trust).returncode, 0)
        late = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=20)
        late = self.match(record, more=(*trust, "--at", late.isoformat(timespec="seconds")))
        self.assertEqual(late.returncode, 1)
        self.assertRegex(late.stdout, r"(?m)^  reason +expired$")

    def test_json_says_the_same(self):
        done = self.match(self.leaf.tlsa(), "3 1 9 abcd", more=("--json",))
        report = json.loads(done.stdout)
        self.assertEqual((report["result"], report["prooftype"], done.returncode),
                         ("match", "dane-ee", 0))
        self.assertEqual([(record["result"], record["certificate"])
                          for record in report["records"]],
                         [("match", 0), ("unusable", None)])


class Colours(CommandLine):
    def output_on_a_terminal(self, **env):
        ours, theirs = pty.openpty()
        with subprocess.Popen([_PROGRAM, "check", "--config", self.config], stdout=theirs,
                              env={**os.environ, "TERM": "xterm", **env}) as child:
            child.wait(timeout=20)
        os.close(theirs)
        text = os.read(ours, 65536)
        os.close(ours)
        return text

    def test_only_a_terminal_gets_colours(self):
        self.assertNotIn("\x1b", run("check", "--config", self.config).stdout)
        self.assertIn(b"\x1b[32m", self.output_on_a_terminal(NO_COLOR=""))
        self.assertNotIn(b"\x1b", self.output_on_a_terminal(NO_COLOR="1"))
        self.assertNotIn(b"\x1b", self.output_on_a_terminal(TERM="dumb"))


if __name__ == "__main__":
    unittest.main()
