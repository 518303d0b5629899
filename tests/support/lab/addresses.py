"""Addresses on loopback that belong to one run alone.

A run claims a random block 127.X.Y.0/24, so that the standard ports are free in it and
runs do not meet. Not free is a port that a program outside of the lab has on every
address, as the packages of XMPP servers have it.
"""
import errno
import random
import socket

from .processes import LabError

XMPP_PORTS = (5222, 5269, 5270)
# The lab's own DNS. (5353, which suggests itself, is multicast DNS on many a machine.)
DNS_PORT, DNS_CONTROL_PORT = 15353, 15354
DNS_PORTS = (DNS_PORT, DNS_CONTROL_PORT)
_CLAIM_PORT = 52691

_TAKEN = """\
port {port} is taken on all addresses by another program; the lab needs it on {address}.
See which one it is:  ss -lntup 'sport = :{port}'
Stop it meanwhile, e.g.  systemctl stop {service}"""
_SERVICES = {5222: "prosody", 5269: "prosody", 5270: "prosody", 53: "named"}


class AddressBlock:
    """127.X.Y.1 to 127.X.Y.250, held until close()."""

    def __init__(self, ports=()):
        """`ports`: those that are going to be used. Raises LabError, with the remedy, if
        one is not free."""
        self._claim_any()
        try:
            for port in ports:
                _probe(self.address(250), port)
        except LabError:
            self.close()
            raise

    def address(self, number):
        assert 1 <= number <= 250
        return f"{self._prefix}.{number}"

    def elsewhere(self, number):
        """127.N.Y.X, N from 1 to 15: an address of this run in another /24, where a client
        may come from."""
        assert 1 <= number <= 15
        _, third, fourth = self._prefix.split(".")
        return f"127.{number}.{fourth}.{third}"

    @property
    def network(self):
        """The block as ADDRESS/BITS."""
        return f"{self._prefix}.0/24"

    def close(self):
        self._claim.close()

    def _claim_any(self):
        for _ in range(100):
            self._prefix = f"127.{random.randint(16, 254)}.{random.randint(1, 254)}"
            self._claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                self._claim.bind((f"{self._prefix}.254", _CLAIM_PORT))
                return
            except OSError:
                self._claim.close()
        raise LabError("no free block 127.X.Y.0/24 found in 100 tries")


def _probe(address, port):
    kinds = [socket.SOCK_STREAM]
    if port not in XMPP_PORTS:
        kinds.append(socket.SOCK_DGRAM)
    for kind in kinds:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:  # connections of the past are no hindrance
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                raise LabError(_why(address, port, error)) from error


def _why(address, port, error):
    if error.errno == errno.EADDRINUSE:
        return _TAKEN.format(address=address, port=port,
                             service=_SERVICES.get(port, "SERVICE"))
    if error.errno == errno.EACCES:
        return f"port {port} is for root only: run this as root"
    return f"port {port} cannot be used on {address}: {error.strerror}"
