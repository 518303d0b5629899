#!/usr/bin/python3
"""danegate-load streams through danegate, to its own recorder and without one."""
import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
from load_program import PROGRAM, run, svg_texts  # noqa: E402
from scenario_lab import ScenarioLab  # noqa: E402

from lab.processes import wait_until  # noqa: E402

_PERCENTILES = ["p50", "p90", "p99", "p99.9", "max"]


def setUpModule():
    global lab
    with contextlib.ExitStack() as end:
        lab = ScenarioLab(end)
        unittest.addModuleCleanup(end.pop_all().close)


class StreamsTest(unittest.TestCase):
    def streams(self, status, *words, edge="direct", backend="direct", recorded=True):
        """The report of a run that must end with this status."""
        where = lab.recorder(backend) if recorded else []
        done = run("streams", *lab.words(edge, backend), *where, "--json", *words)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def assert_set_up(self, report, count):
        set_ups = report["setups"]
        self.assertEqual((set_ups["attempted"], set_ups["completed"], set_ups["failed"]),
                         (count, count, {}))
        self.assert_latency(set_ups["latency_ms"])
        self.assertGreater(set_ups["took_s"], 0)
        self.assertEqual(report["broken_streams"], {})

    def assert_recorded(self, report, streams):
        self.assertEqual(report["recorder"],
                         {"streams": streams, "with_certificate": streams, "failed": {}})
        stanzas = report["stanzas"]
        self.assertGreater(stanzas["sent"], 0)
        self.assertEqual((stanzas["recorded"], stanzas["lost"], stanzas["out_of_order"]),
                         (stanzas["sent"], 0, 0))
        self.assert_latency(stanzas["latency_ms"])
        self.assert_latency(stanzas["first_latency_ms"])
        self.assertLessEqual(stanzas["first_latency_ms"]["max"], stanzas["latency_ms"]["max"])

    def assert_latency(self, latency):
        self.assertEqual(list(latency), _PERCENTILES)
        self.assertGreater(latency["p50"], 0)
        self.assertEqual(list(latency.values()), sorted(latency.values()))


class Held(StreamsTest):
    def test_windows_of_all_sizes_arrive_by_all_ways(self):
        for edge in ("direct", "starttls"):
            for backend in ("direct", "starttls"):
                with self.subTest(edge=edge, backend=backend):
                    report = self.streams(
                        0, "--streams", 6, "--stanzas", "300:7,4096:2,65536:1", "--window", 4,
                        "--duration", 0.4, edge=edge, backend=backend)
                    self.assert_set_up(report, 6)
                    self.assert_recorded(report, 6)
                    stanzas = report["stanzas"]
                    self.assertGreaterEqual(stanzas["sent"], 6 * 4)
                    mean = stanzas["bytes"] / stanzas["sent"]
                    self.assertAlmostEqual(mean, 7584.8, delta=mean * 0.25)
                    self.assertGreaterEqual(stanzas["took_s"], 0.35)

    def test_a_rate_is_sent_to_the_last_stanza(self):
        for rate, streams in ((200, 5), (30, 40)):
            report = self.streams(0, "--streams", streams, "--rate", rate, "--duration", 1)
            self.assert_set_up(report, streams)
            self.assert_recorded(report, streams)
            self.assertEqual(report["stanzas"]["sent"], rate)
            self.assertEqual(report["stanzas"]["bytes"], rate * 300)

    def test_a_tenth_of_a_second_has_a_p99_if_it_has_a_hundred_stanzas(self):
        few, many = (self.streams(0, "--streams", 4, "--rate", rate, "--duration", 0.5)["stanzas"]
                     for rate in (500, 5000))
        self.assertNotIn("p99_of_tenths_ms", few)
        self.assert_latency(many["p99_of_tenths_ms"])
        self.assertLessEqual(many["p99_of_tenths_ms"]["max"], many["latency_ms"]["max"])

    def test_every_kind_of_body_arrives(self):
        for body in ("text", "nested"):
            with self.subTest(body=body):
                report = self.streams(0, "--streams", 3, "--stanzas", "300,1001,4096", "--window",
                                      2, "--duration", 0.2, "--body", body)
                self.assertEqual(report["body"], body)
                self.assert_recorded(report, 3)

    def test_set_ups_begin_at_a_rate(self):
        report = self.streams(0, "--streams", 21, "--setup-rate", 40)
        self.assert_set_up(report, 21)
        self.assertGreaterEqual(report["setups"]["took_s"], 0.5)
        self.assertEqual(report["stanzas"]["sent"], 0)

    def test_samples_grow_up_to_what_was_done(self):
        report = self.streams(0, "--streams", 2, "--rate", 100, "--duration", 0.5)
        for key, count in (("set_up_samples", 2), ("stanza_samples", 50)):
            samples = report[key]
            self.assertEqual(samples, sorted(samples), key)
            self.assertEqual(samples[0], [0, 0], key)
            self.assertEqual(samples[-1][1], count, key)


    def test_streams_rest_before_they_are_closed(self):
        begin = time.monotonic()
        report = self.streams(0, "--streams", 4, "--duration", 0.1, "--rest", 1, "--pid",
                              lab.danegate.pid)
        self.assertGreaterEqual(time.monotonic() - begin, 1)
        self.assert_recorded(report, 4)
        self.assertLess(report["stanzas"]["took_s"], 1)
        self.assertGreater(report["server"]["rss_rest_mb"], 1)


    def test_a_rate_that_cannot_be_kept_is_told_and_bounds_what_waits(self):
        report = self.streams(1, "--streams", 1, "--stanzas", 65536, "--rate", 1000000,
                              "--duration", 0.5)
        stanzas = report["stanzas"]
        self.assertGreater(stanzas["not_sent"], 0)
        self.assertEqual(stanzas["sent"] + stanzas["not_sent"], 500000)
        self.assertEqual((stanzas["recorded"], stanzas["lost"], stanzas["out_of_order"]),
                         (stanzas["sent"], 0, 0))


