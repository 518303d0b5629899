"""Reading a PROXY protocol version 2 header, as a backend behind a proxy does."""

import ipaddress
import struct
from collections import namedtuple

SIGNATURE = b'\r\n\r\n\0\r\nQUIT\n'
FIXED_PART = 16

ProxyHeader = namedtuple('ProxyHeader', 'source destination tlvs')


def read_proxy_header(read):
    """Takes the header off a connection; read(n) returns exactly n octets."""
    fixed = read(FIXED_PART)
    if fixed[:12] != SIGNATURE or fixed[12] != 0x21:
        raise ValueError(f'not a PROXY v2 header: {fixed!r}')
    family, length = fixed[13], struct.unpack('>H', fixed[14:])[0]
    return parse_addresses(family, read(length))


def parse_addresses(family, octets):
    """`family` is 0x11 (TCP over IPv4) or 0x21 (IPv6); the rest is TLVs."""
    size = {0x11: 4, 0x21: 16}[family]
    ports = struct.unpack('>HH', octets[2 * size:2 * size + 4])
    hosts = [str(ipaddress.ip_address(octets[at:at + size])) for at in (0, size)]
    return ProxyHeader((hosts[0], ports[0]), (hosts[1], ports[1]),
                       parse_tlvs(octets[2 * size + 4:]))


def parse_tlvs(octets):
    tlvs = {}
    while octets:
        kind, length = struct.unpack('>BH', octets[:3])
        tlvs[kind], octets = octets[3:3 + length], octets[3 + length:]
    return tlvs
