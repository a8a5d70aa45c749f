"""Tables as their definitions have them, compared with what the warehouse has."""

from __future__ import annotations

import pytest

from sparkify.hooks.table_definitions import Column, Tables, defined_tables, differences, found_tables

SCRIPT = """
-- A comment; with a semicolon.
CREATE TABLE IF NOT EXISTS public.plays (
    play_id CHAR(32) NOT NULL ENCODE zstd,
    "timestamp" TIMESTAMP NOT NULL,
    length DOUBLE PRECISION,
    title VARCHAR(1024),
    PRIMARY KEY (play_id)
)
DISTSTYLE KEY DISTKEY (play_id) COMPOUND SORTKEY ("timestamp", play_id);
CREATE TABLE IF NOT EXISTS staging_template.plays (LIKE public.plays);
GRANT SELECT ON public.plays TO GROUP readers;
"""
COLUMNS = {
    "play_id": Column("character(32)", is_distkey=True, sortkey=2, not_null=True),
    "timestamp": Column("timestamp without time zone", is_distkey=False, sortkey=1, not_null=True),
    "length": Column("double precision", is_distkey=False, sortkey=0, not_null=False),
    "title": Column("character varying(1024)", is_distkey=False, sortkey=0, not_null=False),
}
#: Rows of PG_TABLE_DEF: https://docs.aws.amazon.com/redshift/latest/dg/r_PG_TABLE_DEF.html
ROWS = [
    ("public", "plays", name, column.type, column.is_distkey, column.sortkey, column.not_null)
    for name, column in COLUMNS.items()
]


def test_tables_are_read_from_the_statements_that_make_them() -> None:
    assert defined_tables([SCRIPT]) == {"public.plays": COLUMNS, "staging_template.plays": COLUMNS}


def test_tables_of_the_warehouse_are_in_the_same_words() -> None:
    assert found_tables(ROWS) == {"public.plays": COLUMNS}


def test_interleaved_sort_keys_count_by_their_place() -> None:
    [row] = found_tables([("s", "t", "c", "integer", False, -2, False)])["s.t"].values()
    assert row.sortkey == 2  # PG_TABLE_DEF alternates the sign


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        ({"t": COLUMNS}, []),
        ({"t": {**COLUMNS, "more": COLUMNS["title"]}, "other": {}}, []),  # others' columns and tables do not matter
        ({}, ["t is missing"]),
        ({"t": {name: COLUMNS[name] for name in COLUMNS if name != "title"}}, ["t.title is missing"]),
        (
            {"t": {**COLUMNS, "play_id": Column("character(32)", is_distkey=False, sortkey=0, not_null=True)}},
            ["t.play_id is character(32) NOT NULL, defined as character(32) NOT NULL DISTKEY SORTKEY 2"],
        ),
    ],
)
def test_each_difference_is_a_line(found: Tables, lines: list[str]) -> None:
    assert differences({"t": COLUMNS}, found) == lines
