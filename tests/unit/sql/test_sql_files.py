"""What every SQL file has: a first comment that says which tables it uses, and the names of all columns it uses.

No statement depends on which columns a table has: every INSERT names its own, and no star stands for them. A migration
that adds a column would break the others. Queries of the user's (a check, an analysts' question) are read
by the names that they give.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from sparkify.hooks.s3_object import S3Object
from sparkify.hooks.sql_text import Ranges, put_values, split_statements
from sparkify.loading.table_changes import (
    Target,
    add_missing,
    build_candidate,
    check_candidates,
    fill,
    remove_differing,
    remove_others,
)
from sparkify.source.partitions import Partition
from sparkify.staging import bookkeeping
from sparkify.staging.bookkeeping import StagedPartition
from tests.support.sql_headers import expected_header, given_header

ROOT = Path(__file__).parents[3]
SCRIPTS = sorted((ROOT / "sql").rglob("*.sql"))
MODULES = sorted([*(ROOT / "plugins").rglob("*.py"), *(ROOT / "dags").glob("*.py")])
#: What asks for all columns of a check's offending rows.
STARS = {"quality.py": ("SELECT * FROM (\n",)}


#: A script, and what its first comment has to say of its tables.
HEADERS = [
    ("SELECT a FROM run_a AS x JOIN etl.b AS y ON x.a = y.a", ["-- Reads: run_a, etl.b"]),
    ("WITH c AS (SELECT a FROM t) SELECT a FROM c", ["-- Reads: t"]),
    ("SELECT 1", ["-- Reads: none"]),
    (
        "CREATE TEMP TABLE t AS SELECT a FROM s; INSERT INTO t (a) SELECT a FROM t",
        ["-- Reads: s", "-- Makes: t (temporary)"],
    ),
    ("CREATE VIEW v AS SELECT a FROM s WHERE a IN (SELECT b FROM u)", ["-- Reads: s, u", "-- Makes: v (view)"]),
    ("CREATE TABLE etl.t (a INT, FOREIGN KEY (a) REFERENCES etl.s (a))", ["-- Reads: none", "-- Makes: etl.t"]),
    ("CREATE TABLE etl.t (a INT) INTERLEAVED SORTKEY (a)", ["-- Reads: none", "-- Makes: etl.t"]),
    ("DELETE FROM etl.t USING s WHERE t.a = s.a", ["-- Reads: s", "-- Changes: etl.t"]),
    ("UPDATE etl.t SET a = s.a FROM (SELECT a FROM u) AS s", ["-- Reads: u", "-- Changes: etl.t"]),
    ("ALTER TABLE etl.t ALTER COLUMN a ENCODE ZSTD; DROP TABLE u", ["-- Reads: none", "-- Changes: u, etl.t"]),
    ("BEGIN; LOCK etl.t; COMMIT", ["-- Reads: none"]),
]


@pytest.mark.parametrize(("script", "lines"), HEADERS, ids=[script for script, _ in HEADERS])
def test_the_tables_of_a_script_are_found(script: str, lines: list[str]) -> None:
    assert expected_header(script) == lines


def test_long_lists_of_tables_are_wrapped() -> None:
    tables = [f"etl.a_table_of_the_bookkeeping_{number}" for number in range(9)]
    lines = expected_header(f"SELECT 1 FROM {' CROSS JOIN '.join(tables)}")
    assert [len(line) <= 120 for line in lines] == [True, True, True]
    assert given_header("\n".join(["-- What it is.", *lines, "SELECT 1"])) == lines


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(ROOT / "sql").as_posix())
def test_the_first_comment_of_a_file_says_which_tables_it_reads_makes_and_changes(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert not text.startswith("-- Reads:"), "Say first what the file is for."
    assert given_header(text) == expected_header(text)


def problems(statement: str) -> list[str]:
    """Return what is wrong with a statement: an INSERT without columns, or a star that is not a COUNT(*)'s."""
    parsed = sqlglot.parse_one(statement, dialect="redshift")
    inserts = [insert for insert in parsed.find_all(exp.Insert) if not isinstance(insert.this, exp.Schema)]
    stars = [star for star in parsed.find_all(exp.Star) if not isinstance(star.parent, exp.Count)]
    return [str(node.parent if isinstance(node, exp.Star) else node) for node in (*inserts, *stars)]


@pytest.mark.parametrize(
    ("statement", "is_sound"),
    [
        ("INSERT INTO t (a) SELECT a FROM s", True),
        ('INSERT INTO "etl"."t" ("a", "b") VALUES (1, 2)', True),
        ("SELECT COUNT(*), COUNT( * ) FROM t", True),
        ("SELECT a * b FROM t", True),
        ("INSERT INTO t SELECT a FROM s", False),
        ("INSERT INTO etl.t VALUES (1, 2)", False),
        ("INSERT INTO t (a) SELECT * FROM s", False),
        ("INSERT INTO t (a) SELECT s.* FROM s", False),
        ("CREATE TEMP TABLE t AS SELECT * FROM s", False),
        ("CREATE VIEW v AS SELECT a, s.* FROM s", False),
        ("SELECT a FROM (SELECT *, 1 AS b FROM s) AS d", False),
    ],
)
def test_inserts_without_columns_and_stars_are_found(statement: str, is_sound: bool) -> None:
    assert (problems(statement) == []) is is_sound


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(ROOT / "sql").as_posix())
def test_scripts_name_their_columns(script: Path) -> None:
    statements = split_statements(script.read_text(encoding="utf-8"))
    assert [
        found for statement in statements if not statement.startswith("GRANT") for found in problems(statement)
    ] == []


def test_the_statements_of_a_load_name_their_columns() -> None:
    target = Target("public.t", ("a", "b"), ("a",), within="b")
    statements = [
        *build_candidate(target, "SELECT 1, 2"),
        check_candidates(target),
        fill(target, "SELECT 1, 2"),
        remove_others(target),
        remove_differing(target),
        add_missing(target),
    ]
    bounds = {"bounds": Ranges(((1, 2),))}
    assert [found for statement in statements for found in problems(put_values(statement, bounds))] == []


def test_the_statements_of_bookkeeping_name_their_columns() -> None:
    source = S3Object("b", "k", "e", 1)
    staged = StagedPartition(Partition("p", None, None, ""), datetime(2018, 11, 5), (source,), {source.uri: 1}, 1)
    statements = [sql for sql, _ in bookkeeping.record("staging_events", [staged])]
    lines = bookkeeping.record_lines([("t", "p", "u", 1, "c", None, None, "why", b"{}")])
    statements += [sql for sql, _ in lines]
    assert len(statements) == 3
    assert [found for sql in statements for found in problems(sql.replace("%s", "NULL"))] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_no_text_of_a_module_is_an_insert_without_columns_or_has_a_star(module: Path) -> None:
    found = [text for text in texts(module) if re.search(r"\bINSERT INTO \S+ (?!\()|\bSELECT (\w+\.)?\*", text)]
    assert found == [text for text in found if text.startswith(STARS.get(module.name, ()))]


def texts(module: Path) -> Iterator[str]:
    """Return the texts of a module, without docstrings; what is filled in is shown as x."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docstrings:
            yield node.value
