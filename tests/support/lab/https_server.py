"""An HTTPS server that answers as badly as its paths say, for the fetch of POSH documents.

The name in the handshake (SNI) decides which certificate is shown (_certificates), what a
test has put there (`pages`), or else the path (PATHS), what comes. Beside it stand ports on
which something else is wrong.
"""
import base64
import datetime
import gzip
import hashlib
import itertools
import json
import os
import socket
import ssl
import threading
import warnings

from lab.certificates import Authority, self_signed

HTTPS, PLAIN, SILENT, OLD_TLS, CLOSED = 8443, 8080, 8444, 8446, 8447
POSH_PATH = "/.well-known/posh/xmpp-server.json"
_MANY = b"x" * 65536


def _certificates(folder, hosts):
    """({name: Certificate}, the file with the trusted authority)"""
    web, foreign = Authority(folder, "web"), Authority(folder, "foreign")
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    return {
        "good.example": web.issue(["good.example"]),
        "other.example": web.issue(["other.example"]),
        "chained.example": Authority(folder, "below", under=web).issue(["chained.example"]),
        "wrong-name.example": web.issue(["good.example"], file="wrong-name"),
        "self-signed.example": self_signed(folder, ["self-signed.example"]),
        "foreign.example": foreign.issue(["foreign.example"]),
        "expired.example": web.issue(["expired.example"], not_after=yesterday),
        "common-name.example": web.issue(["common-name.example"], alternatives=False),
        "client-only.example": web.issue(["client-only.example"], purposes="clientAuth"),
        **(dict.fromkeys(hosts, web.issue(hosts, file="hosts")) if hosts else {}),
    }, web.root.chain


def response(body, status="200 OK", *lines):
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def posh(certificates=(), expires=600, algorithm="sha256", **members):
    """A response with a POSH document: fingerprints of the Certificates, unless `members`
    says otherwise."""
    name = algorithm.replace("sha", "sha-")
    hashes = [base64.b64encode(hashlib.new(algorithm, each.der()).digest()).decode()
              for each in certificates]
    prints = {"fingerprints": [{name: value} for value in hashes]} if hashes else {}
    return response(json.dumps({**prints, **members, "expires": expires}).encode())


def headless(*lines):
    """A response that ends when the connection does."""
    return "\r\n".join(["HTTP/1.1 200 OK", "Connection: close", *lines]).encode() + b"\r\n\r\n"


def _bomb():
    body = gzip.compress(b" " * 10_000_000)
    return response(body, "200 OK", "Content-Encoding: gzip")


