#!/usr/bin/python3
"""danegate-load handshakes against danegate, and against servers that show the wrong
certificate or none."""
import contextlib
import json
import os
import pathlib
import pty
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
from load_program import DANEGATE, PROGRAM, run, svg_texts, write_tenants  # noqa: E402

from lab.addresses import XMPP_PORTS, AddressBlock  # noqa: E402
from lab.processes import Process, accepts, wait_until  # noqa: E402

_TENANTS = 50
_SUFFIX = "tenants.example"


class Lab:
    """danegate with 50 tenants, and the folder that they come from."""

    def __init__(self, folder, end):
        self.block = AddressBlock([*XMPP_PORTS])
        end.callback(self.block.close)
        self.folder = pathlib.Path(folder)
        self.provider = self.folder / "provider"
        self.starttls = f"{self.block.address(1)}:5269"
        self.direct = f"{self.block.address(1)}:5270"
        write_tenants(self.provider, _TENANTS, "--starttls", self.starttls,
                      "--direct-tls", self.direct)
        self.names = self.provider / "names.txt"
        self.danegate = Process("danegate", [
            DANEGATE, "run", "--config", self.provider / "danegate.yaml"], self.folder / "log")
        end.callback(self.danegate.stop)
        wait_until(lambda: '"ready"' in self.danegate.log(), "danegate is ready", 20,
                   self.danegate)

    def write_names(self, *names):
        path = self.folder / "some-names.txt"
        path.write_text("".join(name + "\n" for name in names))
        return path

    def tls_server(self, end, number, *arguments):
        """`openssl s_server` that shows the certificate of tenant 1 to everybody."""
        address = self.block.address(number)
        tenant = self.provider / "tenants.d" / "t000001"
        server = Process("s_server", [
            "openssl", "s_server", "-accept", f"{address}:5270", "-www",
            "-cert", f"{tenant}.pem", "-cert_chain", f"{tenant}.pem", "-key", f"{tenant}.key",
            "-alpn", "xmpp-server", *arguments], self.folder / f"s_server.{number}")
        end.callback(server.stop)
        wait_until(lambda: accepts(address, 5270), "s_server accepts", 10, server)
        return f"{address}:5270"


def name(number):
    return f"t{number:06}.{_SUFFIX}"


class HandshakesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        end = contextlib.ExitStack()
        cls.addClassCleanup(end.close)
        folder = tempfile.TemporaryDirectory(prefix="danegate-load-")
        end.callback(folder.cleanup)
        cls.end = end
        cls.lab = Lab(folder.name, end)

    def handshakes(self, status, target, *words, names=None):
        """The report of a run that must end with this status."""
        done = run("handshakes", "--target", target, "--names", names or self.lab.names,
                   "--json", *words)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def assert_counts(self, report, attempted, completed, wrong=0):
        self.assertEqual(
            (report["attempted"], report["completed"], report["failed"],
             report["wrong_certificate"]),
            (attempted, completed, attempted - completed, wrong), report)
        self.assertEqual(sum(report["failures"].values()), report["failed"])
        self.assertEqual(sum(report["wrong_certificates"].values()), wrong)


