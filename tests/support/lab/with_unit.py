#!/usr/bin/python3
"""Runs a program as a systemd unit's service would be run, as far as system calls and
limits go.

    with_unit.py UNIT PROGRAM [ARGUMENT…]

Obeys SystemCallFilter, MemoryDenyWriteExecute, NoNewPrivileges, LimitNOFILE, LimitCORE,
UMask and CapabilityBoundingSet of UNIT; namespaces are systemd's own business. Needs
systemd-analyze, which knows the sets of calls, and libseccomp, which comes with it.
"""
import ctypes
import errno
import os
import resource
import subprocess
import sys

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_MASKED_EQUAL = 7
_WRITE_AND_EXECUTE, _EXECUTE = 6, 4
_NO_NEW_PRIVILEGES, _DROP_BOUND = 38, 24


class _Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int),
                ("mask", ctypes.c_uint64), ("value", ctypes.c_uint64)]


class Filter:
    """One seccomp filter, which load() puts upon this process and all that it becomes."""

    def __init__(self, otherwise):
        self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._filter = ctypes.c_void_p(self._library.seccomp_init(otherwise))

    def add(self, call, action, *comparisons):
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            return  # of another architecture
        array = (_Comparison * len(comparisons))(*comparisons)
        self._done(self._library.seccomp_rule_add_array(
            self._filter, ctypes.c_uint32(action), number, len(comparisons), array))

    def load(self):
        self._done(self._library.seccomp_load(self._filter))

    def _done(self, result):
        if result:
            raise OSError(-result, "libseccomp: " + os.strerror(-result))


def settings(unit):
    """{name: [value]} of the unit's file, in order."""
    found = {}
    with open(unit, encoding="utf-8") as file:
        for line in file:
            name, equals, value = line.strip().partition("=")
            if equals and not name.startswith("#"):
                found.setdefault(name, []).append(value)
    return found


def allowed_calls(values):
    """The calls that lines of SystemCallFilter leave."""
    calls = _expanded("@default")
    for value in values:
        named = set().union(*(_expanded(word) for word in value.lstrip("~").split()))
        calls = calls - named if value.startswith("~") else calls | named
    return calls


def _expanded(word):
    if not word.startswith("@"):
        return {word}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", word], text=True,
                            capture_output=True, check=True, timeout=20).stdout
    words = [line.strip() for line in listed.splitlines()[1:] if not line.strip().startswith("#")]
    return set().union(*(_expanded(each) for each in words if each))


def obey(unit):
    """Puts upon this process what the unit demands."""
    found = settings(unit)
    calls = allowed_calls(found["SystemCallFilter"])
    for name, limit in (("LimitNOFILE", resource.RLIMIT_NOFILE), ("LimitCORE", resource.RLIMIT_CORE)):
        most = resource.getrlimit(limit)[1]  # only systemd may raise it everywhere
        number = int(found[name][-1])
        if most != resource.RLIM_INFINITY:
            number = min(number, most)
        resource.setrlimit(limit, (number, number))
    os.umask(int(found["UMask"][-1], 8))
    libc = ctypes.CDLL(None)
    if os.geteuid() == 0 and found["CapabilityBoundingSet"] == [""]:
        for capability in range(64):
            libc.prctl(_DROP_BOUND, capability)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if found.get("MemoryDenyWriteExecute") == ["yes"]:
        _deny_write_and_execute()
    only = Filter(_ERRNO | errno.EPERM)
    for call in calls:
        only.add(call, _ALLOW)
    only.load()


def _deny_write_and_execute():
    memory = Filter(_ALLOW)
    memory.add("mmap", _ERRNO | errno.EPERM, _Comparison(
        2, _MASKED_EQUAL, _WRITE_AND_EXECUTE, _WRITE_AND_EXECUTE))
    for call in ("mprotect", "pkey_mprotect"):
        memory.add(call, _ERRNO | errno.EPERM, _Comparison(
            2, _MASKED_EQUAL, _EXECUTE, _EXECUTE))
    memory.load()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: with_unit.py UNIT PROGRAM [ARGUMENT…]")
    obey(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
