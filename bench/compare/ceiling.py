"""What the crypto of a handshake costs on this machine: the floor of a handshake's CPU time.

A full TLS 1.3 handshake with certificates on both sides takes each end one signature, one
verification, one X25519 key and one shared secret. Self-signed peers proved by DANE-EE have no
further signature that would have to be verified."""

import benchmarks
from measuring import on_server_core


def measure():
    """CPU seconds of each operation, by name."""
    entries = benchmarks.run(
        on_server_core(benchmarks.program('crypto'), '--benchmark_min_time=0.2'), 60)
    return {entry['name']: entry['cpu_time'] * 1e-9 for entry in entries}


def handshake(cost):
    """CPU seconds of one end of a handshake."""
    return cost['P256Sign'] + cost['P256Verify'] + cost['X25519Key'] + cost['X25519Shared']


def set_up(cost, minted=False):
    """Of a stream's set-up: a handshake with the peer, one with the backend, and the
    certificate for it if that has to be minted."""
    return 2 * handshake(cost) + (cost['P256Key'] + cost['P256Sign'] if minted else 0)
