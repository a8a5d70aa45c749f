"""What a task's log has of its statements."""

from __future__ import annotations

import copy
import logging
import re

import pytest

from sparkify.hooks.statement_log import TITLE, StatementLog, log_group

log = logging.getLogger("sparkify.test")


def written(statements: StatementLog, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.set_level(logging.INFO, "sparkify")
    statements.write(log)
    return [re.sub(r"\d+\.\d+ s", "… s", record.getMessage()) for record in caplog.records]


def test_statements_are_a_folded_group_in_their_order_with_seconds_and_parameters(
    caplog: pytest.LogCaptureFixture,
) -> None:
    statements = StatementLog()
    with statements.timed("BEGIN"):
        pass
    with pytest.raises(ValueError, match="no"), statements.timed("INSERT INTO t VALUES (%s);", ["x" * 500]):
        raise ValueError("no")
    first, body, last = written(statements, caplog)
    assert (first, last) == (f"::group::{TITLE}: 2 statements, … s", "::endgroup::")
    shown = f"'{'x' * 399}"
    assert body == f"-- took … s\nBEGIN;\n\n-- failed after … s, with {shown}\nINSERT INTO t VALUES (%s);\n"


def test_credentials_are_left_out_and_many_statements_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    statements = StatementLog(limit=2)
    for number in range(5):
        with statements.timed(f"COPY {number}", secret=number == 0):
            pass
    _, body, _ = written(statements, caplog)
    assert "COPY 0" not in body
    assert "(a statement with credentials)" in body
    assert body.endswith("COPY 1;\n\n-- and 3 more")


def test_nothing_is_written_twice_or_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    statements = StatementLog()
    with statements.timed("SELECT 1"):
        pass
    assert len(written(statements, caplog)) == 3
    assert len(written(statements, caplog)) == 3


def test_an_operator_that_has_one_can_be_copied() -> None:
    assert copy.deepcopy(StatementLog()) is not None


def test_a_group_is_what_airflows_ui_folds(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "sparkify")
    log_group(log, "Files: 2", ["a", "b"])
    assert [record.getMessage() for record in caplog.records] == ["::group::Files: 2", "a\nb", "::endgroup::"]
