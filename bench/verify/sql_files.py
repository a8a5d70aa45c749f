"""Every statement of ``sql/``: sent by the pipeline's runs, or asked by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.verify.asking import Asker
from bench.verify.model import Asked, Findings
from bench.verify.pipeline import HOURS, VOLATILE, redacted
from bench.verify.scratch import Scratch
from bench.warehouse import HOUR, START
from local_redshift.documented import Answer
from sparkify.hooks.sql_text import put_values, split_statements
from sparkify.settings import load_settings

SECTION = "statements of sql/"
_PLACE = re.compile(r"\S+\s+BETWEEN\s+:(\w+)_from\s+AND\s+:\1_to\b|(?<![:\w]):[a-z_]\w*\b")
_UNDEFINED = frozenset(("42P01", "3F000"))
_END = START + HOURS * HOUR


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


class _Values(dict[str, Any]):
    """Values for the names that statements have places for; a statement that only has to be planned takes any."""

    def __missing__(self, name: str) -> Any:
        """Return something for a name that is not known."""
        stem = re.sub(r"_(from|to)$", "", name)
        if stem.endswith(("ts", "users")):
            return 0 if name.endswith("_from") else 10**12
        if stem.endswith("days"):
            return START - timedelta(days=1) if name.endswith("_from") else _END
        return "" if name.endswith("_from") else "~"


_VALUES: dict[str, Any] = {
    "since": _ms(START),
    "until": _ms(_END),
    "start_ts": _ms(START),
    "end_ts": _ms(_END),
    "hour_ts": _ms(START),
    "hour": f"{START:%Y-%m-%dT%H}",
    "day": f"{START:%Y-%m-%d}",
    "target": "songplays",
    "run_id": "verify__hour",
    "first_valid_ts": 0,
    "end_valid_ts": 4_102_444_800_000,
    **dict.fromkeys(("try_number", "object_count", "number", "groups", "is_every_group"), 1),
    "seconds": 1.0,
    "schema_name": "public",
    "privilege": "USAGE",
}


def ask_statements(scratch: Scratch, asker: Asker, sent: Iterable[str], findings: Findings) -> None:
    """Note which statements the runs sent, and ask the others by themselves.

    :param scratch: where.
    :param asker: a session in its database.
    :param sent: what the pipeline's sessions ran without an error.
    :param findings: gets what each statement gave.
    """
    note_statements(sent, findings)
    for folder, asked, statement in _statements():
        if asked not in findings.answers:
            _ask(scratch, asker, asked, _bound(folder, statement), findings)


def note_statements(sent: Iterable[str], findings: Findings) -> None:
    """Note which statements ran, of those that have no answer or an error yet.

    :param sent: what sessions ran without an error.
    :param findings: gets them.
    """
    texts = {_plain(text) for text in sent}
    for _, asked, statement in _statements():
        parts = parts_of(statement)
        known = findings.answers.get(asked)
        if (known is None or known.error) and any(is_within(parts, text) for text in texts):
            findings.answers[asked] = Answer()
            findings.not_tried.pop(asked, None)


def _statements() -> Iterator[tuple[str, Asked, str]]:
    root = Path(load_settings().sql_folder)
    for path in sorted(root.rglob("*.sql")):
        statements = split_statements(path.read_text(encoding="utf-8"))
        for number, statement in enumerate(statements, start=1):
            name = path.relative_to(root).as_posix()
            name = name if len(statements) == 1 else f"{name}, {number}"
            yield path.parent.name, Asked(SECTION, name), statement


def _bound(folder: str, statement: str) -> str:
    values = _Values(_VALUES)
    # Analysts' questions and those about checks are of moments, the others of milliseconds.
    if folder == "analytics" or "checked_at" in statement:
        values |= {"since": START, "until": _END}
    return put_values(statement, values)


def _ask(scratch: Scratch, asker: Asker, asked: Asked, sql: str, findings: Findings) -> None:
    verb = sql.split(None, 1)[0].upper()
    if verb in ("SELECT", "WITH"):
        answer = asker(sql)
    elif verb in ("INSERT", "UPDATE", "DELETE") or (verb == "CREATE" and " AS\n" in sql):
        answer = asker(f"EXPLAIN {sql}")
        answer = Answer(error=answer.error, sqlstate=answer.sqlstate)
    else:
        findings.not_tried[asked] = "no run sent it, and it cannot be asked without changing anything"
        return
    asker.leave_failed()
    if answer.sqlstate in _UNDEFINED:
        findings.not_tried[asked] = "no run sent it, and by itself it lacks the tables of a run"
        return
    findings.answers[asked] = redacted(scratch, _without_volatile(answer))


def _without_volatile(answer: Answer) -> Answer:
    if answer.rows is None or answer.names is None:
        return answer
    kept = [at for at, name in enumerate(answer.names) if name not in VOLATILE]
    rows = tuple(tuple(row[at] for at in kept) for row in answer.rows)
    types = None if answer.types is None else tuple(answer.types[at] for at in kept)
    return Answer(rows, types, names=tuple(answer.names[at] for at in kept))


def _plain(text: str) -> str:
    return " ".join(text.split())


def parts_of(statement: str) -> list[str]:
    """Return what a statement has between the places for its values."""
    return [_plain(part) for part in _PLACE.split(statement)[:: _PLACE.groups + 1]]


def is_within(parts: Iterable[str], sent: str) -> bool:
    """Return whether a statement was sent, by itself or within another, with values in its places.

    :param parts: see :func:`parts_of`.
    :param sent: what was sent, with single blanks.
    """
    position = 0
    for part in parts:
        position = sent.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return True
