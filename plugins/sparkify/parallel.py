"""Work done on several sessions at once, which ends for all of them when it fails for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from sparkify.errors import is_serialization_conflict

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_on_sessions(
    sessions: Sequence[WarehouseSession],
    items: Sequence[Item],
    work: Callable[[WarehouseSession, Item], Result],
    give_up: Callable[[], None],
) -> list[Result]:
    """Return the results of the work on each item, in the items' order.

    :param sessions: each is used for one item at a time.
    :param work: what to do, in one transaction; it is done again after a serialization conflict.
    :param give_up: called when the work failed for one item, to end what cancelling statements does not end.
    :raises Exception: the first that the work raised; what ran beside it is cancelled in the warehouse.
    """
    idle: SimpleQueue[WarehouseSession] = SimpleQueue()
    for session in sessions:
        idle.put(session)

    def run(item: Item) -> Result:
        session = idle.get()
        try:
            return _retry_conflicts(work, session, item)
        finally:
            idle.put(session)

    with ThreadPoolExecutor(len(sessions), thread_name_prefix="stage") as pool:
        jobs = [pool.submit(run, item) for item in items]
        try:
            wait(jobs, return_when=FIRST_EXCEPTION)
            _raise_first_failure(jobs)
        except BaseException:  # a timeout or a kill as well
            give_up()
            _stop(jobs, sessions)
            raise
    return [job.result() for job in jobs]


def _retry_conflicts(work: Callable[[WarehouseSession, Item], Result], session: WarehouseSession, item: Item) -> Result:
    """Do the work again when another transaction got in its way, which a short wait heals."""
    retrying = Retrying(
        retry=retry_if_exception(is_serialization_conflict),
        wait=wait_random_exponential(multiplier=0.2, max=20),
        stop=stop_after_attempt(6),
        reraise=True,
    )
    return retrying(work, session, item)


def _raise_first_failure(jobs: Sequence[Future[Result]]) -> None:
    for job in jobs:
        if job.done():
            job.result()


def _stop(jobs: Sequence[Future[Result]], sessions: Sequence[WarehouseSession]) -> None:
    for job in jobs:
        job.cancel()
    if any(job.running() for job in jobs):
        for session in sessions:
            with suppress(Exception):  # it may have ended by itself
                session.cancel()
