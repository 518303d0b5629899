#!/usr/bin/python3
"""deploy/new-edge and deploy/tenant-certificate make an edge that danegate takes as it is, and
never destroy what is there. deploy/README.md, "An edge of your own", is run as it stands there.

The program is $DANEGATE, or build/release/danegate."""
import os
import pathlib
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_DEPLOY = _ROOT / "deploy"
_PROGRAM = pathlib.Path(os.environ.get("DANEGATE", _ROOT / "build/release/danegate")).resolve()
_HOST = "edge.hosting.example"
_TENANT = """\
tenant: acme
domains: [acme.example, "*.acme.example"]
{certificate}
backends: [{{address: "127.0.0.1:5279"}}]
"""


def run(*words, cwd=None):
    path = f"{_PROGRAM.parent}:{os.environ['PATH']}"
    return subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False, timeout=30, cwd=cwd, env={**os.environ, "PATH": path})


class EdgeScripts(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="danegate-edge-")
        self.addCleanup(holder.cleanup)
        self.holder = pathlib.Path(holder.name)
        self.folder = self.holder / "edge"

    def make_edge(self, *domains):
        done = run(_DEPLOY / "new-edge", self.folder, _HOST, *domains)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def make_certificate(self, *words, status=0):
        done = run(_DEPLOY / "tenant-certificate", self.folder, *words)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def check(self):
        done = run("danegate", "check", "--config", self.folder / "danegate.yaml")
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def certificate(self, name):
        return (self.folder / name).read_text()


class NewEdge(EdgeScripts):
    def test_danegate_takes_it_as_it_is(self):
        self.make_edge()
        self.assertIn("good: 0 errors", self.check())
        self.assertRegex((self.folder / "danegate.yaml").read_text(),
                         rf"(?ms)^  hosts: \[{re.escape(_HOST)}\]$.*^control: control$")

    def test_the_records_that_it_prints_fit_its_certificate(self):
        records = re.findall(r"(?m)^_(\d+)\._tcp\.(\S+)\. 3600 IN TLSA (3 1 1 [0-9A-F]{64})$",
                             self.make_edge())
        self.assertEqual([(port, host) for port, host, _ in records],
                         [("5269", _HOST), ("5270", _HOST)])
        for _, _, record in records:
            done = run("danegate", "match", "--chain", self.folder / "edge.pem",
                       "--tlsa", record, "--name", _HOST)
            self.assertTrue(done.stdout.startswith("match\n"), done.stdout)

    def test_what_it_says_to_run_is_to_be_checked_first_and_as_whom(self):
        said = self.make_edge()
        owner = pwd.getpwuid(self.folder.stat().st_uid).pw_name
        self.assertIn(f"as {owner}, whose the keys are:", said)
        commands = re.findall(r"(?m)^ +(danegate .*)$", said)
        self.assertEqual([command.split()[1] for command in commands], ["check", "run"])
        self.assertEqual(run(*commands[0].split()).returncode, 0)

    def test_the_sample_of_a_tenants_file_fits_it(self):
        self.make_edge()
        self.make_certificate("acme", "acme.example", "conference.acme.example")
        shutil.copy(_DEPLOY / "tenant.yaml", self.folder / "tenants.d" / "acme.yaml")
        shutil.copy(self.folder / "edge-ca.pem", self.folder / "tenants.d" / "acme-backend-ca.pem")
        self.assertIn("good: 0 errors, 0 warnings in 2 files; 1 tenant", self.check())

    def test_only_the_owner_may_read_the_keys(self):
        self.make_edge()
        for file in self.folder.iterdir():
            mode = stat.S_IMODE(file.stat().st_mode)
            self.assertEqual(mode, {".key": 0o600, ".d": 0o750}.get(file.suffix, 0o644), file)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_everything_belongs_to_whom_the_folder_belongs_to(self):
        self.folder.mkdir()
        os.chown(self.folder, 12345, 12345)
        self.make_edge()
        self.assertEqual({file.stat().st_uid for file in self.folder.iterdir()}, {12345})

    def test_D3_hosted_domains_are_out_of_the_cas_reach(self):
        self.make_edge("acme.example")
        text = run("openssl", "x509", "-in", self.folder / "edge-ca.pem", "-noout", "-text").stdout
        self.assertRegex(text, r"Excluded:\s+DNS:acme\.example")

    def test_never_overwrites(self):
        self.make_edge()
        before = {file: file.stat().st_mtime_ns for file in self.folder.iterdir()}
        done = run(_DEPLOY / "new-edge", self.folder, _HOST)
        self.assertEqual(done.returncode, 1)
        self.assertIn("exists already", done.stderr)
        self.assertEqual(before, {file: file.stat().st_mtime_ns for file in self.folder.iterdir()})

    def test_wrong_usage_is_64_and_makes_nothing(self):
        for words in ((), (self.folder,), ("", _HOST), ("--frob", _HOST), (self.folder, "edge"),
                      (self.folder, _HOST + "."), (self.folder, "Edge.example"),
                      (self.folder, "192.0.2.1"), (self.folder, "x' ]; y.example")):
            done = run(_DEPLOY / "new-edge", *words)
            self.assertEqual(done.returncode, 64, words)
            self.assertIn("usage: new-edge FOLDER EDGE-HOST", done.stderr)
        done = run(_DEPLOY / "new-edge", self.folder, _HOST, "bücher.example")
        self.assertEqual(done.returncode, 64)
        self.assertEqual(list(self.folder.iterdir()), [], "nothing half-made stays")


