"""The app's users, and the event lines that they write."""

from __future__ import annotations

from dataclasses import dataclass

from local.sample import words
from local.sample.catalogue import quote
from local.sample.draws import Draws

_PAID_AT_FIRST = 0.22
_DAY = 86_400_000


@dataclass(slots=True)
class Listener:
    """A user, with names ready to be written into event lines.

    :param level: ``free`` or ``paid``; changes as the user upgrades and downgrades.
    :param busy_until: end of the user's latest session, in milliseconds since 1970.
    """

    user_id: str
    first: str
    last: str
    gender: str
    location: str
    agent: str
    registration: str
    level: str
    busy_until: int = 0

    def play(self, session: int, item: int, ts: int, artist: str, title: str, length: float) -> str:
        """Return the line of a NextSong event."""
        return (
            f'{{"artist":{artist},"auth":"Logged In","firstName":{self.first},"gender":"{self.gender}",'
            f'"itemInSession":{item},"lastName":{self.last},"length":{length},"level":"{self.level}",'
            f'"location":{self.location},"method":"PUT","page":"NextSong","registration":{self.registration},'
            f'"sessionId":{session},"song":{title},"status":200,"ts":{ts},"userAgent":{self.agent},'
            f'"userId":"{self.user_id}"}}'
        )

    def visit(self, session: int, item: int, ts: int, page: str) -> str:
        """Return the line of any other page's event."""
        method, status = METHODS.get(page, ("GET", 200))
        return (
            f'{{"artist":null,"auth":"Logged In","firstName":{self.first},"gender":"{self.gender}",'
            f'"itemInSession":{item},"lastName":{self.last},"length":null,"level":"{self.level}",'
            f'"location":{self.location},"method":"{method}","page":"{page}","registration":{self.registration},'
            f'"sessionId":{session},"song":null,"status":{status},"ts":{ts},"userAgent":{self.agent},'
            f'"userId":"{self.user_id}"}}'
        )

    def visit_logged_out(self, session: int, item: int, ts: int, page: str) -> str:
        """Return the line of an event before login or after logout: it has the level but no name."""
        method, status = METHODS.get(page, ("GET", 200))
        return (
            '{"artist":null,"auth":"Logged Out","firstName":null,"gender":null,'
            f'"itemInSession":{item},"lastName":null,"length":null,"level":"{self.level}",'
            f'"location":null,"method":"{method}","page":"{page}","registration":null,'
            f'"sessionId":{session},"song":null,"status":{status},"ts":{ts},"userAgent":null,"userId":""}}'
        )


#: Pages that are not answered with GET and 200.
METHODS = {
    "Login": ("PUT", 307),
    "Logout": ("PUT", 307),
    "Save Settings": ("PUT", 307),
    "Submit Upgrade": ("PUT", 307),
    "Submit Downgrade": ("PUT", 307),
    "Error": ("GET", 404),
}


def make_listeners(seed: int, count: int, before: int) -> list[Listener]:
    """Return users who registered before a moment, in milliseconds since 1970."""
    draws = Draws(f"{seed}/listeners")
    return [_listener(draws, number, before) for number in range(count)]


def _listener(draws: Draws, number: int, before: int) -> Listener:
    gender = draws.pick("FM")
    registered = before - 1 - int(draws.between(0, 120 * _DAY))
    return Listener(
        user_id=str(2 + number + number // 7),
        first=quote(words.first_name(draws, gender)),
        last=quote(draws.pick(words.LAST_NAMES)),
        gender=gender,
        location=quote(words.metropolis(draws)),
        agent=quote(words.user_agent(draws)),
        registration=f"{registered}.0",
        level="paid" if draws.chance(_PAID_AT_FIRST) else "free",
    )
