"""Keys, certificates and TLSA records, made with the openssl command."""
import dataclasses
import datetime
import hashlib
import os
import pathlib
import subprocess

_EDGE_CA = pathlib.Path(__file__).resolve().parents[3] / "deploy" / "edge-ca"


_OF_AUTHORITIES = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]


@dataclasses.dataclass(frozen=True)
class Certificate:
    """chain: PEM file, leaf first; key: PEM file; both: chain and key in one file."""
    chain: str
    key: str
    both: str

    def der(self):
        """The leaf in DER."""
        return _openssl("x509", "-in", self.chain, "-outform", "DER")

    def public_key(self):
        """The leaf's SubjectPublicKeyInfo in DER."""
        pem = _openssl("x509", "-in", self.chain, "-noout", "-pubkey")
        return _openssl("pkey", "-pubin", "-outform", "DER", stdin=pem)

    def tlsa(self, usage=3, selector=1, matching=1):
        """The RDATA of its TLSA record, e.g. "3 1 1 0123…"."""
        data = self.public_key() if selector == 1 else self.der()
        digest = {0: data.hex, 1: hashlib.sha256(data).hexdigest,
                  2: hashlib.sha512(data).hexdigest}[matching]()
        return f"{usage} {selector} {matching} {digest}"


def self_signed(folder, names, days=30, key=None):
    """A P-256 certificate for `names` (dNSNames). `key`: the path of another
    certificate's key, to share it."""
    base = os.path.join(folder, names[0] + ".self-signed")
    key = key or _new_key(base)
    _openssl("req", "-x509", "-new", "-key", key, "-out", base + ".crt", "-days", str(days),
             "-subj", "/CN=" + names[0][:64], *_alternative_names(names))
    return _certificate(base, base + ".crt", key)


def edge_authority(folder, hosted):
    """The Authority of the hand-off, made by deploy/edge-ca for the `hosted` domains."""
    done = subprocess.run([_EDGE_CA, folder, *hosted], text=True, capture_output=True,
                          check=False, timeout=30)
    if done.returncode:
        raise RuntimeError(f"{_EDGE_CA}: {done.stderr or done.stdout}")
    base = os.path.join(folder, "edge-ca")
    return Authority(folder, "minting", root=Certificate(base + ".pem", base + ".key", both=""))


def maze(folder, name, authorities=7):
    """A leaf for `name` with CAs of one subject and one key, each of which could have signed
    the leaf and every other: no path ends at a root, and there are very many to try."""
    leaf = Authority(folder, name + ".maze").issue([name])
    base = os.path.join(folder, name + ".maze")
    with open(leaf.chain, "ab") as chain:
        for _ in range(authorities):  # each with a serial number of its own
            chain.write(_openssl("req", "-x509", "-new", "-key", base + ".key", "-days", "30",
                                 "-subj", f"/CN={name}.maze",
                                 *_extensions(_OF_AUTHORITIES)))
    return leaf


class Authority:
    """A certificate authority with a P-256 key. `root` is its own Certificate."""

    def __init__(self, folder, name, under=None, days=30, root=None):
        """`under`: the Authority that signs this one, which makes it an intermediate.
        `root`: the Certificate of a CA that is there already."""
        self._folder, self._name, self._under = folder, name, under
        self.root = root or self._new_root(days)

    def _new_root(self, days):
        base = os.path.join(self._folder, self._name)
        key = _new_key(base)
        if self._under is None:
            _openssl("req", "-x509", "-new", "-key", key, "-out", base + ".crt",
                     "-days", str(days), "-subj", "/CN=" + self._name,
                     *_extensions(_OF_AUTHORITIES))
        else:
            self._under._sign(base, key, self._name, _OF_AUTHORITIES, ["-days", str(days)])
        return _certificate(base, base + ".crt", key)

    def issue(self, names, days=10, key=None, purposes="serverAuth,clientAuth", file=None,
              not_after=None, alternatives=True, not_before=None):
        """A leaf for `names`. `not_after`: an end in the past or future, instead of
        `days`. `not_before`: a beginning, where there is such an end. `purposes`: the extended key usage; empty: none. `file`: the name of
        its files. `alternatives`: whether the names are in subjectAltName; else the
        first is a common name and no more."""
        base = os.path.join(self._folder, file or f"{names[0]}.{self._name}")
        key = key or _new_key(base)
        lines = ["basicConstraints=critical,CA:FALSE"]
        if alternatives:
            lines.append("subjectAltName=" + ",".join("DNS:" + name for name in names))
        if purposes:
            lines.append("extendedKeyUsage=" + purposes)
        self._sign(base, key, names[0], lines, _validity(days, not_before, not_after))
        if self._under is not None:  # the chain that the peer needs
            with open(base + ".crt", "ab") as chain, open(self.root.chain, "rb") as own:
                chain.write(own.read())
        return _certificate(base, base + ".crt", key)

    def _sign(self, base, key, subject, extensions, validity):
        with open(base + ".ext", "w") as file:
            file.write("\n".join(["[req]", "distinguished_name=dn", "[dn]", "[ext]",
                                  *extensions]) + "\n")
        request = _openssl("req", "-new", "-key", key, "-subj", "/CN=" + subject[:64])
        state = self._state()
        with open(base + ".csr", "wb") as file:
            file.write(request)
        _openssl("ca", "-batch", "-notext", "-config", state, "-in", base + ".csr",
                 "-out", base + ".crt", "-extfile", base + ".ext", "-extensions", "ext",
                 *validity)

    def _state(self):
        """The configuration and books that `openssl ca` wants (it is the one that
        can give a certificate an end in the past)."""
        state = os.path.join(self._folder, self._name + ".ca")
        if not os.path.exists(state):
            os.makedirs(state + ".d")
            open(state + ".index", "w").close()
            with open(state, "w") as file:
                file.write(_CA_CONFIG.format(state=state, key=self.root.key,
                                             certificate=self.root.chain))
        return state


_CA_CONFIG = """\
[ca]
default_ca = lab
[lab]
database = {state}.index
new_certs_dir = {state}.d
rand_serial = yes
unique_subject = no
private_key = {key}
certificate = {certificate}
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def _validity(days, not_before, not_after):
    if not_after is None:
        return ["-days", str(days)]
    start = not_before or min(not_after, datetime.datetime.now(datetime.timezone.utc)) - \
        datetime.timedelta(days=1)
    return ["-startdate", start.strftime("%y%m%d%H%M%SZ"),
            "-enddate", not_after.strftime("%y%m%d%H%M%SZ")]


def _extensions(lines):
    return [word for line in lines for word in ("-addext", line)]


def _alternative_names(names):
    return ["-addext", "subjectAltName=" + ",".join("DNS:" + name for name in names)]


def _new_key(base):
    _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-out", base + ".key")
    os.chmod(base + ".key", 0o600)
    return base + ".key"


def _certificate(base, chain, key):
    with open(base + ".pem", "w", opener=_private) as both:
        for path in (chain, key):
            with open(path) as part:
                both.write(part.read())
    return Certificate(chain, key, base + ".pem")


def _private(path, flags):
    return os.open(path, flags, 0o600)


def _openssl(*arguments, stdin=None):
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True,
                          check=False, timeout=30)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout
