"""Peer is a scripted S2S server that opens streams: every step can be taken in order,
left out, repeated or said wrongly."""

import ssl
import time

from . import stream_text
from .link import Link, LinkTimeout
from .stream_text import StreamText


def client_context(certificate=None, alpn=None, version=None):
    """A TLS context that trusts everybody and presents `certificate` (of the lab) or
    nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate.chain, certificate.key)
    if alpn:
        context.set_alpn_protocols(alpn)
    if version:
        context.minimum_version = context.maximum_version = version
    return context


class Peer:
    """`domain` is who it claims to be, `to` whom it wants. `link` is the connection."""

    def __init__(self, address, domain, to, context=None, direct_tls=False, **link_options):
        self.domain, self.to = domain, to
        self.context = context or client_context()
        self.direct_tls = direct_tls
        self.link = Link.connect(address, **link_options)
        self.inbox = b''      # all of the current stream, as it came
        self._seen = 0        # children handed out already

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()

    # --- what comes -----------------------------------------------------------

    def read_until(self, enough, timeout=None):
        """Reads until enough(StreamText) is true or the other side has ended; returns
        the StreamText."""
        deadline = time.monotonic() + (self.link.patience if timeout is None else timeout)
        while True:
            text = StreamText(self.inbox)
            if enough(text) or self.link.ended:
                return text
            try:
                self.inbox += self.link.read(max(0.0, deadline - time.monotonic()))
            except LinkTimeout:
                raise LinkTimeout(f'waited in vain; came so far: {self.inbox!r}') from None

    def read_header(self):
        text = self.read_until(lambda text: text.header is not None)
        if text.header is None:
            raise AssertionError(f'no stream header, {self.link.ended}: {self.inbox!r}')
        return text.header

    def read_child(self, timeout=None):
        """The next complete first-level element; None if the stream ended first."""
        text = self.read_until(lambda text: len(text.children) > self._seen, timeout)
        if len(text.children) <= self._seen:
            return None
        self._seen += 1
        return text.children[self._seen - 1]

    def read_to_end(self, timeout=None):
        """Reads until the other side has ended; returns the StreamText."""
        return self.read_until(lambda text: False, timeout)

    def restarted(self):
        """Forgets the stream so far: a new header comes next."""
        self.inbox, self._seen = b'', 0

    # --- what is said ---------------------------------------------------------

    def send(self, *segments):
        self.link.send(*segments)

    def send_header(self, **attributes):
        self.send(stream_text.header(**{'from_': self.domain, 'to': self.to, **attributes}))

    def open(self, **attributes):
        """A new stream: sends a header, returns the attributes of the answer's."""
        self.restarted()
        self.send_header(**attributes)
        return self.read_header()

    def start_tls(self, server_name=None, **options):
        self.link.start_tls(self.context, server_name or self.to, **options)
        self.restarted()

    def secure(self, server_name=None, **header):
        """From the first octet to TLS."""
        if not self.direct_tls:
            self.open(**header)
            expect(self.read_child(), stream_text.STREAMS, 'features')
            self.send(stream_text.STARTTLS)
            expect(self.read_child(), stream_text.TLS, 'proceed')
        self.start_tls(server_name)

    def open_secured(self, server_name=None, **header):
        """From the first octet to the answer to the header inside TLS: the features,
        or the error instead of them."""
        self.secure(server_name)
        self.open(**header)
        return self.read_child()

    def authenticate(self, authzid='='):
        """Says EXTERNAL; returns <success/> or what came instead."""
        self.send(stream_text.auth(authzid))
        return self.read_child()

    def establish(self, server_name=None):
        """All the way to a stream that takes stanzas; returns its features."""
        expect(self.open_secured(server_name), stream_text.STREAMS, 'features')
        expect(self.authenticate(), stream_text.SASL, 'success')
        self.open()
        return expect(self.read_child(), stream_text.STREAMS, 'features')

    def send_message(self, body, from_=None, to=None):
        self.send(stream_text.message(from_ or f'romeo@{self.domain}', to or f'juliet@{self.to}',
                                      body))

    def finish(self):
        """Ends the stream in good order and waits for the other side's end."""
        self.send(stream_text.STREAM_END)
        text = self.read_to_end()
        self.link.close()
        return text


def expect(element, namespace, name):
    """`element`, if it is what it should be."""
    if element is None or element.tag != f'{{{namespace}}}{name}':
        got = 'the end' if element is None else describe(element)
        raise AssertionError(f'expected <{name}/>, got {got}')
    return element


def describe(element):
    words = [element.tag.rpartition('}')[2], stream_text.condition(element) or '',
             stream_text.error_text(element)]
    return ' '.join(word for word in words if word)
