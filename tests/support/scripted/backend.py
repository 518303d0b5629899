"""Backend is a scripted XMPP server behind the edge: it demands the edge's client
certificate, speaks EXTERNAL, and records what it gets.

At each step of a stream a test can let it deviate (deviations.py):

    accept  header  proceed  tls  features  auth  restart
"""

import socket
import ssl
import threading
import xml.etree.ElementTree as ElementTree

from . import stream_text
from .link import Link, LinkTimeout, TlsFailure
from .proxy_header import read_proxy_header
from .recording import Recording, split_header
from .stream_text import StreamText

MECHANISMS = (f"<mechanisms xmlns='{stream_text.SASL}'><mechanism>EXTERNAL</mechanism>"
              '</mechanisms>')
STARTTLS_FEATURE = f"<starttls xmlns='{stream_text.TLS}'><required/></starttls>"
SUCCESS = f"<success xmlns='{stream_text.SASL}'/>"
POLL = 0.05
QUIET = 30.0


class StepEnded(Exception):
    """The stream is over: a deviation ended it, or the edge did."""


class Backend:
    """`recordings` holds one Recording per accepted connection, in order."""

    def __init__(self, certificate, edge_ca, address=('127.0.0.1', 0), direct_tls=False,
                 proxy_header=False):
        """`certificate`, `edge_ca`: Certificates of the lab."""
        self.context = server_context(certificate, edge_ca)
        self.direct_tls, self.proxy_header = direct_tls, proxy_header
        self.features = ''                  # shown behind the restart
        self.recordings, self.deviations = [], {}
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._listener = None
        self.address = address
        self.listen()

    # --- up and down ----------------------------------------------------------

    def listen(self):
        """Takes connections, at the same address each time."""
        self._listener = socket.create_server(self.address, backlog=128, reuse_port=False)
        self.address = self._listener.getsockname()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop_listening(self):
        """From now on connections are refused; those that stand go on."""
        if self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def recover(self):
        """Listens and behaves well again."""
        self.deviations.clear()
        if not self._listener:
            self.listen()

    def close(self):
        self.stopping.set()
        self.stop_listening()

    def _accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            recording = Recording()
            self._note(lambda: self.recordings.append(recording))
            threading.Thread(target=self._run, args=(Link(sock, QUIET), recording),
                             daemon=True).start()

    # --- what tests ask -------------------------------------------------------

    def deviate(self, step, deviation):
        """deviation(link, recording) is called before `step`; True goes on with it."""
        self.deviations[step] = deviation

    def wait(self, condition, timeout=10.0):
        """Waits until condition() is true, and returns its value."""
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise AssertionError('the backend never saw what the test waits for; stanzas: %r'
                                     % [recording.stanzas[-300:] for recording in self.recordings])
            return condition()

    def wait_for_stanzas(self, text, timeout=10.0):
        """Waits until a stream brought `text`; returns its Recording."""
        text = text.encode() if isinstance(text, str) else text
        return self.wait(lambda: next((recording for recording in list(self.recordings)
                                       if text in recording.stanzas), None), timeout)

    @property
    def octets(self):
        """Every octet behind a header, of all streams."""
        return b''.join(recording.stanzas for recording in self.recordings)

    def _note(self, change):
        with self._changed:
            change()
            self._changed.notify_all()

    # --- one stream -----------------------------------------------------------

    def _run(self, link, recording):
        try:
            self._negotiate(link, recording)
            self._record(link, recording)
        except (StepEnded, TlsFailure, LinkTimeout, OSError, EOFError, ValueError,
                ElementTree.ParseError) as reason:
            self._note(lambda: setattr(recording, 'failed', str(reason)))
        finally:
            link.close()
            self._note(lambda: setattr(recording, 'ended', link.ended or 'closed by us'))
            recording.over.set()

    def _negotiate(self, link, recording):
        self._step('accept', link, recording)
        if self.proxy_header:
            recording.proxy = read_proxy_header(link.read_wire_exactly)
        if not self.direct_tls:
            self._open(link, recording, 'header', STARTTLS_FEATURE)
            self._await(link, stream_text.TLS, 'starttls')
            self._step('proceed', link, recording)
            link.send(stream_text.PROCEED)
        self._step('tls', link, recording)
        self._handshake(link, recording)
        self._open(link, recording, 'features', MECHANISMS)
        self._await(link, stream_text.SASL, 'auth')
        self._step('auth', link, recording)
        link.send(SUCCESS)
        self._open(link, recording, 'restart', self.features)

    def _step(self, step, link, recording):
        deviation = self.deviations.get(step)
        if deviation and not deviation(link, recording):
            raise StepEnded(f'deviation before {step}')

    def _handshake(self, link, recording):
        link.start_tls(self.context, server_side=True)
        recording.server_name = getattr(link.tls, 'asked_for', None)
        recording.certificate = link.tls.getpeercert()

    def _open(self, link, recording, step, features):
        """Takes a header, answers with ours and the features."""
        octets = self._read(link, lambda text: text.header is not None)
        head, recording.stanzas = split_header(octets)
        recording.headers.append(head)
        self._step(step, link, recording)
        asked = StreamText(head).header
        link.send(stream_text.header(from_=asked.get('to'), to=asked.get('from'),
                                     id=f'b{len(recording.headers)}')
                  + f'<stream:features>{features}</stream:features>')

    def _await(self, link, namespace, name):
        """Takes one element outside of any recorded text."""
        wrapped = b"<s xmlns='jabber:server'>"
        octets = self._read(link, lambda text: text.children, wrapped)
        element = StreamText(octets).children[0]
        if element.tag != f'{{{namespace}}}{name}':
            raise StepEnded(f'expected <{name}/>, got {octets[len(wrapped):]!r}')

    def _read(self, link, enough, octets=b''):
        while not enough(StreamText(octets)):
            data = link.read()
            if not data:
                raise StepEnded(f'the edge ended the connection: {link.ended}')
            octets += data
        return octets

    def _record(self, link, recording):
        """The established stream: everything is kept until one side ends it."""
        self._note(recording.established.set)
        while link.ended is None and not self.stopping.is_set():
            if not self._speak(link, recording):
                return
            recording.may_read.wait(POLL) and self._take(link, recording)
            if recording.stanzas.endswith(stream_text.STREAM_END.encode()):
                link.send(stream_text.STREAM_END)
                return link.close_notify()

    def _take(self, link, recording):
        try:
            data = link.read(POLL)
        except LinkTimeout:
            return
        self._note(lambda: setattr(recording, 'stanzas', recording.stanzas + data))

    def _speak(self, link, recording):
        """Sends what tests want said; False once they want the connection closed."""
        while not recording.to_say.empty():
            text = recording.to_say.get()
            if text is None:
                return False
            link.send(text)
        return True


def server_context(certificate, edge_ca):
    """TLS that lets nobody in but holders of a certificate of the edge's CA; without
    one, everybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    if edge_ca:
        context.load_verify_locations(edge_ca.chain)
        context.verify_mode = ssl.CERT_REQUIRED
    context.sni_callback = lambda tls, name, _: setattr(tls, 'asked_for', name)
    return context