class OneAfterAnother(StreamsTest):
    def stalled(self, stall, *words):
        """What a generator that is stopped for so many seconds, after its first stream has come
        and gone, says of its set-ups, and its warning."""
        before = lab.danegate.log().count('"stream"')
        load = subprocess.Popen(
            [PROGRAM, "streams", *map(str, (*lab.words("direct", "direct"),
                                            *lab.recorder("direct"), "--setups", *words)),
             "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: lab.danegate.log().count('"stream"') > before, "a stream was logged",
                   20)
        load.send_signal(signal.SIGSTOP)
        until = time.monotonic() + stall
        wait_until(lambda: time.monotonic() > until, "the stall is over")
        load.send_signal(signal.SIGCONT)
        said, warned = load.communicate(timeout=30)
        self.assertEqual(load.returncode, 0, said + warned)
        return json.loads(said)["setups"], warned

    def test_the_latency_at_a_rate_counts_from_when_a_set_up_was_due(self):
        set_ups, warned = self.stalled(0.5, "--setup-rate", 40, "--count", 60)
        self.assertEqual((set_ups["attempted"], set_ups["completed"], set_ups["missed"]),
                         (60, 60, 0))
        # 20 were due in the meantime, and most of them more than 20 ms ago.
        self.assertGreaterEqual(set_ups["late"], 15)
        self.assertGreaterEqual(set_ups["delay_ms"]["max"], 400)
        self.assertGreaterEqual(set_ups["latency_ms"]["max"], set_ups["delay_ms"]["max"])
        self.assertIn(f"{set_ups['late']} set-ups began more than 20 ms after their time", warned)

    def test_what_never_began_at_a_rate_is_told(self):
        set_ups, warned = self.stalled(2, "--setup-rate", 20, "--duration", 1)
        self.assertGreater(set_ups["missed"], 0)
        self.assertEqual(set_ups["attempted"] + set_ups["missed"], 20)
        self.assertIn(f"and {set_ups['missed']} that were due did not begin", warned)

    def test_each_set_up_carries_one_stanza(self):
        for edge, backend in (("direct", "starttls"), ("starttls", "direct")):
            with self.subTest(edge=edge):
                report = self.streams(0, "--setups", "--count", 30, "--concurrency", 4,
                                      edge=edge, backend=backend)
                self.assert_set_up(report, 30)
                self.assert_recorded(report, 30)
                self.assertEqual(report["stanzas"]["sent"], 30)

    def test_they_go_on_for_as_long_as_was_asked(self):
        report = self.streams(0, "--setups", "--duration", 0.6, "--concurrency", 2)
        self.assert_set_up(report, report["setups"]["attempted"])
        self.assertGreater(report["setups"]["took_s"], 0.5)


class Served(StreamsTest):
    def test_the_server_is_looked_at_before_during_and_after(self):
        report = self.streams(0, "--streams", 8, "--idle", 0.3, "--duration", 0.3, "--pid",
                              lab.danegate.pid)
        server = report["server"]
        for key in ("rss_before_mb", "rss_streams_mb", "rss_idle_mb", "rss_end_mb"):
            self.assertGreater(server[key], 1, key)
        self.assertGreater(server["setup_cpu_s"], 0)
        self.assertGreater(server["stanza_cpu_s"], 0)
        self.assertGreater(report["generator"]["cpu_s"], 0)

    def test_a_chart_holds_the_figures(self):
        chart = lab.scratch / "chart.svg"
        report = self.streams(0, "--streams", 4, "--rate", 500, "--duration", 0.6, "--svg", chart)
        texts = svg_texts(self, chart, curves=4)
        for title in ("latency of a set-up", "completed set-ups", "latency of a stanza",
                      "recorded stanzas", f"streams with {lab.edge['direct']}, direct TLS"):
            self.assertIn(title, texts)
        for key in ("p50", "p90"):
            self.assertIn(f"{report['stanzas']['latency_ms'][key]:.2f} ms", texts)
            self.assertIn(f"{report['setups']['latency_ms'][key]:.2f} ms", texts)

    def test_people_get_a_table(self):
        done = run("streams", *lab.words("direct", "direct"), *lab.recorder("direct"),
                   "--streams", 3, "--rate", 50, "--duration", 0.2, "--pid", lab.danegate.pid)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^streams with 127\..*:5270, direct TLS, 2 tenants, "
                                      r"3 peers\nset-ups\n  attempted +3\n  completed +3\n")
        self.assertRegex(done.stdout, r"\nstanzas of 300 octets, ascii\n  sent +10\n  recorded +10\n"
                                      r"  lost +0\n  out of order +0\n")
        self.assertRegex(done.stdout, r"(?m)^latency of a stanza, ms\n  p50 +p90 +p99 +p99\.9 +max$")
        self.assertRegex(done.stdout, r"(?m)^server\n +CPU s +us each\n  set-ups +\d")
        self.assertNotIn("\x1b", done.stdout)


