"""Runs the pipeline's tasks on a target, step by step, and keeps the rows of its tables after each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.cost_cases import correct_plays
from bench.rig.dag_runs import Run, load_dag
from bench.verify.asking import Asker
from bench.verify.model import Asked, Findings
from bench.verify.scratch import Scratch
from bench.warehouse import HOUR, START
from local.sample import Layout, Sample
from local.sample.delivery import log_files
from local_redshift.documented import Answer
from sparkify.hooks.sql_text import split_statements
from sparkify.settings import load_settings

#: Hours of the sample: the first is loaded, loaded again and corrected, the others are a window.
HOURS = 4
SAMPLE = Sample(seed=5, start=START, hours=HOURS, songs=24, events_per_hour=40)
#: Columns that tell of a run's time, of its place in S3 or of how S3 stores a file.
VOLATILE = frozenset(
    """loaded_at as_of seconds query_ids etag last_modified manifest_hash file_hash checked_at rejected_at applied_at
    listed_at first_seen fingerprint last_load_at""".split()  # noqa: SIM905 - easier to read
)
#: Tables that hold nothing else.
_SKIPPED = frozenset(("folder_listings", "load_mutex"))
_COLUMNS = """
SELECT schemaname, tablename, "column", type, distkey, sortkey, "notnull"
FROM pg_table_def
WHERE schemaname IN ('public', 'etl', 'staging_template')
"""


def run_pipeline(scratch: Scratch, asker: Asker, findings: Findings) -> None:
    """Run the steps; when one fails, those after it run all the same.

    :param scratch: where.
    :param asker: a session beside the pipeline's own.
    :param findings: gets what each step gave.
    """
    _put_sample(scratch)
    for name, step in _steps(scratch):
        findings.answers[Asked("the pipeline", name)] = _outcome(scratch, step)
        if name == "create the tables":
            _note_columns(asker, findings)
        _note_rows(scratch, asker, name, findings)


def run_last_steps(scratch: Scratch, asker: Asker, findings: Findings) -> list[str]:
    """Take the tables back to version 1, migrate them, and drop them; return what ran beside the pipeline's sessions.

    The parameters are those of :func:`run_pipeline`.
    """
    back, migrate = Asked("the pipeline", "back to version 1"), Asked("the pipeline", "migrate the tables")
    script = (Path(load_settings().sql_folder) / "upkeep" / "back_to_version_1.sql").read_text(encoding="utf-8")
    answer = asker(script)
    asker.leave_failed()
    sent = [] if answer.error else split_statements(script)
    findings.answers[back] = redacted(scratch, answer)
    findings.answers[migrate] = _outcome(scratch, _create)
    _note_rows(scratch, asker, "migrate the tables", findings)
    findings.answers[Asked("the pipeline", "drop the tables")] = _outcome(scratch, _drop)
    return sent


def _steps(scratch: Scratch) -> Iterator[tuple[str, Callable[[], Any]]]:
    def load(name: str, first: int, end: int) -> Callable[[], Any]:
        return lambda: Run(load_dag(), START + first * HOUR, START + end * HOUR, run_id=f"verify__{name}").finish()

    yield "create the tables", _create
    yield "an hour", load("hour", 0, 1)
    yield "the same hour again", load("rerun", 0, 1)
    hours = list(SAMPLE.events_by_hour())
    _put_hour(scratch, 0, correct_plays(hours[0]))
    yield "the hour's file corrected", load("correction", 0, 1)
    yield f"a window of {HOURS - 1} hours", load("window", 1, HOURS)


def _create() -> None:
    Run(load_dag("sparkify_create_tables"), None, None, run_id="verify__create").run_task("create_tables")


def _drop() -> None:
    params = {"drop_existing": True}
    Run(load_dag("sparkify_create_tables"), None, None, params, run_id="verify__drop").run_task("drop_tables")


def _outcome(scratch: Scratch, step: Callable[[], Any]) -> Answer:
    try:
        step()
    except Exception as error:
        return Answer(error=scratch.redaction(f"{type(error).__name__}: {error}"))
    return Answer()


def _note_columns(asker: Asker, findings: Findings) -> None:
    asker("SET search_path TO public, etl, staging_template")
    tables: dict[str, list[tuple[str | None, ...]]] = {}
    for schema, table, *column in asker.rows(_COLUMNS):
        tables.setdefault(f"{schema}.{table}", []).append(tuple(column))
    for name, columns in sorted(tables.items()):
        findings.answers[Asked("columns, types and keys", name)] = Answer(tuple(columns))


def _note_rows(scratch: Scratch, asker: Asker, step: str, findings: Findings) -> None:
    asker("SET search_path TO public, etl")
    columns: dict[tuple[str, str], list[str]] = {}
    for schema, table, column, *_ in asker.rows(_COLUMNS):
        if schema in ("public", "etl") and table not in _SKIPPED and column not in VOLATILE:
            columns.setdefault((str(schema), str(table)), []).append(f'"{column}"')
    for (schema, table), names in sorted(columns.items()):
        answer = asker(f'SELECT {", ".join(names)} FROM {schema}."{table}"')
        answer = redacted(scratch, Answer(answer.rows, error=answer.error, sqlstate=answer.sqlstate))
        findings.answers[Asked(f"rows after: {step}", f"{schema}.{table}")] = answer


def redacted(scratch: Scratch, answer: Answer, *, ordered: bool = False) -> Answer:
    """Return an answer with nothing in it that names a place.

    :param scratch: the places.
    :param answer: what the server said.
    :param ordered: whether its rows stay in their order; otherwise they come in a fixed one.
    """
    rows = answer.rows
    if rows is not None:
        clean = scratch.redaction
        rows = tuple(tuple(None if value is None else clean(value) for value in row) for row in rows)
        rows = rows if ordered else tuple(sorted(rows, key=_sort_key))
    error = None if answer.error is None else scratch.redaction(answer.error)
    return Answer(rows, answer.types, error, answer.sqlstate, names=answer.names)


def _sort_key(row: tuple[str | None, ...]) -> list[tuple[bool, str]]:
    return [(value is None, value or "") for value in row]


def _put_sample(scratch: Scratch) -> None:
    for file in SAMPLE.song_files():
        scratch.put(file.key, file.body)
    for number, lines in enumerate(SAMPLE.events_by_hour()):
        _put_hour(scratch, number, lines)


def _put_hour(scratch: Scratch, number: int, lines: list[str]) -> None:
    for file in log_files([(START + number * HOUR, lines)], Layout.HOURLY, "log_data"):
        scratch.put(file.key, file.body)
