"""Collects the statements of a task as they ran, and writes them to its log as a group that the UI shows folded.

Airflow cuts rendered templates at ``[core] max_templated_field_length``, 4096 characters, and does not know the
statements that an operator builds itself; the log has all of them. The UI's page SQL reads them from there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

#: The beginning of the group's first line; ``static/sql.js`` has it as well.
TITLE = "SQL as it ran"
_HIDDEN = "-- (a statement with credentials)"
#: How many of a statement's parameters are shown, and in how many characters.
_PARAMETERS, _PARAMETER_CHARACTERS = 12, 400


def log_group(log: logging.Logger, title: str, lines: Sequence[str]) -> None:
    """Log lines as a group, which Airflow's UI shows folded.

    :param title: what is shown of it.
    """
    log.info("::group::%s", title)
    log.info("%s", "\n".join(lines))
    log.info("::endgroup::")


class StatementLog:
    """The statements of a task, in the order in which they ended.

    Several threads may add to it. There is no lock, because operators are copied and a lock cannot be: each thread adds
    by one ``append``, and the log is written when all are done.

    :param limit: how many statements are kept; the others are only counted.
    """

    def __init__(self, limit: int = 200) -> None:
        self._limit = limit
        self._seconds: list[float] = []
        self._kept: list[str] = []

    @contextmanager
    def timed(self, sql: str, parameters: Sequence[object] | None = None, *, secret: bool = False) -> Iterator[None]:
        """Add a statement with the seconds that the block took, even if it failed.

        :param sql: the statement.
        :param parameters: the values of its placeholders.
        :param secret: whether the statement's text is left out.
        """
        started, outcome = time.monotonic(), "failed after"
        try:
            yield
            outcome = "took"
        finally:
            seconds = time.monotonic() - started
            self._seconds.append(seconds)
            if len(self._kept) < self._limit:
                text = _HIDDEN if secret else f"{sql.strip().rstrip(';')};"
                self._kept.append(f"-- {outcome} {seconds:.3f} s{_describe(parameters)}\n{text}\n")

    def write(self, log: logging.Logger) -> None:
        """Write the statements to a log, once."""
        kept, seconds = self._kept, self._seconds
        self._kept, self._seconds = [], []
        if seconds:
            more = [f"-- and {len(seconds) - len(kept)} more"] if len(seconds) > len(kept) else []
            log_group(log, f"{TITLE}: {len(seconds)} statements, {sum(seconds):.3f} s", [*kept, *more])


def _describe(parameters: Sequence[object] | None) -> str:
    if not parameters:
        return ""
    more = ", …" if len(parameters) > _PARAMETERS else ""
    return f", with {', '.join(map(repr, parameters[:_PARAMETERS]))[:_PARAMETER_CHARACTERS]}{more}"
