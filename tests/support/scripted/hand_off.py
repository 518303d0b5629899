"""The hand-off by PROXY header as proxy/shard/hand_off.h describes it: what an edge says
in front of a stream, and what it expects to hear. Every part can be said wrongly."""

import hashlib
import hmac
import secrets
import socket
import struct

from .proxy_header import SIGNATURE

TO, PEER, SEAL, BACKEND, NONCE = 0x02, 0xE0, 0xE1, 0xE2, 0xE3
CHALLENGE_LINE = len('danegate-1 challenge ') + 64 + len('\r\n')


class HandOff:
    """What to say to whom, before there is a challenge."""

    def __init__(self, secret, to, peer, backend, nonce=None, without=(), more=b'',
                 command=0x21, source=('192.0.2.99', 4711), seal=None):
        """`backend`: (address, port); `without`: types of fields that are left out; `more`:
        octets behind the fields; `seal`: one that is not the right one."""
        self._secret, self._seal, self._is_sealed = secret, seal, SEAL not in without
        fields = {TO: to.encode(), PEER: peer.encode() if peer else None,
                  BACKEND: ('[%s]:%d' if ':' in backend[0] else '%s:%d') % backend,
                  NONCE: nonce or secrets.token_hex(16)}
        said = b''.join(field(kind, value if isinstance(value, bytes) else value.encode())
                        for kind, value in fields.items()
                        if value is not None and kind not in without) + more
        family, kind, here = ((socket.AF_INET6, 0x21, '2001:db8::2') if ':' in source[0]
                              else (socket.AF_INET, 0x11, '192.0.2.1'))
        addresses = (socket.inet_pton(family, source[0]) + socket.inet_pton(family, here)
                     + struct.pack('>HH', source[1], 5269))
        length = len(addresses + said) + (len(field(SEAL, bytes(64))) if self._is_sealed else 0)
        self._unsealed = (SIGNATURE + struct.pack('>BBH', command, kind, length)
                          + addresses + said)

    def header(self, challenge):
        if not self._is_sealed:
            return self._unsealed
        return self._unsealed + field(SEAL, self._seal_for(challenge))

    def taken(self, challenge):
        """The line that says so, without its end."""
        return b'danegate-1 taken ' + self._digest('taken', self._seal_for(challenge))

    def refused(self, challenge, why):
        return (b'danegate-1 refused '
                + self._digest('refused', self._seal_for(challenge) + why) + b' ' + why)

    def _seal_for(self, challenge):
        return self._seal or self._digest('header', challenge + self._unsealed)

    def _digest(self, what, octets):
        said = f'danegate hand-off 1 {what}\0'.encode() + octets
        return hmac.new(self._secret.encode(), said, hashlib.sha256).hexdigest().encode()


def field(kind, value):
    return struct.pack('>BH', kind, len(value)) + value


def challenge_in(line):
    """Of the first line that a backend says."""
    if not line.startswith(b'danegate-1 challenge ') or len(line) != CHALLENGE_LINE:
        raise ValueError(f'expected a challenge; got {line!r}')
    return line[21:-2]
