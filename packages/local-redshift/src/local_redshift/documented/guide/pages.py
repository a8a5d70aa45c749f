"""Runs a page's statements in a schema of its own.

Contract: what a page makes is dropped after it. On a server that the command did not start, only the page's schema is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from local_redshift.documented.client import ask
from local_redshift.documented.guide.judge import judge
from local_redshift.documented.guide.model import Outcome, Page, Verdict
from local_redshift.documented.guide.surroundings import Surroundings
from local_redshift.documented.guide.tables import Recipe, borrowed

_SCHEMA = "guide_page"
_RAN = frozenset((Verdict.RIGHT, Verdict.WRONG, Verdict.ACCEPTED))

Connect = Callable[[], psycopg.Connection[Any]]


class PageRun:
    """Runs pages one after the other.

    :param connect: opens a connection in autocommit mode.
    :param recipes: how tables that pages do not make themselves are made.
    :param objects: names of functions, users and the like that some page makes.
    :param own: whether the server is the command's own, so that all that pages leave behind can be dropped.
    """

    def __init__(self, connect: Connect, recipes: Mapping[str, Recipe], objects: frozenset[str], *, own: bool) -> None:
        self._connect = connect
        self._recipes = recipes
        self._objects = objects
        self._own = own

    def run(self, page: Page) -> list[Outcome]:
        """Return what came of each of a page's statements.

        :param page: the page.
        """
        lent = borrowed(page, self._recipes)
        with self._schema():
            return list(self._outcomes(page, Surroundings(lent, self._objects), lent))

    def _outcomes(self, page: Page, around: Surroundings, lent: Mapping[str, Recipe]) -> Iterator[Outcome]:
        connection = self._session()
        try:
            for recipe in lent.values():
                for sql in recipe.statements:
                    ask(connection, sql)
            for example in page.examples:
                if connection.closed:
                    connection = self._session()
                outcome = judge(connection, _SCHEMA, example, around)
                around.note(example.sql, ran=outcome.verdict in _RAN)
                yield outcome
        finally:
            connection.close()

    def _session(self) -> psycopg.Connection[Any]:
        connection = self._connect()
        connection.execute(f"SET search_path TO {_SCHEMA}, public".encode())
        connection.execute("SET statement_timeout TO 20000")
        return connection

    @contextmanager
    def _schema(self) -> Iterator[None]:
        with self._connect() as keeper:
            before = _made(keeper) if self._own else set()
            keeper.execute(f"CREATE SCHEMA {_SCHEMA}".encode())
            try:
                yield
            finally:
                ask(keeper, f"DROP SCHEMA {_SCHEMA} CASCADE")
                for statement in sorted((_made(keeper) if self._own else set()) - before):
                    ask(keeper, statement)


def _made(connection: psycopg.Connection[Any]) -> set[str]:
    """Return the statements that would drop what is outside of the page's schema."""
    rows = connection.execute(
        """
        SELECT 'DROP SCHEMA "' || nspname || '" CASCADE' FROM pg_namespace WHERE nspname !~ '^pg_'
        UNION ALL SELECT 'DROP TABLE public."' || tablename || '" CASCADE' FROM pg_tables WHERE schemaname = 'public'
        UNION ALL SELECT 'DROP VIEW public."' || viewname || '" CASCADE' FROM pg_views WHERE schemaname = 'public'
        UNION ALL SELECT 'DROP USER "' || usename || '"' FROM pg_user
        UNION ALL SELECT 'DROP GROUP "' || groname || '"' FROM pg_group
        """
    ).fetchall()
    return {str(row[0]) for row in rows}
