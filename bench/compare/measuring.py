"""What comparisons share: where things stand, how figures are told, and a TLS client."""

import contextlib
import json
import os
import pathlib
import platform
import socket
import ssl
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'support'))
DANEGATE = os.environ.get('DANEGATE', str(ROOT / 'build' / 'release' / 'danegate'))
LOAD = os.path.join(os.path.dirname(DANEGATE), 'danegate-load')
SERVER_CORE, CLIENT_CORE = 0, 1


def stay_on_client_core():
    """This program and what it starts from now on, but for what on_server_core() makes."""
    if os.cpu_count() > 1:
        os.sched_setaffinity(0, {CLIENT_CORE})


@contextlib.contextmanager
def cores_shared():
    """Within the block both sides may run on every core, instead of each on its own."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count()))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def on_server_core(*argv):
    """The command on a core of its own, if this program stays on the client's."""
    if os.sched_getaffinity(0) != {CLIENT_CORE}:
        return [*map(str, argv)]
    return ['taskset', '-c', str(SERVER_CORE), *map(str, argv)]


def on_all_cores(*argv):
    return ['taskset', '-c', f'0-{os.cpu_count() - 1}', *map(str, argv)]


def move_to_server_core(*pids):
    """Processes that have been started already, with all their threads, if this program stays
    on the client's core."""
    if os.sched_getaffinity(0) != {CLIENT_CORE}:
        return
    for pid in pids:
        for thread in os.listdir(f'/proc/{pid}/task'):
            os.sched_setaffinity(int(thread), {SERVER_CORE})


# --- a client -----------------------------------------------------------------

_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_context.check_hostname = False
_context.verify_mode = ssl.CERT_NONE
_context.set_alpn_protocols(['xmpp-server'])


def served(address, name):
    """The leaf in DER that direct TLS with `name` in SNI is answered with, or None."""
    try:
        with socket.create_connection(address, 10) as link, \
                _context.wrap_socket(link, server_hostname=name) as tls:
            return tls.getpeercert(True)
    except OSError:
        return None


def time_until(is_so, limit=60.0, pause=0.0005):
    """Seconds until is_so(); None after `limit`."""
    begin = time.monotonic()
    while not is_so():
        if time.monotonic() - begin > limit:
            return None
        time.sleep(pause)
    return time.monotonic() - begin


def handshakes(address, names_file, count, *more):
    """The report of `danegate-load handshakes`."""
    done = subprocess.run(
        [LOAD, 'handshakes', '--target', '%s:%d' % address, '--names', names_file,
         '--count', str(count), '--json', *map(str, more)],
        capture_output=True, text=True, check=False)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def load(command, *words, limit, may_fail=False):
    """The report of `danegate-load COMMAND … --json`. Raises if it fails or takes longer than
    `limit` seconds: a figure with failures in it is none, unless failures are what is asked."""
    argv = [LOAD, command, *map(str, words), '--json']
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=limit)
    return report_of(' '.join(argv), done.returncode, done.stdout, done.stderr, may_fail)


def report_of(what, status, text, said, may_fail=False):
    """What a `danegate-load … --json` wrote; raises if it failed, with what it says of that,
    or, where it may fail, if there is no report."""
    if status == 0 or may_fail and text:
        return json.loads(text)
    try:
        report = json.loads(text)
        for samples in ('set_up_samples', 'stanza_samples'):   # long, and not the reason
            report.pop(samples, None)
        text = json.dumps(report)
    except ValueError:
        pass
    raise RuntimeError(f'{what}: status {status}\n{said}{text}')


# --- a process ----------------------------------------------------------------

def resident(pid):
    """Octets of the process."""
    with open(f'/proc/{pid}/statm', encoding='ascii') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def children(pid):
    with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
        return [int(word) for word in file.read().split()]


# --- figures ------------------------------------------------------------------

def spread(values, digits):
    """Median (minimum to maximum), of one value itself, of none an empty text."""
    if not values:
        return ''
    words = [f'{value:,.{digits}f}' for value in
             (statistics.median(values), min(values), max(values))]
    return words[0] if len(values) == 1 else '%s (%s to %s)' % tuple(words)


class Figures:
    """Samples by name; in JSON as they are, for people as spread() tells them."""

    def __init__(self):
        self.samples = {}

    def add(self, name, value):
        self.samples.setdefault(name, []).append(value)

    def text(self, name, scale=1.0, digits=1):
        """Of what was not measured, or took too long, a dash."""
        values = self.samples.get(name, [])
        if not values or None in values:
            return '-'
        return spread([value * scale for value in values], digits)


def table(rows):
    """Lines of columns; the first row is the heads."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return '\n'.join('  '.join(word.ljust(width) for word, width in zip(row, widths)).rstrip()
                     for row in rows)


def machine():
    """What a figure needs beside it."""
    def first(*argv):
        done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT)
        return (done.stdout.splitlines() or [''])[0]

    cpu = ''
    with open('/proc/cpuinfo', encoding='ascii') as file:
        cpu = next((line.split(':')[1].strip() for line in file if line.startswith('model name')),
                   '')
    return {'commit': first('git', 'describe', '--always', '--dirty'),
            'system': f'{platform.system()} {platform.release()} {platform.machine()}',
            'cpu': f'{os.cpu_count()} x {cpu}', 'load': os.getloadavg()[0],
            'haproxy': first('haproxy', '-v'),
            'prosody': first('dpkg-query', '-W', '-f', '${Version}', 'prosody'), 'danegate': first(DANEGATE, '--version')}


def say(text):
    print(text, file=sys.stderr, flush=True)


def progress(text):
    """A line that the next one takes the place of, on a terminal; else a line."""
    if sys.stderr.isatty():
        print(f'\r\x1b[K{text}', end='', file=sys.stderr, flush=True)
    else:
        say(text)


def progress_over():
    if sys.stderr.isatty():
        print('\r\x1b[K', end='', file=sys.stderr, flush=True)
