#!/usr/bin/python3
"""Shows danegate at work between two Prosodys. deploy/quickstart runs it.

    demonstration.py DANEGATE [--once]

--once: exits after the message, with 0 if and only if it arrived. Else everything
stays up until Ctrl-C.
"""
import os
import secrets
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lab import stage, story, terminal  # noqa: E402
from lab.processes import LabError  # noqa: E402

_STARTED = """
Everything stays up until Ctrl-C. Files and logs: {folder}

  peer      {peer}   Prosody, {alice}
  edge      {edge}   danegate, STARTTLS on 5269, direct TLS on 5270
  backend   {backend}   Prosody, {bob}
  DNS       {dns}   NSD behind a relay; the root's key: {anchor}

Try, in another terminal:

  danegate's log
    tail -f {folder}/danegate/log
  another message (it shows up here)
    echo hello | SSL_CERT_FILE={trust} {send}
  how the peer is proved, step by step
    {program} explain --config {config} {domain}
  a refusal: a message from a domain whose TLSA record names an old key
    echo hello | SSL_CERT_FILE={stale_trust} {stale_send}
  what the peer's operator reads of it
    grep -o 'closed by remote with.*' {folder}/peer/log
  what you read of it: in the log, and step by step
    grep '"event":"verdict".*{stale}' {folder}/danegate/log
    {program} explain --config {config} {stale}
  the running danegate, and which refusals it remembers
    {program} ctl status --socket {socket}
    {program} ctl verdicts --socket {socket}
  whether peers can prove the tenant
    {program} doctor acme --config {config}
  the lookups that prove the peer
    drill -S -k {anchor} -p {port} @{address} _xmpp-server._tcp.{domain} SRV
    drill -S -k {anchor} -p {port} @{address} _5269._tcp.{host} TLSA
  what peers see of the edge
    openssl s_client -connect {edge}:5269 -starttls xmpp-server -xmpphost {tenant} </dev/null
  what the DNS has been asked so far
    (echo counts >&3; head -n 1 <&3) 3<>/dev/tcp/{control}
"""


def show(scene):
    """Sends the message and tells its story. Raises LabError if it does not arrive."""
    text = f"Hello Bob, Alice here ({secrets.token_hex(3)})"
    with terminal.progress("a message from alice@peer.example to bob@tenant.example") as tell:
        tell("bob logs in")
        bob = scene.bob.listen()
        tell("alice writes to bob")
        scene.alice.send(scene.bob.jid, text)
        message = bob.wait_for(text)
        verdict = scene.danegate.wait_for_event("verdict", peer=stage.PEER)
        established = scene.danegate.wait_for_event("established", peer=stage.PEER)
    print()
    for line in story.tell(verdict, established, message, scene.peer.process.log(),
                           scene.backend.process.log()):
        print(line)
    return bob


def stay(program, scene, bob):
    print(_STARTED.format(
        program=os.path.abspath(program), config=scene.danegate.config,
        socket=scene.control, stale=stage.STALE, stale_trust=scene.stale_certificate.chain,
        stale_send=" ".join(scene.carol.command(scene.bob.jid)),
        folder=scene.folder, peer=scene.peer_address, edge=scene.edge_address,
        backend=scene.backend_address, dns=scene.relay.forward, anchor=scene.tree.anchor,
        alice=scene.alice.jid, bob=scene.bob.jid, trust=scene.peer_certificate.chain,
        send=" ".join(scene.alice.command(scene.bob.jid)), domain=stage.PEER,
        host=stage.PEER_HOST, tenant=stage.TENANT, port=scene.tree.port,
        address=scene.tree.address, control=scene.relay.control.replace(":", "/")), flush=True)
    seen = len(bob.messages)
    while scene.danegate.process.is_running():
        bob.wait_for_more(seen, 1)
        for message in bob.messages[seen:]:
            print(f"  bob received: {message.text}  (from {message.sender})", flush=True)
        seen = len(bob.messages)
    raise LabError(f"danegate ended:\n{scene.danegate.process.log_tail()}")


def run(program, once):
    with stage.Stage(program, stale=True) as scene:
        with terminal.progress("starting NSD, danegate and two Prosodys") as tell:
            scene.start(tell)
        try:
            bob = show(scene)
        except LabError as error:
            print(f"\n{error}\n\nThe message did not arrive. The logs say:\n{scene.logs()}",
                  file=sys.stderr)
            return 1
        try:
            if not once:
                stay(program, scene, bob)
        except KeyboardInterrupt:
            print("\nstopping")
        finally:
            bob.stop()
    return 0


def main(arguments):
    if not arguments or arguments[1:] not in ([], ["--once"]):
        print("usage: demonstration.py DANEGATE [--once]", file=sys.stderr)
        return 64
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return run(arguments[0], bool(arguments[1:]))
    except (LabError, RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
