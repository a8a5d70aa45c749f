"""A password that the warehouse refused is not sent again for some minutes, by no process of the machine."""

from __future__ import annotations

import multiprocessing
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sparkify.hooks.errors import LoginRefusedError
from sparkify.hooks.refused_logins import HOLD_SECONDS, Login, RefusedLogins

LOGIN = Login("warehouse:5439/dev", "loader", "hunter2")
START = 1_600_000_000.0


def send(memory: RefusedLogins, login: Login) -> None:
    with memory.turn("w", login):
        pass


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(tmp_path: Path, clock: Clock) -> RefusedLogins:
    return RefusedLogins(tmp_path / "refused", clock)


def test_a_login_that_nobody_refused_is_sent(memory: RefusedLogins) -> None:
    send(memory, LOGIN)


def test_a_refused_login_is_not_sent_again_by_another_process(memory: RefusedLogins, clock: Clock) -> None:
    memory.remember(LOGIN)
    with pytest.raises(LoginRefusedError) as caught:
        send(RefusedLogins(memory.folder, clock), LOGIN)
    told = str(caught.value)
    assert "user 'loader' (connection 'w')" in told
    assert "before 12:36:40 UTC" in told
    assert "ALTER USER <user> LOGIN PASSWORD" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "other",
    [
        Login(LOGIN.address, LOGIN.user, "changed"),
        Login(LOGIN.address, "another", LOGIN.password),
        Login("elsewhere:5439/dev", LOGIN.user, LOGIN.password),
    ],
)
def test_a_changed_connection_is_tried_at_once(memory: RefusedLogins, other: Login) -> None:
    memory.remember(LOGIN)
    send(memory, other)


def test_it_is_tried_again_when_the_time_is_over(memory: RefusedLogins, clock: Clock) -> None:
    memory.remember(LOGIN)
    clock.now += HOLD_SECONDS
    send(memory, LOGIN)
    assert memory.folder is not None
    assert not (memory.folder / LOGIN.digest).exists()


def test_no_file_holds_the_password_or_is_open_to_others(memory: RefusedLogins) -> None:
    memory.remember(LOGIN)
    assert memory.folder is not None
    assert memory.folder.stat().st_mode & 0o777 == 0o700
    (path,) = memory.folder.iterdir()
    assert path.stat().st_size == 0
    assert "hunter2" not in path.name


def test_a_folder_that_somebody_else_put_there_is_not_used(memory: RefusedLogins, tmp_path: Path) -> None:
    assert memory.folder is not None
    (tmp_path / "elsewhere").mkdir()
    memory.folder.symlink_to(tmp_path / "elsewhere")
    memory.remember(LOGIN)
    send(memory, LOGIN)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_error_other_than_a_refusal_is_not_remembered(memory: RefusedLogins) -> None:
    with pytest.raises(ConnectionResetError), memory.turn("w", LOGIN):
        raise ConnectionResetError("reset")
    send(memory, LOGIN)


def _log_in_with_an_old_password(folder: Path, sent: Any, beginning: Any) -> None:
    """Stand in for a task that starts when all the others do."""
    beginning.wait()
    with suppress(LoginRefusedError, psycopg.errors.InvalidPassword), RefusedLogins(folder).turn("w", LOGIN):
        with sent.get_lock():
            sent.value += 1
        raise psycopg.errors.InvalidPassword('password authentication failed for user "loader"')


def test_sixteen_processes_with_an_old_password_send_it_less_often_than_locks_the_user(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    sent, beginning = fork.Value("i", 0), fork.Barrier(16)
    tasks = [
        fork.Process(target=_log_in_with_an_old_password, args=(tmp_path / "refused", sent, beginning))
        for _ in range(16)
    ]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join(60)
    assert [task.exitcode for task in tasks] == [0] * 16
    assert 1 <= sent.value <= 3
