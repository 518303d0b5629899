"""danegate-load, which stands beside $DANEGATE, or in build/release."""
import os
import pathlib
import subprocess
import sys

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
