"""What a page's statements before an example have made, and what they have not. Holds state, asks nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from local_redshift.documented.guide.rules import is_system_name, why_not_compared
from local_redshift.documented.guide.tables import Recipe, made_object, made_relation, names_in
from local_redshift.documented.model import Answer
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.reserved import RESERVED

_UNDEFINED_TABLE, _UNDEFINED_COLUMN, _UNDEFINED_SCHEMA = "42P01", "42703", "3F000"
#: What a table that another page makes may lack: rows, keys, being a view.
_NULL, _NO_KEY, _WRONG_KIND = "23502", "42830", "42809"
#: Something named does not exist: function, table, column, schema, object, database, prepared statement, cursor.
_MISSING = frozenset(
    ("42883", _UNDEFINED_TABLE, _UNDEFINED_COLUMN, _UNDEFINED_SCHEMA, "42704", "3D000", "26000", "34000", "22023")
)
_NAME = re.compile(r'"([^"]+)"|(?:function|procedure) ([\w.]+)\(|cursor "?(\w+)')
_ROLE = re.compile(r'role "')
_ABOUT_OBJECTS = re.compile(
    r"^\s*(?:drop|alter|grant|revoke|comment|call|set\s+(?:local\s+)?session|execute|close|fetch|show\s+\w+\.)\b",
    re.IGNORECASE,
)
#: Statements after which everything is different: another database, another user.
_ELSEWHERE = re.compile(r"^\s*(?:create\s+database|set\s+(?:session|local)\s+(?:session\s+)?authorization)\b", re.I)


#: Words of statements that are not reserved.
_GRAMMAR = {
    name.lower()
    for name in keywords(
        "ALTER CALL DATABASE DELETE DROP FUNCTION INSERT PROCEDURE REVOKE ROLE SCHEMA SET UPDATE USER VALUES VIEW"
    )
}
_SETTING = re.compile(r"^\s*set\b", re.IGNORECASE)


class Surroundings:
    """What an example finds when it runs.

    :param lent: tables made for the page because it does not make them.
    :param objects: names of functions, users and the like that some page makes.
    """

    def __init__(self, lent: Mapping[str, Recipe], objects: frozenset[str]) -> None:
        self._lent = lent
        self._objects = objects
        self._definitions: dict[str, str] = {}
        self._not_run: list[str] = []
        self._made: set[str] = set()

    def note(self, sql: str, *, ran: bool) -> None:
        """Note a statement.

        :param sql: the statement.
        :param ran: whether it ran without an error.
        """
        if not ran:
            self._not_run.append(sql)
        elif name := made_relation(sql):
            self._definitions[name] = sql
        elif name := made_object(sql):
            self._made.add(name)

    def has_made(self, sql: str) -> bool:
        """Return whether what a statement is to make was made by one before it."""
        return made_object(sql) in self._made

    def why_missing(self, sql: str, answer: Answer) -> str | None:
        """Return why a statement names something that does not exist, or None when that is the server's fault.

        :param sql: the statement.
        :param answer: an error.
        """
        if answer.sqlstate == _NULL:
            return self._why_no_data(self.expand(sql))
        if answer.sqlstate in (_NO_KEY, _WRONG_KIND) and names_in(sql) & self._lent.keys():
            return f"The table that another page makes is another one: {answer.error}"
        if answer.sqlstate not in _MISSING:
            return None
        names = {
            part for match in _NAME.finditer(answer.error or "") for part in _parts(next(filter(None, match.groups())))
        }
        if any(names & names_in(other) for other in self._not_run):
            return f"A statement before it did not run: {answer.error}"
        if (
            names & self._objects
            or _ROLE.match(answer.error or "")
            or any(name.startswith("f_") for name in names)
            or _ABOUT_OBJECTS.match(sql)
        ):
            return f"The page does not make it: {answer.error}"
        if answer.sqlstate == _UNDEFINED_SCHEMA:
            return f"No page makes its schema: {answer.error}"
        if answer.sqlstate == _UNDEFINED_COLUMN and "from" not in names_in(sql):
            return f"It names columns of no table: {answer.error}"
        if answer.sqlstate == _UNDEFINED_TABLE and not any(is_system_name(name) for name in names):
            return f"No page makes its table: {answer.error}"
        if answer.sqlstate == _UNDEFINED_COLUMN and names_in(sql) & self._lent.keys():
            return f"The table that another page makes has other columns: {answer.error}"
        return None

    def why_not_failed(self, sql: str) -> str | None:
        """Return why a statement did not fail as the page shows, or None when that is the server's fault.

        :param sql: the statement.
        """
        names = _own_names(sql)
        for other in self._not_run:
            if _SETTING.match(other) or names & _own_names(other):
                return f"A statement before it did not run: {other}"
        return None

    def why_not_compared(self, sql: str) -> str | None:
        """Return why a statement's rows cannot be those of the page, or None.

        :param sql: the statement.
        """
        if any(_ELSEWHERE.match(other) for other in self._not_run):
            return "It belongs to a database or a user that could not be made."
        expanded = self.expand(sql)
        return why_not_compared(expanded) or self._why_no_data(expanded)

    def expand(self, sql: str) -> str:
        """Return a statement with the definitions of what it names."""
        texts, names = [sql], names_in(sql)
        for name, text in reversed(self._definitions.items()):
            if name in names:
                texts.append(text)
                names |= names_in(text)
        return "\n".join(texts)

    def _why_no_data(self, expanded: str) -> str | None:
        lacking = sorted(name for name in names_in(expanded) & self._lent.keys() if not self._lent[name].has_rows)
        return f"The guide has no data for {', '.join(lacking)}." if lacking else None


def _own_names(sql: str) -> set[str]:
    """Return the names in a statement, without the words of its grammar."""
    return {name for name in names_in(sql) if name.upper() not in RESERVED} - _GRAMMAR


def _parts(name: str) -> set[str]:
    return {name.lower(), name.lower().rpartition(".")[2]}
