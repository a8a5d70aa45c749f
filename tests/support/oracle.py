"""The star schema computed from the source files in plain Python, independently of the pipeline's SQL.

Give it what each partition delivered and the lines of the song files, and compare its tables with the warehouse's. Of
lines that share a song_id, in one file or in several, the one with the lowest content hash is the song. Values are the
same when their bytes are; keys and pages are compared as Redshift compares them, which ignores trailing blanks. What
stands behind the star is computed by :mod:`tests.support.oracle_bookkeeping`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Event = dict[str, Any]
Song = dict[str, Any]
Row = tuple[Any, ...]

HOUR = 3_600_000
EPOCH = datetime(1970, 1, 1)
VALID_TS = range(946_684_800_000, 4_102_444_800_000)
#: The fields that a play's and a song's hash are made of: texts, integers and numbers with a fraction.
_PLAY_TEXTS = ("level", "location", "userAgent", "song", "artist")
_SONG_TEXTS = ("title", "artist_id", "artist_name", "artist_location")
_SONG_NUMBERS = ("duration", "artist_latitude", "artist_longitude")


@dataclass
class Star:
    """The expected rows of every star table."""

    songplays: set[Row] = field(default_factory=set)
    users: set[Row] = field(default_factory=set)
    songs: set[Row] = field(default_factory=set)
    artists: set[Row] = field(default_factory=set)
    time: set[Row] = field(default_factory=set)

    def tables(self) -> dict[str, set[Row]]:
        """Return the tables by name, their values as :func:`exact` has them."""
        return {name: set(map(exact, rows)) for name, rows in vars(self).items()}


def exact(row: Iterable[Any]) -> Row:
    """Return a row that equals another only if all bytes do: to Python 0.0 equals -0.0, and NaN not itself."""
    return tuple(value.hex() if isinstance(value, float) else value for value in row)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the JSON objects of a file, plain or gzip; blank lines don't count."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return [json.loads(line) for line in text.decode().splitlines() if line.strip()]


def read_daily_logs(folder: Path) -> dict[str, list[Event]]:
    """Return the events of daily files (``…/2018-11-05-events.json``) by the hour that they belong to."""
    hours: dict[str, list[Event]] = defaultdict(list)
    for path in sorted(folder.rglob("*-events.json*")):
        day = datetime.strptime(path.name[:10], "%Y-%m-%d").replace(tzinfo=UTC)
        for event in read_lines(path):
            hours[_hour_within(event.get("ts"), day, day + timedelta(days=1))].append(event)
    return dict(hours)


def read_hourly_logs(folder: Path) -> dict[str, list[Event]]:
    """Return the events of hourly partitions (``2018/11/05/13/*.json.gz``) by their partition's hour."""
    hours: dict[str, list[Event]] = defaultdict(list)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        year, month, day, hour = path.relative_to(folder).parts[-5:-1]
        hours[f"{year}-{month}-{day}T{hour}"].extend(read_lines(path))
    return dict(hours)


def read_songs(folder: Path) -> list[Song]:
    """Return the objects of all song files."""
    return [song for path in sorted(folder.rglob("*.json")) for song in read_lines(path)]


def compute_star(hours: Mapping[str, list[Event]], songs: Iterable[Song]) -> Star:
    """Return the star schema of the delivered events and songs.

    :param hours: the events by the partition that delivered them.
    :param songs: the lines of all song files that there are; which file has which line makes no difference.
    """
    star = Star()
    catalogue = choose_songs(songs)
    _fill_catalogue(star, catalogue)
    matches: dict[tuple[str, str], list[Song]] = defaultdict(list)
    for song in catalogue.values():
        if song["title"] is not None and song["artist_name"] is not None:
            matches[song["title"], song["artist_name"]].append(song)
    deliveries: dict[str, tuple[Row, Event]] = {}
    latest: dict[int, tuple[Row, Event]] = {}
    for partition, events in hours.items():
        for event in events:
            if not is_valid(event.get("ts")):
                continue
            observe(latest, partition, event)
            if is_play(event):
                _deliver(deliveries, partition, event)
    star.users = {(user, e["firstName"], e["lastName"], e["gender"], e["level"]) for user, (_, e) in latest.items()}
    for songplay_id, (_, event) in deliveries.items():
        start = to_timestamp(event["ts"])
        star.songplays.add(_play_row(songplay_id, start, event, _match(matches, event)))
        star.time.add(calendar(start))
    return star


def is_valid(ts: Any) -> bool:
    """Return whether a ts is a millisecond timestamp (a range is searched one by one for what is no int)."""
    return isinstance(ts, int) and ts in VALID_TS


def count_plays(hours: Mapping[str, list[Event]]) -> dict[str, int]:
    """Return the number of NextSong events that each partition delivered, duplicates included."""
    return {hour: sum(map(is_play, events)) for hour, events in hours.items()}


def is_play(event: Event) -> bool:
    """Return whether an event is a play."""
    return key_of(event.get("page") or "") == "NextSong"


def to_timestamp(milliseconds: int) -> datetime:
    """Return a UTC timestamp without zone, as the warehouse keeps it."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def calendar(start: datetime) -> Row:
    """Return a row of ``time``."""
    return (
        start,
        start.hour,
        start.day,
        start.isocalendar().week,
        start.month,
        start.year,
        start.isoweekday() % 7,
    )


def user_id(event: Event) -> int | None:
    """Return the event's user, ``None`` when logged out."""
    value = event.get("userId")
    return None if value in ("", None) else int(value)


def _hour_within(ts: Any, start: datetime, end: datetime) -> str:
    low, high = int(start.timestamp() * 1000), int(end.timestamp() * 1000)
    moment = low if not is_valid(ts) else min(max(ts, low), high - 1)
    return to_timestamp(moment).strftime("%Y-%m-%dT%H")


def choose_songs(songs: Iterable[Song]) -> dict[str, Song]:
    """Return the line that stands for each song_id: the one with the lowest content hash."""
    chosen: dict[str, Song] = {}
    for song in songs:
        if song["song_id"] is not None:
            known = chosen.setdefault(key_of(song["song_id"]), song)
            if song_hash(song) < song_hash(known):
                chosen[key_of(song["song_id"])] = song
    return chosen


def _fill_catalogue(star: Star, catalogue: Mapping[str, Song]) -> None:
    artists: dict[str, Row] = {}
    for song_id in sorted(catalogue):
        s = catalogue[song_id]
        star.songs.add((s["song_id"], s["title"], s["artist_id"], s["year"], to_float(s["duration"])))
        if s["artist_id"] is None:
            continue
        artists.setdefault(
            key_of(s["artist_id"]),
            (
                s["artist_id"],
                s["artist_name"],
                s["artist_location"],
                to_float(s["artist_latitude"]),
                to_float(s["artist_longitude"]),
            ),
        )
    star.artists = set(artists.values())


def _order(value: Any) -> tuple[int, Any]:
    """NULL sorts after every value, as ascending order in the warehouse has it."""
    return (1, 0) if value is None else (0, value)


def key_of(text: str) -> str:
    """Return a key without what Redshift ignores when it compares."""
    return text.rstrip(" ")


def to_float(value: Any) -> float | None:
    """Return a number as the warehouse keeps it, ``None`` for no number."""
    return None if value is None else float(value)


def _text_order(value: str | None) -> tuple[int, Any]:
    return _order(None if value is None else key_of(value))


def observe(latest: dict[int, tuple[Row, Event]], partition: str, event: Event) -> None:
    """Note an event as its user's latest one, with its rank, if it is."""
    user = user_id(event)
    if user is None:
        return
    texts = [event.get(name) for name in ("level", "firstName", "lastName", "gender")]
    lengths = [_order(None if text is None else len(text)) for text in texts]
    content = (*map(_text_order, texts), *lengths)
    moment = (event["ts"], _order(event.get("sessionId")), _order(event.get("itemInSession")))
    rank = (*moment, _inverted(partition), content)
    if user not in latest or rank > latest[user][0]:
        latest[user] = (rank, event)


def _inverted(text: str) -> tuple[int, ...]:
    """Make the lower of two equal-length texts rank higher."""
    return tuple(-ord(c) for c in text)


def _deliver(deliveries: dict[str, tuple[Row, Event]], partition: str, event: Event) -> None:
    songplay_id = play_id(event)
    rank = (partition, content_hash(event))
    if songplay_id not in deliveries or rank < deliveries[songplay_id][0]:
        deliveries[songplay_id] = (rank, event)


def play_id(event: Event) -> str:
    """Return the songplay_id of a play."""
    parts = (event["ts"], user_id(event), event.get("sessionId"), event.get("itemInSession"))
    identity = "|".join("NULL" if part is None else str(part) for part in parts)
    return hashlib.md5(identity.encode()).hexdigest()


def content_hash(event: Event) -> str:
    """Return the hash that distinguishes and orders the deliveries of a play."""
    texts = [_measured(event.get(name)) for name in _PLAY_TEXTS]
    return _md5([*texts, _hashed(event.get("length"))])


def song_hash(song: Song) -> str:
    """Return the hash that distinguishes and orders lines with the same song_id."""
    year = "NULL" if song["year"] is None else str(song["year"])
    texts = [_measured(song[name]) for name in _SONG_TEXTS]
    return _md5([str(len(song["song_id"])), *texts, year, *(_hashed(song[name]) for name in _SONG_NUMBERS)])


def fnv_hash(value: float) -> int:
    """Return FNV-1a, 64 bits, of a double's bytes, the lowest first, as the warehouse's signed BIGINT.

    http://www.isthe.com/chongo/tech/comp/fnv/
    """
    found = 0xCBF29CE484222325
    for byte in struct.pack("<d", value):
        found = (found ^ byte) * 0x100000001B3 & 0xFFFF_FFFF_FFFF_FFFF
    return found - (1 << 64) if found >> 63 else found


def _md5(fields: Iterable[str]) -> str:
    return hashlib.md5("|".join(fields).encode()).hexdigest()


def _measured(text: str | None) -> str:
    """Return a text after its length, so that no two rows of texts are joined to the same one."""
    return "NULL" if text is None else f"{len(text)}:{text}"


def _hashed(number: float | None) -> str:
    return "NULL" if number is None else str(fnv_hash(float(number)))


def _match(matches: Mapping[tuple[str, str], list[Song]], event: Event) -> Song | None:
    found = matches.get((event.get("song"), event.get("artist")), [])  # type: ignore[arg-type]
    length = event.get("length")

    def distance(song: Song) -> tuple[Any, str]:
        known = length is not None and song["duration"] is not None
        return _order(abs(song["duration"] - length) if known else None), song["song_id"]

    return min(found, key=distance, default=None)


def _play_row(songplay_id: str, start: datetime, event: Event, song: Song | None) -> Row:
    return (
        songplay_id,
        start,
        user_id(event),
        event.get("level"),
        song and song["song_id"],
        song and song["artist_id"],
        event.get("sessionId"),
        event.get("location"),
        event.get("userAgent"),
    )
