"""Counts what the statements of a task cost on Redshift. Pure.

SET, RESET, BEGIN, COMMIT, ROLLBACK and SELECT pg_backend_pid() are counted separately, because the leader node answers
them itself. The statements under the lock are LOCK and all statements after it in its transaction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from local_redshift.scans import Catalog, Scan, Spans, Token, find_scans, split, tokenize

_BEGIN, _COMMIT, _ROLLBACK = {"BEGIN", "START"}, {"COMMIT", "END"}, {"ROLLBACK", "ABORT"}
_SETTINGS = {"SET", "RESET"}
_READS = {"SELECT", "WITH", "(", "SHOW", "EXPLAIN", "FETCH", "DECLARE", "CLOSE", "UNLOAD", "LOCK"} | _SETTINGS
_OWN_NUMBER = re.compile(r"SELECT\s+pg_backend_pid\(\)", re.IGNORECASE)
_SEARCH_PATH = re.compile(r"SET\s+(?:SESSION\s+|LOCAL\s+)?search_path\s*(?:TO|=)\s*(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Sent:
    """A statement as it was sent.

    :param task: the task that sent it.
    :param connection: the number of its session.
    """

    task: str
    connection: int
    text: str


@dataclass(frozen=True)
class Unbounded:
    """A scan of a growing table without literal bounds at both ends."""

    task: str
    table: str
    statement: str


@dataclass(frozen=True)
class Bounded:
    """A scan of a growing table with literal bounds.

    :param column: the column of the sort key.
    :param spans: first and last value of each range.
    """

    task: str
    table: str
    column: str
    spans: Spans
    statement: str


@dataclass
class Counts:
    """What one task, or all of a run, sent.

    :param statements: all statements except those in ``control``.
    :param control: SET, RESET, BEGIN, COMMIT, ROLLBACK and pg_backend_pid().
    :param under_lock: of the statements, LOCK and those after it in its transaction.
    :param tables: tables created, including temporary ones, CREATE TABLE AS and SELECT INTO.
    :param commits: COMMITs, and writing statements outside of a transaction, which commit by themselves.
    :param commits_under_lock: of these, those of a transaction with a lock.
    :param reads: queries outside of a transaction, which commit nothing.
    :param rewritten: rows that were written again unchanged, by table.
    :param texts: the statements.
    """

    statements: int = 0
    control: int = 0
    under_lock: int = 0
    tables: int = 0
    views: int = 0
    commits: int = 0
    commits_under_lock: int = 0
    reads: int = 0
    unbounded: list[Unbounded] = field(default_factory=list)
    bounded: list[Bounded] = field(default_factory=list)
    rewritten: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    def __add__(self, other: Counts) -> Counts:
        """Return the sum of both."""
        return Counts(**{name: value + getattr(other, name) for name, value in vars(self).items()})


@dataclass
class _Session:
    """The state of a session, from the statements that it has sent so far."""

    in_transaction: bool = False
    is_locked: bool = False
    search_path: Sequence[str] = ("public",)
    temporary: set[str] = field(default_factory=set)

    def end_transaction(self) -> None:
        self.in_transaction = self.is_locked = False


class StatementCounter:
    """Counts statements in the order in which they were sent, and keeps the state of the sessions that sent them."""

    def __init__(self) -> None:
        self._sessions: dict[int, _Session] = {}

    def count(self, sent: Iterable[Sent], catalog: Catalog, growing: Collection[str]) -> Counts:
        """Return what statements cost.

        :param catalog: all tables.
        :param growing: full names of the tables that grow.
        """
        found = Counts()
        for each in sent:
            session = self._sessions.setdefault(each.connection, _Session())
            for tokens in split(tokenize(each.text)):
                text = each.text[tokens[0].start : tokens[-1].end]
                _count_one(found, session, tokens, text)
                scans = find_scans(text, catalog, session.search_path, session.temporary)
                _add_scans(found, [scan for scan in scans if scan.table in growing], each.task, text)
                _follow(session, tokens, text)
        return found


def _add_scans(found: Counts, scans: Iterable[Scan], task: str, text: str) -> None:
    for scan in scans:
        if scan.is_bounded:
            found.bounded.append(Bounded(task, scan.table, str(scan.column), scan.spans or (), text))
        else:
            found.unbounded.append(Unbounded(task, scan.table, text))


def _count_one(found: Counts, session: _Session, tokens: Sequence[Token], text: str) -> None:
    verb = tokens[0].upper
    if verb in _BEGIN | _COMMIT | _ROLLBACK | _SETTINGS or _OWN_NUMBER.fullmatch(text):
        found.control += 1
        if verb in _COMMIT:
            found.commits += 1
            found.commits_under_lock += session.is_locked
        return
    found.statements += 1
    found.texts.append(text)
    found.under_lock += session.is_locked or verb == "LOCK"
    made = _created(tokens)
    found.tables += made == "TABLE"
    found.views += made == "VIEW"
    if not session.in_transaction or verb == "TRUNCATE":  # which commits what is open
        is_write = verb not in _READS or made is not None
        found.commits += is_write
        found.reads += not is_write


def _follow(session: _Session, tokens: Sequence[Token], text: str) -> None:
    """Update the session's state after a statement."""
    verb = tokens[0].upper
    if verb in _BEGIN:
        session.in_transaction = True
    elif verb in _COMMIT | _ROLLBACK | {"TRUNCATE"}:
        session.end_transaction()
    elif verb == "LOCK":
        session.is_locked = True
    elif path := _SEARCH_PATH.fullmatch(text):
        session.search_path = [name.strip().strip("\"'").lower() for name in path[1].split(",")]
    elif (name := _temporary_table(tokens)) is not None:
        session.temporary.add(name)


def _created(tokens: Sequence[Token]) -> str | None:
    """Return "TABLE" or "VIEW" if the statement creates one, else None."""
    if tokens[0].upper == "CREATE":
        return next((token.upper for token in tokens[1:5] if token.upper in ("TABLE", "VIEW")), None)
    return "TABLE" if _into(tokens) is not None else None


def _into(tokens: Sequence[Token]) -> int | None:
    """Return the position of a SELECT's INTO, None without one."""
    if tokens[0].upper not in ("SELECT", "WITH"):
        return None
    return next((place for place, depth in _depths(tokens) if depth == 0 and tokens[place].upper == "INTO"), None)


def _depths(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        yield place, depth


def _temporary_table(tokens: Sequence[Token]) -> str | None:
    """Return the name of the temporary table that a statement creates, None when it creates none."""
    start = 0 if tokens[0].upper == "CREATE" else _into(tokens)
    if start is None:
        return None
    head = [token for token in tokens[start : start + 9] if token.upper not in ("IF", "NOT", "EXISTS")]
    is_temporary = any(token.upper in ("TEMP", "TEMPORARY") for token in head[:3])
    for token, after in pairwise(head):
        if token.upper in ("TABLE", "INTO", "TEMP", "TEMPORARY") and after.upper not in ("TABLE", "TEMP", "TEMPORARY"):
            return after.name if is_temporary or after.text.startswith("#") else None
    return None


def total(tasks: Mapping[str, Counts]) -> Counts:
    """Return the sum over a run's tasks."""
    return sum(tasks.values(), Counts())
