"""What a load writes to a table of any type: what differs in bytes, and nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import psycopg
import pytest
from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.warehouse import WarehouseHook
from sparkify.loading.table_load import Fill, TableLoad
from sparkify.operators.load_dimension import LoadDimensionOperator
from tests.support.services import Services

TABLE = "publish_target"


class Case(NamedTuple):
    """A column, and a value that takes the place of another."""

    type: str
    old: str
    new: str


#: Values that Redshift calls equal, but for their bytes.
#: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
EQUAL = [
    Case("VARCHAR(40)", "'Bergen '", "'Bergen'"),
    Case("VARCHAR(40)", "'Bergen'", "'Bergen '"),
    Case("VARCHAR(40)", "'Bergen  '", "'Bergen '"),
    Case("VARCHAR(40)", "''", "' '"),
    Case("VARCHAR(40)", "'Tromsø '", "'Tromsø'"),
    Case("DOUBLE PRECISION", "CAST('-0.0' AS DOUBLE PRECISION)", "CAST('0.0' AS DOUBLE PRECISION)"),
    Case("DOUBLE PRECISION", "CAST('0.0' AS DOUBLE PRECISION)", "CAST('-0.0' AS DOUBLE PRECISION)"),
    Case("REAL", "CAST('-0.0' AS REAL)", "CAST('0.0' AS REAL)"),
]
#: Values that nothing calls equal.
DIFFERENT = [
    Case("VARCHAR(40)", "'Bergen'", "'bergen'"),
    Case("VARCHAR(40)", "NULL", "''"),
    Case("VARCHAR(40)", "' '", "NULL"),
    Case("CHAR(8)", "'a'", "'b'"),
    Case("CHAR(8)", "NULL", "''"),
    Case("SMALLINT", "1", "2"),
    Case("INTEGER", "NULL", "0"),
    Case("BIGINT", "9007199254740993", "9007199254740992"),
    Case("DECIMAL(18, 4)", "1.5000", "1.5001"),
    Case("DECIMAL(38, 0)", "NULL", "0"),
    Case("DOUBLE PRECISION", "0.1", "0.10000000000000002"),
    Case("DOUBLE PRECISION", "CAST('NaN' AS DOUBLE PRECISION)", "1"),
    Case("DOUBLE PRECISION", "NULL", "CAST('NaN' AS DOUBLE PRECISION)"),
    Case("REAL", "1.5", "2.5"),
    Case("BOOLEAN", "TRUE", "FALSE"),
    Case("BOOLEAN", "NULL", "FALSE"),
    Case("DATE", "DATE '2018-11-05'", "DATE '2018-11-06'"),
    Case("TIMESTAMP", "TIMESTAMP '2018-11-05 13:00:00.000001'", "TIMESTAMP '2018-11-05 13:00:00'"),
    Case("TIMESTAMPTZ", "TIMESTAMPTZ '2018-11-05 13:00:00+00'", "TIMESTAMPTZ '2018-11-05 13:00:00+01'"),
    Case("TIME", "TIME '13:00:00'", "TIME '13:00:01'"),
]
#: Values that are the same, however they are written.
SAME = [
    Case("VARCHAR(40)", "'Bergen '", "'Bergen '"),
    Case("VARCHAR(40)", "NULL", "NULL"),
    Case("CHAR(8)", "'a '", "'a'"),  # CHAR pads what it holds
    Case("INTEGER", "0", "-0"),
    Case("DECIMAL(18, 4)", "1.5", "1.5000"),
    Case("DOUBLE PRECISION", "CAST('NaN' AS DOUBLE PRECISION)", "CAST('NaN' AS DOUBLE PRECISION)"),
    Case("DOUBLE PRECISION", "CAST('-0.0' AS DOUBLE PRECISION)", "CAST('-0.0' AS DOUBLE PRECISION)"),
    Case("BOOLEAN", "TRUE", "TRUE"),
    Case("TIMESTAMP", "TIMESTAMP '2018-11-05 13:00:00'", "TIMESTAMP '2018-11-05 13:00:00.000'"),
    Case("TIMESTAMPTZ", "TIMESTAMPTZ '2018-11-05 13:00:00+00'", "TIMESTAMPTZ '2018-11-05 14:00:00+01'"),
]


class Table:
    """A table, the operator that loads it, and a look at its rows."""

    def __init__(self, conn_id: str, dsn: str) -> None:
        self.conn_id = conn_id
        self.dsn = dsn
        self.hook = WarehouseHook(conn_id)

    def make(self, columns: Sequence[str], *rows: str) -> None:
        """Make the table of columns' definitions and rows' values."""
        with self.hook.session() as session:
            session.run(f"DROP TABLE IF EXISTS {TABLE}")
            session.run(f"CREATE TABLE {TABLE} ({', '.join(columns)})")
            session.run(f"INSERT INTO {TABLE} VALUES {', '.join(f'({values})' for values in rows)}")

    def load(self, columns: Sequence[str], select: str, **options: Any) -> dict[str, int]:
        """Load what a query returns; return the numbers of inserted, updated, deleted and unchanged rows."""
        load = TableLoad(TABLE, columns, options.pop("key", columns[:1]), select, options.pop("within", None))
        operator = LoadDimensionOperator(
            task_id="load", redshift_conn_id=self.conn_id, load=load, lock=options.pop("lock", None), **options
        )
        ti = SimpleNamespace(dag_id="d", run_id="r", task_id="load", try_number=1)
        counts = operator.execute({"ti": ti, "outlet_events": defaultdict(SimpleNamespace)})
        return {name: counts[name] for name in ("inserted", "updated", "deleted", "unchanged")}

    def rows(self) -> list[str]:
        with self.hook.session() as session:
            # Two doubles that differ in the 17th digit are written alike otherwise:
            # https://docs.aws.amazon.com/redshift/latest/dg/r_extra_float_digits.html
            session.run("SET extra_float_digits TO 2")
            return sorted(map(repr, session.rows(f"SELECT * FROM {TABLE}")))  # repr tells -0.0 from 0.0

    def versions(self) -> dict[Any, str]:
        """Return where each row is stored and which transaction wrote it, by its first column.

        As only the local engine tells: https://www.postgresql.org/docs/current/ddl-system-columns.html
        """
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            rows = connection.execute(f"SELECT id, ctid::text || '/' || xmin::text FROM {TABLE}").fetchall()
        return dict(rows)


@pytest.fixture(params=["redshift", "postgres"])
def table(request: pytest.FixtureRequest, services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    for name, value in services.connections().items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))
    table = Table(f"stage_{request.param}", services.redshift.dsn())
    yield table
    with table.hook.session() as session:
        session.run(f"DROP TABLE IF EXISTS {TABLE}")


def columns_of(cases: Sequence[Case]) -> list[str]:
    """Return the definitions of a column for each case."""
    return [f"value_{number} {case.type}" for number, case in enumerate(cases)]


def row(cases: Sequence[Case], old: Container[int]) -> str:
    """Return the values of a row: for the numbered cases the old ones, for the others the new ones."""
    return ", ".join(case.old if number in old else case.new for number, case in enumerate(cases))


@pytest.mark.parametrize("mode", ["upsert", "replace"])
def test_what_differs_in_bytes_is_written(table: Table, mode: str) -> None:
    cases = (*EQUAL, *DIFFERENT)
    names = ["id", *(column.split()[0] for column in columns_of(cases))]
    wanted = [f"{number}, {row(cases, ())}" for number in range(len(cases))]
    table.make(["id INTEGER", *columns_of(cases)], *wanted)
    expected = table.rows()
    # in each row another column holds what it held before
    table.make(
        ["id INTEGER", *columns_of(cases)], *(f"{number}, {row(cases, {number})}" for number in range(len(cases)))
    )
    assert not set(table.rows()) & set(expected)
    select = " UNION ALL ".join(f"SELECT {values}" for values in wanted)
    counts = table.load(names, select, mode=mode)
    assert table.rows() == expected
    assert counts == {"inserted": 0, "updated": len(cases), "deleted": 0, "unchanged": 0}


@pytest.mark.parametrize("mode", ["upsert", "replace"])
def test_what_is_the_same_in_bytes_is_not_written(table: Table, mode: str) -> None:
    table.make(["id INTEGER", *columns_of(SAME)], f"1, {row(SAME, range(len(SAME)))}")
    names = ["id", *(column.split()[0] for column in columns_of(SAME))]
    counts = table.load(names, f"SELECT 1, {row(SAME, ())}", mode=mode)
    assert counts == {"inserted": 0, "updated": 0, "deleted": 0, "unchanged": 1}


def test_a_key_is_one_key_whatever_its_trailing_blanks_and_takes_the_candidates(table: Table) -> None:
    table.make(["id VARCHAR(8)", "value INTEGER"], "'AR1 ', 1", "'AR2', 2")
    counts = table.load(["id", "value"], "SELECT 'AR1', 1 UNION ALL SELECT 'AR2', 2")
    assert counts == {"inserted": 0, "updated": 1, "deleted": 0, "unchanged": 1}
    assert table.rows() == ["('AR1', 1)", "('AR2', 2)"]


@pytest.mark.parametrize("mode", ["upsert", "replace"])
def test_a_row_that_stays_is_not_written(table: Table, mode: str) -> None:
    table.make(["id INTEGER", "value VARCHAR(8)"], "1, 'a'", "2, 'b'")
    before = table.versions()
    counts = table.load(["id", "value"], "SELECT 1, 'a' UNION ALL SELECT 2, 'c' UNION ALL SELECT 3, 'd'", mode=mode)
    assert counts == {"inserted": 1, "updated": 1, "deleted": 0, "unchanged": 1}
    after = table.versions()
    assert (after[1] == before[1], after[2] == before[2]) == (True, False)


def test_append_leaves_a_row_as_it_is(table: Table) -> None:
    table.make(["id INTEGER", "value VARCHAR(8)"], "1, 'a '")
    before = table.versions()
    counts = table.load(["id", "value"], "SELECT 1, 'a' UNION ALL SELECT 2, 'b '", mode="append")
    assert counts == {"inserted": 1, "updated": 0, "deleted": 0, "unchanged": 1}
    assert table.rows() == ["(1, 'a ')", "(2, 'b ')"]
    assert table.versions()[1] == before[1]


@pytest.mark.parametrize(("mode", "kept"), [("upsert", True), ("append", True), ("replace", False)])
def test_only_replace_removes_rows_without_a_candidate(table: Table, mode: str, kept: bool) -> None:
    table.make(["id INTEGER", "value VARCHAR(8)"], "1, 'a'", "2, 'b'", "3, 'c'")
    counts = table.load(["id", "value"], "SELECT 1, 'a '", mode=mode)
    assert counts["deleted"] == (0 if kept else 2)
    assert len(table.rows()) == (3 if kept else 1)


@pytest.mark.parametrize("mode", ["upsert", "append", "replace", Fill()])
def test_a_query_without_rows_is_a_load_of_none(table: Table, mode: str) -> None:
    table.make(["id INTEGER", "value VARCHAR(8)"], "1, 'a'")
    counts = table.load(["id", "value"], "SELECT 1, 'a' WHERE FALSE", mode=mode, within="id")
    assert counts == {"inserted": 0, "updated": 0, "deleted": int(mode == "replace"), "unchanged": 0}


def test_a_table_is_filled_when_it_is_empty_and_left_otherwise(table: Table) -> None:
    table.make(["id INTEGER", "value VARCHAR(8)"], "1, 'a'")
    with table.hook.session() as session:
        session.run(f"DELETE FROM {TABLE}")
    select = "SELECT 1, 'a' UNION ALL SELECT 2, 'b'"
    assert table.load(["id", "value"], select, mode=Fill())["inserted"] == 2
    before = table.versions()
    assert table.load(["id", "value"], f"{select} UNION ALL SELECT 3, 'c'", mode=Fill())["inserted"] == 0
    assert table.versions() == before


def test_within_its_bounds_a_load_finds_the_rows_of_its_candidates(table: Table) -> None:
    table.make(["id INTEGER", "moment TIMESTAMP"], *(f"{n}, TIMESTAMP '2018-11-0{n} 13:00:00'" for n in range(1, 6)))
    select = "SELECT 2, TIMESTAMP '2018-11-02 13:00:00' UNION ALL SELECT 4, TIMESTAMP '2018-11-04 13:00:00'"
    counts = table.load(["id", "moment"], f"{select} UNION ALL SELECT 6, TIMESTAMP '2018-11-03'", within="moment")
    assert counts == {"inserted": 1, "updated": 0, "deleted": 0, "unchanged": 2}


def test_bounds_that_are_texts_or_numbers_with_a_fraction_are_literals_too(table: Table) -> None:
    table.make(["id VARCHAR(40)", "value DOUBLE PRECISION"], "'it''s \\\\ this', 0.1", "'zz', 1e300")
    for within in ("id", "value"):
        counts = table.load(
            ["id", "value"], "SELECT 'it''s \\\\ this', 0.1 UNION ALL SELECT 'zz', 1e300", within=within
        )
        assert counts == {"inserted": 0, "updated": 0, "deleted": 0, "unchanged": 2}


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("SELECT 1, 'a' UNION ALL SELECT 1, 'b'", "0 have no id and 1 repeat one"),
        ("SELECT 1, 'a' UNION ALL SELECT 1, 'a'", "0 have no id and 1 repeat one"),
        ("SELECT 1, 'a' UNION ALL SELECT NULL, 'b'", "1 have no id and 0 repeat one"),
    ],
)
@pytest.mark.parametrize("mode", ["upsert", "append", "replace"])
def test_candidates_without_a_key_of_their_own_are_refused(table: Table, mode: str, select: str, words: str) -> None:
    table.make(["id INTEGER", "value VARCHAR(8)"], "1, 'z'", "7, 'y'")
    before = table.versions()
    with pytest.raises(AirflowFailException, match=f"Of 2 rows for {TABLE}, {words}. Nothing was written"):
        table.load(["id", "value"], select, mode=mode)
    assert table.versions() == before


def test_a_value_that_the_table_cannot_hold_leaves_it_as_it_was(table: Table) -> None:
    table.make(["id INTEGER", "value VARCHAR(2) NOT NULL"], "1, 'a'")
    before = table.versions()
    for value in ("'abc'", "NULL"):
        with pytest.raises(AirflowFailException):
            table.load(["id", "value"], f"SELECT 1, 'b' UNION ALL SELECT 2, {value}", mode="replace")
        assert table.versions() == before


def test_a_column_that_another_has_added_does_no_harm(table: Table) -> None:
    table.make(["id INTEGER", "value VARCHAR(8)"], "1, 'a '")
    with table.hook.session() as session:
        session.run(f"ALTER TABLE {TABLE} ADD COLUMN added VARCHAR(8)")
    assert table.load(["id", "value"], "SELECT 1, 'a'")["updated"] == 1
    assert table.rows() == ["(1, 'a', None)"]
