"""danegate and the NSD that it asks, in a folder that danegate-load scenario has written."""
import pathlib
import tempfile

from load_program import DANEGATE, run
from lab import dns_message
from lab.addresses import DNS_PORT, XMPP_PORTS, AddressBlock
from lab.processes import Process, wait_until

_BACKEND_PORT = 5299
_WAYS = ("direct", "starttls")


class ScenarioLab:
    """Four tenants, three peers. Two of the tenants have a backend with direct TLS, two
    one with STARTTLS; nobody listens there yet. `end`: an ExitStack that ends it all."""

    def __init__(self, end):
        self._block = AddressBlock([*XMPP_PORTS, DNS_PORT, _BACKEND_PORT])
        end.callback(self._block.close)
        scratch = tempfile.TemporaryDirectory(prefix="danegate-load-")
        end.callback(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        self.folder = self.scratch / "scenario"
        self.edge = {way: f"{self._block.address(2)}:{port}"
                     for way, port in (("starttls", 5269), ("direct", 5270))}
        self.backend = {way: f"{self._block.address(number)}:{_BACKEND_PORT}"
                        for number, way in enumerate(_WAYS, start=3)}
        self.nowhere = f"{self._block.address(9)}:{_BACKEND_PORT}"
        self._write()
        self._serve(end)

    def _write(self):
        done = run("scenario", "--out", self.folder, "--tenants", 4, "--peers", 3,
                   "--starttls", self.edge["starttls"], "--direct-tls", self.edge["direct"],
                   "--backend", self.backend["direct"], "--backend-tls", "direct",
                   "--dns", f"{self._block.address(1)}:{DNS_PORT}", "--shards", 1)
        if done.returncode:
            raise RuntimeError(done.stderr)
        names = (self.folder / "names.txt").read_text().splitlines(keepends=True)
        for way, part in zip(_WAYS, (names[:2], names[2:])):
            self.names(way).write_text("".join(part))
        for number in (3, 4):
            path = self.folder / "tenants.d" / f"t00000{number}.yaml"
            text = path.read_text().replace(self.backend["direct"], self.backend["starttls"])
            path.write_text(text.replace("tls: direct", "tls: starttls"))

    def _serve(self, end):
        nsd = Process("nsd", ["/usr/sbin/nsd", "-d", "-c", self.folder / "dns" / "nsd.conf"],
                      self.scratch / "nsd.log")
        end.callback(nsd.stop)
        wait_until(lambda: dns_message.ask(self._block.address(1), DNS_PORT, "peers.example",
                                           "SOA", 0.2), "NSD answers", process=nsd)
        self.danegate = Process("danegate", [
            DANEGATE, "run", "--config", self.folder / "danegate.yaml"], self.scratch / "log")
        end.callback(self.danegate.stop)
        wait_until(lambda: '"ready"' in self.danegate.log(), "danegate is ready", 20,
                   self.danegate)

    def names(self, way):
        """The file of the tenants whose backend is reached by this way."""
        return self.scratch / f"names-{way}.txt"

    def words(self, edge, backend):
        """Options of danegate-load streams, for tenants with such a backend."""
        return ["--target", self.edge[edge], f"--{edge}", "--names", self.names(backend),
                "--peers", self.folder / "peers"]

    def recorder(self, backend):
        """Options of danegate-load streams to record there."""
        return ["--backend", self.backend[backend], "--backend-tls", backend,
                "--backend-certificate", self.folder / "backend.pem",
                "--backend-key", self.folder / "backend.key"]
