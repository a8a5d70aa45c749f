"""Faults that delivered event logs may have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields

from local.sample.draws import Draws

_WRONG = (
    (re.compile(r'"sessionId":\d+'), '"sessionId":"none"'),
    (re.compile(r'"ts":\d+'), '"ts":"yesterday"'),
    (re.compile(r'"itemInSession":\d+'), '"itemInSession":1.5e99'),
    (re.compile(r'"userId":"\d*"'), '"userId":"user-7"'),
)


@dataclass(frozen=True)
class InjectedFault:
    """A fault that was injected, so that tests can check its outcome.

    :param kind: its name on the command line, such as ``wrong-types``.
    :param hour: number, from 0, of the hour whose line it is; where a late line arrives is not recorded.
    :param line: the line as it is delivered.
    """

    kind: str
    hour: int
    line: str


@dataclass(frozen=True)
class Faults:
    """The share of event lines that have each fault, from 0 to 1.

    :param duplicates: delivered twice, in the same partition or the next.
    :param late: delivered one to three partitions after the one of their hour.
    :param malformed: cut off, or not JSON at all.
    :param wrong_types: text in a number's place, or a number that no column holds.
    :param oversized: a text longer than its column.
    :param seconds: ts counts seconds instead of milliseconds.
    """

    duplicates: float = 0.0
    late: float = 0.0
    malformed: float = 0.0
    wrong_types: float = 0.0
    oversized: float = 0.0
    seconds: float = 0.0

    @classmethod
    def names(cls) -> list[str]:
        """Return the faults' names on the command line."""
        return [entry.name.replace("_", "-") for entry in fields(cls)]

    @classmethod
    def parse(cls, text: str) -> Faults:
        """Read faults as the command line has them: ``late=0.01,wrong-types=0.001``.

        :raises ValueError: when a name is unknown or a share is not a number from 0 to 1.
        """
        shares: dict[str, float] = {}
        for part in filter(None, text.split(",")):
            name, _, share = (word.strip() for word in part.partition("="))
            if name not in cls.names():
                raise ValueError(f"{name!r} is not a fault; choose from {', '.join(cls.names())}.")
            shares[name.replace("-", "_")] = _share(share)
        return cls(**shares)

    def inject(
        self, hours: Iterator[list[str]], seed: int, injected: list[InjectedFault] | None = None
    ) -> Iterator[list[str]]:
        """Return the hours' lines with the faults; lines that are still late at the end come in the last hour.

        :param hours: each hour's lines.
        :param seed: the sample's.
        :param injected: each fault is appended to it.
        """
        delivery = _Delivery(self, Draws(f"{seed}/faults"), [] if injected is None else injected)
        previous: list[str] | None = None
        for number, lines in enumerate(hours):
            if previous is not None:
                yield previous
            previous = delivery.next_hour(number, lines)
        if previous is not None:
            yield previous + delivery.rest()


@dataclass
class _Delivery:
    """The lines that arrive hour by hour, and those held back for later."""

    faults: Faults
    draws: Draws
    injected: list[InjectedFault]
    held: list[list[str]] = field(default_factory=list)

    def next_hour(self, number: int, lines: list[str]) -> list[str]:
        arrived = self.held.pop(0) if self.held else []
        for original in lines:
            line = self._damage(number, original)
            delay = 1 + self.draws.below(3) if self._draw(self.faults.late, "late", number, line) else 0
            self._deliver(arrived, delay, line)
            if self._draw(self.faults.duplicates, "duplicates", number, line):
                self._deliver(arrived, self.draws.below(2), line)
        return arrived

    def rest(self) -> list[str]:
        return [line for lines in self.held for line in lines]

    def _deliver(self, arrived: list[str], delay: int, line: str) -> None:
        while len(self.held) < delay:
            self.held.append([])
        (self.held[delay - 1] if delay else arrived).append(line)

    def _damage(self, number: int, line: str) -> str:
        for kind, damage in _DAMAGES.items():
            if self.draws.chance(getattr(self.faults, kind)):
                damaged = damage(line, self.draws)
                self.injected.append(InjectedFault(kind.replace("_", "-"), number, damaged))
                return damaged
        return line

    def _draw(self, share: float, kind: str, number: int, line: str) -> bool:
        if not self.draws.chance(share):
            return False
        self.injected.append(InjectedFault(kind, number, line))
        return True


def _malform(line: str, draws: Draws) -> str:
    return line[: 1 + draws.below(len(line) - 2)] if draws.chance(0.7) else "-- log rotated --"


def _mistype(line: str, draws: Draws) -> str:
    pattern, wrong = draws.pick(_WRONG)
    return pattern.sub(wrong, line)


def _lengthen(line: str, draws: Draws) -> str:
    return re.sub(r'"location":(null|"[^"]*")', f'"location":"{"far away " * (60 + draws.below(60))}"', line)


def _count_seconds(line: str, draws: Draws) -> str:
    return re.sub(r'"ts":(\d+)\d{3}', r'"ts":\1', line)


_DAMAGES: dict[str, Callable[[str, Draws], str]] = {
    "malformed": _malform,
    "wrong_types": _mistype,
    "oversized": _lengthen,
    "seconds": _count_seconds,
}


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"{text!r} is not a share; give a number from 0 to 1, as in late=0.01.")
    return share
