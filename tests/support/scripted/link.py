"""Link is one TCP connection, in cleartext or under TLS, of which a script decides
every octet. Everything that waits does so until a deadline, then fails."""

import re
import select
import socket
import ssl
import time

READ_SIZE = 65536


class LinkTimeout(AssertionError):
    """The other side did not do in time what the script waits for."""


class TlsFailure(Exception):
    """TLS failed; `alert` is OpenSSL's phrase for why: 'tlsv1 unrecognized name'."""

    def __init__(self, error):
        super().__init__(str(error))
        found = re.search(r'\] (.*) \(', str(error))
        self.alert = found[1] if found else str(error)


class Link:
    """`ended` is None while the other side may still send, then 'close_notify',
    'fin' (TCP ended, without close_notify where TLS was up) or 'reset'."""

    def __init__(self, sock, patience=10.0):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        self.socket = sock
        self._local = sock.getsockname()
        self.patience = patience
        self.ended = None
        self.tls = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()

    @classmethod
    def connect(cls, address, patience=10.0, receive_buffer=None, source=None):
        """`source`: the address to come from; `receive_buffer`: its size in the kernel."""
        sock = socket.socket()
        if source:
            sock.bind(source)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(patience)
        try:
            sock.connect(address)
        except OSError:
            sock.close()
            raise
        return cls(sock, patience)

    @property
    def local(self):
        """"ADDRESS:PORT" of our end, as the other side's log shows it."""
        return '%s:%d' % self._local

    # --- octets on the wire ---------------------------------------------------

    def send_wire(self, data):
        """Sends octets as they are, past TLS."""
        view, deadline = memoryview(data), time.monotonic() + self.patience
        while view:
            try:
                view = view[self.socket.send(view):]
            except BlockingIOError:
                self._wait(deadline, writing=True)

    def read_wire(self, timeout=None):
        """The next octets as they came; b'' once the other side has ended."""
        deadline = time.monotonic() + (self.patience if timeout is None else timeout)
        while True:
            try:
                data = self.socket.recv(READ_SIZE)
            except BlockingIOError:
                self._wait(deadline)
                continue
            except ConnectionError:
                self.ended = 'reset'
                return b''
            if not data:
                self.ended = self.ended or 'fin'
            return data

    def read_wire_exactly(self, count):
        """The next `count` octets on the wire, and not one more."""
        deadline, octets = time.monotonic() + self.patience, b''
        while len(octets) < count:
            self._wait(deadline)
            data = self.socket.recv(count - len(octets))
            if not data:
                raise EOFError(f'the connection ended after {octets!r}')
            octets += data
        return octets

    def _wait(self, deadline, writing=False):
        left = deadline - time.monotonic()
        wanted = ([], [self.socket]) if writing else ([self.socket], [])
        if left <= 0 or not any(select.select(*wanted, [], left)):
            raise LinkTimeout('nothing could be %s in time' % ('sent' if writing else 'read'))

    # --- octets of the stream -------------------------------------------------

    def send(self, *segments):
        """Sends each segment by itself: one TCP segment, one TLS record."""
        for segment in segments:
            segment = segment.encode() if isinstance(segment, str) else segment
            if self.tls:
                self.tls.write(segment)
                segment = self._outgoing.read()
            self.send_wire(segment)

    def read(self, timeout=None):
        """The next octets of the stream; b'' once the other side has ended."""
        if not self.tls:
            return self.read_wire(timeout)
        deadline = time.monotonic() + (self.patience if timeout is None else timeout)
        while self.ended is None:
            try:
                data = self.tls.read(READ_SIZE)
                self.ended = self.ended if data else 'close_notify'
                return data
            except ssl.SSLWantReadError:
                self._feed_tls(deadline)
            except ssl.SSLError as error:
                raise TlsFailure(error) from error
        return b''

    def _feed_tls(self, deadline):
        self._flush()
        data = self.read_wire(max(0.0, deadline - time.monotonic()))
        self._incoming.write(data) if data else self._incoming.write_eof()

    def _flush(self):
        if self._outgoing.pending:
            self.send_wire(self._outgoing.read())

    # --- TLS ------------------------------------------------------------------

    def start_tls(self, context, server_name=None, server_side=False, session=None):
        """Drives a handshake to its end. TlsFailure says which alert ended it."""
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=server_side,
                                    server_hostname=server_name, session=session)
        self.finish_handshake()

    def finish_handshake(self):
        deadline = time.monotonic() + self.patience
        while True:
            try:
                self.tls.do_handshake()
                return self._flush()
            except ssl.SSLWantReadError:
                self._feed_tls(deadline)
            except ssl.SSLError as error:
                self._flush_quietly()
                raise TlsFailure(error) from error

    def _flush_quietly(self):
        try:
            self._flush()
        except OSError:
            pass

    def client_hello(self, context, server_name=None):
        """Begins TLS without sending anything; returns the ClientHello record."""
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self._outgoing.read()

    # --- the end --------------------------------------------------------------

    def close_notify(self):
        """Says that nothing follows, without closing the connection."""
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self._flush_quietly()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        self.socket.close()
