"""One session: songs and pages, login and logout, upgrades and downgrades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from local.sample.catalogue import Recording
from local.sample.draws import Draws
from local.sample.listeners import Listener

#: An event's time in milliseconds since 1970, and its line.
Event = tuple[int, str]

#: Of all plays: a song of the catalogue, by exact title and artist.
_KNOWN_SONGS = 0.4
#: Of the plays of catalogue songs: the app measured another length.
_OTHER_LENGTH = 0.15
_SKIPPED = 0.08

#: Pages between songs, more frequent ones more often.
_PAGES = {
    "free": ("Home",) * 62 + ("Upgrade",) * 10 + ("Settings",) * 5 + ("Help",) * 4 + ("About",) * 3 + ("Error",),
    "paid": ("Home",) * 62 + ("Downgrade",) * 6 + ("Settings",) * 5 + ("Help",) * 4 + ("About",) * 3 + ("Error",),
}
#: What a page may lead to: page, probability, and the level afterwards (None: as before).
_FOLLOW_UPS: dict[str, tuple[str, float, str | None]] = {
    "Upgrade": ("Submit Upgrade", 0.35, "paid"),
    "Downgrade": ("Submit Downgrade", 0.12, "free"),
    "Settings": ("Save Settings", 0.2, None),
}

#: Events that a session has on average, near enough.
MEAN_EVENTS = 13


@dataclass(frozen=True)
class Music:
    """What can be played: recordings of catalogue songs, and others."""

    known: Sequence[Recording]
    unknown: Sequence[Recording]


@dataclass
class Session:
    """One session of one user, from its first event to its last.

    :param listener: whose it is; their level changes with it.
    :param number: its sessionId.
    :param moment: its start in milliseconds since 1970.
    """

    listener: Listener
    number: int
    moment: int
    music: Music
    draws: Draws
    events: list[Event] = field(default_factory=list)

    def run(self) -> list[Event]:
        """Return the session's events in order of time."""
        draws = self.draws
        if draws.chance(0.08):
            self._look_around()
            return self.events
        if draws.chance(0.12):
            self._log_in()
        elif draws.chance(0.4):
            self._visit("Home")
        for _ in range(self._length()):
            if draws.chance(0.88):
                self._play()
            else:
                self._browse()
        if draws.chance(0.1):
            self._visit("Logout")
            self._visit_logged_out("Home")
        return self.events

    def _length(self) -> int:
        if self.draws.chance(0.45):
            return 1 + self.draws.below(3)
        return 4 + int(self.draws.random() ** 2 * 56)

    def _look_around(self) -> None:
        for _ in range(1 + self.draws.below(3)):
            self._visit_logged_out(self.draws.pick(("Home", "Home", "Home", "About", "Help")))

    def _log_in(self) -> None:
        if self.draws.chance(0.6):
            self._visit_logged_out("Home")
        self._visit_logged_out("Login")
        self._visit("Home")

    def _play(self) -> None:
        draws = self.draws
        known = bool(self.music.known) and draws.chance(_KNOWN_SONGS)
        song = draws.pick_early(self.music.known if known else self.music.unknown, 3.0)
        length = song.length
        if known and draws.chance(_OTHER_LENGTH):
            length = round(length + draws.between(-3, 3), 5)
        line = self.listener.play(self.number, len(self.events), self.moment, song.artist, song.title, length)
        heard = draws.between(0.05, 1) if draws.chance(_SKIPPED) else 1
        self._add(line, int(length * heard) * 1000)

    def _browse(self) -> None:
        page = self.draws.pick(_PAGES[self.listener.level])
        self._visit(page)
        if page not in _FOLLOW_UPS:
            return
        following, probability, level = _FOLLOW_UPS[page]
        if self.draws.chance(probability):
            self._visit(following)
            self.listener.level = level or self.listener.level
            self._visit("Home")

    def _visit(self, page: str) -> None:
        line = self.listener.visit(self.number, len(self.events), self.moment, page)
        self._add(line, 1000 * (1 + self.draws.below(60)))

    def _visit_logged_out(self, page: str) -> None:
        line = self.listener.visit_logged_out(self.number, len(self.events), self.moment, page)
        self._add(line, 1000 * (1 + self.draws.below(30)))

    def _add(self, line: str, milliseconds: int) -> None:
        self.events.append((self.moment, line))
        self.moment += milliseconds
