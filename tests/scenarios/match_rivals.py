"""The two that are compared: danegate match, and OpenSSL's DANE client against an
openssl s_server on loopback. Each says match, no-match or unusable."""
import datetime
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from lab.processes import Process, accepts, wait_until  # noqa: E402

_WORDS = {0: "match", 1: "no-match", 3: "unusable"}


class Danegate:
    def __init__(self, program, hall, now):
        self._program, self._hall, self._now = program, hall, now

    def judge(self, case):
        at = self._now + datetime.timedelta(days=case.days)
        words = [self._program, "match", "--chain", self._hall.chains[case.chain].file,
                 "--name", case.name, "--at", at.strftime("%Y-%m-%dT%H:%M:%SZ")]
        for record in case.records:
            words += ["--tlsa", record]
        if case.trust:
            words += ["--trust", getattr(self._hall, case.trust).pem]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=10)
        word = (done.stdout.split() or ["nothing"])[0]
        if _WORDS.get(done.returncode) != word:
            raise RuntimeError(f"{case}: exit status {done.returncode} and '{word}': "
                               f"{done.stderr}")
        return word


class Server:
    """openssl s_server with one chain."""

    def __init__(self, chain, address, port, log):
        behind = ["-cert_chain", chain.behind_file()] if chain.behind else []
        self._place = (address, port)
        self._process = Process("s_server", [
            "openssl", "s_server", "-accept", f"{address}:{port}", "-cert", chain.leaf.pem,
            "-key", chain.leaf.key, *behind, "-no-CAfile", "-no-CApath", "-no-CAstore",
            "-num_tickets", "0", "-quiet"], log)

    def wait_ready(self):
        wait_until(lambda: accepts(*self._place), f"s_server accepts at {self._place}",
                   process=self._process)

    def judge(self, hall, case, now):
        """What OpenSSL's client says. DANE-EE without a name check: RFC 7671 5.1."""
        at = now + datetime.timedelta(days=case.days)
        roots = ["-CAfile", getattr(hall, case.trust).pem] if case.trust else ["-no-CAfile"]
        words = ["openssl", "s_client", "-connect", "%s:%d" % self._place, "-brief",
                 "-dane_tlsa_domain", case.name, "-dane_ee_no_namechecks", *roots,
                 "-no-CApath", "-no-CAstore", "-attime", str(int(at.timestamp()))]
        if case.trust == "inter":
            words.append("-partial_chain")
        for record in case.records:
            words += ["-dane_tlsa_rrdata", record]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=10)
        text = done.stdout + done.stderr
        if "Failed to import any TLSA records" in text:
            return "unusable"
        if "Verification: OK" in text and "DANE TLSA" in text:
            return "match"
        if "Verification error:" in text:
            return "no-match"
        raise RuntimeError(f"{case}: openssl s_client said neither yes nor no:\n{text}")

    def stop(self):
        self._process.stop()
