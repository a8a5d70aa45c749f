"""The runner's output: steps with their seconds, progress, tables. Animated on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import rich.console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_LINE_SECONDS = 10.0


class Update(Protocol):
    """Reports progress."""

    def __call__(self, done: int, note: str = "") -> None:
        """Report how many are done."""


class Console:
    """Where the runner writes.

    :param output: a console of rich's; standard output by default.
    """

    def __init__(self, output: rich.console.Console | None = None) -> None:
        self.output = output or rich.console.Console(highlight=False, soft_wrap=True)

    def say(self, text: str = "", style: str | None = None) -> None:
        """Write a line; without effect when the terminal is gone, so that stopping still works."""
        with suppress(OSError):
            self.output.print(text, style=style, markup=False)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Report a step, with its seconds, when the block ends without an error."""
        begin = time.monotonic()
        if self.output.is_terminal:
            with self.output.status(f"{title} …"):
                yield
        else:
            yield
        self.say(f"  {title:<44} {time.monotonic() - begin:5.1f} s")

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Update]:
        """Show the progress of something countable while the block runs."""
        begin = time.monotonic()
        if self.output.is_terminal:
            yield from self._bar(title, total)
        else:
            yield self._lines(title, total)
        self.say(f"  {title:<44} {time.monotonic() - begin:5.1f} s")

    def _bar(self, title: str, total: int) -> Iterator[Update]:
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Progress(*columns, console=self.output, transient=True) as bar:
            task = bar.add_task(title, total=total, note="")

            def update(done: int, note: str = "") -> None:
                bar.update(task, completed=done, note=note)

            yield update

    def _lines(self, title: str, total: int) -> Update:
        last, said = time.monotonic(), 0

        def update(done: int, note: str = "") -> None:
            nonlocal last, said
            if done != said and time.monotonic() - last >= _LINE_SECONDS:
                last, said = time.monotonic(), done
                self.say(f"    {done:,} of {total:,} {note}".rstrip())

        return update
