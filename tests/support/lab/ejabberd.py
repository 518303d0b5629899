"""ejabberd servers. A backend's s2s settings come from deploy/ejabberd.

Each node runs without Erlang distribution (no epmd, no cookie, no fixed port), with
a database of its own, and registers its users as it starts.
"""
import glob
import os

from . import deployed
from .processes import Process, accepts, wait_until

# Where Debian keeps ejabberd for this architecture.
_LIBRARIES = ":".join(glob.glob("/usr/lib/*-linux-gnu*"))

_CONFIG = """\
hosts: [{hosts}]
loglevel: info
log_rotate_count: 0
log_burst_limit_count: 100000
certfiles: [{certificates}]
auth_method: internal
listen:
  - port: 5222
    ip: "{address}"
    module: ejabberd_c2s
    starttls: true
{listeners}
acl:
  local:
    user_regexp: ""
modules:
  mod_disco: {{}}
  mod_ping: {{}}
  mod_roster: {{}}
{settings}
"""

# The s2s listener of a peer, for which no file of deploy/ speaks.
_PEER_LISTENER = """\
  - port: 5269
    ip: "{address}"
    module: ejabberd_s2s_in
"""


def backend_settings(folder, address, edge_ca):
    """Settings that include deploy/ejabberd/backend.yml for this address, trusting
    `edge_ca` (a PEM file)."""
    trust = deployed.trust_folder(folder, edge_ca)
    text = deployed.read("ejabberd/backend.yml", {
        "10.0.3.8": address, "/etc/ejabberd/danegate": trust})
    included = os.path.join(trust, "backend.yml")
    with open(included, "w") as file:
        file.write(text)
    return f"include_config_file: {included}"


def peer_settings(trust):
    """Settings of a peer that proves itself by its certificate. `trust`: PEM file of
    the authorities that it accepts."""
    return f"s2s_cafile: {trust}\ns2s_use_starttls: required"


# Settings of a peer that proves itself by dialback. They stand behind the list of
# modules, and begin with one more.
DIALBACK = """\
  mod_s2s_dialback: {}
s2s_use_starttls: required"""


class Ejabberd:
    """One ejabberd with its own folder, on port 5222 and the s2s ports of an address."""

    def __init__(self, name, folder, address, hosts, settings, users=(), name_server=None,
                 is_peer=False):
        """`hosts`: {domain: Certificate}. `settings`: YAML lines. `users`:
        ("name@domain", password) pairs. `name_server`: the address that answers its
        questions on port 53 (needs root); none: it looks nobody up. `is_peer`: adds
        the s2s listener that a backend has from deploy/ejabberd."""
        self.name, self.address = name, address
        self.folder = os.fspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        self._users = users
        self._write("ejabberd.yml", _CONFIG.format(
            hosts=", ".join(hosts), address=address, settings=settings,
            certificates=", ".join(certificate.both for certificate in hosts.values()),
            listeners=_PEER_LISTENER.format(address=address) if is_peer else ""))
        self._prefix = self._resolving(name_server) if name_server else []
        self.process = None

    def start(self):
        log = os.path.join(self.folder, "log")
        self.process = Process(
            self.name, [*self._prefix, "erl", "-noinput", "-mnesia", "dir", f'"{self.folder}/database"',
                        "-s", "ejabberd", "-eval", self._registrations()], log, cwd=self.folder,
            env={"EJABBERD_CONFIG_PATH": os.path.join(self.folder, "ejabberd.yml"),
                 "EJABBERD_LOG_PATH": os.path.join(self.folder, "ejabberd.log"),
                 "ERL_LIBS": _LIBRARIES, "HOME": self.folder,
                 "ERL_CRASH_DUMP": os.path.join(self.folder, "crash.dump")})
        return self

    def wait_ready(self):
        wait_until(lambda: "lab: users registered" in self.process.log(),
                   f"{self.name} has its users", 30, self.process)
        for port in (5222, 5269):
            wait_until(lambda: accepts(self.address, port),
                       f"{self.name} listens on {self.address}:{port}", 10, self.process)
        return self

    def stop(self):
        if self.process:
            self.process.stop()

    def own_log(self):
        """What ejabberd itself logs: accepted connections, streams, stanzas."""
        with open(os.path.join(self.folder, "ejabberd.log"), errors="replace") as log:
            return log.read()

    def _registrations(self):
        calls = []
        for jid, password in self._users:
            user, domain = jid.split("@")
            calls.append(f'ok = ejabberd_auth:try_register(<<"{user}">>, <<"{domain}">>, '
                         f'<<"{password}">>)')
        return ", ".join([*calls, 'io:format("lab: users registered~n")']) + "."

    def _resolving(self, name_server):
        """The words before `erl` that give it an /etc/resolv.conf of its own. (SRV
        goes through Erlang's resolver, addresses through libc's: only that file is
        obeyed by both.)"""
        own = self._write("resolv.conf", f"nameserver {name_server}\n")
        return ["unshare", "--mount", "sh", "-c",
                'mount --bind "$0" /etc/resolv.conf && exec "$@"', own]

    def _write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path