class Failed(StreamsTest):
    def test_a_dead_backend_is_told_by_the_servers_reason(self):
        report = self.streams(1, "--streams", 5, "--rate", 10, "--duration", 0.2, recorded=False)
        set_ups = report["setups"]
        self.assertEqual((set_ups["attempted"], set_ups["completed"]), (5, 0))
        self.assertEqual(sum(set_ups["failed"].values()), 5)
        for reason in set_ups["failed"]:
            self.assertRegex(reason, "^set-up: it refused EXTERNAL: .* is not available now")
        self.assertEqual(report["stanzas"]["sent"], 0)

    def test_nobody_at_the_edge_is_told(self):
        done = run("streams", "--target", lab.nowhere, "--names", lab.names("direct"),
                   "--peers", lab.folder / "peers", "--setups", "--count", 4, "--json")
        self.assertEqual(done.returncode, 1)
        (reason, count), = json.loads(done.stdout)["setups"]["failed"].items()
        self.assertEqual(count, 4)
        self.assertRegex(reason, "^set-up: .*refused")

    def test_a_recorder_that_cannot_listen_is_told(self):
        host, port = lab.backend["direct"].split(":")
        with socket.create_server((host, int(port))):
            done = run("streams", *lab.words("direct", "direct"), *lab.recorder("direct"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(lab.backend["direct"], done.stderr)

    def test_a_chart_that_cannot_be_written_is_told(self):
        done = run("streams", *lab.words("direct", "direct"), *lab.recorder("direct"),
                   "--svg", "/nowhere/chart.svg")
        self.assertEqual(done.returncode, 1)
        self.assertIn('--svg: cannot write "/nowhere/chart.svg": No such file', done.stderr)


class Usage(StreamsTest):
    def test_every_wrong_use_is_64_and_says_what_was_expected(self):
        good = lab.words("direct", "direct")
        recorder = lab.recorder("direct")
        for words, said in (
                (good[:2], "--names is required"),
                ((*good, "--starttls"), "excludes"),
                ((*good[:-1], "/nowhere"), '--peers: cannot read "/nowhere/names.txt"'),
                ((*good, "--stanzas", 80), "--stanzas: expected at least 184 octets"),
                ((*good, "--stanzas", "300:x"), "--stanzas: expected OCTETS or OCTETS:WEIGHT"),
                ((*good, "--duration", 1), "without one give --rate"),
                ((*good, "--setups"), "--setups: expected --count or --duration"),
                ((*good, "--setups", "--count", 1, "--streams", 2), "excludes"),
                ((*good, "--count", 1), "--setups"),
                ((*good, "--rest", 1), "--duration"),
                ((*good, "--rate", 5, "--window", 5), "excludes"),
                ((*good, "--setup-rate", 5, "--concurrency", 5), "excludes"),
                ((*good, "--body", "binary"), "--body"),
                ((*good, "--streams", 1000000), "raise ulimit -n"),
                ((*good, "--pid", 2147483632), "there is no process"),
                ((*good, *recorder[:4]), "--backend-certificate"),
                ((*good, *recorder[:-1], "/nowhere.key"), "--backend-key: cannot read"),
                ((*good, *recorder[2:]), "--backend"),
                ((*good, "--backend", "here", *recorder[2:]), "--backend: expected"),
                (("--target", "edge:1", *good[2:]), "--target: expected")):
            with self.subTest(words=words):
                done = run("streams", *words)
                self.assertEqual(done.returncode, 64, done.stdout + done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
