"""The types of the rows that a session's cursors give.

Contract: pure. A cursor's query is described when it is declared, and its rows when they are fetched.
https://docs.aws.amazon.com/redshift/latest/dg/declare.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.expression_types import RedshiftType
from local_redshift.session.plans import Plan
from local_redshift.statements.tokens.lexer import QUOTED, WORD, tokenize

Columns = Sequence[RedshiftType]


class Cursors:
    """The cursors that were declared with computed columns, by their names."""

    def __init__(self) -> None:
        self._columns: dict[str, Columns] = {}

    def declare(self, plan: Plan, columns: Columns) -> None:
        """Keep the columns of a DECLARE that is being sent; other statements declare nothing.

        :param plan: the statement.
        :param columns: the types of its result's columns.
        """
        sql = plan.statements[0].original
        if sql[:7].upper() == "DECLARE":
            self._columns[tokenize(sql[:200])[1].name] = columns

    def fetched(self, plan: Plan) -> Columns:
        """Return the types of the rows that a statement fetches; none when it is no FETCH or they are not known."""
        sql = plan.statements[0].original
        if not self._columns or sql[:5].upper() != "FETCH":
            return ()
        last = tokenize(sql)[-1]
        return self.columns(last.name) if last.kind in (WORD, QUOTED) else ()

    def columns(self, name: str) -> Columns:
        """Return the types of a cursor's rows."""
        return self._columns.get(name, ())
