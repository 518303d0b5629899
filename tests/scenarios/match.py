#!/usr/bin/python3
"""danegate match against OpenSSL's DANE client, case by case.

Fails on a difference that DIFFERENCES does not explain, and on an explained one that
is no more. The program is $DANEGATE, or build/release/danegate."""
import collections
import concurrent.futures
import datetime
import os
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from match_cases import make_cases  # noqa: E402
from match_chains import Hall  # noqa: E402
from match_rivals import Danegate, Server  # noqa: E402
from lab.addresses import AddressBlock  # noqa: E402

LEAST_CASES = 300



def is_above_a_trusted_intermediate(case):
    return case.group == "intermediate trusted" and case.title.endswith(" root")


def is_anchor_in_the_store(case):
    """The certificate of the usage 2 record is a trusted root, or above one."""
    if case.group == "mixed":
        return case.title in ("usage 2 right, 0 wrong", "usage 2 right, 1 wrong")
    return case.group == "both kinds" and case.trust in ("inter", "root") and \
        ("for root" in case.title or case.trust == "inter")


def has_names(group):
    """The cases of a group whose usage looks at names."""
    return lambda case: case.group == group and not case.title.startswith("3 ")


# What danegate says, what OpenSSL says, for which cases, and why they differ.
DIFFERENCES = [
    ("no-match", "match", has_names("common name"),
     "RFC 9525 section 2 (C-13): a common name is never used; OpenSSL takes it where there is "
     "no subjectAltName, as RFC 6125 section 6.4.4 allowed"),
    ("match", "no-match", has_names("wide wildcard"),
     "RFC 9525 section 6.3 (C-11): '*' stands for the whole left-most label, whatever "
     "follows; OpenSSL wants two labels behind it"),
    ("match", "no-match", is_above_a_trusted_intermediate,
     "RFC 7671 section 5.4 (D-46): a usage 0 record may name an authority above the first "
     "trusted one, so the path is followed on; OpenSSL stops at the first"),
    ("match", "no-match", is_anchor_in_the_store,
     "RFC 7673 section 1, RFC 7671 section 8 (D-52): one record that matches is enough; "
     "beside a usage 0 or 1 record OpenSSL does not compare a usage 2 record with "
     "certificates of its own store"),
]


def explanation(case, ours, theirs):
    for number, (mine, other, applies, _) in enumerate(DIFFERENCES):
        if (mine, other) == (ours, theirs) and applies(case):
            return number
    return None


def compare(hall, cases, program, now):
    """(case, danegate's word, OpenSSL's word) of every case, two chains at a time."""
    danegate = Danegate(program, hall, now)
    block = AddressBlock([5269])
    by_chain = collections.defaultdict(list)
    for case in cases:
        by_chain[case.chain].append(case)

    def compare_chain(number, name):
        log = hall.chains[name].file + ".log"
        server = Server(hall.chains[name], block.address(number + 1), 5269, log)
        try:
            server.wait_ready()
            return [(case, danegate.judge(case), server.judge(hall, case, now))
                    for case in by_chain[name]]
        finally:
            server.stop()

    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        parts = list(pool.map(compare_chain, range(len(by_chain)), by_chain))
    block.close()
    return [result for part in parts for result in part]


def report(results):
    """Prints the counts; returns the complaints."""
    words = collections.Counter(ours for _, ours, _ in results)
    used, complaints = collections.Counter(), []
    for case, ours, theirs in results:
        if ours == theirs:
            continue
        number = explanation(case, ours, theirs)
        if number is None:
            complaints.append(f"unexplained: {case}: danegate says {ours}, OpenSSL {theirs}")
        else:
            used[number] += 1
    agreed = sum(ours == theirs for _, ours, theirs in results)
    print(f"{len(results)} cases: danegate match and OpenSSL agree on {agreed}, differ "
          f"for a known reason on {sum(used.values())}")
    print("danegate says: " + ", ".join(f"{word} {count}" for word, count in words.items()))
    for number, (ours, theirs, applies, why) in enumerate(DIFFERENCES):
        print(f"  {used[number]:3} x danegate {ours}, OpenSSL {theirs}: {why}")
        complaints += [f"differs no more: {case}: both say {mine} ({why})"
                       for case, mine, other in results if applies(case) and mine == other]
        if not used[number]:
            complaints.append(f"explains nothing: {why}")
    return complaints


def main():
    start = time.monotonic()
    root = pathlib.Path(__file__).resolve().parents[2]
    program = os.environ.get("DANEGATE", root / "build" / "release" / "danegate")
    if not os.access(program, os.X_OK):
        print(f"expected the program danegate; {program} is none; set DANEGATE")
        return 1
    with tempfile.TemporaryDirectory(prefix="danegate-match-") as folder:
        hall = Hall(folder)
        now = datetime.datetime.now(datetime.timezone.utc)  # no certificate is younger
        cases = make_cases(hall)
        complaints = report(compare(hall, cases, os.fspath(program), now))
    if len(cases) < LEAST_CASES:
        complaints.append(f"{len(cases)} cases; at least {LEAST_CASES} are wanted")
    for complaint in complaints:
        print(complaint)
    print(f"{'FAILED' if complaints else 'passed'} in {time.monotonic() - start:.1f} s")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
