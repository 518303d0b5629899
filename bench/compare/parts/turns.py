"""Runs in turn: A B A B …, each with a server of its own that is started and stopped."""

import contextlib

import measuring


def in_turn(options, title, sides):
    """Yields {name: report} for each run; `sides` are functions by name, which measure and
    return reports. Only one server runs at a time."""
    for number in range(options.runs):
        reports = {}
        for name, side in sides.items():
            measuring.progress(f'{title}: run {number + 1} of {options.runs}, {name}')
            reports[name] = side()
        yield reports


def paired(options, title, ours, theirs):
    """Yields (ours(), theirs()) for each run."""
    for reports in in_turn(options, title, {'danegate': ours, 'peer': theirs}):
        yield reports['danegate'], reports['peer']


@contextlib.contextmanager
def running(make):
    """The server that make() starts, stopped afterwards."""
    server = make()
    try:
        yield server
    finally:
        server.stop()
