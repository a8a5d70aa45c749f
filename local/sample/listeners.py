"""Users who log in, listen, look around, upgrade, downgrade and log out: the app's events."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from local.sample import words
from local.sample.catalogue import Song
from local.sample.config import SampleConfig

Event = dict[str, Any]

#: Pages beside NextSong: weight, method, status.
_PAGES = {
    "Home": (40, "GET", 200),
    "Settings": (6, "GET", 200),
    "Help": (5, "GET", 200),
    "About": (4, "GET", 200),
    "Downgrade": (6, "GET", 200),
    "Upgrade": (5, "GET", 200),
    "Save Settings": (2, "PUT", 307),
    "Error": (1, "GET", 404),
}
_WEIGHTS = [weight for weight, _, _ in _PAGES.values()]
_NAMES = list(_PAGES)

#: How busy each hour of the day (UTC) is, relative to the average.
_RHYTHM = [
    0.5, 0.4, 0.3, 0.3, 0.4, 0.5, 0.6, 0.8, 0.9, 1.0, 1.1, 1.2,
    1.2, 1.3, 1.5, 1.6, 1.7, 1.7, 1.6, 1.4, 1.2, 1.1, 0.9, 0.8,
]  # fmt: skip

_LISTENING = 0.85
_LOGGED_OUT = {"auth": "Logged Out", "userId": ""} | dict.fromkeys(
    ("firstName", "gender", "lastName", "location", "registration", "userAgent")
)


@dataclass
class User:
    """A registered user and their subscription level, which changes as they upgrade and downgrade."""

    user_id: str
    first_name: str
    last_name: str
    gender: str
    location: str
    user_agent: str
    registration: float
    level: str
    next_session: int

    def describe(self) -> Event:
        """Return the fields that every event of a logged-in user carries."""
        return {
            "auth": "Logged In",
            "firstName": self.first_name,
            "gender": self.gender,
            "lastName": self.last_name,
            "location": self.location,
            "registration": self.registration,
            "userAgent": self.user_agent,
            "userId": self.user_id,
        }


def make_events(config: SampleConfig, songs: Sequence[Song]) -> Iterator[list[Event]]:
    """Yield the events of each hour, by time.

    :param config: seed, hours, users and events an hour.
    :param songs: the catalogue that most plays come from.
    """
    rng = random.Random(f"events {config.seed}")
    users = [_make_user(rng, number, config) for number in range(1, config.users + 1)]
    missing = [(words.title(rng), words.band(rng), round(rng.uniform(90, 420), 5)) for _ in range(200)]
    pending: list[Event] = []
    for number in range(config.hours):
        hour = config.start + timedelta(hours=number)
        wanted = int(config.events_per_hour * _RHYTHM[hour.hour] * rng.uniform(0.7, 1.3))
        start, end = int(hour.timestamp() * 1000), int((hour + timedelta(hours=1)).timestamp() * 1000)
        while len(pending) < wanted:
            session = _make_session(rng, rng.choice(users), rng.randrange(start, end), songs, missing)
            pending.extend(session)
        pending.sort(key=lambda event: (event["ts"], event["sessionId"], event["itemInSession"]))
        cut = next((index for index, event in enumerate(pending) if event["ts"] >= end), len(pending))
        yield pending[:cut]
        pending = pending[cut:]


def _make_user(rng: random.Random, number: int, config: SampleConfig) -> User:
    registered = int(config.start.timestamp() * 1000) - rng.randrange(1, 200 * 86_400_000)
    return User(
        user_id=str(number),
        first_name=rng.choice(words.FIRST_NAMES),
        last_name=rng.choice(words.LAST_NAMES),
        gender=rng.choice("FM"),
        location=rng.choice(words.PLACES),
        user_agent=rng.choice(words.USER_AGENTS),
        registration=float(registered),
        level="paid" if rng.random() < 0.25 else "free",
        next_session=number,
    )


def _make_session(
    rng: random.Random,
    user: User,
    start: int,
    songs: Sequence[Song],
    missing: Sequence[tuple[str, str, float]],
) -> list[Event]:
    """Return one visit: perhaps a log-in, a number of pages and songs, perhaps a log-out."""
    session, user.next_session = user.next_session, user.next_session + 1000
    ts, item = start, 0
    events: list[Event] = []
    if rng.random() < 0.1:
        events += [_page(user, session, 0, ts, "Home", anonymous=True)]
        events += [_page(user, session, 1, ts + 9_000, "Login", method="PUT", status=307, anonymous=True)]
        ts, item = ts + 15_000, 2
    for _ in range(max(1, int(rng.expovariate(1 / (25 if user.level == "paid" else 10))))):
        if rng.random() < _LISTENING:
            event, seconds = _play(rng, user, session, item, ts, songs, missing)
            ts += int(seconds * 1000)
        else:
            event = _visit(rng, user, session, item, ts)
            ts += rng.randrange(2_000, 60_000)
        events.append(event)
        item += 1
    if rng.random() < 0.1:
        events.append(_page(user, session, item, ts, "Logout", method="PUT", status=307))
    return events


def _play(
    rng: random.Random,
    user: User,
    session: int,
    item: int,
    ts: int,
    songs: Sequence[Song],
    missing: Sequence[tuple[str, str, float]],
) -> tuple[Event, float]:
    if rng.random() < 0.7:
        fields = songs[int(len(songs) * rng.random() ** 2)].fields  # some songs are played far more than others
        title, artist, length = fields["title"], fields["artist_name"], fields["duration"]
        if rng.random() < 0.05:
            length = round(length + rng.uniform(-3, 3), 5)
    else:
        title, artist, length = rng.choice(missing)
    event = _page(user, session, item, ts, "NextSong", method="PUT")
    return event | {"artist": artist, "length": length, "song": title}, length


def _visit(rng: random.Random, user: User, session: int, item: int, ts: int) -> Event:
    if rng.random() < 0.04:
        page = "Submit Downgrade" if user.level == "paid" else "Submit Upgrade"
        event = _page(user, session, item, ts, page, method="PUT", status=307)
        user.level = "free" if user.level == "paid" else "paid"
        return event
    page = rng.choices(_NAMES, _WEIGHTS)[0]
    _, method, status = _PAGES[page]
    return _page(user, session, item, ts, page, method=method, status=status)


def _page(
    user: User,
    session: int,
    item: int,
    ts: int,
    page: str,
    *,
    method: str = "GET",
    status: int = 200,
    anonymous: bool = False,
) -> Event:
    who = _LOGGED_OUT if anonymous else user.describe()
    return {
        "artist": None,
        "auth": who["auth"],
        "firstName": who["firstName"],
        "gender": who["gender"],
        "itemInSession": item,
        "lastName": who["lastName"],
        "length": None,
        "level": user.level,
        "location": who["location"],
        "method": method,
        "page": page,
        "registration": who["registration"],
        "sessionId": session,
        "song": None,
        "status": status,
        "ts": ts,
        "userAgent": who["userAgent"],
        "userId": who["userId"],
    }
