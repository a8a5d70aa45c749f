"""Views WITH NO SCHEMA BINDING: which texts may read one, and giving them the columns that their queries have now.

Contract: shared by all sessions. What a text may read is decided by the words in it, so that a statement that mentions
no such view costs nothing; a word too many costs a round trip. Views are made again on a connection of the server's
own, by what is committed, so that no session holds a lock on one until its transaction ends.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.errors import Diagnostic

from local_redshift.session.catalog_names import NAMES, FunctionNames
from local_redshift.session.own_connection import OwnConnection
from local_redshift.session.view_types import SHOW_TREE, tree_among, typed_query
from local_redshift.statements.tokens.keywords import keywords

log = logging.getLogger(__name__)

#: Statements that read no view.
_READ_NOTHING = keywords(
    "ABORT ALTER ANALYZE BEGIN CANCEL CLOSE COMMENT COMMIT COPY DEALLOCATE DROP END FETCH GRANT LOCK RESET REVOKE "
    "ROLLBACK SET START TRUNCATE VACUUM"
)

#: What tells of all late-binding views' columns.
_CATALOG = ("pg_get_late_binding_view_cols", "svv_all_columns", "svv_columns", "svv_redshift_columns")

_PART = r'(?:"[^"]+"|[\w$]+)'
_NAME = rf"(?:{_PART}\s*\.\s*)*({_PART})"
_QUALIFIER = re.compile(rf"({_PART})\s*\.")
_WORD = re.compile(r"[^\W\d][\w$]*")
_CREATE = re.compile(
    rf"CREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+)?(?:VIEW|PROCEDURE|FUNCTION)\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}",
    re.IGNORECASE,
)
_RENAME = re.compile(rf"\bRENAME\s+TO\s+{_NAME}", re.IGNORECASE)
_UNBOUND = re.compile(r"\bWITH\s+NO\s+SCHEMA\s+BINDING\s*$", re.IGNORECASE)

#: How long the server's own connection waits for a view or a table that another transaction holds. Then the view stays
#: as it is, and the statement that reads it waits for the table itself.
_OPTIONS = "-c lock_timeout=200ms -c standard_conforming_strings=off"

_NEXT = "SELECT view_name, id, looked, definition FROM redshift_catalog.next_unbound(%s, %s)"
_BIND = "SELECT redshift_catalog.bind_committed(%s, %s, %s)"
_NAMES = "SELECT name, is_view FROM redshift_catalog.late_binding_names()"


@dataclass(frozen=True)
class Use:
    """Which late-binding views a statement may read.

    :param words: the views' names, and those of the schemas in the text; None when it may be any view.
    :param used: the names that stand where a relation does.
    """

    words: tuple[str, ...] | None
    used: tuple[str, ...]


class LateBindingNames:
    """The names by which a text may read a late-binding view. Names stay when their views are dropped."""

    def __init__(self) -> None:
        #: By the longest word of the name: names with blanks have several.
        self._views: dict[str, set[str]] = {}
        self._carriers: dict[str, set[str]] = {}

    def add(self, name: str, *, is_view: bool) -> None:
        """Add the name of a late-binding view, or of a view or routine that reads one."""
        words = _WORD.findall(name.lower())
        if words:
            names = self._views if is_view else self._carriers
            names.setdefault(max(words, key=len), set()).add(name.lower())

    def follow(self, text: str) -> None:
        """Learn from a statement that is about to be sent: it may create or rename what reads such a view.

        :param text: one statement, from its first word on.
        """
        if text[:6].upper() == "CREATE":
            found = _CREATE.match(text)
            if found is not None and (_UNBOUND.search(text) or self._mentions(text)):
                self.add(_unquoted(found[1]), is_view=_UNBOUND.search(text) is not None)
        elif text[:5].upper() == "ALTER" and (found := _RENAME.search(text)) is not None:
            words = self._mentions(text)
            if words:
                self.add(_unquoted(found[1]), is_view=not words.isdisjoint(self._views))

    def use_of(self, text: str) -> Use | None:
        """Return which views a statement may read; None when it reads none."""
        if not self._views or _verb(text) in _READ_NOTHING or _UNBOUND.search(text):
            return None
        words = set(_WORD.findall(text.lower()))
        hits = words & self._views.keys()
        names = {name for word in hits for name in self._views[word]}
        used = tuple(sorted(name for name in names if _is_relation(name, text)))
        if not words.isdisjoint(self._carriers) or not words.isdisjoint(_CATALOG):
            return Use(None, used)
        schemas = {_unquoted(found) for found in _QUALIFIER.findall(text)}
        return Use(tuple(sorted(names | schemas)), used) if hits else None

    def _mentions(self, text: str) -> set[str]:
        return set(_WORD.findall(text.lower())) & (self._views.keys() | self._carriers.keys())


def _verb(text: str) -> str:
    found = _WORD.search(text)
    return found[0].upper() if found else ""


def _unquoted(name: str) -> str:
    return name.strip('"').lower()


def _is_relation(name: str, text: str) -> bool:
    before = rf'(?:\b(?:FROM|JOIN|USING)\b|[,(])\s*(?:{_PART}\s*\.\s*)*"?'
    return re.search(before + re.escape(name) + r"(?![\w$])", text, re.IGNORECASE) is not None


class LateBindingViews:
    """All late-binding views of a server.

    :param dsn: address of the database, as the superuser.
    """

    def __init__(self, dsn: str) -> None:
        self.names = LateBindingNames()
        self._connection = OwnConnection(dsn, _OPTIONS, self._keep_tree)
        self._turn = asyncio.Lock()
        self._functions = FunctionNames()
        #: What PostgreSQL has printed on the connection.
        self._trees: list[bytes] = []

    async def load(self) -> None:
        """Learn the names of the views that there are."""
        for name, is_view in await self._connection.rows(_NAMES):
            self.names.add(name, is_view=is_view)

    async def bind(self, use: Use) -> Sequence[str]:
        """Give views the columns that their queries have now; return the names of those whose queries fail.

        :param use: the views.
        """
        try:
            async with self._turn:
                return await self._bind(None if use.words is None else list(use.words))
        except psycopg.Error:
            log.exception("Late-binding views could not be bound.")
            return []

    async def _bind(self, words: list[str] | None) -> Sequence[str]:
        done: list[str] = []
        while True:
            found = await self._connection.rows(_NEXT, [words, done])
            if not found or found[-1][3] is None:
                return [name for name, *_ in found]
            _, view, looked, definition = found[-1]
            typed = await self._typed(definition)
            done += [function for (function,) in await self._connection.rows(_BIND, [view, looked, typed])]

    async def _typed(self, definition: str) -> str | None:
        """Return a view's query with the types that its expressions have now; None when there are none."""
        self._trees.clear()
        await self._connection.rows(f"{SHOW_TREE}(%s)", [definition])
        tree = tree_among(self._trees)
        self._trees.clear()
        if tree is None:
            return None
        if missing := self._functions.missing(tree):
            self._functions.add(await self._connection.rows(f"{NAMES} (%s)", [missing]))
        return typed_query(definition, tree, self._functions)

    def _keep_tree(self, notice: Diagnostic) -> None:
        if notice.message_detail:
            self._trees.append(notice.message_detail.encode("utf-8", "surrogateescape"))

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()
