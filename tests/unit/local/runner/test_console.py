"""What the runner writes where there is no terminal: plain lines, and not too many."""

from __future__ import annotations

import io

import pytest
import rich.console

from local.runner import console as module
from local.runner.console import Console


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(output: io.StringIO) -> Console:
    return Console(rich.console.Console(file=output, soft_wrap=True))


def test_a_step_is_told_with_its_seconds_when_it_is_done(console: Console, output: io.StringIO) -> None:
    with console.step("S3 on port 9000"):
        assert output.getvalue() == ""
    assert output.getvalue().split() == ["S3", "on", "port", "9000", "0.0", "s"]


def test_a_step_that_fails_is_not_told(console: Console, output: io.StringIO) -> None:
    with pytest.raises(ValueError, match="x"), console.step("S3"):
        raise ValueError("x")
    assert output.getvalue() == ""


def test_progress_is_told_now_and_then_and_only_if_there_is_some(
    console: Console, output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LINE_SECONDS", 0.0)
    with console.progress("Loading", 48) as update:
        update(0)
        update(12, "1 failed")
        update(12, "1 failed")
    lines = output.getvalue().splitlines()
    assert lines[0] == "    12 of 48 1 failed"
    assert lines[1].startswith("  Loading ")


def test_text_in_brackets_is_not_taken_as_markup(console: Console, output: io.StringIO) -> None:
    console.say("[sparkify] max_rejected_rows")
    assert output.getvalue() == "[sparkify] max_rejected_rows\n"


class Gone(io.StringIO):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_a_terminal_that_is_gone_keeps_nobody_from_stopping() -> None:
    Console(rich.console.Console(file=Gone())).say("Stopping …")
