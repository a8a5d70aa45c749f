"""What a sample is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

#: Faults that can be asked for, and what each does.
FAULTS = {
    "duplicates": "an event stands twice in its file",
    "redelivered": "an event is delivered again by the next partition",
    "late": "an event is delivered by a later partition instead of its own",
    "malformed": "a line is cut off in the middle",
    "wrong-type": "a number field holds text",
    "oversized": "a text is longer than its column",
    "seconds": "ts counts seconds instead of milliseconds",
}


@dataclass(frozen=True)
class SampleConfig:
    """A sample's size and shape.

    :param seed: decides everything random.
    :param start: first hour, UTC.
    :param hours: number of hours.
    :param songs: size of the song catalogue.
    :param users: number of registered users.
    :param events_per_hour: average over the day; nights are quiet.
    :param layout: ``hourly`` partitions (gzip) or ``daily`` files (plain).
    :param faults: names of :data:`FAULTS`, each injected a few times.
    :raises ValueError: when a size, the layout or a fault makes no sense.
    """

    seed: int = 1
    start: datetime = datetime(2018, 11, 1, tzinfo=UTC)
    hours: int = 48
    songs: int = 3000
    users: int = 250
    events_per_hour: int = 150
    layout: str = "hourly"
    faults: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("hours", "songs", "users", "events_per_hour"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}: give at least 1.")
        if self.layout not in ("hourly", "daily"):
            raise ValueError(f"layout is {self.layout!r}: give 'hourly' or 'daily'.")
        unknown = [fault for fault in self.faults if fault not in FAULTS]
        if unknown:
            raise ValueError(f"There is no fault {unknown[0]!r}: choose from {', '.join(FAULTS)}.")
        if self.start.utcoffset() is None or self.start.minute or self.start.second or self.start.microsecond:
            raise ValueError(f"start is {self.start}: give a whole hour with its zone.")
