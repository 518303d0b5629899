"""A private DNSSEC tree: one NSD process that holds a signed root and all below.

A validator reaches it by forwarding every question to ADDRESS@PORT and trusting
the keys in the anchor file. NSD answers each question from the closest zone, and
DS from the parent's side, so that forwarding and full recursion both validate.
"""
import os
import signal
import subprocess

from . import dns_message
from .addresses import DNS_PORT
from .processes import Process, wait_until
from .zones import Signer, Zone, absolute, parent_of

_CONFIG = """\
server:
{listen}
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/zone.list"
  database: ""
  username: ""
  chroot: ""
  do-ip6: no
  server-count: 1
  tcp-count: 200
  rrl-ratelimit: 0
  verbosity: 1
  hide-version: yes
  minimal-responses: yes
  xfrd-reload-timeout: 0
remote-control:
  control-enable: no
"""


class DnsTree:
    """NSD with a tree of zones.

    anchor   path of the file with the root's DS and DNSKEY
    forward  "ADDRESS@PORT", for libunbound
    """

    def __init__(self, folder, zones, address, port=DNS_PORT, more_listen=()):
        """`zones`: {"peer.example": {…}}, values as zones.Zone describes. The root
        and missing top-level zones are added, signed. `more_listen`: further
        (address, port) pairs, e.g. on port 53 for ejabberd."""
        self.folder = os.fspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.address, self.port = address, port
        self.forward = f"{address}@{port}"
        self.anchor = os.path.join(self.folder, "root.anchor")
        self._listen = [(address, port), *more_listen]
        self._zones = _complete(zones, address)
        self._serial = 1
        self._signer = Signer(self.folder)
        self._files = {}
        self._nsd = None

    def start(self):
        for name in self._zones:
            self._write(name)
        with open(self.anchor, "w") as file:
            file.write(f"{self._signer.ds('.')}\n{self._signer.dnskey('.')}\n")
        config = os.path.join(self.folder, "nsd.conf")
        with open(config, "w") as file:
            file.write(self._config())
        self._nsd = Process("nsd", ["/usr/sbin/nsd", "-d", "-c", config],
                            os.path.join(self.folder, "nsd.log"))
        wait_until(self._answers, f"NSD answers on {self.forward}", process=self._nsd)
        return self

    def replace(self, name, zone):
        """Puts another description in the place of a zone, signs it with the same
        key, and returns once NSD serves it. The delegation stays as it was."""
        self._zones[name] = Zone.parse(name, zone)
        self._serial += 1
        self._write(name)
        self._nsd.send(signal.SIGHUP)
        wait_until(lambda: self._serial_of(name) == self._serial,
                   f"NSD serves the new {name}", process=self._nsd)

    def stop(self):
        if self._nsd:
            self._nsd.stop()

    def _write(self, name):
        names = set(self._zones)
        below = {child: zone for child, zone in self._zones.items()
                 if child not in (".", name) and parent_of(child, names) == name}
        self._files[name] = self._signer.write(name, self._zones[name], below, self._serial)

    def _config(self):
        listen = "\n".join(f"  ip-address: {address}@{port}" for address, port in self._listen)
        parts = [_CONFIG.format(listen=listen, folder=self.folder)]
        for name, path in self._files.items():
            parts.append(f'zone:\n  name: "{name}"\n  zonefile: "{path}"\n')
        return "".join(parts)

    def _answers(self):
        replies = [dns_message.ask(self.address, self.port, name, "SOA", 0.2)
                   for name in self._zones]
        return all(reply and reply[0] == 0 and reply[1] for reply in replies)

    def _serial_of(self, name):
        done = subprocess.run(
            ["drill", "-p", str(self.port), f"@{self.address}", absolute(name), "SOA"],
            text=True, capture_output=True, check=False, timeout=10)
        for line in done.stdout.splitlines():
            fields = line.split()
            if len(fields) > 6 and fields[3] == "SOA":
                return int(fields[6])
        return None


def _complete(zones, address):
    """The zones as described, and above them a root and top-level zones."""
    described = {dns_message.canonical(name): Zone.parse(name, values)
                 for name, values in zones.items()}
    complete = {".": described.pop(".", Zone())}
    complete["."].records.append(f"ns. A {address}")
    for name in described:
        complete.setdefault(name.rsplit(".", 1)[-1], Zone())
    complete.update(described)
    return complete
