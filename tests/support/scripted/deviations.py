"""How a backend can misbehave before one of its steps (backend.py)."""

from . import stream_text
from .link import LinkTimeout


def close(link, _):
    """Ends the connection in good order."""
    return False


def reset(link, _):
    link.reset()
    return False


def silence(link, _):
    """Says nothing, until the edge gives up."""
    link.patience = 120.0
    while link.ended is None:
        try:
            link.read()
        except LinkTimeout:
            break
    return False


def stream_error(condition, text):
    """Answers with a header and a stream error."""
    def deviation(link, recording):
        start = '' if len(recording.headers) > 1 else stream_text.header(id='e')
        link.send(f"{start}<stream:error><{condition} xmlns='{stream_text.STREAM_ERRORS}'/>"
                  f"<text xmlns='{stream_text.STREAM_ERRORS}'>{text}</text></stream:error>"
                  + stream_text.STREAM_END)
        return False
    return deviation


def sasl_failure(condition, text):
    """Answers <auth/> with a refusal."""
    def deviation(link, _):
        link.send(f"<failure xmlns='{stream_text.SASL}'><{condition}/><text>{text}</text>"
                  '</failure>')
        return silence(link, None)
    return deviation


def say(octets):
    """Says something of the test's own instead, then waits for the edge's end."""
    def deviation(link, _):
        link.send(octets)
        return silence(link, None)
    return deviation


def answer(octets):
    """The same, but only after the edge has said something."""
    def deviation(link, recording):
        link.read()
        return say(octets)(link, recording)
    return deviation


def wait_for(event):
    """Goes on when the test sets `event`."""
    def deviation(link, _):
        return event.wait(60.0)
    return deviation


def of_domain(deviations):
    """{domain: deviation}, for a server of many domains; others go on."""
    def deviation(link, recording):
        return deviations.get(recording.to, lambda *_: True)(link, recording)
    return deviation
