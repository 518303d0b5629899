"""danegate itself: writes its configuration, runs it, reads its log."""
import dataclasses
import json
import os

from .processes import Process, wait_until

_EDGE = """\
listen:
  starttls: ["{address}:5269"]
  direct_tls: ["{address}:5270"]
shards: {shards}
edge:
  hosts: [{host}]
  certificate: {{chain: {certificate.chain}, key: {certificate.key}}}
edge_ca: {{certificate: {edge_ca.chain}, key: {edge_ca.key}}}
tenants: tenants.d
resolver:
  trust_anchor: {anchor}
  forward: ["{forward}"]
{more}"""

_TENANT = """\
tenant: {tenant.name}
domains: [{domains}]
identity: {tenant.identity}
{target}certificate: {{chain: {tenant.certificate.chain}, key: {tenant.certificate.key}}}
backends:
{backends}
proof: {tenant.proof}
{more}"""


@dataclasses.dataclass(frozen=True)
class Backend:
    """address: "ADDRESS:PORT". trust: PEM file of the CA of its certificate; empty: it
    is not authenticated."""
    address: str
    tls: str = "starttls"
    proxy_protocol: str = "off"
    trust: str = ""
    more: str = ""  # YAML: ", priority: 10"
    secret: str = ""  # the file: handed off by PROXY header, without all but `more`

    def yaml(self):
        if self.secret:
            return (f'  - {{address: "{self.address}", hand_off: proxy, '
                    f"secret: {self.secret}{self.more}}}")
        trust = f", trust: {self.trust}" if self.trust else ""
        return (f'  - {{address: "{self.address}", tls: {self.tls}, '
                f"proxy_protocol: {self.proxy_protocol}{trust}{self.more}}}")


@dataclasses.dataclass(frozen=True)
class Tenant:
    """certificate: certificates.Certificate. proof, more: YAML."""
    name: str
    domains: list
    certificate: object
    backends: list
    identity: str = "edge-key"
    target: str = ""
    proof: str = "{require: dane}"
    more: str = ""

    def yaml(self):
        return _TENANT.format(
            tenant=self, domains=", ".join(self.domains), more=self.more,
            target=f"target: {self.target}\n" if self.target else "",
            backends="\n".join(backend.yaml() for backend in self.backends))


class Running:
    """`danegate run` with a configuration that is there already."""

    def __init__(self, program, folder):
        """`folder`: of danegate.yaml, and of the log that is read here."""
        self.folder = os.fspath(folder)
        self.config = os.path.join(self.folder, "danegate.yaml")
        self._program = os.fspath(program)
        self.process = None

    def start(self):
        self.process = Process("danegate", [self._program, "run", "--config", self.config],
                               os.path.join(self.folder, "log"))
        return self

    def wait_ready(self, seconds=10):
        self.wait_for_event("ready", seconds)
        return self

    def stop(self, seconds=15):
        """SIGTERM. Returns the exit status."""
        return self.process.stop(seconds) if self.process else None

    def events(self, event=None, **fields):
        """The log's lines as dictionaries, in order; only those of `event` and with
        these `fields`, where given."""
        found = []
        for line in self.process.log().splitlines():
            if not line.startswith("{") or not line.endswith("}"):
                continue  # being written, or not a log line
            entry = json.loads(line)
            if event in (None, entry.get("event")) and \
                    all(entry.get(key) == value for key, value in fields.items()):
                found.append(entry)
        return found

    def wait_for_event(self, event, seconds=10, **fields):
        """The first such line, as soon as it is there."""
        found = wait_until(lambda: self.events(event, **fields),
                           f"danegate logs '{event}' with {fields}", seconds, self.process)
        return found[0]


class Danegate(Running):
    """`danegate run` on ports 5269 (STARTTLS) and 5270 (direct TLS) of an address."""

    def __init__(self, program, folder, address, host, certificate, edge_ca, forward, anchor,
                 tenants, shards=2, more=""):
        """`host`: the edge host. `edge_ca`: Certificate of the hand-off's CA. `forward`:
        "ADDRESS@PORT" of the DNS. `anchor`: file with the root's keys. `more`:
        further YAML lines."""
        super().__init__(program, folder)
        self.address = address
        os.makedirs(os.path.join(self.folder, "tenants.d"), exist_ok=True)
        for tenant in tenants:
            self.add_tenant(tenant)
        self._write("danegate.yaml", _EDGE.format(
            address=address, host=host, certificate=certificate, edge_ca=edge_ca,
            anchor=anchor, forward=forward, shards=shards, more=more))

    def add_tenant(self, tenant):
        """A file of its own, in the place of one of that name."""
        self._write(f"tenants.d/{tenant.name}.yaml", tenant.yaml())

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)
