"""What a documented case is, and how the files in ``cases/`` are read.

A file is one family of the guide's pages, in TOML::

    setup = "CREATE TABLE ..."              # optional: run once, in a schema of the file's own

    [[case]]
    page = "r_DATE_PART_function"           # https://docs.aws.amazon.com/redshift/latest/dg/<page>.html
    sql = "SELECT date_part(...)"           # one or more statements; the last one's answer is compared
    rows = [["789000"]]                     # as text, as psql would print it; NULL is '\\N'
    types = ["double precision"]            # optional: as format_type() writes them
    columns = ["date_part"]                 # optional: their names
    ordered = true                          # optional: rows come in this order; otherwise any order will do
    error = "..."                           # in place of rows: a part of the error's text
    refused = true                          # optional: this server refuses it by name (SQLSTATE 0A000); a real
                                            # Redshift gives rows or error
    objects = { "a.csv" = "1,x\\n" }        # optional: files for {s3}/a.csv, where sql says {s3} and {credentials};
                                            # a file may say {s3} too
    note = "..."                            # optional: why the result is not the one that the page prints
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from local_redshift.statements.tokens.lexer import split, tokenize

#: How NULL is written in ``rows``.
NULL = r"\N"

_KEYS = frozenset(("page", "sql", "rows", "types", "columns", "ordered", "error", "refused", "objects", "note"))


@dataclass(frozen=True)
class Case:
    """One documented result.

    :param family: the file that it is in, without ``.toml``.
    :param setup: statements that the file's cases need, run once before them in a schema of their own.
    :param page: the guide's page, without ``.html``.
    :param sql: one or more statements.
    :param rows: the last statement's rows as text; None when only its success or error is documented.
    :param types: the types of the rows' columns as ``format_type`` writes them; empty when they are not documented.
    :param columns: the names of the rows' columns; empty when they are not documented.
    :param ordered: whether the order of the rows is a part of the result.
    :param error: a part of the error's text; None when there is none.
    :param refused: whether the local server refuses the statement by name.
    :param objects: texts of files in S3 by their keys below ``{s3}``.
    :param note: why the result is not the one that the page prints.
    """

    family: str
    setup: str
    page: str
    sql: str
    rows: tuple[tuple[str, ...], ...] | None = None
    types: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    ordered: bool = False
    error: str | None = None
    refused: bool = False
    objects: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None

    def __str__(self) -> str:
        """Return a name for lists of cases."""
        return f"{self.page}: {' '.join(self.sql.split())[:90]}"


@dataclass(frozen=True)
class Answer:
    """What a server said to a case.

    :param rows: as text, None for NULL; None when the statement has no rows.
    :param types: of the columns, as ``format_type`` writes them; None when the client cannot tell.
    :param error: the error's text.
    :param sqlstate: the error's code, None when the client does not tell or there is no error.
    :param hint: what the error advises, None without one.
    :param names: of the columns; None when the statement has no rows.
    """

    rows: tuple[tuple[str | None, ...], ...] | None = None
    types: tuple[str, ...] | None = None
    error: str | None = None
    sqlstate: str | None = None
    hint: str | None = None
    names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Place:
    """Where a case's files are.

    :param s3: address of the folder with the case's objects, without a slash at its end.
    :param credentials: COPY's clause for them, ``IAM_ROLE '…'`` for instance.
    """

    s3: str
    credentials: str

    def fill(self, sql: str) -> str:
        """Return SQL, or the text of an object, whose ``{s3}`` and ``{credentials}`` are filled in."""
        return sql.replace("{s3}", self.s3).replace("{credentials}", self.credentials)


#: Runs statements one after the other, and returns what the last of them or the first that failed gave.
Ask = Callable[[str], Answer]


def split_script(script: str) -> list[str]:
    """Return the statements of a script as they are written, bodies in dollars included, without semicolons."""
    return [script[tokens[0].start : tokens[-1].end] for tokens in split(tokenize(script))]


def load_cases(family: str | None = None) -> tuple[Case, ...]:
    """Return the documented cases in the order of their files.

    :param family: the file, without ``.toml``; None for all.
    :raises ValueError: when a file has a key that no case has, or no family of that name exists.
    """
    folder = files(__package__) / "cases"
    names = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    if family is not None and family not in names:
        raise ValueError(f"There is no family {family!r}: {', '.join(names)}.")
    return tuple(
        case
        for name in names
        if family in (None, name)
        for case in _cases(name, tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")))
    )


def _cases(family: str, content: Mapping[str, Any]) -> list[Case]:
    return [_case(family, content.get("setup", ""), entry) for entry in content.get("case", [])]


def _case(family: str, setup: str, entry: Mapping[str, Any]) -> Case:
    if unknown := set(entry) - _KEYS:
        raise ValueError(f"{family}.toml: a case has no {', '.join(sorted(unknown))}.")
    if "rows" in entry and "error" in entry:
        raise ValueError(f"{family}.toml: a case has rows or an error: {entry['sql']}")
    rows = tuple(tuple(row) for row in entry["rows"]) if "rows" in entry else None
    texts = {key: tuple(entry.get(key, ())) for key in ("types", "columns")}
    return Case(family, setup, **{**entry, "rows": rows, **texts})
