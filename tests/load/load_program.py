"""danegate-load, which stands beside $DANEGATE, or in build/release."""
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
DANEGATE = os.environ.get("DANEGATE", str(ROOT / "build" / "release" / "danegate"))
PROGRAM = os.path.join(os.path.dirname(DANEGATE), "danegate-load")


def run(*words, env=None):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True,
                          check=False, timeout=40, env={**os.environ, **(env or {})})


def write_tenants(folder, count, *more):
    """danegate-load tenants; raises where it does not succeed."""
    done = run("tenants", "--count", count, "--out", folder, *more)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def check(folder):
    """danegate check. Returns its exit status and what it says."""
    done = subprocess.run([DANEGATE, "check", "--config", os.path.join(folder, "danegate.yaml")],
                          capture_output=True, text=True, check=False, timeout=40)
    return done.returncode, done.stdout


def svg_texts(test, path, curves):
    """All that is written in a chart, which must have so many curves, each of them within
    the page."""
    root = ElementTree.parse(path).getroot()
    _, _, width, height = map(float, root.get("viewBox").split())
    lines = root.findall("{*}polyline")
    test.assertEqual(len(lines), curves)
    for line in lines:
        points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        test.assertEqual(points, sorted(points, key=lambda point: point[0]))
        for x, y in points:
            test.assertTrue(0 <= x <= width and 0 <= y <= height, (x, y))
    return [text.text for text in root.findall("{*}text")]
