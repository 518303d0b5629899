"""StartTlsServer is a server that shows its certificate, by STARTTLS or direct TLS, and
does nothing else: for whoever wants to look at it."""

import socket
import ssl
import threading

from . import stream_text

_FEATURES = (f"<stream:features><starttls xmlns='{stream_text.TLS}'><required/></starttls>"
             '</stream:features>')
_PROCEED = f"<proceed xmlns='{stream_text.TLS}'/>"
PATIENCE = 10.0


class StartTlsServer:
    """`greeting`: what it says in place of its features. `headers`: the header of each
    stream that was opened, as it came. `ends`: how each TLS connection ended:
    'close_notify', or what else came."""

    def __init__(self, address, certificate, direct_tls=False, greeting=_FEATURES):
        self.headers, self.ends = [], []
        self.greeting, self.direct_tls = greeting, direct_tls
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.chain, certificate.key)
        self._listener = socket.create_server(address, backlog=64)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self):
        # Or the thread accepts on, at whichever socket gets the number next.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        link.settimeout(PATIENCE)
        try:
            if self.direct_tls or self._negotiate(link):
                self._show(link)
        except OSError as error:
            self.ends.append(str(error))
        finally:
            link.close()

    def _negotiate(self, link):
        self.headers.append(_read_to(link, "version='1.0'>"))
        link.sendall((stream_text.header(id='s1') + self.greeting).encode())
        if self.greeting != _FEATURES:
            link.recv(4096)
            return False
        _read_to(link, '/>')
        link.sendall(_PROCEED.encode())
        return True

    def _show(self, link):
        with self._context.wrap_socket(link, server_side=True,
                                       suppress_ragged_eofs=False) as tls:
            said = tls.recv(4096)
            self.ends.append(said.decode() if said else 'close_notify')


def _read_to(link, end):
    text = ''
    while not text.endswith(end):
        octets = link.recv(4096)
        if not octets:
            raise OSError(f'the connection ended after {text!r}')
        text += octets.decode()
    return text
