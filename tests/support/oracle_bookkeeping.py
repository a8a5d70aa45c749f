"""An independent computation of what stands behind the star: who delivered what, and what the ledger says of it."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.oracle import (
    Event,
    Row,
    Song,
    content_hash,
    exact,
    is_play,
    is_valid,
    key_of,
    observe,
    play_id,
    song_hash,
    to_float,
    to_timestamp,
    user_id,
)

#: The tables and their columns, in the order of the rows.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "play_deliveries": (
        *("songplay_id", "source_partition", "start_time", "user_id", "level", "session_id", "location"),
        *("user_agent", "title", "artist", "length", "content_hash", "copies", "is_shown"),
    ),
    "user_observations": (
        *("source_partition", "user_id", "seen_ts", "session_id", "item_in_session"),
        *("first_name", "last_name", "gender", "level"),
    ),
    "latest_observations": ("source_partition", "user_id", "seen_ts", "session_id", "item_in_session"),
    "song_deliveries": (
        *("file_hash", "object_uri", "song_id", "title", "artist_id", "artist_name", "artist_location"),
        *("artist_latitude", "artist_longitude", "year", "duration", "content_hash", "copies", "is_shown"),
    ),
    "load_ledger": (
        *("source_partition", "source_lines", "staged", "rejected", "in_scope", "out_of_scope", "candidates"),
        *("rejected_by_rule", "duplicates", "loaded", "play_days"),
    ),
}


def compute_bookkeeping(
    hours: Mapping[str, Sequence[Event]], songs: Mapping[str, Sequence[Song]]
) -> dict[str, set[Row]]:
    """Return the rows of the tables behind the star, of hourly files without a line that COPY rejects.

    :param hours: the events by the hour that delivered them.
    :param songs: the lines of the song files, by the file's address.
    """
    plays = _deliver_plays(hours)
    observations = _observe_users(hours)
    tables = {
        "play_deliveries": plays,
        "user_observations": observations,
        "latest_observations": [row[:5] for row in _choose_latest(observations)],
        "song_deliveries": _deliver_songs(songs),
        "load_ledger": [_account(hour, events, plays) for hour, events in hours.items()],
    }
    return {name: set(map(exact, rows)) for name, rows in tables.items()}


def _deliver_plays(hours: Mapping[str, Sequence[Event]]) -> list[Row]:
    copies: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for hour, events in hours.items():
        for event in filter(is_play, events):
            if is_valid(event.get("ts")):
                copies[play_id(event), hour].append(event)
    shown: dict[str, str] = {}
    for songplay_id, hour in sorted(copies):
        shown.setdefault(songplay_id, hour)
    return [
        _play_row(songplay_id, hour, min(events, key=content_hash), len(events), is_shown=shown[songplay_id] == hour)
        for (songplay_id, hour), events in copies.items()
    ]


def _play_row(songplay_id: str, hour: str, event: Event, copies: int, *, is_shown: bool) -> Row:
    texts = [event.get(name) for name in ("location", "userAgent", "song", "artist")]
    return (
        *(songplay_id, hour, to_timestamp(event["ts"]), user_id(event), event.get("level"), event.get("sessionId")),
        *(*texts, to_float(event.get("length")), content_hash(event), copies, is_shown),
    )


def _observe_users(hours: Mapping[str, Sequence[Event]]) -> list[Row]:
    rows: list[Row] = []
    for hour, events in hours.items():
        latest: dict[int, tuple[Row, Event]] = {}
        for event in events:
            if is_valid(event.get("ts")):
                observe(latest, hour, event)
        for user, (_, event) in latest.items():
            moment = (event["ts"], event.get("sessionId"), event.get("itemInSession"))
            rows.append((hour, user, *moment, *(event[name] for name in ("firstName", "lastName", "gender", "level"))))
    return rows


def _choose_latest(observations: Sequence[Row]) -> list[Row]:
    """Return each user's latest observation: NULL is the last session and item, the lowest hour wins."""
    chosen: dict[int, tuple[Row, Row]] = {}
    for row in sorted(observations, reverse=True, key=lambda row: str(row[0])):
        rank = (row[2], *((value is None, value or 0) for value in row[3:5]))
        if row[1] not in chosen or rank >= chosen[row[1]][0]:
            chosen[row[1]] = rank, row
    return [row for _, row in chosen.values()]


def _deliver_songs(songs: Mapping[str, Sequence[Song]]) -> list[Row]:
    copies: dict[tuple[str, str], list[Song]] = defaultdict(list)
    for uri, lines in songs.items():
        for line in lines:
            if line["song_id"] is not None:
                copies[uri, key_of(line["song_id"])].append(line)
    found = {key: min(lines, key=song_hash) for key, lines in copies.items()}
    shown: dict[str, tuple[str, str]] = {}
    for uri, song_id in sorted(found, key=lambda key: (song_hash(found[key]), _md5(key[0]))):
        shown.setdefault(song_id, (uri, song_id))
    numbers = Counter({key: len(lines) for key, lines in copies.items()})
    return [_song_row(key[0], line, numbers[key], is_shown=shown[key[1]] == key) for key, line in found.items()]


def _song_row(uri: str, song: Song, copies: int, *, is_shown: bool) -> Row:
    texts = [song[name] for name in ("song_id", "title", "artist_id", "artist_name", "artist_location")]
    place = [to_float(song[name]) for name in ("artist_latitude", "artist_longitude")]
    known = (song["year"], to_float(song["duration"]))
    return (_md5(uri), uri, *texts, *place, *known, song_hash(song), copies, is_shown)


def _account(hour: str, events: Sequence[Event], plays: Sequence[Row]) -> Row:
    mine = [row for row in plays if row[1] == hour]
    candidates = sum(map(is_play, events))
    valid = sum(row[12] for row in mine)
    loaded = sum(row[13] for row in mine)
    days: Any = ",".join(sorted({f"{row[2]:%Y-%m-%d}" for row in mine})) or None
    counts = (len(events), len(events), 0, len(events), 0)
    return (hour, *counts, candidates, candidates - valid, valid - loaded, loaded, days)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
