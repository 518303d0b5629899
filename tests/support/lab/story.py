"""The story of one message, told from what the servers logged and the client got."""
import datetime
import re

from .terminal import paint

_PEER_PROOF = re.compile(r"Enabling DANE with (\d+) TLSA records")
_TLS = re.compile(r"Stream encrypted \((\S+) with (\S+)\)")
_LONG_HEX = re.compile(r"\b([0-9A-Fa-f]{8})[0-9A-Fa-f]{24,}")
_HAND_OFF = re.compile(r"Accepting SASL EXTERNAL identity from (\S+)")
_VERSION = re.compile(r"Hello and welcome to Prosody version (\S+)")


def tell(verdict, established, message, peer_log, backend_log):
    """The story's lines, aligned. `verdict`, `established`: danegate's log lines;
    `message`: client.Message; the logs: text of the two Prosodys."""
    rows = [*_how_the_peer_proved_the_edge(peer_log),
            *_lookups(verdict), _match(verdict), _verdict(verdict),
            *_hand_off(established, backend_log), _delivery(verdict, message)]
    width = max(len(label) for label, _, _ in rows)
    return [f"  {paint(label.ljust(width), 'cyan')}  {paint(text, colour)}"
            for label, text, colour in rows]


def _how_the_peer_proved_the_edge(log):
    version, tls, dane = (pattern.search(log) for pattern in (_VERSION, _TLS, _PEER_PROOF))
    if tls:
        name = f"Prosody {version[1]}" if version else "the peer"
        yield "peer", f"{name} reached the edge: {tls[1]}, {tls[2]}", None
    if dane and "certificate chain validation result: valid" in log:
        yield "edge's proof", f"the peer accepted the edge by DANE ({dane[1]} TLSA record)", "green"
    else:
        yield "edge's proof", "the peer's log shows no proof of the edge by DANE", "yellow"


def _lookups(verdict):
    for step in verdict.get("steps", []):
        secure = step["security"] == "secure"
        detail = _LONG_HEX.sub(r"\1…", step.get("detail", step["status"]))
        yield ("looked up", f"{step['question']}: {step['security']}, {detail}",
               None if secure else "yellow")


def _match(verdict):
    if "tlsa_record" not in verdict:
        return "TLSA match", "none", "red"
    return "TLSA match", verdict["tlsa_record"], "green"


def _verdict(verdict):
    proof = verdict.get("proof", verdict["reason"])
    source = "from the cache" if verdict["from_cache"] else f"{verdict['took_ms']:.1f} ms"
    return ("verdict", f"{verdict['peer']} {verdict['outcome']} by {proof} ({source})",
            "green" if verdict["outcome"] == "proved" else "red")


def _hand_off(established, backend_log):
    accepted = _HAND_OFF.search(backend_log)
    if accepted:
        yield ("hand-off", f"the backend {established['backend']} accepted the edge's certificate "
               f"for {accepted[1]}", None)
    yield "stream open", f"{established['since_accept_ms']:.1f} ms after TCP accept", None


def _delivery(verdict, message):
    accepted = datetime.datetime.fromisoformat(verdict["accepted"]).timestamp()
    milliseconds = (message.time - accepted) * 1000
    return ("delivered", f'"{message.text}" from {message.sender}, {milliseconds:.1f} ms after '
            "TCP accept", "green")
