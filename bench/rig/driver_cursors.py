"""Puts a function between the pipeline's sessions and the driver, so that statements can be seen, timed or cut off.

The driver's own cursor is wrapped: the pipeline has no place made for this. For statements of other processes there is
:class:`local_redshift.testing.WireProxy`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sparkify.hooks import warehouse

#: Called with a statement and the function that sends it, in the place of that function.
Around = Callable[[str, Callable[[], Any]], Any]

#: What every session begins with, and which changes nothing outside it.
_SET_UP = re.compile(r"SET (timezone|search_path|query_group) TO ")


@contextmanager
def around_statements(around: Around) -> Iterator[None]:
    """Pass the statements of all sessions that the block opens through a function.

    :param around: sends the statement by its second argument, or does not.
    """
    connect = warehouse.connect

    def connect_and_wrap(*args: Any, **options: Any) -> Any:
        connection = connect(*args, **options)
        make_cursor = connection.cursor
        connection.cursor = lambda *given, **named: _Cursor(make_cursor(*given, **named), around)
        return connection

    with patch.object(warehouse, "connect", connect_and_wrap):
        yield


@contextmanager
def sent_statements() -> Iterator[list[str]]:
    """Give the statements that the block's sessions send, as they are."""
    sent: list[str] = []

    def note(sql: str, send: Callable[[], Any]) -> Any:
        sent.append(sql)
        return send()

    with around_statements(note):
        yield sent


class _Cursor:
    """A driver's cursor, all of it but for ``execute``."""

    def __init__(self, cursor: Any, around: Around) -> None:
        self._cursor = cursor
        self._around = around

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __enter__(self) -> _Cursor:
        return self

    def __exit__(self, *error: object) -> None:
        self._cursor.close()

    def execute(self, sql: str, *parameters: Any) -> Any:
        if _SET_UP.match(sql):
            return self._cursor.execute(sql, *parameters)
        return self._around(sql, lambda: self._cursor.execute(sql, *parameters))
