"""Keeps what was found out about the types of a session's statements, until a name in them may mean something else.

Contract: pure. What a statement's names mean changes with every statement that may change the catalog, in any session:
when it is sent, and when its transaction has ended, because others see it only then. In one session it changes with
the search path too.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from local_redshift.expression_types import RedshiftType
from local_redshift.statements import Statement
from local_redshift.statements.tokens.keywords import keywords

#: How many statements a session keeps, and characters of one; longer ones are mostly data and come once.
_SIZE, _LENGTH = 256, 16_384

#: Characters of a statement that tell what it does.
_BEGINNING = 4096

#: Statements after which all names mean what they meant before.
_SAFE = keywords(
    """
    ABORT ANALYZE ANALYSE BEGIN CANCEL CLOSE COMMIT COPY DEALLOCATE DECLARE DELETE END EXECUTE EXPLAIN FETCH INSERT LOCK
    MERGE PREPARE RELEASE ROLLBACK SAVEPOINT SELECT SET SHOW START TRUNCATE UNLOAD UPDATE VACUUM VALUES WITH (
    """
)
_BACK = ("ROLLBACK", "ABORT")
_PATHS = ("search_path", "authorization", "role", "set_config")


@dataclass(frozen=True)
class Typed:
    """A statement whose types are known, or why it cannot run.

    :param sql: the statement as it is sent to PostgreSQL.
    :param columns: the types of its result's columns; empty when PostgreSQL's description is right.
    :param error: for the client, as an ErrorResponse; empty when the back end ignores messages because an earlier one
        failed; None when there is none.
    """

    sql: str
    columns: tuple[RedshiftType, ...] = ()
    error: bytes | None = None


@dataclass
class CatalogChanges:
    """How often a session of the server may have changed the catalog."""

    count: int = 0


class TypedCache:
    """The statements of one session whose types are known.

    :param changes: those of the server.
    """

    def __init__(self, changes: CatalogChanges) -> None:
        self._changes = changes
        self._own = 0
        self._kept: OrderedDict[tuple[str, bytes], tuple[tuple[int, int], Typed]] = OrderedDict()
        #: Whether the open transaction has changed something that its end makes visible, or undoes.
        self.is_uncertain = False

    @property
    def generation(self) -> tuple[int, int]:
        """Changes whenever names may mean something else."""
        return self._changes.count, self._own

    def find(self, sql: str, types: bytes) -> Typed | None:
        """Return what is known of a statement.

        :param sql: the statement.
        :param types: of its parameters, as they stand in a Parse.
        """
        generation, typed = self._kept.get((sql, types), (None, None))
        return typed if generation == self.generation else None

    def keep(self, sql: str, types: bytes, generation: tuple[int, int], typed: Typed) -> None:
        """Keep what was found out when the generation was that."""
        if len(sql) > _LENGTH:
            return
        self._kept[sql, types] = generation, typed
        self._kept.move_to_end((sql, types))
        if len(self._kept) > _SIZE:
            self._kept.popitem(last=False)

    def begin(self, statement: Statement) -> None:
        """Note a statement that is being sent."""
        is_safe, is_back = _effect(statement.original[:_BEGINNING])
        if statement.makes is not None or not is_safe:
            self._changes.count += 1
            self._own += 1
            self.is_uncertain = True
        elif is_back and self.is_uncertain:
            self._own += 1

    def path_changed(self) -> None:
        """Note that the search path has changed."""
        self._own += 1

    def end(self) -> None:
        """Note that no transaction is open any more."""
        if self.is_uncertain:
            self._changes.count += 1
            self.is_uncertain = False


@lru_cache(maxsize=2048)
def _effect(sql: str) -> tuple[bool, bool]:
    """Return whether names mean the same after a statement, and whether it takes changes back."""
    words = sql.split(None, 1)
    verb = words[0].rstrip(";").upper() if words else "SELECT"
    verb = "(" if verb.startswith("(") else verb
    lowered = sql.lower()
    is_path = any(name in lowered for name in _PATHS) and verb in ("SET", "SELECT", "(", "WITH")
    return verb in _SAFE and not is_path, verb in _BACK
