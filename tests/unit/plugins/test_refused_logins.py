"""A password that the warehouse refused is not sent again for some minutes, by no process of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkify.errors import LoginRefusedError
from sparkify.hooks.refused_logins import HOLD_SECONDS, Login, RefusedLogins

LOGIN = Login("warehouse:5439/dev", "loader", "hunter2")
START = 1_600_000_000.0


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
    memory.check("w", LOGIN)


def test_a_refused_login_is_not_sent_again_by_another_process(memory: RefusedLogins, clock: Clock) -> None:
    memory.remember(LOGIN)
    with pytest.raises(LoginRefusedError) as caught:
        RefusedLogins(memory.folder, clock).check("w", LOGIN)
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
    memory.check("w", other)


def test_it_is_tried_again_when_the_time_is_over(memory: RefusedLogins, clock: Clock) -> None:
    memory.remember(LOGIN)
    clock.now += HOLD_SECONDS
    memory.check("w", LOGIN)
    assert memory.folder is not None
    assert list(memory.folder.iterdir()) == []


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
    memory.check("w", LOGIN)
    assert list((tmp_path / "elsewhere").iterdir()) == []
