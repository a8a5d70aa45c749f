"""The answers of the Quality page: every check, what it says now and what it said before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sparkify.pages.queries import Queries

#: Results older than this before the last one are not looked at.
DAYS = 90
_NAME = re.compile(r"[A-Za-z0-9_]{1,128}")
#: Where a check's query may be, by its name.
_FOLDERS = ("quality", "audit", "guard")


class Quality:
    """Answers how the data is.

    :param queries: the pages' queries.
    """

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def overview(self) -> dict[str, Any]:
        """Return each check with its latest result and the windows for which it has something to say."""
        since = self._since()
        checks = self._queries.page("checks", {"since": since}) if since else []
        return {"since": since, "days": DAYS, "checks": sorted(checks, key=_urgency)}

    def check(self, name: str) -> dict[str, Any]:
        """Return a check's last results and its query.

        :raises ValueError: when there is no such name.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:100]!r} is not the name of a check.")
        since = self._since()
        results = self._queries.page("check_results", {"check_name": name, "since": since}) if since else []
        texts = (self._queries.text(folder, name) for folder in _FOLDERS)
        return {"name": name, "results": results, "sql": next((text for text in texts if text), None)}

    def _since(self) -> datetime | None:
        last = self._queries.page("checked_until")[0]["checked_at"]
        return last - timedelta(days=DAYS) if last is not None else None


def _urgency(check: dict[str, Any]) -> tuple[int, str]:
    order = {"failed": 0, "warned": 1, "passed": 2}
    worst = 0 if check["open_windows"] and check["severity"] == "error" else order.get(check["status"], 0)
    return worst, check["check_name"]
