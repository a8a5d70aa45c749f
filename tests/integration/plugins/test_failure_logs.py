"""``docs/troubleshooting.md`` shows what a task logs in the ten commonest failures; here they happen.

``make docs`` sets UPDATE_DOCS, and that part of the page is written again.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator

import pytest
from airflow.sdk.exceptions import AirflowFailException

from tests.support.fault_rig import Rig
from tests.support.faults.error_classes import BY_NAME, ErrorClass, Work
from tests.support.paths import ROOT

pytestmark = pytest.mark.integration

PAGE = ROOT / "docs" / "troubleshooting.md"
#: The failure, whose work it meets, and what it means.
COMMONEST: list[tuple[str, Work, str]] = [
    ("load errors past the limit", Work.STAGE, "A file has lines that COPY cannot load."),
    ("quality failure", Work.CHECK, "A check of severity error found offending rows."),
    ("connection refused", Work.LOAD, "The warehouse is paused, restarting, or behind a closed port."),
    ("wrong password", Work.LOAD, "The connection's user or password is wrong, or has expired."),
    ("missing table", Work.LOAD, "The tables were not created, or a query names another."),
    ("S3 NoSuchBucket", Work.STAGE, "The bucket's name is wrong, or it is in another account."),
    ("S3 AccessDenied to the task", Work.STAGE, "Airflow's own credentials may not list or read the source."),
    ("S3 AccessDenied to COPY", Work.STAGE, "The role that Redshift uses to read S3 may not read the source."),
    ("S3 503 SlowDown to COPY", Work.STAGE, "S3 throttles."),
    ("serialization error 1023", Work.LOAD, "Another transaction wrote the same table, again and again."),
]
#: What differs from run to run, and what is shown for it.
MASKS = {
    r"run_[0-9a-f]{12}": "run_…",
    r"127\.0\.0\.1:\d+": "localhost:…",
    r"/[0-9a-f]{8}/": "/…/",
    r"(?i)(COPY|query(?: id)?) \d+": r"\1 …",
    r"[0-9a-f]{32}": "…",
    r"\d+\.\d+ ?s\b": "… s",
    r"seconds +[\d.]+": "seconds …",
    r"\bpid \d+": "pid …",
    r"0x[0-9a-f]+": "0x…",
}
#: What encloses the examples in the page.
_BEGIN = "<!-- logs: written by tests/integration/plugins/test_failure_logs.py with `make docs` -->\n"
_END = "<!-- end of logs -->"


def mask(text: str) -> str:
    for pattern, shown in MASKS.items():
        text = re.sub(pattern, shown, text)
    return text


def unfolded(records: list[logging.LogRecord]) -> Iterator[logging.LogRecord]:
    """Return the pipeline's own records outside of groups, which the UI shows folded."""
    folded = False
    for record in records:
        message = record.getMessage()
        if message.startswith("::group::"):
            folded = True
        elif message == "::endgroup::":
            folded = False
        elif not folded and record.name.startswith("sparkify"):
            yield record


def section(error: ErrorClass, meaning: str, records: list[logging.LogRecord], told: BaseException) -> str:
    said = [f"{record.levelname:<7} {record.getMessage()}" for record in unfolded(records)]
    fails = isinstance(told, AirflowFailException)
    outcome = "Fails at once: no retry would change it." if fails else "Is retried, with growing pauses."
    log = mask("\n".join([*said, f"ERROR   {type(told).__name__}: {told}"]))
    return f"\n### {error.name[0].upper()}{error.name[1:]}\n\n{meaning} {outcome}\n\n```\n{log}\n```\n"


@pytest.mark.parametrize("rig", ["redshift"], indirect=True)
def test_the_page_shows_what_the_logs_say(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "sparkify")
    sections = []
    for name, work, meaning in COMMONEST:
        error = BY_NAME[name]
        caplog.clear()
        with rig.spoiled(error, work) as options, pytest.raises(Exception) as caught:  # noqa: PT011 - shown as it is
            rig.run(work, **options)
        sections.append(section(error, meaning, list(caplog.records), caught.value))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    wanted = before + _BEGIN + "".join(sections) + _END + after
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(wanted, encoding="utf-8")
        page = wanted
    assert page == wanted, "run make docs"


def test_what_differs_from_run_to_run_is_masked() -> None:
    said = "COPY 77 of run_0123456789ab took 1.25 s at 127.0.0.1:4711"
    assert mask(said) == "COPY … of run_… took … s at localhost:…"
