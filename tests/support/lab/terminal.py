"""Progress and colour for people; plain lines where the output is not a terminal."""
import contextlib
import os
import shutil
import sys
import threading
import time

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def is_terminal():
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def paint(text, colour):
    if not is_terminal() or os.environ.get("NO_COLOR") or not colour:
        return text
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


@contextlib.contextmanager
def progress(what):
    """Shows that `what` is being done, and how long it took. Yields a function that
    says more precisely what is going on."""
    start, current, done = time.monotonic(), [what], threading.Event()
    turning = threading.Thread(target=_turn, args=(current, start, done), daemon=True)
    if is_terminal():
        turning.start()
    else:
        print(f"   {what}", flush=True)
    mark = paint("✗", "red")
    try:
        yield lambda text: current.__setitem__(0, text)
        mark = paint("✓", "green")
    finally:
        done.set()
        if is_terminal():
            turning.join()
            print(f"\r\x1b[K {mark} {what} {paint(_taken(start), 'dim')}", flush=True)


def _turn(current, start, done):
    frame = 0
    while not done.wait(0.1):
        taken = _taken(start)
        # Cut to what fits: a line that wraps cannot be written over.
        text = current[0][:max(0, shutil.get_terminal_size().columns - len(taken) - 5)]
        print(f"\r\x1b[K {_FRAMES[frame % len(_FRAMES)]} {text} {paint(taken, 'dim')}",
              end="", flush=True)
        frame += 1


def _taken(start):
    return f"({time.monotonic() - start:.1f} s)"
