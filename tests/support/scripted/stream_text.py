"""The text of an XMPP stream: writing headers, and seeing what has come so far."""

import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import quoteattr

STREAMS = 'http://etherx.jabber.org/streams'
SERVER = 'jabber:server'
DIALBACK = 'jabber:server:dialback'
TLS = 'urn:ietf:params:xml:ns:xmpp-tls'
SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams'

STARTTLS = f"<starttls xmlns='{TLS}'/>"
PROCEED = f"<proceed xmlns='{TLS}'/>"
STREAM_END = '</stream:stream>'


def header(**attributes):
    """A stream header; `from_` stands for `from`, xmlns and xmlns_stream replace the
    namespaces, None leaves an attribute out."""
    values = {'xmlns': SERVER, 'xmlns:stream': STREAMS, 'xmlns:db': DIALBACK, 'version': '1.0'}
    for name, value in attributes.items():
        values[{'from_': 'from', 'xmlns_stream': 'xmlns:stream'}.get(name, name)] = value
    text = ' '.join(f'{name}={quoteattr(value)}' for name, value in values.items()
                    if value is not None)
    return f"<?xml version='1.0'?><stream:stream {text}>"


def auth(authzid='='):
    """<auth/> for EXTERNAL; None leaves the initial response out."""
    start = f"<auth xmlns='{SASL}' mechanism='EXTERNAL'"
    return start + '/>' if authzid is None else f'{start}>{authzid}</auth>'


def message(from_, to, body):
    return f"<message from='{from_}' to='{to}'><body>{body}</body></message>"


def dialback(name, from_, to, text='', **attributes):
    """<db:result/> or <db:verify/>."""
    values = {'from': from_, 'to': to, **attributes}
    words = ' '.join(f'{name}={quoteattr(value)}' for name, value in values.items())
    return f"<db:{name} xmlns:db='{DIALBACK}' {words}>{text}</db:{name}>"


class StreamText:
    """What a stream has said up to now: `header` (its attributes, None before it is
    complete), `children` (complete elements), `closed`."""

    def __init__(self, octets):
        self.header, self.children, self.closed = None, [], False
        parser = ElementTree.XMLPullParser(('start', 'end'))
        parser.feed(octets)
        depth = 0
        for event, element in parser.read_events():
            depth += 1 if event == 'start' else -1
            if event == 'start' and depth == 1:
                self.header = dict(element.attrib)
            elif event == 'end' and depth == 1:
                self.children.append(element)
            elif event == 'end' and depth == 0:
                self.closed = True


def condition(element):
    """The defined condition of a stream error or a SASL failure."""
    for child in element:
        name = child.tag.rpartition('}')[2]
        if name != 'text':
            return name
    return None


def error_text(element):
    """The words for people in a stream error or a SASL failure."""
    for child in element:
        if child.tag.endswith('}text'):
            return child.text or ''
    return ''
