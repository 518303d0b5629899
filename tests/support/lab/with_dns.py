#!/usr/bin/python3
"""Runs a program with a private DNSSEC tree beside it.

    with_dns.py ZONES.json -- PROGRAM [ARGUMENT…]

ZONES.json holds {"zones": {"peer.example": {…}, …}, "rules": ["drop NAME TYPE", …]}.
What a zone may say stands in zones.py (class Zone), the rules in dns_relay.py.

The program finds in its environment:

    DANEGATE_TEST_DNS      ADDRESS@PORT of the relay before the tree: forward here
    DANEGATE_TEST_TREE     ADDRESS@PORT of the tree itself: faster, not watched
    DANEGATE_TEST_ANCHOR   the file with the root's keys
    DANEGATE_TEST_CONTROL  ADDRESS:PORT of the relay's control socket (TCP, one
                           command a line, one answer a line, as dns_relay.py says)

Returns the program's exit status; 70 if the tree does not come up.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lab.addresses import DNS_PORTS, AddressBlock  # noqa: E402
from lab.dns import DnsTree  # noqa: E402
from lab.dns_relay import DnsRelay  # noqa: E402


def run(description, program, folder):
    block = AddressBlock(DNS_PORTS)
    tree = DnsTree(folder, description["zones"], block.address(1))
    relay = DnsRelay((tree.address, tree.port), block.address(2))
    for rule in description.get("rules", []):
        if relay.rules.obey(rule) != "ok":
            raise ValueError(f"rules: {relay.rules.obey(rule)}")
    try:
        tree.start()
        relay.start()
        environment = {**os.environ, "DANEGATE_TEST_DNS": relay.forward,
                       "DANEGATE_TEST_TREE": tree.forward,
                       "DANEGATE_TEST_ANCHOR": tree.anchor,
                       "DANEGATE_TEST_CONTROL": relay.control}
        return subprocess.run(program, env=environment, check=False).returncode
    finally:
        relay.close()
        tree.stop()
        block.close()


def main(arguments):
    if len(arguments) < 3 or arguments[1] != "--":
        print("usage: with_dns.py ZONES.json -- PROGRAM [ARGUMENT…]", file=sys.stderr)
        return 64
    with open(arguments[0]) as file:
        description = json.load(file)
    with tempfile.TemporaryDirectory(prefix="danegate-dns-") as folder:
        try:
            status = run(description, arguments[2:], folder)
        except (OSError, RuntimeError, ValueError) as error:
            print(f"with_dns: {error}", file=sys.stderr)
            return 70
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
