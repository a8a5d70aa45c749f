"""The loads whose cost is counted, in their order: each finds what those before it left."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.counted import CountedWarehouse, Result
from bench.rig.dag_runs import Run
from bench.warehouse import HOUR, START
from local.sample import Layout, Sample
from local.sample.delivery import log_files


@dataclass(frozen=True)
class Size:
    """How much is loaded.

    :param history: hours that the warehouse holds before.
    :param songs: song files; a few of them are new in each case with new songs.
    :param events: events of an hour, about.
    :param window: hours of the window.
    """

    history: int
    songs: int
    events: int = 250
    window: int = 24


@dataclass(frozen=True)
class Case:
    """A load that is counted.

    :param name: what it is called.
    :param first: number of its first hour behind the history.
    :param hours: how many it loads.
    :param new_songs: whether new song files are there.
    :param correct: changes the lines of its first hour.
    :param again: whether its first hour was loaded before.
    :param withdraws: whether it takes back what was seen last of a user.
    """

    name: str
    first: int
    hours: int = 1
    new_songs: bool = False
    correct: Callable[[list[str]], list[str]] | None = None
    again: bool = False
    withdraws: bool = False


def cases(window: int) -> list[Case]:
    """Return the cases in the order in which they have to run.

    :param window: hours of a window.
    """
    return [
        Case("first load", 0),
        Case("first load, new songs", 1, new_songs=True),
        Case("unchanged rerun", 0, again=True),
        Case("unchanged rerun, new songs", 0, new_songs=True, again=True),
        Case("corrected file", 0, correct=correct_plays, again=True),
        Case("corrected file, new songs", 1, new_songs=True, correct=correct_plays, again=True),
        Case("corrected file, a user gone", 1, correct=remove_last_user, again=True, withdraws=True),
        Case(f"window of {window} hours", 2, window),
        Case(f"window of {window} hours, new songs", 2 + window, window, new_songs=True),
    ]


def correct_plays(lines: list[str]) -> list[str]:
    """Return an hour's lines with one play elsewhere and another one gone; no user is gone, or last seen earlier."""
    events = [json.loads(line) for line in lines]
    last = {event["userId"]: number for number, event in enumerate(events)}
    plays = [number for number, event in enumerate(events) if event["page"] == "NextSong"]
    inner = [number for number in plays if last[events[number]["userId"]] != number]
    events[plays[0]]["location"] = "Elsewhere, NW"
    return [json.dumps(event) for number, event in enumerate(events) if number not in inner[-1:]]


def remove_last_user(lines: list[str]) -> list[str]:
    """Return an hour's lines without the user who was seen last in it."""
    events = [json.loads(line) for line in lines]
    gone = next(event["userId"] for event in reversed(events) if event["userId"])
    return [json.dumps(event) for event in events if event["userId"] != gone]


def outlying(lines: list[str]) -> list[str]:
    """Return an hour's lines and a play far from all others: of 2001, by a user whose number is high."""
    play = next(event for event in map(json.loads, lines) if event["page"] == "NextSong")
    moment = datetime.fromisoformat("2001-09-09T01:46:40+00:00")
    return [*lines, json.dumps({**play, "ts": round(moment.timestamp() * 1000), "userId": "9000000"})]


@dataclass
class Pipeline:
    """The pipeline with its source, case by case.

    :param size: how much is loaded.
    :param sample: the source.
    :param change: changes the lines of every hour that is counted.
    """

    warehouse: CountedWarehouse
    size: Size
    sample: Sample
    change: Callable[[list[str]], list[str]] = list
    _hours: list[list[str]] = field(default_factory=list)
    _songs: list[Any] = field(default_factory=list)

    def prepare(self) -> None:
        """Put the source's hours into S3 and half of its songs, and load the history."""
        self._hours = list(self.sample.events_by_hour())
        self._songs = list(self.sample.song_files())
        self._put_songs(len(self._songs) // 2)
        for number in range(len(self._hours)):
            self._put_hour(number, self.change(self._hours[number]) if self._is_counted_alone(number) else None)
        if self.size.history:
            self.warehouse.run(0, self.size.history)
        self.warehouse.tap.take()

    def run(self, case: Case) -> Result:
        """Run a case and return what it cost."""
        first = self.size.history + case.first
        if case.correct is not None:
            self._hours[first] = case.correct(self._hours[first])
            self._put_hour(first, self.change(self._hours[first]))
        if case.new_songs:
            self._put_songs(5)
        start = START + first * HOUR
        run = Run(self.warehouse.dag, start, start + case.hours * HOUR, run_id=f"cost__{case.name}")
        return Result(case.name, dict(self.warehouse.count_tasks(run, is_kept)))

    def _is_counted_alone(self, number: int) -> bool:
        return self.size.history <= number < self.size.history + 2

    def _put_hour(self, number: int, lines: list[str] | None = None) -> None:
        hour = (START + number * HOUR, self._hours[number] if lines is None else lines)
        for file in log_files([hour], Layout.HOURLY, "log_data"):
            self.warehouse.put(file.key, file.body)

    def _put_songs(self, count: int) -> None:
        for file in self._songs[:count]:
            self.warehouse.put(file.key, file.body)
        del self._songs[:count]


def is_kept(table: str) -> bool:
    """Return whether one of the pipeline's tables outlives the runs."""
    return table.startswith(("public.", "etl."))


@contextmanager
def open_pipeline(
    folder: Path,
    size: Size,
    seed: int,
    *,
    change: Callable[[list[str]], list[str]] = list,
    set_variable: Callable[[str, str], None] = os.environ.__setitem__,
) -> Iterator[Pipeline]:
    """Start servers with a history loaded.

    :param folder: for the servers' data.
    :param seed: of the generated data.
    :param change: changes the lines of the hours that are loaded by a run of their own.
    :param set_variable: see :class:`~bench.warehouse.Warehouse`.
    """
    hours = size.history + 2 + 2 * size.window
    sample = Sample(seed=seed, start=START, hours=hours, songs=size.songs, events_per_hour=size.events)
    with CountedWarehouse(folder, set_variable) as warehouse:
        pipeline = Pipeline(warehouse, size, sample, change)
        pipeline.prepare()
        yield pipeline
