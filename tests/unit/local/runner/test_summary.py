"""What the runner shows of a loaded warehouse: counts, answers, and checks that failed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import rich.console

from local.runner import summary
from local.runner.console import Console
from local.runner.errors import RunnerError
from local.runner.settings import ROOT, RunnerSettings
from local.runner.sql_files import query
from local.runner.summary import ask, failed_checks, show_summary

Rows = Sequence[tuple[Any, ...]]


class Warehouse:
    """Answers a query by a word that is in it, with columns and rows.

    :param answers: columns and rows by a word.
    """

    def __init__(self, answers: Mapping[str, tuple[Sequence[str], Rows]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Any]] = []

    def execute(self, query: Any, parameters: Any = None) -> Any:
        text = query.decode() if isinstance(query, bytes) else query if isinstance(query, str) else query.as_string()
        self.asked.append((text, parameters))
        columns, rows = next((answer for word, answer in self.answers.items() if word in text), ((), ()))
        return SimpleNamespace(
            description=[SimpleNamespace(name=name) for name in columns],
            fetchall=lambda: list(rows),
            fetchone=lambda: rows[0] if rows else None,
        )


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


def stack_of(warehouse: Warehouse, output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> Any:
    @contextmanager
    def connect(dsn: str, autocommit: bool) -> Iterator[Warehouse]:
        assert (dsn, autocommit) == ("postgresql://warehouse", True)
        yield warehouse

    monkeypatch.setattr(summary.psycopg, "connect", connect)
    return SimpleNamespace(
        console=Console(rich.console.Console(file=output, soft_wrap=True, width=120)),
        redshift=SimpleNamespace(dsn=lambda: "postgresql://warehouse"),
        settings=RunnerSettings(state=Path("/state")),
        address="http://localhost:8080",
    )


def test_the_summary_counts_every_table_answers_three_questions_and_says_how_to_go_on(
    output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(
        {
            "svv_tables": ((), [("public", "songplays"), ("etl", "load_ledger")]),
            '"public"."songplays"': ((), [(6820,)]),
            '"etl"."load_ledger"': ((), [(48,)]),
            ":since": ((), ()),
            "%(since)s": (("title", "plays"), [(f"Song {number}", 1000 + number) for number in range(7)]),
        }
    )
    show_summary(stack_of(warehouse, output, monkeypatch))
    said = output.getvalue()
    lines = [line.split() for line in said.splitlines()]
    assert ["songplays", "6,820"] in lines
    assert ["etl.load_ledger", "48"] in lines
    for title in ("Rows", "Top songs", "Active users by hour", "Free against paid"):
        assert title in said
    assert ["Song", "4", "1,004"] in lines
    assert "Song 5" not in said
    assert said.count("and 2 more rows") == 3
    assert "user admin, password admin" in said
    assert 'psql "postgresql://warehouse"   or: make psql' in said


def test_every_row_count_is_shown_however_many_tables_there_are(
    output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = [("etl", f"table_{number}") for number in range(30)]
    show_summary(stack_of(Warehouse({"svv_tables": ((), tables)}), output, monkeypatch))
    assert all(f"etl.{name}" in output.getvalue() for _, name in tables)


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "sql" / "analytics").glob("*.sql")))
def test_a_question_is_asked_over_all_time_with_its_casts_and_percent_signs_kept(name: str) -> None:
    file = f"analytics/{name}.sql"
    warehouse = Warehouse({"": (("column",), [("value",)])})
    answer = ask(warehouse, "Title", query(file))  # type: ignore[arg-type]
    [(text, values)] = warehouse.asked
    assert (answer.title, answer.columns, answer.rows) == ("Title", ["column"], [("value",)])
    assert values == {"since": "1970-01-01", "until": "2100-01-01"}
    assert text % {"since": ":since", "until": ":until"} == (ROOT / "sql" / file).read_text()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            ("ids_unique", "2018-11-05T13", 2, "7, 9"),
            "Check ids_unique of 2018-11-05T13 found 2 offending row(s): 7, 9",
        ),
        (("ids_unique", "2018-11-05T13", 1, None), "Check ids_unique of 2018-11-05T13 found 1 offending row(s)."),
        (("ids_unique", "", 3, ""), "Check ids_unique of a run found 3 offending row(s)."),
    ],
)
def test_a_failed_check_is_a_sentence(
    output: io.StringIO, monkeypatch: pytest.MonkeyPatch, row: tuple[Any, ...], sentence: str
) -> None:
    assert failed_checks(stack_of(Warehouse({"quality_results": ((), [row])}), output, monkeypatch)) == [sentence]


def test_results_that_cannot_be_read_are_told(monkeypatch: pytest.MonkeyPatch, output: io.StringIO) -> None:
    stack = stack_of(Warehouse({}), output, monkeypatch)

    def refuse(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("no route")

    monkeypatch.setattr(summary.psycopg, "connect", refuse)
    with pytest.raises(RunnerError, match="quality checks could not be read: no route"):
        failed_checks(stack)
