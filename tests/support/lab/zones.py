"""Zones, and the signing of them with ldns-keygen and ldns-signzone."""
import dataclasses
import os
import re
import subprocess
import time

from . import dns_message

SECURITY = ("signed", "unsigned", "wrong-ds", "expired")
DENIAL = ("nsec", "nsec3", "nsec3-opt-out")
_DAY = 86400


@dataclasses.dataclass
class Zone:
    """One zone as a test describes it.

    records             zone-file lines; names without a final dot are relative
    security            signed; unsigned: an insecure delegation; wrong-ds: bogus as a
                        whole; expired: the signatures ended a minute ago
    tampered            ["NAME TYPE"]: record sets whose signature is broken; "*": all
    stripped            ["NAME TYPE"]: record sets whose signature is missing; "*": all
    ttl                 of every record and of denials, in seconds
    signature_lifetime  seconds from the signing to the end of the signatures
    denial              nsec, nsec3 or nsec3-opt-out
    """
    records: list = dataclasses.field(default_factory=list)
    security: str = "signed"
    tampered: list = dataclasses.field(default_factory=list)
    stripped: list = dataclasses.field(default_factory=list)
    ttl: int = 60
    signature_lifetime: int = _DAY
    denial: str = "nsec"

    @classmethod
    def parse(cls, name, values):
        known = [field.name for field in dataclasses.fields(cls)]
        for key in values:
            if key not in known:
                raise ValueError(f"zone {name}: expected one of {known}, got '{key}'")
        zone = cls(**values)
        if zone.security not in SECURITY:
            raise ValueError(f"zone {name}: security: expected one of {SECURITY}, "
                             f"got '{zone.security}'")
        if zone.denial not in DENIAL:
            raise ValueError(f"zone {name}: denial: expected one of {DENIAL}, "
                             f"got '{zone.denial}'")
        return zone

    @property
    def is_signed(self):
        return self.security != "unsigned"


def absolute(name):
    return "." if name == "." else name.rstrip(".") + "."


def parent_of(name, names):
    """The closest name of `names` above `name`; the root is "."."""
    labels = name.split(".")
    for first in range(1, len(labels)):
        above = ".".join(labels[first:])
        if above in names:
            return above
    return "."


class Signer:
    """Keys and signed zone files in one folder; one key (a CSK) a zone."""

    def __init__(self, folder):
        self._folder = os.fspath(folder)
        self._keys = {}

    def key(self, name):
        """The base name of the zone's key; made at the first call."""
        if name not in self._keys:
            made = self._run("ldns-keygen", "-k", "-r", "/dev/urandom",
                             "-a", "ECDSAP256SHA256", absolute(name))
            self._keys[name] = made.strip()
        return self._keys[name]

    def ds(self, name, wrong=False):
        """The DS record of the zone's key, for the parent."""
        record = self._read(self.key(name) + ".ds").strip()
        return record[:-2] + ("00" if record[-2:] != "00" else "11") if wrong else record

    def dnskey(self, name):
        return self._read(self.key(name) + ".key").split(";")[0].strip()

    def write(self, name, zone, delegations, serial):
        """Writes and signs a zone. `delegations` are the zones below it, by name.
        Returns the path of its file."""
        hidden = [child for child, below in delegations.items()
                  if zone.denial == "nsec3-opt-out" and not below.is_signed]
        lines = _head(name, zone, serial) + list(zone.records)
        for child, below in delegations.items():
            if child not in hidden:
                lines += self._delegation(child, below)
        plain = os.path.join(self._folder, (name if name != "." else "root") + ".zone")
        _write(plain, lines)
        if not zone.is_signed:
            return plain
        signed = self._sign(name, zone, plain)
        _write(signed, _spoil(zone, self._read(signed).splitlines()) +
               [f"{absolute(child)} {zone.ttl} IN NS ns." for child in hidden])
        return signed

    def _delegation(self, child, zone):
        lines = [f"{absolute(child)} NS ns."]
        if zone.is_signed:
            lines.append(self.ds(child, wrong=zone.security == "wrong-ds"))
        return lines

    def _sign(self, name, zone, plain):
        start = int(time.time()) - 3600
        end = start + 3600 + zone.signature_lifetime
        if zone.security == "expired":
            start, end = start - 30 * _DAY, int(time.time()) - 60
        denial = {"nsec": [], "nsec3": ["-n"], "nsec3-opt-out": ["-n", "-p"]}[zone.denial]
        if denial:
            denial += ["-t", "0"]
        signed = plain + ".signed"
        self._run("ldns-signzone", "-o", absolute(name), "-i", str(start), "-e", str(end),
                  *denial, "-f", signed, plain, self.key(name))
        return signed

    def _run(self, *argv):
        done = subprocess.run(argv, cwd=self._folder, text=True, capture_output=True,
                              check=False, timeout=30)
        if done.returncode:
            raise RuntimeError(f"{' '.join(argv)}: {done.stderr or done.stdout}")
        return done.stdout

    def _read(self, name):
        with open(os.path.join(self._folder, name)) as file:
            return file.read()


def _head(name, zone, serial):
    return [f"$ORIGIN {absolute(name)}", f"$TTL {zone.ttl}",
            f"@ SOA ns. hostmaster. {serial} 3600 600 {_DAY} {zone.ttl}", "@ NS ns."]


def _write(path, lines):
    with open(path + ".new", "w") as file:
        file.write("\n".join(lines) + "\n")
    os.replace(path + ".new", path)


def _names(owner, type_, selectors):
    wanted = f"{dns_message.canonical(owner)} {type_}"
    return any(selector == "*" or wanted == _canonical_selector(selector)
               for selector in selectors)


def _canonical_selector(selector):
    name, type_ = selector.split()
    return f"{dns_message.canonical(name)} {type_.upper()}"


def _spoil(zone, lines):
    """Breaks or leaves out the signatures that the zone's description names."""
    kept = []
    for line in lines:
        fields = line.split()
        if len(fields) > 12 and fields[3] == "RRSIG":
            if _names(fields[0], fields[4], zone.stripped):
                continue
            if _names(fields[0], fields[4], zone.tampered):
                line = re.sub(r"\S{40}(?=\S{8}\s*$)", lambda part: part[0].swapcase(), line)
        kept.append(line)
    return kept
