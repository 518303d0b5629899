#!/usr/bin/python3
"""Prints the zones of resolver_tests as JSON, for tests/support/lab/with_dns.py.

A zone is named after what is special about it; each has the same few records.
"""
import json

# SHA-256 of the public key in peer_certificate.h.
PEER_KEY = "ee2e1974f47308dc5e7a84e34e4cb55388f1a31b88e8f2e807e0dfcf53791d8b"
MANY = 4000


def peer(zone, **values):
    """A zone of a peer: SRV, addresses and a TLSA record that matches."""
    records = [f"_xmpp-server._tcp SRV 10 5 5269 mx.{zone}.", "mx A 192.0.2.1",
               "mx AAAA 2001:db8::1", f"_5269._tcp.mx TLSA 3 1 1 {PEER_KEY}"]
    return {zone: {**values, "records": records + values.get("records", [])}}


ALIASES = [
    "alias CNAME mx", "alias-of-alias CNAME ALIAS", "to-nothing CNAME nothing",
    "to-unsigned CNAME mx.unsigned.example.", "circle CNAME circle-back",
    "circle-back CNAME circle", "slow A 192.0.2.9", "refused A 192.0.2.9",
    "joined AAAA 2001:db8::2",
    *[f"chain{i} CNAME chain{i + 1}" for i in range(20)], "chain20 A 192.0.2.1",
]

LARGE = [f"_5269._tcp.mx TLSA 3 0 0 {bytes([number] * 1024).hex()}" for number in range(6)]

TARGETS = [f"_xmpp-server._tcp SRV {number} 0 5269 t{number}.targets.example."
           for number in range(200)]

ZONES = {
    **peer("peer.example", records=ALIASES),
    **peer("unsigned.example", security="unsigned"),
    **peer("tampered.example", tampered=["mx.tampered.example A",
                                         "_5269._tcp.mx.tampered.example TLSA",
                                         "_xmpp-server._tcp.tampered.example SRV"]),
    **peer("stripped.example", stripped=["mx.stripped.example A"]),
    **peer("expired.example", security="expired"),
    **peer("wrong-ds.example", security="wrong-ds"),
    **peer("nsec3.example", denial="nsec3"),
    **peer("opt-out.example", denial="nsec3-opt-out"),
    # The denial itself is bogus: no signature of an NSEC record holds.
    **peer("bad-denial.example", tampered=["*"]),
    **peer("ending.example", signature_lifetime=1200, ttl=3600),
    **peer("brief.example", ttl=1),
    **peer("weeks.example", ttl=3000000, signature_lifetime=86400 * 60),
    **peer("large.example", records=LARGE),
    "targets.example": {"records": TARGETS},
    **peer("silent.example"),
    "many.example": {"records": [f"h{number} A 192.0.2.1" for number in range(MANY)]},
}

RULES = ["drop slow.peer.example A", "servfail refused.peer.example A",
         "drop _xmpp-server._tcp.silent.example SRV"]

print(json.dumps({"zones": ZONES, "rules": RULES}))
