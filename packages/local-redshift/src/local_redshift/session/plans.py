"""What is to be done with the SQL text of one message: the cached step between the planner and a session.

Contract: pure. The planner (``statements``) splits, refuses and rewrites; this decides whether the whole text can be
sent to the back end at once, and moves error positions from the text that was sent to the text that the client
wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from local_redshift.history.queries import asks_history
from local_redshift.session.last_queries import asks_last_queries
from local_redshift.statements import Statement, StatementKind, plan_script
from local_redshift.wire import server_messages
from local_redshift.wire.errors import RedshiftError

#: Characters; longer texts are mostly data, come once, and are not worth the memory.
_CACHED_LENGTH = 16_384

#: Does nothing, returns nothing, takes no snapshot, and fails in a failed transaction: it is sent in place of a
#: statement that PostgreSQL has no work for, or whose work the server does itself.
STAND_IN = "UNLISTEN redshift"

_STEPWISE = frozenset(
    (StatementKind.COPY, StatementKind.UNLOAD, StatementKind.TRUNCATE, StatementKind.NOOP, StatementKind.STANDS_IN)
)
_SEPARATOR = ";\n"


class Place(NamedTuple):
    """Where a statement is in the text that is sent, and in the text that the client wrote.

    :param sent_at: where it begins in the text that is sent.
    :param sent: its text there.
    :param start: where it begins in the client's text.
    :param original: its text there.
    """

    sent_at: int
    sent: str
    start: int
    original: str


@dataclass(frozen=True)
class Plan:
    """What to do with one text.

    :param original: the text as the client sent it.
    :param statements: its statements.
    :param forward: the text to send in one Query; None when the statements have to be run one by one.
    :param places: where the statements are.
    :param asks_last_queries: whether it calls a function about the session's last query, COPY or UNLOAD.
    :param asks_history: whether it reads what the log of queries holds.
    """

    original: str
    statements: tuple[Statement, ...]
    forward: str | None
    places: tuple[Place, ...]
    asks_last_queries: bool = False
    asks_history: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether the client's bytes can be forwarded as they are."""
        return self.forward is not None and self.forward == self.original

    @cached_property
    def needs_names(self) -> bool:
        """Whether names in it have to be looked up before it can be sent."""
        return any(statement.needs_names for statement in self.statements)

    @cached_property
    def needs_types(self) -> bool:
        """Whether types of expressions have to be known before it can be sent."""
        return any(statement.needs_types for statement in self.statements)

    @property
    def is_correlated(self) -> bool:
        """Whether a statement may have a correlated subquery."""
        return any(statement.is_correlated for statement in self.statements)

    @property
    def warnings(self) -> tuple[RedshiftError, ...]:
        """What Redshift would have refused."""
        return tuple(warning for statement in self.statements for warning in statement.warnings)

    @property
    def texts(self) -> tuple[tuple[Statement, str], ...]:
        """Its statements, each with its text and the comments before it, by which tools mark what they send."""
        found, end = [], 0
        for statement, place in zip(self.statements, self.places, strict=True):
            start, end = end, place.start + len(place.original)
            found.append((statement, self.original[start:end].lstrip("; \t\r\n")))
        return tuple(found)

    @property
    def text_to_parse(self) -> str:
        """What PostgreSQL parses when the one statement of the text is prepared."""
        if self.forward is not None:
            return self.forward
        statement = self.statements[0]
        has_sql = statement.kind in (StatementKind.TRUNCATE, StatementKind.STANDS_IN)
        return statement.sql if has_sql else STAND_IN

    def resolved(self, index: int, statement: Statement) -> Plan:
        """Return the plan of one of its statements, by itself, after its names were looked up.

        :param index: which.
        :param statement: what it has become.
        """
        place = self.places[index]._replace(sent_at=0, sent=statement.sql)
        return Plan(self.original, (statement,), statement.sql, (place,), self.asks_last_queries, self.asks_history)

    def move_position(self, message: bytes) -> bytes:
        """Return an error of the back end with its position moved into the client's text.

        A position within rewritten words that have no counterpart is dropped.

        :param message: an ErrorResponse about ``forward``.
        """
        return _with_position(message, self.places)

    def move_position_of(self, index: int, message: bytes) -> bytes:
        """Do the same for an error about one statement that was sent by itself."""
        return _with_position(message, (self.places[index]._replace(sent_at=0),))


def plan(sql: str, *, single: bool = False, lenient: bool = False) -> Plan:
    """Return what to do with a text; repeated texts are looked up.

    :param sql: the text.
    :param single: whether it has to be one statement, as a Parse has to.
    :param lenient: whether what only PostgreSQL has is warned of instead of refused.
    :raises RedshiftError: when the planner refuses it, or it is several statements and must not be.
    :raises OutOfTimeError: when a deadline is set, and it has passed.
    """
    planned = _cached_plan(sql, lenient) if len(sql) <= _CACHED_LENGTH else _plan(sql, lenient)
    if single and len(planned.statements) > 1:
        text = "cannot insert multiple commands into a prepared statement"
        raise RedshiftError(sqlstate="42601", message=text)
    return planned


def _plan(sql: str, lenient: bool) -> Plan:
    statements = plan_script(sql, lenient=lenient)
    return Plan(
        sql,
        statements,
        _forward(sql, statements),
        tuple(_places(sql, statements)),
        asks_last_queries(sql),
        asks_history(sql),
    )


_cached_plan = lru_cache(maxsize=2048)(_plan)


def _places(sql: str, statements: Sequence[Statement]) -> list[Place]:
    places, sent_at, start = [], 0, 0
    for statement in statements:
        start = max(sql.find(statement.original, start), start)
        places.append(Place(sent_at, statement.sql, start, statement.original))
        sent_at += len(statement.sql) + len(_SEPARATOR)
        start += len(statement.original)
    return places


def _forward(sql: str, statements: tuple[Statement, ...]) -> str | None:
    kinds = {statement.kind for statement in statements}
    if kinds & _STEPWISE or (len(statements) > 1 and asks_last_queries(sql)):
        return None
    if all(statement.sql == statement.original for statement in statements):
        return sql
    return _SEPARATOR.join(statement.sql for statement in statements)


def _with_position(message: bytes, places: Sequence[Place]) -> bytes:
    fields = server_messages.parse_fields(message)
    if "P" not in fields:
        return message
    position = int(fields.pop("P")) - 1
    for place in reversed(places):
        if position >= place.sent_at:
            moved = _move(position - place.sent_at, place.sent, place.original)
            if moved is not None:
                fields["P"] = str(place.start + moved + 1)
            break
    return server_messages.error_of_fields(fields)


def _move(position: int, sent: str, original: str) -> int | None:
    """Map a position by the beginning or the end that two texts have in common."""
    if sent[:position] == original[:position]:
        return position
    from_end = len(sent) - position
    if sent[-from_end:] == original[-from_end:]:
        return len(original) - from_end
    return None
