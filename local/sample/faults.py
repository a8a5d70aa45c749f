"""Faults on demand, each noted, so that tests know what to expect where."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

Partitions = list[list[bytes]]


@dataclass(frozen=True)
class InjectedFault:
    """One fault.

    :param kind: its name in :data:`~local.sample.config.FAULTS`.
    :param hour: number of the partition, from 0, that holds the line.
    :param line: the line as it was before (for ``late`` and the duplicates: as it is).
    """

    kind: str
    hour: int
    line: bytes


def inject_faults(partitions: Partitions, faults: Sequence[str], seed: int, times: int = 3) -> list[InjectedFault]:
    """Change the partitions' lines in place and return what was done.

    :param partitions: the lines of each hour.
    :param faults: names of :data:`~local.sample.config.FAULTS`.
    :param seed: decides where.
    :param times: how often each is injected.
    """
    rng = random.Random(f"faults {seed}")
    done: list[InjectedFault] = []
    for kind in faults:
        for _ in range(times):
            filled = [number for number, lines in enumerate(partitions) if lines]
            if not filled:
                return done
            hour = rng.choice(filled)
            position = rng.randrange(len(partitions[hour]))
            line = partitions[hour][position]
            landed = _INJECTORS[kind](partitions, hour, position, line)
            done.append(InjectedFault(kind, landed, line))
    return done


def _duplicate(partitions: Partitions, hour: int, position: int, line: bytes) -> int:
    partitions[hour].insert(position, line)
    return hour


def _redeliver(partitions: Partitions, hour: int, position: int, line: bytes) -> int:
    later = min(hour + 1, len(partitions) - 1)
    partitions[later].append(line)
    return later


def _delay(partitions: Partitions, hour: int, position: int, line: bytes) -> int:
    del partitions[hour][position]
    return _redeliver(partitions, hour, position, line)


def _cut(partitions: Partitions, hour: int, position: int, line: bytes) -> int:
    partitions[hour][position] = line[: len(line) // 2]
    return hour


def _replacing(name: str, change: Callable[[object], object]) -> Callable[[Partitions, int, int, bytes], int]:
    def inject(partitions: Partitions, hour: int, position: int, line: bytes) -> int:
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:  # another fault was here before
            return hour
        event[name] = change(event.get(name))
        partitions[hour][position] = orjson.dumps(event)
        return hour

    return inject


_INJECTORS: dict[str, Callable[[Partitions, int, int, bytes], int]] = {
    "duplicates": _duplicate,
    "redelivered": _redeliver,
    "late": _delay,
    "malformed": _cut,
    "wrong-type": _replacing("sessionId", lambda _: "not a number"),
    "oversized": _replacing("location", lambda _: "x" * 600),
    "seconds": _replacing("ts", lambda ts: int(str(ts)) // 1000),
}