class TenantCertificate(EdgeScripts):
    def test_it_names_the_domains_and_has_the_edges_key(self):
        self.make_edge()
        line = self.make_certificate("acme", "acme.example", "*.acme.example")
        (self.folder / "tenants.d" / "acme.yaml").write_text(_TENANT.format(certificate=line))
        self.assertIn("good: 0 errors, 0 warnings in 2 files; 1 tenant", self.check())

    def test_again_renews_it(self):
        self.make_edge()
        self.make_certificate("acme", "acme.example")
        first = self.certificate("tenants.d/acme.pem")
        self.make_certificate("acme", "acme.example")
        self.assertNotEqual(first, self.certificate("tenants.d/acme.pem"))
        self.assertEqual(os.listdir(self.folder / "tenants.d"), ["acme.pem"])

    def test_what_cannot_be_made_is_told(self):
        self.assertIn("deploy/new-edge makes it",
                      self.make_certificate("acme", "acme.example", status=1))
        self.make_edge()
        for words in ((), ("acme",), ("a/b", "acme.example"), ("acme", "acme.example."),
                      ("acme", "a,DNS:b.example"), ("acme", "*"), ("acme", "192.0.2.1")):
            self.assertIn("usage: tenant-certificate FOLDER TENANT DOMAIN…",
                          self.make_certificate(*words, status=64), words)
        self.assertEqual(os.listdir(self.folder / "tenants.d"), [])


class Readme(EdgeScripts):
    def commands(self, words):
        """The line with these words of the one block that has them, and what follows it there,
        for this folder."""
        text = (_DEPLOY / "README.md").read_text()
        (block,) = [block for block in re.findall(r"(?ms)^```sh\n(.*?)^```", text)
                    if words in block]
        return block[block.index(words):].replace("/etc/danegate", str(self.folder))

    def test_its_commands_make_an_edge_whose_certificate_matches(self):
        for words in ("deploy/new-edge", "host="):
            done = run("bash", "-euc", self.commands(words), cwd=_ROOT)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, "(?m)^match$")
        self.assertIn("good: 0 errors", self.check())

    def test_the_services_control_socket_is_where_its_unit_says(self):
        self.make_edge()
        first = self.commands("sed -i").splitlines()[0]
        self.assertEqual(run("bash", "-euc", first).returncode, 0)
        (control,) = re.findall(r"(?m)^control: (.*)$", (self.folder / "danegate.yaml").read_text())
        self.assertIn(f"ctl reload --socket {control}\n",
                      (_DEPLOY / "systemd" / "danegate.service").read_text())


if __name__ == "__main__":
    unittest.main()
