"""Users with go-sendxmpp, the XMPP client of Debian's packages."""
import dataclasses
import os
import re
import subprocess
import threading
import time

from .processes import LabError, spawn, wait_until

_MESSAGE = re.compile(r"^\S+Z (\S+@[^:\s]+): (.*)$")


@dataclasses.dataclass(frozen=True)
class Message:
    """A message as it arrived. `time`: seconds since 1970, when the client printed it."""
    sender: str
    text: str
    time: float


class Account:
    """A user's address, password and server, in a file that go-sendxmpp reads."""

    def __init__(self, folder, jid, password, server, trust):
        """`server`: the address of the user's server; `trust`: PEM file that its
        certificate must chain to."""
        self.jid = jid
        self._folder = os.fspath(folder)
        self._file = os.path.join(self._folder, jid + ".sendxmpprc")
        with open(self._file, "w", opener=_private) as file:
            file.write(f"username: {jid}\npassword: {password}\njserver: {server}:5222\n")
        self.environment = {"SSL_CERT_FILE": trust, "SSL_CERT_DIR": self._folder,
                            "HOME": self._folder}

    def command(self, *arguments):
        return ["go-sendxmpp", "-f", self._file, *arguments]

    def send(self, to, text, seconds=10):
        """Logs in, sends a message, logs out."""
        done = subprocess.run(
            self.command(to), input=text, text=True, capture_output=True, check=False,
            env={**os.environ, **self.environment}, timeout=seconds)
        if done.returncode:
            raise LabError(f"{self.jid} could not send: {done.stderr or done.stdout}")

    def listen(self):
        """Logs in and waits for messages. Returns once the server knows the user as
        present."""
        return Listener(self, os.path.join(self._folder, self.jid + ".listen"))


class Listener:
    """A user who is logged in and receives."""

    def __init__(self, account, raw_path):
        self._jid, self._raw_path = account.jid, raw_path
        self._arrived = threading.Condition()
        self.messages = []
        with open(raw_path, "wb") as raw:
            self._child = spawn(account.command("-l", "-d"), subprocess.PIPE, raw,
                                account.environment)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        wait_until(self._is_present, f"{account.jid} is logged in")

    def wait_for(self, text, seconds=15):
        """The Message that holds `text`, as soon as it is there."""
        def found():
            return next((each for each in self.messages if text in each.text), None)
        with self._arrived:
            message = self._arrived.wait_for(found, seconds)
        if message is None:
            raise LabError(f"{self._jid} waited {seconds:.0f} s in vain for '{text}'")
        return message

    def wait_for_more(self, than, seconds):
        """Waits until more than `than` messages are there, at most `seconds`."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.messages) > than, seconds)

    def raw(self):
        """Everything that the server sent, as XML: error replies too."""
        with open(self._raw_path, errors="replace") as raw:
            return raw.read()

    def stop(self):
        self._child.terminate()
        self._child.wait()
        self._reading.join()
        self._child.stdout.close()

    def _is_present(self):
        if self._child.poll() is not None:
            raise LabError(f"{self._jid} could not log in:\n{self.raw()[-2000:]}")
        return "<presence" in self.raw()

    def _read(self):
        for line in self._child.stdout:
            match = _MESSAGE.match(line.decode(errors="replace").rstrip("\n"))
            if match:
                with self._arrived:
                    self.messages.append(Message(match[1], match[2], time.time()))
                    self._arrived.notify_all()


def _private(path, flags):
    return os.open(path, flags, 0o600)
