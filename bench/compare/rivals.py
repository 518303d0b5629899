"""HAProxy and Prosody, doing what danegate does as far as they can, on the server's core."""

import os

from lab.processes import accepts, wait_until
from servers import Server

CIPHER = 'TLS_AES_128_GCM_SHA256'   # what danegate and danegate-load agree on

_HAPROXY = """\
global
  nbthread 1
  maxconn 9400
  ssl-load-extra-files none
  tune.ssl.cachesize 0
  ssl-default-bind-ciphersuites {cipher}
  ssl-default-server-ciphersuites {cipher}
  ssl-default-bind-options ssl-min-ver TLSv1.3 no-tls-tickets
  ssl-default-server-options ssl-min-ver TLSv1.3 no-tls-tickets
  ssl-default-bind-curves X25519
defaults
  mode tcp
  timeout connect 10s
  timeout client 1h
  timeout server 1h
frontend s2s
  bind {address}:5270 ssl crt {folder}/haproxy alpn xmpp-server verify required ca-file {folder}/edge-ca.pem ca-verify-file {folder}/peers.pem
  # A peer that says nothing has no way to the backend, as with danegate.
  tcp-request inspect-delay 10s
  tcp-request content accept if {{ req.len gt 0 }}
  tcp-request content reject
  default_backend tenants
backend tenants
  server tenants {backend} ssl verify required ca-file {folder}/backend.pem verifyhost {name} sni str({name}) alpn xmpp-server crt {folder}/haproxy/t000001.pem
"""

_PROSODY = """\
run_as_root = {as_root}
pidfile = "{folder}/prosody.pid"
data_path = "{folder}"
certificates = "{folder}"
log = {{ warn = "*console" }}
interfaces = {{ "{address}" }}
c2s_ports = {{}}
http_ports = {{}}
https_ports = {{}}
s2s_ports = {{ 5269 }}
modules_enabled = {{ "saslauth"; "tls"; "posix" }}
modules_disabled = {{ "offline"; "s2s_auth_dane_in" }}
s2s_require_encryption = true
s2s_secure_auth = true
s2s_ssl = {{ cafile = "{peers}"; capath = "{nothing}" }}
{hosts}
"""
_HOST = """\
VirtualHost "{name}"
  ssl = {{ certificate = "{base}.pem"; key = "{base}.key"; cafile = "{peers}"; capath = "{nothing}" }}
"""


class Haproxy(Server):
    """One thread; TLS in, with a certificate that is asked for, and TLS out."""

    def __init__(self, scenario):
        config, log = scenario.scratch('haproxy.cfg'), scenario.scratch('haproxy.log')
        with open(config, 'w', encoding='ascii') as file:
            file.write(_HAPROXY.format(
                cipher=CIPHER, address=scenario.rival, folder=scenario.folder,
                backend=scenario.backend, name=scenario.names()[0]))
        super().__init__('haproxy', ['/usr/sbin/haproxy', '-db', '-f', config], log,
                         (scenario.rival, 5270))
        _wait(self, 5270)


class Prosody(Server):
    """The tenants' own server, which its peers reach by STARTTLS. It trusts the peers by a
    list of their certificates, and speaks no dialback."""

    def __init__(self, scenario):
        folder = scenario.scratch('prosody')
        nothing = os.path.join(folder, 'nothing')
        os.makedirs(nothing, exist_ok=True)
        hosts = ''.join(_HOST.format(name=name, nothing=nothing, peers=scenario.path('peers.pem'),
                                     base=scenario.path('tenants.d', name.split('.')[0]))
                        for name in scenario.names())
        config = os.path.join(folder, 'prosody.cfg.lua')
        with open(config, 'w', encoding='ascii') as file:
            file.write(_PROSODY.format(
                as_root='true' if os.geteuid() == 0 else 'false', folder=folder,
                address=scenario.rival, peers=scenario.path('peers.pem'), nothing=nothing,
                hosts=hosts))
        super().__init__('prosody', ['/usr/bin/prosody', '-F', '--config', config],
                         scenario.scratch('prosody.log'), (scenario.rival, 5269))
        _wait(self, 5269)


def _wait(server, port):
    try:
        wait_until(lambda: accepts(server.address[0], port),
                   f'{server.process.name} listens', 60, server.process)
    except Exception:
        server.stop()
        raise
