#!/usr/bin/python3
"""danegate-load backend: the recorder alone, behind danegate."""
import contextlib
import json
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
from load_program import PROGRAM, run  # noqa: E402
from scenario_lab import ScenarioLab  # noqa: E402
from lab.processes import accepts, wait_until  # noqa: E402


def setUpModule():
    global lab
    with contextlib.ExitStack() as end:
        lab = ScenarioLab(end)
        unittest.addModuleCleanup(end.pop_all().close)


def words(way):
    return ["--listen", lab.backend[way], f"--{way}", "--certificate",
            lab.folder / "backend.pem", "--key", lab.folder / "backend.key"]


class BackendTest(unittest.TestCase):
    @contextlib.contextmanager
    def backend(self, way, status, number=signal.SIGTERM):
        """A backend while the `with` block lasts. What it yields gets its report."""
        report = {}
        child = subprocess.Popen([PROGRAM, "backend", *map(str, words(way)), "--json"],
                                 stdout=subprocess.PIPE, text=True)
        try:
            host, port = lab.backend[way].split(":")
            wait_until(lambda: accepts(host, int(port)), "the backend listens", 10)
            yield report
            child.send_signal(number)
            report.update(json.loads(child.communicate(timeout=10)[0]))
            self.assertEqual(child.returncode, status, report)
        finally:
            child.kill()
            child.communicate()

    def streams(self, backend, *more):
        """The report of danegate-load streams, which records nothing itself."""
        done = run("streams", *lab.words("direct", backend), "--json", *more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)


class Recorded(BackendTest):
    def test_all_that_another_process_sends_is_recorded(self):
        for way, number in (("direct", signal.SIGTERM), ("starttls", signal.SIGINT)):
            with self.subTest(way=way), self.backend(way, 0, number) as report:
                sent = self.streams(way, "--streams", 3, "--rate", 100, "--duration", 0.5,
                                    "--stanzas", "300,2000")
            self.assertEqual(sent["stanzas"]["sent"], 50)
            self.assertNotIn("recorder", sent)
            self.assertNotIn("latency_ms", sent["stanzas"])
            self.assertEqual((report["listen"], report["mode"]), (lab.backend[way], way))
            self.assertEqual((report["streams"], report["with_certificate"], report["open"],
                              report["failed"]), (3, 3, 0, {}))
            stanzas = report["stanzas"]
            self.assertEqual((stanzas["recorded"], stanzas["out_of_order"], stanzas["bytes"]),
                             (50, 0, 50 * 1150))
            self.assertEqual(sent["stanzas"]["bytes"], stanzas["bytes"])
            self.assertGreater(stanzas["took_s"], 0.3)
            latency = list(stanzas["latency_ms"].values())
            self.assertGreater(latency[0], 0)
            self.assertEqual(latency, sorted(latency))

    def test_set_ups_are_completed_by_the_answer_to_their_close(self):
        with self.backend("direct", 0) as report:
            set_ups = self.streams("direct", "--setups", "--count", 12)["setups"]
        self.assertEqual((set_ups["attempted"], set_ups["completed"], set_ups["failed"]),
                         (12, 12, {}))
        self.assertEqual((report["streams"], report["stanzas"]["recorded"]), (12, 12))

    def test_stanzas_that_come_again_are_out_of_order(self):
        with self.backend("direct", 1) as report:
            for _ in range(2):
                self.streams("direct", "--streams", 2, "--rate", 40, "--duration", 0.2)
        self.assertEqual((report["stanzas"]["recorded"], report["stanzas"]["out_of_order"]),
                         (16, 2))

    def test_stanzas_that_arrive_elsewhere_are_lost_and_their_set_up_fails(self):
        names = lab.names("direct")
        with self.backend("direct", 0):
            done = run("streams", "--target", lab.edge["direct"], "--names", names, "--peers",
                       lab.folder / "peers", *lab.recorder("starttls"), "--setups", "--count", 2,
                       "--json")
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(report["setups"]["failed"],
                         {"its stanza did not arrive at the recorder": 2})
        self.assertEqual((report["stanzas"]["sent"], report["stanzas"]["lost"]), (2, 2))


class Ended(BackendTest):
    def test_it_ends_after_its_time_with_a_table(self):
        begin = time.monotonic()
        done = run("backend", *words("direct"), "--duration", 0.3)
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, rf"^backend at {lab.backend['direct']}, direct TLS\n"
                                      r"  streams +0\n  with a certificate +0\n")

    def test_streams_that_break_with_it_are_told_at_once(self):
        before = lab.danegate.log().count('"established"')
        with self.backend("direct", 0) as report:
            load = subprocess.Popen(
                [PROGRAM, "streams", *map(str, lab.words("direct", "direct")), "--streams", "4",
                 "--rate", "100", "--duration", "600", "--json"], stdout=subprocess.PIPE,
                text=True)
            wait_until(lambda: lab.danegate.log().count('"established"') == before + 4,
                       "four streams are there", 20)
        self.assertEqual(report["open"], 4)
        broken = json.loads(load.communicate(timeout=20)[0])["broken_streams"]
        self.assertEqual((load.returncode, sum(broken.values())), (1, 4))
        for reason in broken:
            self.assertRegex(reason, "^open stream: .* is not available now$")

    def test_an_address_that_is_taken_is_told(self):
        with self.backend("direct", 0):
            done = run("backend", *words("direct"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(lab.backend["direct"], done.stderr)

    def test_every_wrong_use_is_64_and_says_what_was_expected(self):
        good = words("direct")
        for wrong, said in ((good[2:], "--listen is required"),
                            (good[:-2], "--key is required"),
                            ((*good, "--starttls"), "excludes"),
                            ((*good[:-1], "/nowhere.key"), "--key: cannot read"),
                            ((*good[:-1], lab.folder / "edge.key"), "--certificate, --key: "),
                            (("--listen", "here", *good[2:]), "--listen: expected"),
                            ((*good, "--duration", 0), "--duration")):
            with self.subTest(wrong=wrong):
                done = run("backend", *wrong)
                self.assertEqual((done.returncode, done.stdout), (64, ""))
                self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