class Hosted(HandshakesTest):
    def test_every_name_once_on_both_ports(self):
        for target, words in ((self.lab.direct, ()), (self.lab.direct, ("--direct",)),
                              (self.lab.starttls, ("--starttls",))):
            with self.subTest(words=words):
                report = self.handshakes(0, target, "--expect", self.lab.provider,
                                         "--trust", self.lab.provider / "root.pem", *words)
                self.assert_counts(report, _TENANTS, _TENANTS)

    def test_a_rate_is_kept_for_as_long_as_was_asked(self):
        for target, words in ((self.lab.direct, ()), (self.lab.starttls, ("--starttls",))):
            with self.subTest(words=words):
                report = self.handshakes(0, target, "--rate", 50, "--duration", 2, "--expect",
                                         self.lab.provider, *words)
                # The machine of a test may stand still; what is missing must be told.
                self.assertEqual(report["attempted"] + report["missed"], 100)
                self.assert_counts(report, report["attempted"], report["attempted"])
                self.assertEqual(report["wanted_rate"], 50)
                self.assertGreaterEqual(report["took_s"], 1.9)
                latency = report["latency_ms"]
                self.assertGreater(latency["p50"], 0)
                self.assertEqual(list(latency.values()), sorted(latency.values()))

    def test_so_many_at_a_time_until_the_count(self):
        report = self.handshakes(0, self.lab.direct, "--concurrency", 3, "--count", 120,
                                 "--seed", 7)
        self.assert_counts(report, 120, 120)
        self.assertNotIn("late", report)

    def test_the_server_is_charged_for_its_work(self):
        report = self.handshakes(0, self.lab.direct, "--count", 200, "--pid",
                                 self.lab.danegate.pid)
        server = report["server"]
        self.assertGreater(server["cpu_s"], 0)
        self.assertAlmostEqual(server["cpu_s_after"] - server["cpu_s_before"], server["cpu_s"])
        self.assertAlmostEqual(server["cpu_s_per_1000"], server["cpu_s"] * 5)
        self.assertGreater(server["resident_octets_after"], 1 << 20)

    def test_a_certificate_is_presented_where_there_is_one(self):
        target = self.lab.tls_server(self.end, 2, "-Verify", "2", "-verify_return_error",
                                     "-CAfile", self.lab.provider / "root.pem", "-tls1_2")
        names = self.lab.write_names(name(1))
        refused = self.handshakes(1, target, "--count", 1, names=names)
        self.assertEqual(list(refused["failures"])[0][:5], "TLS: ")
        tenant = self.lab.provider / "tenants.d" / "t000002"
        report = self.handshakes(0, target, "--count", 1, "--client-certificate",
                                 f"{tenant}.pem", "--client-key", f"{tenant}.key", names=names)
        self.assert_counts(report, 1, 1)


