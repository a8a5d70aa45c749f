"""Work on several sessions."""

from __future__ import annotations

import threading

import pytest

from sparkify.hooks.parallel import run_on_sessions


class Session:
    def __init__(self) -> None:
        self.busy = threading.Lock()
        self.cancelled = threading.Event()

    def cancel(self) -> None:
        self.cancelled.set()


def test_results_come_in_the_order_of_the_items_and_a_session_does_one_thing_at_a_time():
    sessions = [Session(), Session()]

    def work(session, item):
        assert session.busy.acquire(blocking=False)
        session.busy.release()
        return item * 2

    assert run_on_sessions(sessions, range(50), work, lambda: None) == [number * 2 for number in range(50)]


def test_first_failure_cancels_what_runs_beside_it_and_starts_nothing_more():
    sessions = [Session(), Session()]
    done = []
    given_up = threading.Event()
    running = threading.Event()

    def work(session, item):
        if item == "fails":
            running.wait(60)
            raise ValueError("first")
        running.set()
        assert session.cancelled.wait(60)
        done.append(item)

    with pytest.raises(ValueError, match="first"):
        run_on_sessions(sessions, ["long", "fails", *map(str, range(20))], work, given_up.set)
    assert given_up.is_set()
    assert len(done) <= 2
