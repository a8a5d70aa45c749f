"""The command line of the runner: ``python -m local.runner``, behind ``make run`` and ``make psql``."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from local.runner.access import read_access
from local.runner.console import Console
from local.runner.errors import RunnerError
from local.runner.failures import describe_failures
from local.runner.loading import LoadResult, load
from local.runner.settings import ROOT, Ports, RunnerSettings
from local.runner.stack import Stack
from local.runner.summary import failed_checks, show_summary
from local.sample import Sample
from local_redshift.postgres import find_binaries

_WATCH_SECONDS = 1.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequestedError(KeyboardInterrupt):
    """A signal asked the process to end. asyncio passes it on at once, as it does the exception of Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_state = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / ".state",
    help="Folder for state and logs; may be deleted.",
)


@click.group(invoke_without_command=True, context_settings={"show_default": True, "max_content_width": 110})
@_state
@click.option(
    "--once", is_flag=True, envvar="ONCE", help="Stop after the summary; exit code 0 if every hour and check is green."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="DATA",
    help="Load this folder (log_data/, song_data/) instead of generated data.",
)
@click.option("--airflow-port", type=click.IntRange(0, 65535), default=Ports.airflow, envvar="AIRFLOW_PORT")
@click.option("--redshift-port", type=click.IntRange(0, 65535), default=Ports.redshift, envvar="REDSHIFT_PORT")
@click.option("--s3-port", type=click.IntRange(0, 65535), default=Ports.s3, envvar="S3_PORT")
@click.option("--hours", type=click.IntRange(1), default=Sample.hours, envvar="HOURS", help="Generated hours.")
@click.option("--songs", type=click.IntRange(1), default=Sample.songs, envvar="SONGS", help="Generated songs.")
@click.option("--seed", type=int, default=Sample.seed, envvar="SEED", help="Seed of the generated data.")
@click.option("--parallelism", type=click.IntRange(1), default=RunnerSettings.parallelism, help="Tasks at once.")
@click.option("--triggerer", is_flag=True, envvar="TRIGGERER", help="Run Airflow's triggerer, for deferring tasks.")
@click.pass_context
def main(
    context: click.Context,
    state: Path,
    once: bool,
    data: Path | None,
    airflow_port: int,
    redshift_port: int,
    s3_port: int,
    hours: int,
    songs: int,
    seed: int,
    parallelism: int,
    triggerer: bool,
) -> None:
    """Run the whole system on this machine: S3, a local Redshift, Airflow, and data loaded by the hourly DAG.

    It stays up until Ctrl-C. Started again, it continues where it was.
    """
    if context.invoked_subcommand is not None:
        return
    settings = RunnerSettings(
        state=state,
        ports=Ports(airflow_port, redshift_port, s3_port),
        data=data.expanduser() if data else None,
        sample=Sample(seed=seed, hours=hours, songs=songs),
        parallelism=parallelism,
        schedule=not once,
        triggerer=triggerer,
    )
    sys.exit(run(settings, Console(), once))


@main.command()
@_state
def psql(state: Path) -> NoReturn:
    """Open psql on the warehouse of the running system."""
    try:
        address = read_access(state).redshift
    except RunnerError as error:
        raise click.ClickException(str(error)) from error
    program = shutil.which("psql") or str(find_binaries() / "psql")
    os.execv(program, [program, address])  # noqa: S606 - it takes this process's place in the terminal


def run(settings: RunnerSettings, console: Console, once: bool) -> int:
    """Start the system, load the data, show it, and stay up.

    :param settings: what to run.
    :param console: where to write.
    :param once: whether to stop after the summary.
    :returns: the exit code.
    """
    begin = time.monotonic()
    succeeded = False
    try:
        stack = Stack(settings, console)
        console.say(f"Starting (state and logs in {stack.folder})")
        with _signals(_request_stop):
            try:
                stack.start()
                with stack.marked():
                    succeeded = _load_and_show(stack, begin)
                if not once:
                    _stay_up(stack)
            finally:
                # A second Ctrl-C must not interrupt the stop.
                with _signals(signal.SIG_IGN):
                    stack.stop()
    except RunnerError as error:
        console.say(f"Error: {error}", style="red")
        return 1
    except StopRequestedError as stop:
        # Ctrl-C is the normal end of a run that has done its work.
        return 0 if succeeded and stop.number == signal.SIGINT else 128 + stop.number
    return 0 if succeeded else 1


def _load_and_show(stack: Stack, begin: float) -> bool:
    loaded = load(stack)
    problems = _problems(stack, loaded)
    if not loaded.missing or len(loaded.missing) < len(loaded.hours):
        show_summary(stack)
    for problem in problems:
        stack.console.say(problem, style="red")
    if not problems:
        stack.console.say(
            f"All {len(loaded.hours)} hours are loaded, {len(loaded.loaded_now)} of them now, and every check passed "
            f"({time.monotonic() - begin:.0f} s)."
        )
    return not problems


def _problems(stack: Stack, loaded: LoadResult) -> list[str]:
    problems = describe_failures(stack, loaded.failed)
    if loaded.missing:
        first, last = (f"{hour:%Y-%m-%dT%H}" for hour in (loaded.missing[0], loaded.missing[-1]))
        problems.append(f"{len(loaded.missing)} hours are not loaded, between {first} and {last}.")
    if len(loaded.missing) < len(loaded.hours):
        problems += failed_checks(stack)
    return problems


def _stay_up(stack: Stack) -> None:
    stack.console.say("Ctrl-C stops everything.")
    while True:
        time.sleep(_WATCH_SECONDS)
        stack.check()


def _request_stop(number: int, frame: FrameType | None) -> None:
    for other in _STOP_SIGNALS:
        signal.signal(other, signal.SIG_IGN)  # a second signal must not interrupt the stop
    raise StopRequestedError(number)


@contextmanager
def _signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    """Handle the stop signals while the block runs; under nohup, SIGHUP stays ignored."""
    ignored = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else set()
    before = {number: signal.signal(number, handler) for number in _STOP_SIGNALS if number not in ignored}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