class JudgedAfterwards(HandshakesTest):
    """With TLS 1.3 the client is done before the server has seen its certificate."""

    def serve(self, number, trusted, end=lambda tls: tls.unwrap(), tickets=2):
        """A TLS 1.3 server that wants a certificate which leads to `trusted`. It waits for
        close_notify, and answers it by `end`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        tenant = self.lab.provider / "tenants.d" / "t000001"
        context.load_cert_chain(f"{tenant}.pem", f"{tenant}.key")
        context.set_alpn_protocols(["xmpp-server"])
        context.num_tickets = tickets
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.lab.provider / trusted)
        address = (self.lab.block.address(number), 5270)
        listener = socket.create_server(address)

        def run_server():
            while True:
                try:
                    link, _ = listener.accept()
                except OSError:
                    return
                link.settimeout(20)
                with contextlib.suppress(OSError), \
                        context.wrap_socket(link, server_side=True) as tls:
                    while tls.recv(4096):
                        pass
                    end(tls)

        thread = threading.Thread(target=run_server)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(listener.close)
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
        return "%s:%d" % address

    def shown(self, status, target, *words):
        tenant = self.lab.provider / "tenants.d" / "t000002"
        return self.handshakes(status, target, "--count", 6, "--client-certificate",
                               f"{tenant}.pem", "--client-key", f"{tenant}.key", *words,
                               names=self.lab.write_names(name(1)))

    def test_a_certificate_that_is_refused_is_a_failure_with_the_alerts_name(self):
        report = self.shown(1, self.serve(7, "edge-ca.pem"))
        self.assert_counts(report, 6, 0)
        self.assertEqual(report["failures"], {
            "after our Finished: the peer ended TLS with the alert 'unknown CA'": 6})

    def test_a_certificate_that_is_missing_is_one_too(self):
        report = self.handshakes(1, self.serve(8, "root.pem"), "--count", 6,
                                 names=self.lab.write_names(name(1)))
        self.assert_counts(report, 6, 0)
        self.assertEqual(report["failures"], {
            "after our Finished: the peer ended TLS with the alert 'certificate required'": 6})

    def test_one_that_is_accepted_is_a_handshake_whichever_way_it_ends_in_order(self):
        for number, end in ((7, lambda tls: tls.unwrap()), (8, lambda tls: None)):
            with self.subTest(number=number):
                self.assert_counts(self.shown(0, self.serve(number, "root.pem", end)), 6, 6)
                self.doCleanups()

    def test_a_connection_that_is_torn_down_has_not_ended_in_order(self):
        def reset(tls):
            tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        # Where data and a reset come together, libuv tells of an end of file.
        report = self.shown(1, self.serve(7, "root.pem", reset, tickets=0))
        self.assert_counts(report, 6, 0)
        self.assertEqual(report["failures"],
                         {"after our Finished: connection reset by peer": 6})


class ByManyPeers(HandshakesTest):
    _PEERS = ("one.example", "two.example")

    def setUp(self):
        self.peers = self.lab.folder / "peers"
        self.peers.mkdir(exist_ok=True)
        (self.peers / "names.txt").write_text("".join(name + "\n" for name in self._PEERS))
        for peer in self._PEERS:
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-subj", f"/CN={peer}", "-keyout", self.peers / f"{peer}.key",
                 "-out", self.peers / f"{peer}.pem"], check=True, capture_output=True, timeout=20)

    def test_their_certificates_are_presented_in_turn(self):
        target = self.lab.tls_server(self.end, 5, "-Verify", "2", "-verify_return_error",
                                     "-CAfile", self.peers / "one.example.pem", "-tls1_2")
        report = self.handshakes(1, target, "--count", 7, "--peers", self.peers,
                                 names=self.lab.write_names(name(1)))
        self.assert_counts(report, 7, 4)

    def test_each_says_its_own_name_in_the_header(self):
        seen = []
        with socket.create_server((self.lab.block.address(6), 5269)) as server:
            load = subprocess.Popen(
                [PROGRAM, "handshakes", "--target", f"{self.lab.block.address(6)}:5269",
                 "--names", self.lab.names, "--starttls", "--concurrency", "1", "--count", "3",
                 "--peers", self.peers, "--json"], stdout=subprocess.PIPE, text=True)
            for _ in range(3):
                server.settimeout(20)
                link, _ = server.accept()
                with link, link.makefile("rb") as file:
                    header = b""
                    while b"<stream:stream" not in header or not header.endswith(b">"):
                        header += file.read(1)
                    seen += re.findall(r"from='([^']*)'", header.decode())
            report = json.loads(load.communicate(timeout=20)[0])
        self.assertEqual(seen, ["one.example", "two.example", "one.example"])
        self.assert_counts(report, 3, 0)


class Failed(HandshakesTest):
    def test_a_name_that_is_not_hosted_is_a_counted_failure(self):
        names = self.lab.write_names(name(1), "nobody.example")
        report = self.handshakes(1, self.lab.direct, "--count", 10, names=names)
        self.assert_counts(report, 10, 5)
        self.assertRegex(list(report["failures"])[0], "^TLS: .*(?i:unrecognized.name)")
        report = self.handshakes(1, self.lab.starttls, "--starttls", "--count", 10, names=names)
        self.assert_counts(report, 10, 5)
        self.assertRegex(list(report["failures"])[0], "^STARTTLS: host-unknown")

    def test_another_tenants_certificate_is_wrong(self):
        target = self.lab.tls_server(self.end, 3)
        names = self.lab.write_names(name(1), name(2), name(3))
        report = self.handshakes(1, target, "--count", 9, names=names)
        self.assert_counts(report, 9, 9, wrong=6)

    def test_a_certificate_that_leads_to_no_root_is_wrong(self):
        names = self.lab.write_names(name(1))
        report = self.handshakes(1, self.lab.direct, "--trust",
                                 self.lab.provider / "edge-ca.pem", names=names)
        self.assert_counts(report, 1, 1, wrong=1)

    def test_a_certificate_that_its_file_never_had_is_wrong(self):
        other = self.lab.folder / "other"
        write_tenants(other, 2)
        names = self.lab.write_names(name(1), name(2), name(3))
        report = self.handshakes(1, self.lab.direct, "--expect", other, names=names)
        self.assert_counts(report, 3, 3, wrong=3)

    def test_nobody_there_is_told(self):
        report = self.handshakes(1, f"{self.lab.block.address(9)}:5270", "--count", 20)
        self.assert_counts(report, 20, 0)
        self.assertEqual(list(report["failures"]), ["connect: connection refused"])


class Shown(HandshakesTest):
    def test_people_get_a_table(self):
        done = run("handshakes", "--target", self.lab.direct, "--names", self.lab.names,
                   "--pid", self.lab.danegate.pid)
        self.assertEqual(done.stderr, "")
        self.assertRegex(done.stdout, rf"^handshakes with {self.lab.direct}, direct TLS, 50 names\n"
                                      r"  attempted +50\n  completed +50\n  failed +0\n"
                                      r"  wrong certificate +0\n")
        self.assertRegex(done.stdout, r"(?m)^  p50 +p90 +p99 +p99\.9 +max$")
        self.assertRegex(done.stdout, r"(?m)^  server \d+ +\d")
        self.assertNotIn("\x1b", done.stdout)

    def test_a_chart_holds_the_figures(self):
        chart = self.lab.folder / "chart.svg"
        report = self.handshakes(0, self.lab.direct, "--count", 150, "--svg", chart)
        texts = svg_texts(self, chart, curves=2)
        for key in ("p50", "p90", "p99"):
            self.assertIn(f"{report['latency_ms'][key]:.2f} ms", texts)
        self.assertIn(f"TLS handshakes with {self.lab.direct}, direct TLS", texts)
        self.assertIn("99 %", texts)
        self.assertNotIn("99.9 %", texts)

    def test_progress_and_colours_are_for_a_terminal(self):
        main, terminal = pty.openpty()
        subprocess.run([PROGRAM, "handshakes", "--target", self.lab.direct, "--names",
                        self.lab.names], stdout=terminal, stderr=terminal, check=True, timeout=40,
                       env={**os.environ, "TERM": "xterm", "NO_COLOR": ""})
        os.close(terminal)
        shown = os.read(main, 65536).decode()
        os.close(main)
        self.assertRegex(shown, r"^\r\[[#-]{30}\] .* completed, .*\r\x1b\[K")
        self.assertIn("\x1b[32m50\x1b[0m", shown)

    def test_an_interrupt_ends_it_with_a_report(self):
        load = subprocess.Popen(
            [PROGRAM, "handshakes", "--target", self.lab.direct, "--names", self.lab.names,
             "--rate", "20", "--duration", "600", "--json"], stdout=subprocess.PIPE, text=True)
        before = self.lab.danegate.log().count('"direct_tls"')
        wait_until(lambda: self.lab.danegate.log().count('"direct_tls"') > before,
                   "a handshake was made", 20)
        load.send_signal(signal.SIGINT)
        report = json.loads(load.communicate(timeout=20)[0])
        self.assertEqual(load.returncode, 0)
        self.assertTrue(report["interrupted"])
        self.assertEqual(report["completed"], report["attempted"])

    def test_a_second_interrupt_does_not_wait(self):
        with socket.create_server((self.lab.block.address(4), 5270)) as silent:
            load = subprocess.Popen(
                [PROGRAM, "handshakes", "--target", f"{self.lab.block.address(4)}:5270",
                 "--names", self.lab.names, "--count", "1", "--json"],
                stdout=subprocess.PIPE, text=True)
            link, _ = silent.accept()
            link.recv(1)
            load.send_signal(signal.SIGINT)
            load.send_signal(signal.SIGTERM)
            report = json.loads(load.communicate(timeout=10)[0])
            link.close()
        self.assertEqual(load.returncode, 1)
        self.assertEqual(report["failures"], {"interrupted": 1})


class Usage(HandshakesTest):
    def test_every_wrong_use_is_64_and_says_what_was_expected(self):
        good = ("handshakes", "--target", self.lab.direct, "--names", self.lab.names)
        for words, said in ((good[:3], "--names is required"),
                            ((good[0], *good[3:]), "--target is required"),
                            ((*good, "--direct", "--starttls"), "excludes"),
                            ((*good, "--rate", "5", "--concurrency", "5"), "excludes"),
                            ((*good, "--rate", "0"), "--rate"),
                            ((*good, "--client-key", "x.key"), "--client-certificate"),
                            ((*good, "--pid", "2147483632"), "there is no process"),
                            ((*good, "--trust", "/nowhere.pem"), "--trust: "),
                            ((*good, "--expect", "/nowhere"), "there is no /nowhere/tenants.d"),
                            ((*good, "--from", "-"), "--from: expected a domain"),
                            ((*good, "--peers", "/nowhere"), '--peers: cannot read "/nowhere/'),
                            ((*good, "--peers", "x", "--from", "y.example"), "excludes"),
                            ((*good, "--peers", "x", "--client-certificate", "x.pem",
                              "--client-key", "x.key"), "excludes"),
                            ((*good[:3], "--names", "/nowhere.txt"), "--names: "),
                            ((good[0], "--target", "edge:1", *good[3:]), "--target: expected")):
            with self.subTest(words=words):
                done = run(*words)
                self.assertEqual(done.returncode, 64, done.stdout + done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
