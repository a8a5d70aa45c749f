"""The answers of the Quality page: every check, what it says now and what it said before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sparkify.pages.queries import Queries

#: Results older than this before the last one are not looked at.
DAYS = 90
_NAME = re.compile(r"[A-Za-z0-9_]{1,128}")
#: Where a check's query may be, by its name.
_FOLDERS = ("quality", "audit")


class Quality:
    """Answers how the data is.

    :param queries: the pages' queries.
    """

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def overview(self) -> dict[str, Any]:
        """Return each check with its latest results and the windows for which it has something to say."""
        since = self._since()
        found = self._queries.page("checks", {"since": since}) if since else []
        histories: dict[str, list[Any]] = {}
        for row in self._queries.page("check_histories", {"since": since}) if since else []:
            histories.setdefault(row["check_name"], []).append(row)
        names = (check["check_name"] for check in found)
        more = [{"meaning": meaning_of(self._text(name)), "history": histories.get(name, [])} for name in names]
        checks = [{**check, **of_it} for check, of_it in zip(found, more, strict=True)]
        return {"since": since, "days": DAYS, "checks": sorted(checks, key=_urgency)}

    def check(self, name: str) -> dict[str, Any]:
        """Return a check's last results and its query.

        :raises ValueError: when there is no such name.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:100]!r} is not the name of a check.")
        since = self._since()
        results = self._queries.page("check_results", {"check_name": name, "since": since}) if since else []
        sql = self._text(name)
        return {"name": name, "meaning": meaning_of(sql), "results": results, "sql": sql}

    def _text(self, name: str) -> str | None:
        texts = (self._queries.text(folder, name) for folder in _FOLDERS)
        return next((text for text in texts if text), None)

    def _since(self) -> datetime | None:
        last = self._queries.page("checked_until")[0]["checked_at"]
        return last - timedelta(days=DAYS) if last is not None else None


def meaning_of(sql: str | None) -> str | None:
    """Return what a check looks for, as one line: the comment that its query begins with, up to the tables it reads."""
    comment = takewhile(lambda line: line[:2] == "--" and line[:9] != "-- Reads:", (sql or "").split("\n"))
    return " ".join(line.removeprefix("--").strip() for line in comment) or None


def _urgency(check: dict[str, Any]) -> tuple[int, str]:
    if not check["open_windows"]:
        return 2, check["check_name"]
    return 0 if check["severity"] == "error" else 1, check["check_name"]
