"""A sample: its songs, and its events hour by hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from local.sample.catalogue import Song, make_songs, recordings_of, unknown_recordings
from local.sample.delivery import Layout, SampleFile, log_files, song_files
from local.sample.draws import Draws
from local.sample.faults import Faults, InjectedFault
from local.sample.listeners import Listener, make_listeners
from local.sample.sessions import MEAN_EVENTS, Event, Music, Session

_HOUR = 3_600_000
#: How busy the hours of a day are, from 00:00 UTC on; 1 is the average.
_ACTIVITY = (
    *(0.75, 0.65, 0.6, 0.55, 0.5, 0.5, 0.55, 0.6, 0.7, 0.85, 1.0, 1.1),
    *(1.2, 1.3, 1.45, 1.6, 1.65, 1.6, 1.5, 1.35, 1.2, 1.05, 0.95, 0.8),
)


@dataclass(frozen=True)
class Sample:
    """Events and songs of a span of time.

    :param seed: makes one sample differ from another.
    :param start: the first hour, UTC.
    :param hours: how many hours there are.
    :param songs: how many songs the catalogue has.
    :param events_per_hour: how many events an hour has on average, about.
    """

    seed: int = 1
    start: datetime = datetime(2018, 11, 1, tzinfo=UTC)
    hours: int = 48
    songs: int = 3000
    events_per_hour: int = 250

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.start != self.start.replace(minute=0, second=0, microsecond=0):
            raise ValueError(f"The sample's start {self.start.isoformat()} must be a whole hour with a time zone.")

    @cached_property
    def catalogue(self) -> list[Song]:
        """The songs."""
        return make_songs(self.seed, self.songs)

    def hour_starts(self) -> list[datetime]:
        """Return the first moment of each hour."""
        return [self.start.astimezone(UTC) + timedelta(hours=number) for number in range(self.hours)]

    def events_by_hour(self) -> Iterator[list[str]]:
        """Return each hour's event lines in order of time; sessions that outlast the sample are cut off."""
        draws = Draws(f"{self.seed}/sessions")
        start = int(self.start.timestamp() * 1000)
        listeners = make_listeners(self.seed, 30 + 4 * self.events_per_hour, start)
        music = Music(recordings_of(self.catalogue), unknown_recordings(self.seed, self.catalogue))
        pending: dict[int, list[Event]] = {}
        session = 0
        for hour in range(self.hours):
            begin = start + hour * _HOUR
            for _ in range(self._session_count(draws, begin)):
                listener, moment = draws.pick_early(listeners), begin + draws.below(_HOUR)
                session += 1
                _spread(pending, _events(Session(listener, session, moment, music, draws)), start)
            yield [line for _, line in sorted(pending.pop(hour, ()))]

    def song_files(self, prefix: str = "song_data") -> Iterator[SampleFile]:
        """Return the song files.

        :param prefix: key prefix.
        """
        return song_files(self.catalogue, prefix)

    def log_files(
        self,
        layout: Layout = Layout.HOURLY,
        faults: Faults | None = None,
        prefix: str = "log_data",
        injected: list[InjectedFault] | None = None,
    ) -> Iterator[SampleFile]:
        """Return the event logs, an hour or a day at a time.

        :param layout: hourly partitions or daily files.
        :param faults: faults to inject.
        :param prefix: key prefix.
        :param injected: each fault is appended to it.
        """
        hours: Iterator[list[str]] = self.events_by_hour()
        if faults is not None:
            hours = faults.inject(hours, self.seed, injected)
        return log_files(zip(self.hour_starts(), hours, strict=True), layout, prefix)

    def _session_count(self, draws: Draws, begin: int) -> int:
        activity = _ACTIVITY[begin // _HOUR % 24]
        return int(self.events_per_hour * activity / MEAN_EVENTS + draws.random())


def _events(session: Session) -> list[Event]:
    """Run a session, unless its user is still in another one."""
    listener: Listener = session.listener
    if session.moment < listener.busy_until:
        return []
    events = session.run()
    listener.busy_until = session.moment
    return events


def _spread(pending: dict[int, list[Event]], events: list[Event], start: int) -> None:
    for event in events:
        pending.setdefault((event[0] - start) // _HOUR, []).append(event)
