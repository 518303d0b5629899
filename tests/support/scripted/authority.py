"""AuthoritativeServer is a scripted XMPP server that is asked about dialback keys: TLS, no
SASL, and the word that a test wants said about each key.

It deviates at the steps of a Backend (backend.py), of which it has

    accept  header  proceed  tls  features
"""

from . import stream_text
from .backend import STARTTLS_FEATURE, Backend
from .stream_text import StreamText

FEATURE = "<dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback>"
NOT_FOUND = ("<error type='cancel'><item-not-found "
             "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>")
SILENCE, HANG_UP = 'silence', 'hang up'


class AuthoritativeServer(Backend):
    """`words`: {key: valid, invalid, error, SILENCE or HANG_UP}; unknown keys are invalid.
    `asked`: the attributes of each <db:verify/>, in order, its key as `key`."""

    def __init__(self, certificate, address):
        self.words, self.asked = {}, []
        super().__init__(certificate, None, address)

    def connects(self, to):
        """How many connections have said that they want the domain `to`."""
        return sum(recording.to == to for recording in list(self.recordings))

    def _negotiate(self, link, recording):
        self._step('accept', link, recording)
        self._open(link, recording, 'header', STARTTLS_FEATURE)
        self._await(link, stream_text.TLS, 'starttls')
        self._step('proceed', link, recording)
        link.send(stream_text.PROCEED)
        self._step('tls', link, recording)
        self._handshake(link, recording)
        self._open(link, recording, 'features', FEATURE)

    def _record(self, link, recording):
        self._note(recording.established.set)
        answered = 0
        while link.ended is None and not self.stopping.is_set():
            self._take(link, recording)
            text = StreamText(recording.headers[-1] + recording.stanzas)
            for question in text.children[answered:]:
                answered += 1
                if not self._answer(link, question):
                    return
            if text.closed:
                link.send(stream_text.STREAM_END)
                return link.close_notify()

    def _answer(self, link, question):
        """False if the connection is to be closed."""
        about, key = question.attrib, question.text or ''
        self._note(lambda: self.asked.append({**about, 'key': key}))
        word = self.words.get(key, 'invalid')
        if word not in (SILENCE, HANG_UP):
            link.send(f"<db:verify from='{about['to']}' to='{about['from']}' "
                      f"id='{about['id']}' type='{word}'>"
                      f"{NOT_FOUND if word == 'error' else ''}</db:verify>")
        return word != HANG_UP
