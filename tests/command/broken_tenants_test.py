#!/usr/bin/python3
"""What `danegate check` says of each file in broken_tenants/: each NAME.yaml is one mistake, and
NAME.txt is all that is said of it. Paths are as seen from the folder of tenant files, times are
TIME, and the names of the certificate of them all are NAMES. All files are checked in one run,
together with good ones, as at a provider.

    tests/command/broken_tenants_test.py --update      # writes NAME.txt as it is now: read them

The program is $DANEGATE, or build/release/danegate."""
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
_HERE = pathlib.Path(__file__).resolve().parent
_ROOT = _HERE.parents[1]
sys.path.insert(0, str(_ROOT / "tests" / "support"))
from lab import certificates  # noqa: E402

_PROGRAM = os.environ.get("DANEGATE", str(_ROOT / "build" / "release" / "danegate"))
_BROKEN = _HERE / "broken_tenants"
_EDGE = """\
listen: {starttls: ["127.0.0.1:5269"]}
edge: {hosts: [edge.example], certificate: {chain: edge.pem, key: edge.key}}
edge_ca: {certificate: ca.crt, key: ca.key}
tenants: tenants.d
resolver: {trust_anchor: root.key}
trust_store: ca.crt
"""
_GOOD = {
    "a-good": """\
tenant: good
domains: [good.example, "*.good.example"]
backends: [{address: "127.0.0.1:5270"}]
""",
    "m-good": """\
tenant: handed-off
domains: [handed-off.example]
backends:
  - {address: "127.0.0.1:5275", hand_off: proxy, secret: ../good.secret}
  - address: 10.0.3.7:5275
    hand_off: proxy
    secret: ../good.secret
    cleartext: trusted-network
""",
    # It may list a name below another tenant's wildcard.
    "z-good": """\
tenant: good-too
domains: [good-too.example, chat.good.example]
certificate: {chain: ../good-too.pem, key: ../edge.key}
backends: [{address: "127.0.0.1:5270"}]
""",
}


def names():
    return sorted(path.stem for path in _BROKEN.glob("*.yaml"))


class Folder:
    """A configuration with all the files, and the certificates and keys that they point to."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        (self.path / "tenants.d").mkdir()
        for file in _BROKEN.glob("*.yaml"):
            shutil.copy(file, self.path / "tenants.d")
        for name, text in _GOOD.items():
            (self.path / "tenants.d" / f"{name}.yaml").write_text(text)
        (self.path / "danegate.yaml").write_text(_EDGE)
        (self.path / "root.key").write_text(f". IN DS 1 8 2 {'0' * 64}\n")
        self._make_certificates()
        self._make_spoilt_files()

    def _make_certificates(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        day = datetime.timedelta(days=1)
        edge = certificates.self_signed(self.path, ["edge.example"])
        self.put("edge.pem", edge.chain)
        self.put("edge.key", edge.key, mode=0o600)
        authority = certificates.Authority(self.path, "ca")
        other = certificates.Authority(self.path, "other-ca")
        domains = [f"{name}.example" for name in names()]

        def issue(file, **wishes):
            return certificates.Authority.issue(authority, domains, file=file,
                                                **{"key": edge.key, "days": 300, **wishes})

        own = issue("own", key=None)
        self.put("own.pem", own.chain)
        self.put("own.key", own.key, mode=0o600)
        self.put("own-reversed.pem", authority.root.chain, own.chain)
        self.put("own-foreign.pem", own.chain, other.root.chain)
        self.put("all.pem", issue("all").chain)
        self.put("ended.pem", issue("ended", not_after=now - 2 * day).chain)
        self.put("soon.pem", issue("soon", days=10).chain)
        self.put("later.pem",
                 issue("later", not_before=now + 3 * day, not_after=now + 300 * day).chain)
        self.put("good-too.pem", authority.issue(["good-too.example", "chat.good.example"],
                                                 key=edge.key, days=300).chain)

    def _make_spoilt_files(self):
        self.put("group.key", self.path / "edge.key", mode=0o640)
        self.put("all.key", self.path / "edge.key", mode=0o644)
        self.put("private-all.pem", self.path / "all.pem", mode=0o600)
        subprocess.run(["openssl", "ec", "-in", self.path / "edge.key", "-aes128", "-passout",
                        "pass:secret", "-out", self.path / "encrypted.key"], check=True,
                       capture_output=True, timeout=30)
        (self.path / "encrypted.key").chmod(0o600)
        for name, text in (("good", "0123456789abcdef" * 4 + "\n"), ("short", "secret\n"),
                           ("two", "0123456789abcdef" * 2 + "\nanother\n"),
                           ("group", "0123456789abcdef" * 4 + "\n")):
            secret = self.path / f"{name}.secret"
            secret.write_text(text)
            secret.chmod(0o640 if name == "group" else 0o600)
        (self.path / "empty.pem").write_text("")
        (self.path / "not.pem").write_text("nothing of this is PEM\n")
        (self.path / "broken.pem").write_text(
            "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n")

    def put(self, name, *parts, mode=0o644):
        target = self.path / name
        if [str(part) for part in parts] != [str(target)]:
            target.write_bytes(b"".join(pathlib.Path(part).read_bytes() for part in parts))
        target.chmod(mode)

    def check(self):
        """What is said of each file, by its name; what is said at the end is "summary"."""
        done = subprocess.run([_PROGRAM, "check", "--config", self.path / "danegate.yaml"],
                              capture_output=True, check=False, timeout=30)
        text = done.stdout.decode()  # whatever a file holds, this is UTF-8
        text = text.replace(f"{self.path}/tenants.d/", "").replace(f"{self.path}/", "../")
        text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME", text)
        text = re.sub(r'it names "[^)]* more\)', "it names NAMES)", text)
        said = {}
        name = None
        for line in text.splitlines(keepends=True):
            of_file = re.match(r"([a-z0-9-]+)\.yaml:", line)
            if of_file:
                name = of_file[1]
            elif not re.match(r" {2,}\d* \| ", line):
                name = "summary"
            said[name] = said.get(name, "") + line
        return said


class BrokenTenants(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="danegate-broken-") as folder:
            cls.said = Folder(folder).check()

    def test_each_file_is_told_what_is_written_beside_it(self):
        for name in names():
            with self.subTest(name):
                self.assertEqual(self.said.get(name, ""),
                                 (_BROKEN / f"{name}.txt").read_text())

    def test_every_file_has_its_text_and_every_text_its_file(self):
        self.assertEqual(names(), sorted(path.stem for path in _BROKEN.glob("*.txt")))
        self.assertGreaterEqual(len(names()), 60)

    def test_good_files_beside_broken_ones_are_good(self):
        self.assertFalse(_GOOD.keys() & self.said.keys())
        warned = [name for name in names()
                  if not re.search(r"(?m)^\S+?\.yaml:\d+:\d+: (?!warning:)", self.said[name])]
        self.assertRegex(self.said["summary"],
                         rf"not good: .* in {len(names()) + len(_GOOD) + 1} files; "
                         rf"{len(warned) + len(_GOOD)} tenants can be served\n")


def update():
    with tempfile.TemporaryDirectory(prefix="danegate-broken-") as folder:
        said = Folder(folder).check()
    for old in _BROKEN.glob("*.txt"):
        old.unlink()
    for name in names():
        (_BROKEN / f"{name}.txt").write_text(said.get(name, ""))


if __name__ == "__main__":
    if "--update" in sys.argv[1:]:
        update()
    else:
        unittest.main()
