"""Recording is what a backend saw of one connection, octet for octet."""

import queue
import re
import threading

from .stream_text import StreamText

HEADER = re.compile(rb"<stream:stream(?:[^>'\"]|'[^']*'|\"[^\"]*\")*>")


class Recording:
    """Read by tests while the backend's thread writes it.

    proxy        the PROXY header, where the backend expects one
    server_name  the SNI
    certificate  the edge's client certificate as ssl.getpeercert() shows it
    headers      the octets of each stream header, in order
    established  set once the restarted stream stands
    stanzas      every octet behind the last header
    ended        how the edge ended the connection (link.py), None while it lasts
    failed       the TLS alert or other reason why it never stood
    """

    def __init__(self):
        self.proxy = self.server_name = self.certificate = None
        self.ended = self.failed = None
        self.headers = []
        self.stanzas = b''
        self.established = threading.Event()
        self.over = threading.Event()
        self.may_read = threading.Event()
        self.may_read.set()
        self.to_say = queue.SimpleQueue()   # texts; None closes the connection

    @property
    def peer(self):
        """`from` of the last header: as whom the edge opened the stream."""
        return self._attribute('from')

    @property
    def to(self):
        return self._attribute('to')

    def _attribute(self, name):
        return StreamText(self.headers[-1]).header.get(name) if self.headers else None

    @property
    def names(self):
        """The dNSNames of the edge's certificate."""
        kinds = (self.certificate or {}).get('subjectAltName', ())
        return [value for kind, value in kinds if kind == 'DNS']

    def say(self, text):
        """Lets the backend's thread send `text` on the established stream."""
        self.to_say.put(text)

    def hang_up(self):
        """Lets the backend's thread close the connection."""
        self.to_say.put(None)


def split_header(octets):
    """(header, what stands behind it)."""
    end = HEADER.search(octets).end()
    return octets[:end], octets[end:]