# What each path answers to the request (its head): pieces of octets, sent one after another;
# None waits a twentieth of a second for the peer to leave.
PATHS = {
    "/document": lambda head: [response(b'{"fingerprints":[{}],"expires":60}')],
    "/reference": lambda head: [response(b'{"url":"https://other.example:8443/document",'
                                          b'"expires":30}')],
    "/echo": lambda head: [response(head)],
    "/limit": lambda head: [response(b"x" * 65536)],
    "/large": lambda head: [response(b"x" * 65537)],
    "/large-untold": lambda head: [headless(), b"x" * 65537],
    "/huge": lambda head: [headless("Content-Length: 10000000000")] + [_MANY] * 100,
    "/endless": lambda head: itertools.chain([headless()], itertools.repeat(_MANY)),
    "/endless-chunks": lambda head: itertools.chain(
        [headless("Transfer-Encoding: chunked")], itertools.repeat(b"1\r\nx\r\n")),
    "/endless-header": lambda head: itertools.chain(
        [b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X: y\r\n" * 1000)),
    "/endless-line": lambda head: itertools.chain(
        [b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(_MANY)),
    "/endless-interim": lambda head: itertools.repeat(b"HTTP/1.1 103 Early\r\n\r\n" * 1000),
    "/drip": lambda head: itertools.chain(
        [headless()], itertools.cycle([b" ", None])),
    "/drip-header": lambda head: itertools.chain(
        [b"HTTP/1.1 200 OK\r\n"], itertools.cycle([b"X: y\r\n", None])),
    "/silence": lambda head: itertools.repeat(None),
    "/truncated": lambda head: [headless("Content-Length: 100"), b"{"],
    "/nothing": lambda head: [],
    "/not-http": lambda head: [b"220 mail.example ESMTP\r\n"],
    "/gzip": lambda head: [_bomb()],
    "/redirect": lambda head: [response(b"", "302 Found", "Location: https://other.example/x")],
    "/two-locations": lambda head: [response(b"", "302 Found", "Location: /a", "Location: /b")],
    "/missing": lambda head: [response(b"", "404 Not Found")],
    "/unauthorized": lambda head: [response(b"", "401 Unauthorized",
                                             'WWW-Authenticate: Basic realm="x"')],
    "/cookie": lambda head: [response(b"", "200 OK", "Set-Cookie: a=b; Path=/")],
}


class HttpsServer:
    """`address`: where all its ports are. `authority`: what a client must trust. `pages`:
    {"HOST/PATH": the octets of a response}; written by tests at any time. `requests`: the
    "HOST/PATH" of each, in order. `accepted`: how many connections came."""

    def __init__(self, folder, address, hosts=()):
        """`hosts`: names beside those of _certificates(), with a good certificate."""
        self.address, self.pages, self.requests, self.accepted = address, {}, [], 0
        certificates, self.authority = _certificates(folder, hosts)
        contexts = {name: _context(one) for name, one in certificates.items()}
        first = contexts["good.example"]
        first.sni_callback = lambda link, name, _: _show(link, contexts.get(name))
        old = _context(certificates["good.example"])
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        with warnings.catch_warnings():  # that this version is old is the point
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        self._listeners = [self._listen(HTTPS, first), self._listen(OLD_TLS, old),
                           self._listen(PLAIN, None), self._listen(SILENT, None)]

    def start(self):
        for listener, port, context in self._listeners:
            _in_background(self._accept, listener, port, context)

    def stop(self):
        for listener, _, _ in self._listeners:
            listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept()
            listener.close()

    def _listen(self, port, context):
        listener = socket.create_server((self.address, port), backlog=256)
        return listener, port, context

    def _accept(self, listener, port, context):
        links = []  # the silent ones must not be closed
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            if port == SILENT:
                links.append(link)
            else:
                _in_background(self._serve, link, context)

    def _serve(self, link, context):
        try:
            if context is None:  # whatever was asked
                with link:
                    link.recv(4096)
                    link.sendall(PATHS["/document"](b"")[0])
                return
            with context.wrap_socket(link, server_side=True) as stream:
                head = _read_head(stream)
                stream.settimeout(0.05)
                for piece in self._answer(head):
                    if piece is not None:
                        _send(stream, piece)
                    elif _has_left(stream):
                        return
        except (OSError, LookupError):
            pass  # the peer has left, as it should in most cases

    def _answer(self, head):
        path = head.split(b" ", 2)[1].decode()
        page = _host(head) + path
        self.requests.append(page)
        found = self.pages.get(page) or PATHS[path]
        return found(head) if callable(found) else [found]


def _in_background(function, *arguments):
    threading.Thread(target=function, args=arguments, daemon=True).start()


def _context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def _show(link, context):
    """For sni_callback: the certificate of the name, or none at all."""
    if context is None:
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    link.context = context
    return None


def _host(head):
    """The Host header without the port."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"host":
            return value.strip().decode().partition(":")[0]
    return ""


def _send(stream, piece):
    """All of it, however slowly the peer reads."""
    stream.settimeout(10)
    stream.sendall(piece)
    stream.settimeout(0.05)


def _has_left(stream):
    try:
        return not stream.recv(1)
    except TimeoutError:
        return False


def _read_head(stream):
    head = b""
    while b"\r\n\r\n" not in head:
        octets = stream.recv(4096)
        if not octets:
            break
        head += octets
    return head


def environment(server):
    """What a program that is tested against the server must know."""
    return {"DANEGATE_TEST_HTTPS": server.address,
            "DANEGATE_TEST_HTTPS_AUTHORITY": os.fspath(server.authority)}
