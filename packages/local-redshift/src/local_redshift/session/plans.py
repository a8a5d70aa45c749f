"""What is to be done with the SQL text of one message: the cached step between the planner and a session.

Contract: pure. The planner (``statements``) splits, refuses and rewrites; this says whether the whole text can be
handed to the back end at once, and moves error positions from the text that was sent to the text that the client
wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from local_redshift.history.queries import asks_history
from local_redshift.statements import Statement, StatementKind, plan_script
from local_redshift.wire import protocol
from local_redshift.wire.errors import RedshiftError

#: Longer texts are mostly data, come once, and are not worth the memory.
_CACHED_LENGTH = 16_384

#: Functions whose answer the server has to hand to the session before the statement that calls them runs.
_FACTS = ("pg_last_copy_count", "pg_last_copy_id", "pg_last_query_id", "pg_last_unload_count", "pg_last_unload_id")

_STEPWISE = frozenset(
    (StatementKind.COPY, StatementKind.UNLOAD, StatementKind.TRUNCATE, StatementKind.NOOP, StatementKind.STANDS_IN)
)


@dataclass(frozen=True)
class Plan:
    """What to do with one text.

    :param original: the text as the client sent it.
    :param statements: its statements.
    :param forward: the text to send in one Query; None when the statements have to be run one by one.
    :param asks_facts: whether it calls a function about the session's last COPY or query.
    :param asks_history: whether it reads what the log of queries holds.
    """

    original: str
    statements: tuple[Statement, ...]
    forward: str | None
    asks_facts: bool
    asks_history: bool
    _pieces: tuple[tuple[int, str, int, str], ...] = field(repr=False)

    @property
    def unchanged(self) -> bool:
        """Whether the client's bytes can be forwarded as they are."""
        return self.forward is not None and self.forward == self.original

    @property
    def needs_resolution(self) -> bool:
        """Whether names in it have to be looked up before it can be sent."""
        return any(statement.lateral_aliases or statement.relation for statement in self.statements)

    @property
    def warnings(self) -> tuple[RedshiftError, ...]:
        """What Redshift would have refused."""
        return tuple(warning for statement in self.statements for warning in statement.warnings)

    @property
    def texts(self) -> tuple[tuple[Statement, str], ...]:
        """Its statements, each with its text and the comments before it, by which tools mark what they send."""
        found, end = [], 0
        for statement, (_, _, start, original) in zip(self.statements, self._pieces, strict=True):
            found.append((statement, self.original[end : start + len(original)].lstrip("; \t\r\n")))
            end = start + len(original)
        return tuple(found)

    def resolved(self, index: int, statement: Statement) -> Plan:
        """Return the plan of one of its statements, by itself, after its names were looked up.

        :param index: which.
        :param statement: what it has become.
        """
        _, _, start, original = self._pieces[index]
        pieces = ((0, statement.sql, start, original),)
        return Plan(self.original, (statement,), statement.sql, self.asks_facts, self.asks_history, pieces)

    def move_position(self, frame: bytes) -> bytes:
        """Return an error of the back end with its position moved into the client's text.

        A position within rewritten words that have no counterpart is dropped.

        :param frame: an ErrorResponse about ``forward``.
        """
        return _with_position(frame, self._pieces)

    def move_position_of(self, index: int, frame: bytes) -> bytes:
        """Do the same for an error about one statement that was sent by itself."""
        _, sent, start, original = self._pieces[index]
        return _with_position(frame, ((0, sent, start, original),))


def plan(sql: str, *, single: bool = False, lenient: bool = False) -> Plan:
    """Return what to do with a text; repeated texts are looked up.

    :param sql: the text.
    :param single: whether it has to be one statement, as a Parse has to.
    :param lenient: whether what only PostgreSQL has is warned of instead of refused.
    :raises RedshiftError: when the planner refuses it, or it is several statements and must not be.
    """
    planned = _cached_plan(sql, lenient) if len(sql) <= _CACHED_LENGTH else _plan(sql, lenient)
    if single and len(planned.statements) > 1:
        text = "cannot insert multiple commands into a prepared statement"
        raise RedshiftError(sqlstate="42601", message=text)
    return planned


def asks_facts(sql: str) -> bool:
    """Say whether a text calls a function about the session's last COPY or query."""
    lowered = sql.lower()
    return any(name in lowered for name in _FACTS)


def _plan(sql: str, lenient: bool) -> Plan:
    statements = plan_script(sql, lenient=lenient)
    pieces, sent_at, found_at = [], 0, 0
    for statement in statements:
        found = sql.find(statement.original, found_at)
        found_at = found if found >= 0 else found_at
        pieces.append((sent_at, statement.sql, found_at, statement.original))
        sent_at += len(statement.sql) + len(_SEPARATOR)
        found_at += len(statement.original)
    return Plan(sql, statements, _forward(sql, statements), asks_facts(sql), asks_history(sql), tuple(pieces))


_SEPARATOR = ";\n"
_cached_plan = lru_cache(maxsize=2048)(_plan)


def _forward(sql: str, statements: tuple[Statement, ...]) -> str | None:
    kinds = {statement.kind for statement in statements}
    if kinds & _STEPWISE or (len(statements) > 1 and asks_facts(sql)):
        return None
    if all(statement.sql == statement.original for statement in statements):
        return sql
    return _SEPARATOR.join(statement.sql for statement in statements)


def _with_position(frame: bytes, pieces: tuple[tuple[int, str, int, str], ...]) -> bytes:
    fields = protocol.parse_fields(frame)
    if "P" not in fields:
        return frame
    position = int(fields.pop("P")) - 1
    for sent_at, sent, found_at, original in reversed(pieces):
        if position >= sent_at:
            moved = _move(position - sent_at, sent, original)
            if moved is not None:
                fields["P"] = str(found_at + moved + 1)
            break
    return protocol.build_fields(protocol.ERROR, fields)


def _move(position: int, sent: str, original: str) -> int | None:
    """Map a position by the beginning or the end that two texts have in common."""
    if sent[:position] == original[:position]:
        return position
    from_end = len(sent) - position
    if sent[-from_end:] == original[-from_end:]:
        return len(original) - from_end
    return None
