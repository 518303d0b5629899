#!/usr/bin/python3
"""Prints the zone of verdict_benchmark as JSON, for tests/support/lab/with_dns.py: peers
p0.peers.example, p1.peers.example, …, each with SRV, address and a TLSA record that fits
tests/verifier/peer_certificate.h."""
import json

PEERS = 3000
PEER_KEY = "ee2e1974f47308dc5e7a84e34e4cb55388f1a31b88e8f2e807e0dfcf53791d8b"

RECORDS = []
for number in range(PEERS):
    name = f"p{number}"
    RECORDS += [f"_xmpp-server._tcp.{name} SRV 10 5 5269 mx.{name}.peers.example.",
                f"mx.{name} A 192.0.2.1", f"_5269._tcp.mx.{name} TLSA 3 1 1 {PEER_KEY}"]

print(json.dumps({"zones": {"peers.example": {"records": RECORDS}}}))
