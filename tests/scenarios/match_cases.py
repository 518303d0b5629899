"""The cases of match.py: chains x records x names x roots x times."""
import dataclasses
import itertools

from match_chains import NAME

NOW, AFTER_LEAF, BEFORE_ALL = 0, 20, -20  # days from now
USAGES, SELECTORS, MATCHINGS = range(4), range(2), range(3)
ALL = list(itertools.product(USAGES, SELECTORS, MATCHINGS))


@dataclasses.dataclass(frozen=True)
class Case:
    group: str
    title: str
    chain: str
    records: tuple  # "3 1 1 HEX"
    name: str = NAME
    trust: str = "root"  # a Certificate of the Hall, or "" for no roots
    days: int = NOW

    def __str__(self):
        return f"{self.group}: {self.title}"


class Records:
    """Writes records about the certificates of a Hall."""

    def __init__(self, hall):
        self._hall = hall

    def right(self, usage, selector, matching, whose):
        certificate = getattr(self._hall, whose)
        data = self._hall.record_data(certificate, selector, matching)
        return f"{usage} {selector} {matching} {data}"

    def wrong(self, usage, selector, matching, whose):
        """Right in form; the last octet differs."""
        record = self.right(usage, selector, matching, whose)
        return record[:-2] + f"{int(record[-2:], 16) ^ 1:02x}"

    def short(self, usage, selector, matching, whose):
        """An octet too few."""
        return self.right(usage, selector, matching, whose)[:-2]

    def long(self, usage, selector, matching, whose):
        return self.right(usage, selector, matching, whose) + "00"


def _fits(usage, leaf="leaf"):
    """A certificate that a record of this usage may name."""
    return "root" if usage in (0, 2) else leaf


def _name(*numbers):
    return " ".join(str(number) for number in numbers)


def _single(records):
    """Each record about each certificate of the chain, and about one that is not there."""
    for numbers in ALL:
        for whose in ("leaf", "inter", "root", "other"):
            yield Case("single", f"{_name(*numbers)} {whose}", "full",
                       (records.right(*numbers, whose),))


def _damaged(records):
    for numbers in ALL:
        whose = _fits(numbers[0])
        for damage in ("wrong", "short", "long"):
            yield Case(damage, _name(*numbers), "full",
                       (getattr(records, damage)(*numbers, whose),))


def _in_the_wrong_place(records):
    """Time, name and roots that do not fit."""
    for numbers in ALL:
        record = (records.right(*numbers, _fits(numbers[0])),)
        title = _name(*numbers)
        yield Case("expired", title, "full", record, days=AFTER_LEAF)
        yield Case("not yet", title, "full", record, days=BEFORE_ALL)
        yield Case("wrong name", title, "full", record, name="other.example")
        yield Case("below the name", title, "full", record, name="sub." + NAME)
        yield Case("wrong anchor", title, "full", record, trust="other")
        yield Case("no anchor", title, "full", record, trust="")


def _other_chains(records):
    for numbers in ALL:
        usage, title = numbers[0], _name(*numbers)
        root = (records.right(*numbers, "root"),)
        yield Case("missing anchor", title + " root", "rootless", root)
        yield Case("missing anchor, no roots", title + " root", "rootless", root, trust="")
        yield Case("missing anchor", title + " inter", "rootless",
                   (records.right(*numbers, "inter"),), trust="")
        yield Case("leaf alone", title, "alone", (records.right(*numbers, "leaf"),))
        yield Case("self-signed", title, "self-signed",
                   (records.right(*numbers, "self_signed"),), trust="")
        yield Case("expired intermediate", title, "short-inter",
                   (records.right(*numbers, _fits(usage, "long_leaf")),), days=AFTER_LEAF)
        for group, chain, name in (("common name", "common-name", NAME),
                                   ("client only", "client-only", NAME),
                                   ("wildcard", "wildcard", "sub." + NAME),
                                   ("wildcard, bare name", "wildcard", NAME),
                                   ("wildcard, two labels", "wildcard", "a.sub." + NAME),
                                   ("wide wildcard", "wide", NAME)):
            whose = _fits(usage, chain.replace("-", "_"))
            yield Case(group, title, chain, (records.right(*numbers, whose),), name=name)


def _anchors(records):
    """An intermediate among the roots (D-46)."""
    for selector, matching in itertools.product(SELECTORS, MATCHINGS):
        for whose in ("inter", "root"):
            numbers = (0, selector, matching)
            yield Case("intermediate trusted", f"{_name(*numbers)} {whose}", "full",
                       (records.right(*numbers, whose),), trust="inter")


def _mixed(records):
    """More than one record: the set decides."""
    right, wrong, short = records.right, records.wrong, records.short
    for usage in USAGES:
        who = _fits(usage)
        sets = {
            "right and wrong": (right(usage, 1, 1, who), wrong(usage, 1, 1, who)),
            "wrong and right": (wrong(usage, 1, 1, who), right(usage, 1, 1, who)),
            "weaker right, stronger wrong": (right(usage, 1, 1, who), wrong(usage, 1, 2, who)),
            "weaker wrong, stronger right": (wrong(usage, 1, 1, who), right(usage, 1, 2, who)),
            "weaker right, stronger unusable": (right(usage, 1, 1, who),
                                                short(usage, 1, 2, who)),
            "digest right, full wrong": (right(usage, 1, 1, who), right(usage, 1, 0, "other")),
            "digest wrong, full right": (wrong(usage, 1, 1, who), right(usage, 1, 0, who)),
            "other selector, stronger wrong": (right(usage, 0, 1, who),
                                               wrong(usage, 1, 2, who)),
            "unusable and right": (short(usage, 0, 1, who), right(usage, 1, 1, who)),
            "unusable and wrong": (short(usage, 0, 1, who), wrong(usage, 1, 1, who)),
            "only unusable": (short(usage, 0, 1, who), short(usage, 1, 2, who)),
            "unknown matching and right": (f"{usage} 1 9 abcd", right(usage, 1, 1, who)),
        }
        for title, rrset in sets.items():
            yield Case("mixed", f"usage {usage}, {title}", "full", rrset)
    for good, bad in itertools.permutations(USAGES, 2):
        yield Case("mixed", f"usage {good} right, {bad} wrong", "full",
                   (right(good, 1, 1, _fits(good)), wrong(bad, 1, 2, _fits(bad))))


def _both_kinds(records):
    """A usage 2 record that matches, about an authority that may also be a trusted
    root, beside a usage 0 or 1 record that does not."""
    for whose, usage, trust in itertools.product(("inter", "root"), (0, 1),
                                                 ("inter", "root", "other", "")):
        yield Case("both kinds", f"2 right for {whose}, {usage} wrong, trusted {trust or 'none'}",
                   "full", (records.right(2, 1, 1, whose), records.wrong(usage, 1, 2, "leaf")),
                   trust=trust)


def _unknown(records):
    data = records.right(3, 1, 1, "leaf").split()[-1]
    for numbers in ((4, 1, 1), (255, 1, 1), (3, 2, 1), (3, 255, 1), (3, 1, 3), (3, 1, 255),
                    (2, 0, 9), (1, 7, 1), (0, 1, 200), (9, 9, 9)):
        yield Case("unknown", _name(*numbers), "full", (f"{_name(*numbers)} {data}",))


def make_cases(hall):
    records = Records(hall)
    makers = (_single, _damaged, _in_the_wrong_place, _other_chains, _anchors, _mixed,
              _both_kinds, _unknown)
    return [case for maker in makers for case in maker(records)]
