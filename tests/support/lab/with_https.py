#!/usr/bin/python3
"""Runs a program with the HTTPS server of https_server.py beside it.

    with_https.py PROGRAM [ARGUMENT…]

The program finds in its environment:

    DANEGATE_TEST_HTTPS            the server's address; its ports stand in https_server.py
    DANEGATE_TEST_HTTPS_AUTHORITY  the file with the authority to trust

Returns the program's exit status; 70 if the server does not come up.
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lab.addresses import AddressBlock  # noqa: E402
from lab.https_server import HttpsServer, environment  # noqa: E402


def run(program, folder):
    block = AddressBlock()
    try:
        server = HttpsServer(folder, block.address(1))
        server.start()
        try:
            return subprocess.run(program, env={**os.environ, **environment(server)},
                                  check=False).returncode
        finally:
            server.stop()
    finally:
        block.close()


def main(arguments):
    if not arguments:
        print("usage: with_https.py PROGRAM [ARGUMENT…]", file=sys.stderr)
        return 64
    with tempfile.TemporaryDirectory(prefix="danegate-https-") as folder:
        try:
            status = run(arguments, folder)
        except (OSError, RuntimeError, ValueError) as error:
            print(f"with_https: {error}", file=sys.stderr)
            return 70
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
