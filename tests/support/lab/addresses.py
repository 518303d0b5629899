"""Addresses on loopback that belong to one run alone.

A run claims a random block 127.X.Y.0/24, so that the standard ports 5269, 5270
and 5222 are free in it and runs do not meet.
"""
import random
import socket

_CLAIM_PORT = 52691


class AddressBlock:
    """127.X.Y.1 to 127.X.Y.250, held until close()."""

    def __init__(self):
        for _ in range(100):
            self._prefix = f"127.{random.randint(16, 254)}.{random.randint(1, 254)}"
            self._claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                self._claim.bind((f"{self._prefix}.254", _CLAIM_PORT))
                return
            except OSError:
                self._claim.close()
        raise OSError("no free block 127.X.Y.0/24 found in 100 tries")

    def address(self, number):
        assert 1 <= number <= 250
        return f"{self._prefix}.{number}"

    def close(self):
        self._claim.close()
