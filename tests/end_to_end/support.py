"""Makes tests/support importable, and finds the danegate to test: `import support` comes
first."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DANEGATE = os.environ.get('DANEGATE', str(ROOT / 'build' / 'release' / 'danegate'))
sys.path.insert(0, str(ROOT / 'tests' / 'support'))
