"""The hand-off by PROXY header as proxy/shard/hand_off.h describes it: what an edge says
in front of a stream, and what it expects to hear. Every part can be said wrongly."""

import hashlib
import hmac
import secrets
import socket
import struct
import time

from .proxy_header import SIGNATURE

TO, PEER, SEAL, TIME, NONCE = 0x02, 0xE0, 0xE1, 0xE2, 0xE3


class HandOff:
    """`header`: the octets; `answer`: the line that takes it."""

    def __init__(self, secret, to, peer=None, when=None, nonce=None, without=(), more=b'',
                 command=0x21, source=('192.0.2.99', 4711), seal=None):
        """`without`: types of fields that are left out; `more`: octets behind the fields;
        `seal`: one that is not the right one."""
        fields = {TO: to.encode(), PEER: peer.encode() if peer else None,
                  TIME: struct.pack('>Q', int(time.time() if when is None else when)),
                  NONCE: (nonce or secrets.token_hex(16)).encode()}
        said = b''.join(field(kind, value) for kind, value in fields.items()
                        if value is not None and kind not in without) + more
        family, kind, here = ((socket.AF_INET6, 0x21, '2001:db8::2') if ':' in source[0]
                              else (socket.AF_INET, 0x11, '192.0.2.1'))
        addresses = (socket.inet_pton(family, source[0]) + socket.inet_pton(family, here)
                     + struct.pack('>HH', source[1], 5269))
        length = len(addresses + said) + (0 if SEAL in without else len(field(SEAL, bytes(64))))
        sealed = SIGNATURE + struct.pack('>BBH', command, kind, length) + addresses + said
        right = digest(secret, b'danegate hand-off 1\0' + sealed)
        self.header = sealed + (b'' if SEAL in without else field(SEAL, seal or right))
        self.answer = (b'danegate-1 taken '
                       + digest(secret, b'danegate hand-off 1 taken\0' + (seal or right)))


def field(kind, value):
    return struct.pack('>BH', kind, len(value)) + value


def digest(secret, octets):
    return hmac.new(secret.encode(), octets, hashlib.sha256).hexdigest().encode()
