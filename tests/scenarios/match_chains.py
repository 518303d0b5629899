"""The certificate chains that the cases of match.py are about."""
import dataclasses
import hashlib
import os
import re
import subprocess

NAME = "peer.example"
LEAF_DAYS, CA_DAYS = 10, 365


def openssl(*words, stdin=None):
    done = subprocess.run(["openssl", *words], input=stdin, capture_output=True, check=False,
                          timeout=30)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(words)}: {done.stderr.decode()}")
    return done.stdout


@dataclasses.dataclass(frozen=True)
class Certificate:
    pem: str  # path
    key: str  # path

    def data(self, selector):
        """What a record with this selector and matching type 0 holds."""
        if selector == 0:
            return openssl("x509", "-in", self.pem, "-outform", "DER")
        return openssl("pkey", "-pubin", "-outform", "DER",
                       stdin=openssl("x509", "-in", self.pem, "-noout", "-pubkey"))


@dataclasses.dataclass(frozen=True)
class Chain:
    """What a server presents: the leaf, then `behind`."""
    leaf: Certificate
    behind: tuple
    file: str  # all of it, leaf first

    def behind_file(self):
        return self.file + ".behind"


class Hall:
    """A folder of authorities, leaves and chains, each made once."""

    def __init__(self, folder):
        self._folder = folder
        self._data = {}
        self.root = self._make("root", ca=True, days=CA_DAYS)
        self.inter = self._make("inter", self.root, ca=True, days=CA_DAYS)
        self.other = self._make("other", ca=True, days=CA_DAYS)
        self.leaf = self._make("leaf", self.inter, names=[NAME])
        self.self_signed = self._make("self-signed", names=[NAME])
        self.common_name = self._make("common-name", self.inter, subject=NAME)
        self.client_only = self._make("client-only", self.inter, names=[NAME],
                                      purposes="clientAuth")
        self.wildcard = self._make("wildcard", self.inter, names=["*." + NAME])
        self.wide = self._make("wide", self.inter, names=["*.example"])
        self.short_inter = self._make("short-inter", self.root, ca=True, days=LEAF_DAYS)
        self.long_leaf = self._make("long-leaf", self.short_inter, names=[NAME], days=CA_DAYS)
        behind = (self.inter, self.root)
        self.chains = {
            "full": self._chain("full", self.leaf, *behind),
            "rootless": self._chain("rootless", self.leaf, self.inter),
            "alone": self._chain("alone", self.leaf),
            "self-signed": self._chain("self-signed", self.self_signed),
            "common-name": self._chain("common-name", self.common_name, *behind),
            "client-only": self._chain("client-only", self.client_only, *behind),
            "wildcard": self._chain("wildcard", self.wildcard, *behind),
            "wide": self._chain("wide", self.wide, *behind),
            "short-inter": self._chain("short-inter", self.long_leaf, self.short_inter,
                                       self.root),
        }

    def record_data(self, certificate, selector, matching):
        """The data of a record, in hex."""
        key = (certificate.pem, selector)
        if key not in self._data:
            self._data[key] = certificate.data(selector)
        data = self._data[key]
        return {0: data.hex, 1: hashlib.sha256(data).hexdigest,
                2: hashlib.sha512(data).hexdigest}[matching]()

    def _make(self, name, issuer=None, ca=False, names=(), subject=None, days=LEAF_DAYS,
              purposes="serverAuth"):
        base = os.path.join(self._folder, name)
        key = base + ".key"
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-out", key)
        lines = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"] if ca \
            else ["basicConstraints=critical,CA:FALSE", "extendedKeyUsage=" + purposes]
        if names:
            lines.append("subjectAltName=" + ",".join("DNS:" + each for each in names))
        with open(base + ".ext", "w") as file:
            file.write("\n".join(lines) + "\n")
        request = openssl("req", "-new", "-key", key, "-subj", f"/CN={subject or name}")
        signer = ["-signkey", key] if issuer is None else \
            ["-CA", issuer.pem, "-CAkey", issuer.key, "-CAcreateserial"]
        openssl("x509", "-req", "-days", str(days), "-extfile", base + ".ext",
                "-out", base + ".pem", *signer, stdin=request)
        return Certificate(base + ".pem", key)

    def _chain(self, name, leaf, *behind):
        chain = Chain(leaf, behind, os.path.join(self._folder, name + ".chain"))
        _join(chain.behind_file(), behind)
        _join(chain.file, (leaf, *behind))
        return chain


def _join(path, certificates):
    with open(path, "w") as file:
        for certificate in certificates:
            with open(certificate.pem) as pem:
                file.write(re.search("-----BEGIN.*END[^\n]*\n", pem.read(), re.S)[0])
