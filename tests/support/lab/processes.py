"""Starting, watching and ending the lab's servers.

Every server runs in a process group of its own, writes to a log file, is ended
by its own id, and dies with the program that started it.
"""
import ctypes
import os
import signal
import socket
import subprocess
import time

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class LabError(RuntimeError):
    """Something in the lab did not come up or did not answer in time."""


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_until(is_ready, what, seconds=10.0, process=None):
    """Polls `is_ready` until it returns something true, and returns that.

    Raises LabError, naming `what`, after `seconds`, or as soon as `process` ends.
    """
    deadline = time.monotonic() + seconds
    pause = 0.005
    while True:
        found = is_ready()
        if found:
            return found
        if process is not None and not process.is_running():
            raise LabError(f"{process.name} ended with status {process.status()} "
                           f"before {what}:\n{process.log_tail()}")
        if time.monotonic() > deadline:
            tail = "\n" + process.log_tail() if process is not None else ""
            raise LabError(f"waited {seconds:.0f} s in vain for {what}{tail}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def accepts(address, port):
    """Whether a TCP connection is accepted there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((address, port)) == 0


def spawn(argv, stdout, stderr=subprocess.STDOUT, env=None, cwd=None):
    """A child in a process group of its own that dies with this program. `env` adds
    to the environment."""
    return subprocess.Popen(
        [os.fspath(word) for word in argv], stdin=subprocess.DEVNULL, stdout=stdout,
        stderr=stderr, cwd=cwd, env={**os.environ, **(env or {})},
        start_new_session=True, preexec_fn=_die_with_parent)


class Process:
    """One server process. Its output goes to `log_path`."""

    def __init__(self, name, argv, log_path, env=None, cwd=None):
        """Starts it at once."""
        self.name = name
        self.log_path = os.fspath(log_path)
        with open(self.log_path, "ab") as log:
            self._child = spawn(argv, log, env=env, cwd=cwd)

    @property
    def pid(self):
        return self._child.pid

    def is_running(self):
        return self._child.poll() is None

    def status(self):
        """The exit status once it has ended; minus the number of a signal."""
        return self._child.poll()

    def send(self, number):
        if self.is_running():
            os.kill(self.pid, number)

    def stop(self, seconds=5.0):
        """SIGTERM, then SIGKILL after `seconds`. Returns the exit status."""
        self.send(signal.SIGTERM)
        try:
            status = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._signal_group(signal.SIGKILL)
            status = self._child.wait()
        self._signal_group(signal.SIGKILL)  # what it left behind
        return status

    def log(self):
        with open(self.log_path, errors="replace") as log:
            return log.read()

    def log_tail(self, lines=25):
        return "\n".join(self.log().splitlines()[-lines:])

    def _signal_group(self, number):
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            pass
