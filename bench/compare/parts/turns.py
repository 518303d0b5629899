"""Runs in turn: A B A B …, each with a server of its own that is started and stopped."""

import contextlib

import measuring


def paired(options, title, ours, theirs):
    """Yields (ours(), theirs()) for each run; the functions measure and return reports. Only
    one server runs at a time."""
    for number in range(options.runs):
        measuring.progress(f'{title}: run {number + 1} of {options.runs}, danegate')
        mine = ours()
        measuring.progress(f'{title}: run {number + 1} of {options.runs}, peer')
        yield mine, theirs()


def single(options, title, ours):
    for number in range(options.runs):
        measuring.progress(f'{title}: run {number + 1} of {options.runs}')
        yield ours()


@contextlib.contextmanager
def running(make):
    """The server that make() starts, stopped afterwards."""
    server = make()
    try:
        yield server
    finally:
        server.stop()
