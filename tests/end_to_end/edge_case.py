"""EdgeTest is the base of the tests that run against a living edge. Whatever a test does
to the edge, afterwards must hold (threats 1):

  - a control stream that was there before still carries stanzas, within a second
  - every connection left exactly one `stream` line in the log
  - no octet reached a backend that the test did not expect there
  - danegate ends with status 0 when it is told to
"""

import itertools
import json
import re
import time
import unittest

from scene import WONDER, Scene
from lab.processes import wait_until
from scripted import stream_text
from scripted.stream_text import condition, error_text

CONTROL = 'control.example'
# Stands in every stanza that must not get through.
CONTRABAND = 'contraband'


class EdgeTest(unittest.TestCase):
    scene_options = {}

    @classmethod
    def setUpClass(cls):
        cls.scene = Scene(**cls.scene_options)
        cls.addClassCleanup(cls.scene.stop)
        cls.prepare()
        cls.scene.start()
        cls.remotes = []
        cls.control = cls.scene.connect(CONTROL)
        cls.remotes.append(cls.control.link.local)
        cls.control.establish()
        cls._serial = itertools.count()

    @classmethod
    def prepare(cls):
        """What a file of tests puts into the scene before it starts."""

    @classmethod
    def tearDownClass(cls):
        cls.control.finish()
        status = cls.scene.danegate.stop()
        if status != 0:
            raise AssertionError(f'danegate ended with {status}:\n'
                                 + last_words(cls.scene.danegate.process))
        cls._every_connection_left_one_line()

    @classmethod
    def _every_connection_left_one_line(cls):
        lines = [event['remote'] for event in cls.scene.danegate.events('stream')]
        for remote in cls.remotes:
            if lines.count(remote) != 1:
                raise AssertionError(f'expected one stream line for {remote}, '
                                     f'got {lines.count(remote)}')

    def tearDown(self):
        self.assert_control_stream_lives()
        if self.scene.authority:
            self.scene.authority.recover()
        for backend in (self.scene.acme, self.scene.wonder):
            self.assertNotIn(CONTRABAND.encode(), backend.octets)
            backend.recover()

    # --- scripts --------------------------------------------------------------

    def connect(self, *arguments, **options):
        peer = self.scene.connect(*arguments, **options)
        self.remotes.append(peer.link.local)
        self.addCleanup(peer.link.close)
        return peer

    def established(self, *arguments, **options):
        """A peer whose stream takes stanzas, and the backend's Recording of it."""
        peer = self.connect(*arguments, **options)
        peer.establish()
        return peer, self.recording_of(peer)

    def recording_of(self, peer):
        """What the backend records of this peer's stream; the peer's first message
        shows which it is."""
        mark = f'mark-{next(self._serial)}'
        peer.send_message(mark)
        backend = self.scene.wonder if peer.to == WONDER else self.scene.acme
        return backend.wait_for_stanzas(mark)

    def try_in(self, peer, key=None):
        """Goes as far as the edge lets this peer: by EXTERNAL where it is offered, else
        with a dialback `key`, where there is one. Says in a few words how that ended."""
        first = peer.open_secured()
        if first.tag != f'{{{stream_text.STREAMS}}}features':
            return f'{first.tag.rpartition("}")[2]} {condition(first)}'
        by_dialback = key and first.find(f'{{{stream_text.SASL}}}mechanisms') is None
        answer = self.say_key(peer, key) if by_dialback else peer.authenticate()
        name = answer.tag.rpartition('}')[2]
        if name == 'success':
            peer.open()
            peer.read_child()
            return 'success'
        return ' '.join(filter(None, [name, answer.get('type') or condition(answer),
                                      dialback_condition(answer)]))

    def say_key(self, peer, key, from_=None, to=None):
        """Sends a <db:result/>; returns the element that comes back."""
        peer.send(stream_text.dialback('result', from_ or peer.domain, to or peer.to, key))
        return peer.read_child()

    # --- expectations ---------------------------------------------------------

    def assert_control_stream_lives(self):
        mark, begin = f'control-{next(self._serial)}', time.monotonic()
        self.control.send_message(mark)
        self.scene.acme.wait_for_stanzas(mark, timeout=5.0)
        self.assertLess(time.monotonic() - begin, 1.0, 'the control stream was held up')

    def stream_line(self, peer):
        """The `stream` line of the peer's connection, once it is over."""
        return self.scene.danegate.wait_for_event('stream', remote=peer.link.local)

    def assert_stream_error(self, peer, expected, words='', clean=True, **fields):
        """The peer is told the condition and why, the connection ends in good order, and
        the log says the same. `words`: a pattern for the text. Returns the log line."""
        text = peer.read_to_end()
        self.assertTrue(text.children, f'nothing came: {peer.inbox!r}')
        error = text.children[-1]
        self.assertEqual(error.tag, f'{{{stream_text.STREAMS}}}error', peer.inbox)
        self.assertIsNotNone(text.header, 'an error needs a header before it (A-81)')
        self.assertTrue(text.closed, 'an error is followed by the end of the stream (A-80)')
        return self._assert_told(peer, error, expected, words, clean, fields)

    def assert_sasl_failure(self, peer, expected, words='', **fields):
        """<auth/> is answered by a failure that says why; after it nothing of the peer's
        counts, whoever ends the stream, and the log has these `fields`, `detail` as a
        pattern. `words`: a pattern for the text. Returns the log line."""
        peer.send(stream_text.auth())
        failure = peer.read_child()
        self.assertIsNotNone(failure, 'the stream ended without a failure')
        self.assertEqual(failure.tag, f'{{{stream_text.SASL}}}failure', peer.inbox)
        self.assertEqual(condition(failure), expected)
        self.assertRegex(error_text(failure), words or r'\w+ \w+')
        peer.link.close()
        line = self.stream_line(peer)
        self.assert_fields(line, {'established': False, 'stanzas': 0, **fields})
        return line

    def _assert_told(self, peer, error, expected, words, clean, fields):
        self.assertEqual(condition(error), expected, error_text(error))
        self.assertRegex(error_text(error), words or r'\w+ \w+')
        if peer.link.tls and clean:
            self.assertEqual(peer.link.ended, 'close_notify', 'A-101')
        line = self.stream_line(peer)
        self.assertEqual(line.get('condition'), expected, line)
        self.assertTrue(line.get('detail'), line)
        self.assert_fields(line, fields)
        return line

    def assert_fields(self, line, fields):
        """The log line has these values; `detail` is a pattern that its sentence has."""
        for name, value in fields.items():
            if name == 'detail':
                self.assertRegex(line.get(name, ''), value, json.dumps(line))
            else:
                self.assertEqual(line.get(name), value, f'{name} of {json.dumps(line)}')

    def assert_delivered(self, peer, recording):
        """A stanza still gets through."""
        mark = f'delivered-{next(self._serial)}'
        peer.send_message(mark)
        wait_until(lambda: mark.encode() in recording.stanzas, 'the stanza arrives', 5)


def dialback_condition(element):
    """The stanza condition in an answer of dialback of the type error."""
    error = element.find(f'{{{stream_text.SERVER}}}error')
    return condition(error) if error is not None else None


def last_words(process, lines=120):
    """What is worth reading in the log of a danegate that ended badly: what a sanitizer
    found, or else the end."""
    log = process.log()
    found = re.search('^.*(?:WARNING|ERROR|runtime error): .*', log, re.M)
    return '\n'.join(log[found.start():].splitlines()[:lines]) if found else process.log_tail()
