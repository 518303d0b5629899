"""How long the machine itself keeps a program from running: what a kernel thread, the hypervisor or
an interrupt takes, no server can give back. Two processes do nothing but read the clock, each on
a core; a gap between two readings is a pause.

    python3 bench/compare/pauses.py SECONDS     # one of them; prints percent of the time"""

import subprocess
import sys
import time

from measuring import CLIENT_CORE, SERVER_CORE

LEAST = 0.2e-3   # seconds: far more than the interpreter itself takes for a turn


def measure(seconds):
    """Percent of the time that either core was away for at least LEAST, both being busy."""
    readers = [subprocess.Popen(['taskset', '-c', str(core), sys.executable, __file__, str(seconds)], stdout=subprocess.PIPE, text=True)
               for core in (SERVER_CORE, CLIENT_CORE)]
    return sum(float(reader.communicate(timeout=seconds + 30)[0]) for reader in readers)


def read_clock(seconds):
    begin = last = time.perf_counter()
    away = 0.0
    while last - begin < seconds:
        now = time.perf_counter()
        if now - last >= LEAST:
            away += now - last
        last = now
    return 100 * away / seconds


if __name__ == '__main__':
    print(read_clock(float(sys.argv[1])))
