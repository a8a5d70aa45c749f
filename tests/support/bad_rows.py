"""The kinds of docs/troubleshooting.md as tables: what a file holds, and what has to become of it."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import lzma
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import zstandard

EVENT = {
    "artist": "A",
    "auth": "Logged In",
    "firstName": "Ann",
    "gender": "F",
    "itemInSession": 1,
    "lastName": "Lee",
    "length": 100.5,
    "level": "free",
    "location": "Bixby, OK",
    "method": "PUT",
    "page": "NextSong",
    "registration": 1540919166796.0,
    "sessionId": 1,
    "song": "S",
    "status": 200,
    "ts": int(datetime(2018, 11, 5, tzinfo=UTC).timestamp() * 1000),
    "userAgent": "x",
    "userId": "1",
}


def line(**changes: Any) -> bytes:
    """Return an event as a line of JSON; a change to ``...`` leaves the key out."""
    return json.dumps({key: value for key, value in {**EVENT, **changes}.items() if value is not Ellipsis}).encode()


GOOD = line(itemInSession=9)
#: kind → (the lines after a good one, column, words of the reason)
REJECTED: dict[str, tuple[bytes, str, str]] = {
    "malformed JSON": (line()[:40], "", "Invalid JSON"),
    "a line that is not JSON": (b"2018-11-05 INFO started", "", "Invalid JSON"),
    "an array": (b"[" + line() + b"]", "", "not an object"),
    "wrong type": (line(sessionId="none"), "session_id", "Invalid digit"),
    "number out of range": (line(itemInSession=99_999_999_999), "item_in_session", "Overflow"),
    "number beyond every range": (line(length="@@").replace(b'"@@"', b"1e400"), "length", "Overflow"),
    "number too near to zero": (line(length="@@").replace(b'"@@"', b"1e-400"), "length", "Overflow"),
    "oversized string": (line(location="x" * 600), "location", "String length exceeds DDL length"),
    "invalid UTF-8": (line(location="@@").replace(b"@@", b"\xff\xfe"), "", "UTF8"),
    "null byte, escaped": (line(location="a\x00b"), "location", "UTF8"),
    "null byte, raw": (line(location="@@").replace(b"@@", b"a\x00b"), "", "Invalid JSON"),
    "ts that is text": (line(ts="yesterday"), "ts", "Invalid digit"),
    "half a surrogate pair": (line(location="@@").replace(b"@@", b"\\ud83c"), "location", "UTF8"),
    "a no-break space alone": ("\u00a0".encode(), "", "Invalid JSON"),
}
#: kind → (the event, words of the reason)
REJECTED_BY_RULE = {
    "ts in seconds": (line(ts=1541376000), "counts seconds"),
    "ts in the far future": (line(ts=99_999_999_999_999), "no millisecond timestamp"),
    "ts missing": (line(ts=...), "missing"),
}
#: kind → (file's content, rows staged, plays loaded, check that warns)
LOADED: dict[str, tuple[bytes, int, int, str]] = {
    "missing page": (GOOD + b"\n" + line(page=...), 2, 1, "pages_known"),
    "empty page": (GOOD + b"\n" + line(page=" "), 2, 1, "pages_known"),
    "NextSong in another spelling": (GOOD + b"\n" + line(page="next_song"), 2, 1, "pages_known"),
    "NextSong within an object": (GOOD + b"\n" + line(page={"name": "NextSong"}), 2, 1, "pages_known"),
    "other keys for what plays show": (
        b"\n".join(line(itemInSession=number, song=..., title="S") for number in range(3)),
        3,
        3,
        "plays_complete",
    ),
    "missing key": (GOOD + b"\n" + line(song=..., registration=...), 2, 2, ""),
    "play without a user": (
        b"\n".join([GOOD, line(userId=...), line(userId="", itemInSession=2)]),
        3,
        3,
        "plays_have_users",
    ),
    "trailing blanks": (GOOD + b"\n" + line(level="free "), 2, 2, "levels_known"),
    "whole number with a fraction of zeros": (GOOD + b"\n" + line(ts=1541376000000.0, sessionId=7.0), 2, 2, ""),
    "missing session": (GOOD + b"\n" + line(sessionId=...), 2, 2, "sessions_known"),
    "unknown key": (GOOD + b"\n" + line(plan="new"), 2, 2, ""),
    "BOM": (b"\xef\xbb\xbf" + GOOD, 1, 1, ""),
    "blank lines": (b"\n\n" + GOOD + b"\n \n", 1, 1, ""),
    "no final newline": (GOOD, 1, 1, ""),
    "empty file": (b"", 0, 0, ""),
    "events of nobody": (b"\n".join(line(page="Home", userId="", itemInSession=n) for n in range(3)), 3, 0, ""),
}
PLAYS = b"\n".join(line(itemInSession=number, location="Malmö, SE") for number in range(20))
#: kind → (name, content), a file of 20 plays
COMPRESSED: dict[str, tuple[str, bytes]] = {
    "gzip, whatever the name": ("e.json", gzip.compress(PLAYS)),
    "gzip of several members": ("e.gzip", gzip.compress(PLAYS[:999]) + gzip.compress(PLAYS[999:])),
    "bzip2": ("e.json.bz2", bz2.compress(PLAYS)),
    "zstd": ("e.json.zst", zstandard.compress(PLAYS)),
    "zstd with a skippable frame": ("e", b"\x50\x2a\x4d\x18\x02\x00\x00\x00ab" + zstandard.compress(PLAYS)),
    "plain text named .gz": ("e.json.GZ", PLAYS),
}
#: kind → (name, content, words of the failure), a file beside a good one, where 50 lines may be rejected
NO_TEXT: dict[str, tuple[str, bytes, str]] = {
    "UTF-16 or UTF-32": ("e.json", PLAYS.decode().encode("utf-16-le"), "text in UTF-16 (little-endian), not in UTF-8"),
    "another encoding than UTF-8": (
        "e.json",
        json.dumps({**EVENT, "location": "Malmö"}, ensure_ascii=False).encode("latin-1")
        + b"\n"
        + line(location="@").replace(b"@", b"\xe9"),
        "2 of its 2 lines are not UTF-8",
    ),
    "binary or encrypted data": ("e.json", PLAYS + b"\n" + random.Random(1).randbytes(200), "(line 21, "),
    "a run of null bytes": ("e.json", bytes(600) + PLAYS, "binary, encrypted or in another encoding"),
    "compressed twice": ("e.json.gz", gzip.compress(gzip.compress(PLAYS)), "compressed twice: gzip within gzip"),
    "text without a JSON object": ("e.json", base64.b64encode(PLAYS), "holds no JSON object"),
    "lzop": ("e.json.lzo", b"\x89LZO\x00\r\n\x1a\n" + bytes(99), "compressed by lzop, which cannot be loaded"),
    "another compression or format": ("e.json", lzma.compress(PLAYS), "compressed by xz, which cannot be loaded"),
    "other data after compressed ones": ("e.gz", gzip.compress(PLAYS) + b"garbage", "damaged gzip data"),
}
#: kind → (name, content, words of the failure)
FAILED: dict[str, tuple[str, bytes, str]] = {
    "truncated gzip": ("e.json.gz", gzip.compress(GOOD * 100)[:-9], "ends before its gzip data do"),
    # COPY loads both of these, but then lines and rows cannot be held against each other.
    "several objects on a line": ("e.json", GOOD + b"\n" + line() + line(), "2 source lines are not 3 staged"),
    "an object over several lines": ("e.json", json.dumps(EVENT, indent=1).encode(), "one JSON object a line"),
    "more than the limit": ("e.json", GOOD + b"\n{" * 4, "where max_rejected allows 3"),
    "more than the share": ("e.json", GOOD + b"\n{\n{", "max_rejected_share allows 60.0%"),
}


def renamed(rename: Callable[[str], str], count: int, **changes: Any) -> bytes:
    """Return plays with other keys."""
    plays = (json.loads(line(itemInSession=number, **changes)) for number in range(count))
    return b"\n".join(json.dumps({rename(key): value for key, value in play.items()}).encode() for play in plays)


def without(key: str, count: int) -> bytes:
    """Return plays that lack a key."""
    return b"\n".join(line(**{"itemInSession": number, key: ...}) for number in range(count))


def sound(count: int) -> bytes:
    """Return plays that lack nothing."""
    return b"\n".join(line(itemInSession=number, sessionId=77) for number in range(count))


#: kind → (content, words of the failure)
DRIFTED: dict[str, tuple[bytes, str]] = {
    "keys in another case": (renamed(str.lower, 3), "expected, but not found: firstName, itemInSession, lastName"),
    "keys in another case in a tenth of the lines": (sound(45) + b"\n" + renamed(str.upper, 5), "line 46: found the"),
    "events within another object": (b'{"event": %s}\n' % line() * 3, "found the keys event; expected"),
    "no session": (without("sessionId", 20), "without_session_id 20"),
    "no ts": (without("ts", 6) + b"\n" + sound(6), "without_ts 6"),
    "no page": (without("page", 4), "without_page 4"),
    "no item": (without("itemInSession", 4), "expected, but not found: itemInSession"),
    "no user of plays": (without("userId", 5) + b"\n" + sound(4), "plays_without_user_id 5"),
    "nulls in the place of what identifies events": (
        renamed(str, 5, sessionId=None),
        "its lines have the expected keys, as far as they were read: the values are null or empty",
    ),
}

#: Every kind that the page has.
KINDS = frozenset({*REJECTED, *REJECTED_BY_RULE, *LOADED, *COMPRESSED, *NO_TEXT, *FAILED, *DRIFTED})
