#!/usr/bin/python3
"""bench/compare/run: what its figures are held against, and how they are shown."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import types
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
from load_program import ROOT  # noqa: E402
sys.path.insert(0, str(ROOT / "bench" / "compare"))
import benchmarks  # noqa: E402
import ceiling  # noqa: E402
import charts  # noqa: E402
from parts import burst, cache, tenants  # noqa: E402
from results import Results, Row  # noqa: E402

RUN = ROOT / "bench" / "compare" / "run"


def row(target, ours, peer=()):
    made = Row("P0", "something", "a second", "HAProxy" if peer else "", target)
    made.ours, made.peer = list(ours), list(peer)
    return made


class Rows(unittest.TestCase):
    def test_with_a_peer_the_median_of_the_ratios_is_judged(self):
        made = row(("at least", 1.8), (30, 10, 40), (10, 10, 20))
        self.assertEqual(made.ratios, [3, 1, 2])
        self.assertIs(made.is_good(), True)
        self.assertIs(row(("at least", 2.1), made.ours, made.peer).is_good(), False)

    def test_without_a_peer_the_figure_itself_is(self):
        self.assertIs(row(("at most", 24), (23, 25, 24)).is_good(), True)
        self.assertIs(row(("at most", 23), (23, 25, 24)).is_good(), False)

    def test_what_was_not_measured_is_not_good(self):
        self.assertIsNone(row(("at least", 1), ()).is_good())
        self.assertIsNone(row(None, (1,)).is_good())

    def test_what_may_never_be_over_is_judged_by_the_worst_run(self):
        self.assertIs(row(("never over", 0), (0, 0, 0)).is_good(), True)
        self.assertIs(row(("never over", 0), (0, 0, 1)).is_good(), False)

    def test_rows_stand_by_target_whoever_measured_them(self):
        results = Results(types.SimpleNamespace(runs=1, seconds=1))
        for ident in ("P5", "P9", "P6", "P9", "P1b", "P1"):
            results.add(row(None, (1,)))
            results.rows[-1].ident = ident
        self.assertEqual([made.ident for made in results.in_order()],
                         ["P1", "P1b", "P5", "P6", "P9", "P9"])

    def test_for_github_a_command_stands_in_its_first_row(self):
        results = Results(types.SimpleNamespace(runs=1, seconds=1))
        results.add(row(("at most", 3), (2,)), row(None, (4,), (2,)))
        for made in results.rows:
            made.command = "a | b"
        lines = results.markdown().splitlines()
        self.assertEqual(lines[1], "|---|---|---|---|---|---|---|---|")
        self.assertEqual(lines[2:], [
            "| P0 | something, a second | 2.0 |  |  | at most 3 | yes | `a \\| b` |",
            "| P0 | something, a second | 4.0 | HAProxy 2.0 | 2.00 |  |  |  |"])

    def test_a_cell_is_median_minimum_and_maximum(self):
        self.assertIn("2.0 (1.0 to 1,000.0)", row(None, (1000, 2, 1)).cells())

    def test_a_command_is_told_once_with_all_that_it_measures(self):
        results = Results(types.SimpleNamespace(runs=1, seconds=1))
        for ident in ("P1", "P2", "P1"):
            results.add(row(None, (1,)))
            results.rows[-1].ident, results.rows[-1].command = ident, "program --fast"
        self.assertTrue(results.text().endswith("\n\nP1, P2: program --fast"), results.text())

    def test_the_file_has_every_run_and_the_machine(self):
        results = Results(types.SimpleNamespace(runs=2, seconds=1))
        results.add(row(("at least", 1), (2, 4), (1, 1)))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "file.json"
            results.write(path)
            said = json.loads(path.read_text())
        self.assertEqual(said["rows"][0]["ours"],
                         {"median": 3, "min": 2, "max": 4, "runs": [2, 4]})
        self.assertEqual(said["rows"][0]["ratio"]["median"], 3)
        self.assertIs(said["rows"][0]["met"], True)
        for key in ("commit", "system", "cpu", "danegate", "begun"):
            self.assertTrue(said[key], key)
        self.assertLessEqual({"haproxy", "prosody"}, set(said))


class Ceilings(unittest.TestCase):
    def test_a_set_up_is_two_handshakes_and_what_is_minted(self):
        cost = {"P256Sign": 1, "P256Verify": 10, "X25519Key": 100, "X25519Shared": 1000,
                "P256Key": 10000}
        self.assertEqual(ceiling.handshake(cost), 1111)
        self.assertEqual(ceiling.set_up(cost), 2222)
        self.assertEqual(ceiling.set_up(cost, minted=True), 2222 + 10001)


class Benchmarks(unittest.TestCase):
    def said(self, text, status=0):
        """What run() makes of a program that writes this."""
        return benchmarks.run([sys.executable, "-c", f"print({text!r}); exit({status})"], 10)

    def test_repetitions_are_told_and_what_is_made_of_them_is_not(self):
        entries = self.said(json.dumps({"benchmarks": [
            {"name": "a", "run_type": "iteration", "repetition_index": 1, "cpu_time": 2},
            {"name": "a", "run_type": "iteration", "repetition_index": 0, "cpu_time": 1},
            {"name": "a_mean", "run_type": "aggregate", "cpu_time": 1.5}]}))
        self.assertEqual(benchmarks.figures(entries, "cpu_time"), {"a": [1, 2]})

    def test_a_failure_is_no_figure(self):
        with self.assertRaisesRegex(RuntimeError, "status 3"):
            self.said("{}", 3)
        with self.assertRaisesRegex(RuntimeError, "a: out of memory"):
            self.said(json.dumps({"benchmarks": [
                {"name": "a", "error_occurred": True, "error_message": "out of memory"}]}))


class Parts(unittest.TestCase):
    def test_a_mishap_of_any_kind_counts(self):
        report = {"stanzas": {"lost": 1, "out_of_order": 2}, "broken_streams": {"gone": 4},
                  "recorder": {"failed": {"garbled": 8}},
                  "setups": {"attempted": 20, "completed": 4}}
        self.assertEqual(burst.mishaps(report), 1 + 2 + 4 + 8 + 16)

    def test_two_readers_are_held_against_one_by_the_clock(self):
        clock = {cache.name_of("LockFree", readers, writer): [ns]
                 for readers, ns in ((1, 50), (2, 25)) for writer in ("", ", true")}
        cpu = {cache.name_of(table, readers): [45] for readers in (1, 2)
               for table in ("LockFree", "ShardedMap", "TbbMap")}
        hit, readers, *_ = cache.usual_rows(cpu, clock)
        self.assertIs(hit.is_good(), True)
        self.assertEqual((readers.ours, readers.peer, readers.ratios), ([40], [20], [2]))

    def test_a_tenant_costs_what_comes_with_it(self):
        samples = {count: {name: [value] for name in ("start", "memory")}
                   for count, value in ((1000, 5e6), (10000, 5e6 + 9000 * 2),
                                        (100000, 5e6 + 9000 * 2 + 90000 * 3))}
        start, memory = tenants.growth_rows(samples)
        self.assertAlmostEqual(start.ratios[0], 1.5)
        self.assertIs(memory.is_good(), False)


class Charts(unittest.TestCase):
    def test_bars_are_as_long_as_their_figures(self):
        made = row(None, (50, 50), (100, 100))
        made.what = "<less> & more"
        root = ElementTree.fromstring(charts.bars([made], "title"))
        bars = [float(bar.get("width")) for bar in root.findall("{*}rect") if bar.get("x")]
        self.assertEqual(len(bars), 2)
        self.assertAlmostEqual(bars[0] * 2, bars[1], delta=0.2)

    def test_growth_has_a_point_for_each_size_evenly_apart_by_their_logarithm(self):
        root = ElementTree.fromstring(charts.growth(
            [("ns", {"ours": [(10, [1, 3, 2]), (100, [4]), (1000, [2])], "read": [(10, [1])]}),
             ("KiB", {"ours": [(1, [5])]})], "<title>", "streams"))
        points = [[tuple(map(float, point.split(","))) for point in line.get("points").split()]
                  for line in root.findall("{*}polyline")]
        self.assertEqual([len(curve) for curve in points], [3, 1, 1])
        (left, low), (middle, high), (right, _) = points[0]
        self.assertAlmostEqual(middle - left, right - middle, delta=0.2)
        bottom = 2 * low - high   # the median of the first is half of the second
        self.assertAlmostEqual(bottom - points[1][0][1], (bottom - low) / 2, delta=0.2)
        texts = [text.text for text in root.findall("{*}text")]
        self.assertLessEqual({"<title>", "ns", "KiB", "1,000", "streams", "read", "4"}, set(texts))

    def test_lines_have_a_point_for_each_sample(self):
        root = ElementTree.fromstring(
            charts.lines({"memory": [(0, 1), (1, 2), (2, 3)], "files": [(0, 5), (2, 5)]},
                         "title", "s"))
        self.assertEqual([len(line.get("points").split()) for line in root.findall("{*}polyline")],
                         [3, 2])


class Usage(unittest.TestCase):
    def run_with(self, *words, **environment):
        return subprocess.run([RUN, *words], capture_output=True, text=True, check=False,
                              timeout=30, env={**os.environ, **environment})

    def test_an_unknown_part_is_named_with_those_that_there_are(self):
        done = self.run_with("--only", "p1,p10")
        self.assertEqual(done.returncode, 64)
        self.assertIn("expected some of p1,p2,p3,p4,p5,p6,p7,p8,p9,burst; got p10", done.stderr)

    def test_what_is_missing_is_named_with_what_to_do(self):
        done = self.run_with(DANEGATE="/nowhere/danegate")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nowhere/danegate is missing: ninja -C build/release", done.stderr)
        self.assertIn("/x_benchmark is missing: ninja -C build/release x_benchmark",
                      benchmarks.missing(["x"]))


if __name__ == "__main__":
    unittest.main()
