"""danegate and HAProxy with the same certificates."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time

from measuring import (DANEGATE, children, move_to_server_core, on_all_cores, on_server_core,
                       resident, served)
from lab.processes import Process, wait_until

_HAPROXY = """\
global
  nbthread 1
  maxconn 2000
  ssl-load-extra-files none
  stats socket {control} mode 600 level admin expose-fd listeners
defaults
  mode tcp
  timeout connect 10s
  timeout client 30s
  timeout server 30s
frontend s2s
  bind {address}:5270 ssl crt {certificates} alpn xmpp-server
  default_backend none
backend none
  server nobody 127.0.0.1:5299
"""


class Server:
    """One that is started, measured and stopped. `address`: for direct TLS; `place`: what puts
    it on its core, or on all."""

    def __init__(self, name, argv, log, address, place=on_server_core):
        self.begun = time.monotonic()
        self.address = address
        with contextlib.suppress(FileNotFoundError):
            os.remove(log)
        self.process = Process(name, place(*argv), log)

    def first_handshake(self, name, limit):
        """Seconds from the start to the end of the first handshake; None if it takes
        longer. From then on it has the server's core only."""
        while time.monotonic() - self.begun < limit:
            if served(self.address, name):
                took = time.monotonic() - self.begun
                move_to_server_core(self.process.pid, *children(self.process.pid))
                return took
            if not self.process.is_running():
                raise RuntimeError(self.process.log_tail())
            time.sleep(0.002)
        return None

    def resident(self):
        return resident(self.process.pid)

    def stop(self):
        self.process.stop(20)


class Danegate(Server):
    def __init__(self, config, log, address, place=on_server_core):
        super().__init__('danegate', [DANEGATE, 'run', '--config', config], log, address, place)
        self._read = 0   # octets of the log
        self._control = os.path.join(os.path.dirname(config), 'control')

    def ctl(self, *words):
        done = subprocess.run([DANEGATE, 'ctl', *words, '--json', '--socket', self._control],
                              capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout)

    def certificates_unread(self):
        return self.ctl('status')['reload']['certificates_unread']

    def wait_ready(self):
        wait_until(lambda: self.events('ready'), 'danegate is ready', 60, self.process)

    def events(self, *kinds):
        """The log's lines of these kinds since the last call."""
        found = []
        with open(self.process.log_path, 'rb') as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b'\n'):
                    break
                self._read += len(line)
                if line.startswith(b'{') and any(f'"{kind}"'.encode() in line for kind in kinds):
                    entry = json.loads(line)
                    if entry.get('event') in kinds:
                        found.append(entry)
        return found


class Haproxy(Server):
    """A master and its worker, as Debian runs them."""

    def __init__(self, folder, certificates, log, address):
        self._socket = os.path.join(folder, 'haproxy.sock')
        config = os.path.join(folder, 'haproxy.cfg')
        with open(config, 'w', encoding='ascii') as file:
            file.write(_HAPROXY.format(control=self._socket, address=address[0],
                                       certificates=certificates))
        super().__init__('haproxy', ['haproxy', '-W', '-f', config], log, address, on_all_cores)

    def resident(self):
        """Of the workers: the master sleeps."""
        return sum(resident(pid) for pid in children(self.process.pid))

    def reload(self):
        self.process.send(signal.SIGUSR2)

    def command(self, text):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(self._socket)
            link.sendall(text.encode() + b'\n')
            answer = b''
            while chunk := link.recv(65536):
                answer += chunk
        return answer.decode()

    def set_certificate(self, file, text):
        """By the runtime API; it serves the new one when this comes back."""
        said = self.command(f'set ssl cert {file} <<\n{text}\n') + \
            self.command(f'commit ssl cert {file}')
        if 'Success!' not in said:
            raise RuntimeError(said)
