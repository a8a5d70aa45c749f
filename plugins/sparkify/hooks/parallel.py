"""Runs work on several sessions concurrently; when one item fails, all of them end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from sparkify.hooks.conflicts import run_again_after_conflicts

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_on_sessions(
    sessions: Sequence[WarehouseSession],
    items: Sequence[Item],
    work: Callable[[WarehouseSession, Item], Result],
    on_failure: Callable[[], None],
    on_conflicts: Callable[[int], None] = lambda number: None,
) -> list[Result]:
    """Return the results of the work on each item, in the items' order.

    :param sessions: each is used for one item at a time.
    :param work: what to do, in one transaction; it runs again after a serialization conflict.
    :param on_failure: called when one item fails, to end work that does not end with the sessions' statements.
    :param on_conflicts: called with the number of conflicts that an item met before it succeeded, if it met any.
    :raises Exception: the first one that the work raised; the other statements are cancelled in the warehouse.
    """
    idle: SimpleQueue[WarehouseSession] = SimpleQueue()
    for session in sessions:
        idle.put(session)

    def run(item: Item) -> Result:
        session = idle.get()
        try:
            result, conflicts = run_again_after_conflicts(lambda: work(session, item))
            if conflicts:
                on_conflicts(conflicts)
            return result
        finally:
            idle.put(session)

    with ThreadPoolExecutor(len(sessions), thread_name_prefix="stage") as pool:
        jobs = [pool.submit(run, item) for item in items]
        try:
            wait(jobs, return_when=FIRST_EXCEPTION)
            _raise_first_failure(jobs)
        except Exception:
            on_failure()
            _stop(jobs, [session.cancel for session in sessions])
            raise
        except BaseException:  # the task's time is up, or it is killed: do not wait for answers that may never come
            on_failure()
            _stop(jobs, [session.abandon for session in sessions])
            raise
    return [job.result() for job in jobs]


def _raise_first_failure(jobs: Sequence[Future[Result]]) -> None:
    for job in jobs:
        if job.done():
            job.result()


def _stop(jobs: Sequence[Future[Result]], ends: Sequence[Callable[[], None]]) -> None:
    for job in jobs:
        job.cancel()
    if any(job.running() for job in jobs):
        for end in ends:
            with suppress(Exception):  # the session may have ended by itself
                end()
