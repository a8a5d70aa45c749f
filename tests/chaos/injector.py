"""Does the faults of a schedule, when their statement comes by in the proxy."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

import psutil

from local_redshift.testing import Cut, Moment, Statement, WireFault, WireProxy
from tests.chaos.boundaries import Boundary


class Deed(StrEnum):
    """What happens."""

    KILL_TASK = "kill the task"
    KILL_TASK_SOON = "kill the task in the middle of it"
    CUT = "cut the connection"
    KILL_REDSHIFT = "kill the warehouse"
    KILL_SCHEDULER = "kill the scheduler"


@dataclass(frozen=True)
class PlannedFault:
    """One fault of a schedule.

    :param deed: what happens.
    :param boundary: where; ``None``: at any statement.
    :param nth: at which of the statements there, from 1.
    :param moment: before or after it, for a fault at any statement.
    """

    deed: Deed
    boundary: Boundary | None = None
    nth: int = 1
    moment: Moment = Moment.BEFORE

    def is_at(self, statement: Statement, moment: Moment) -> bool:
        """Return whether a statement is one of those meant."""
        if self.boundary:
            return self.boundary.is_at(statement, moment)
        return moment is self.moment and bool(statement.task)

    def __str__(self) -> str:
        return f"{self.deed} at {self.boundary or f'{self.moment} any statement'} ({self.nth})"


@dataclass
class Injector:
    """The proxy's rule while a schedule runs.

    :param proxy: the proxy in front of the warehouse.
    :param kill_redshift: kills the warehouse; somebody else starts it again.
    :param kill_scheduler: the same for the scheduler, where there is one.
    """

    proxy: WireProxy
    kill_redshift: Callable[[], None]
    kill_scheduler: Callable[[], None] = lambda: None
    done: Counter[str] = field(default_factory=Counter)
    _pending: list[PlannedFault] = field(default_factory=list)
    _seen: Counter[PlannedFault] = field(default_factory=Counter)

    def arm(self, faults: list[PlannedFault]) -> None:
        """Take faults on; those of before that never came are dropped."""
        self._pending, self._seen = list(faults), Counter()
        self.proxy.rule = self._judge

    def disarm(self) -> list[PlannedFault]:
        """Let everything pass and return the faults whose statement never came."""
        self.proxy.rule = lambda statement, moment: None
        return self._pending

    @contextmanager
    def armed(self, faults: list[PlannedFault]) -> Iterator[None]:
        """Take faults on while the block runs."""
        self.arm(faults)
        try:
            yield
        finally:
            self.disarm()

    def _judge(self, statement: Statement, moment: Moment) -> WireFault | None:
        for planned in list(self._pending):
            if planned.is_at(statement, moment):
                self._seen[planned] += 1
                if self._seen[planned] == planned.nth:
                    self._pending.remove(planned)
                    self.done[str(planned.deed)] += 1
                    self.done[f"at {planned.boundary or 'any statement'}"] += 1
                    return self._do(planned.deed, statement)
        return None

    def _do(self, deed: Deed, statement: Statement) -> WireFault | None:
        if deed is Deed.KILL_TASK_SOON:
            threading.Timer(0.01, kill_client, [statement.client_port, self.proxy.port]).start()
            return None
        if deed is Deed.KILL_TASK:
            kill_client(statement.client_port, self.proxy.port)
        elif deed is Deed.KILL_REDSHIFT:
            self.kill_redshift()
        elif deed is Deed.KILL_SCHEDULER:
            self.kill_scheduler()
            return None
        return Cut()


def kill_client(client_port: int, proxy_port: int) -> None:
    """Kill the process that holds the client's end of a connection to the proxy, as the kernel's OOM killer would."""
    for connection in psutil.net_connections("tcp4"):
        ends = (connection.laddr and connection.laddr.port, connection.raddr and connection.raddr.port)
        if ends == (client_port, proxy_port) and connection.pid and connection.pid != os.getpid():
            with suppress(ProcessLookupError):
                os.kill(connection.pid, signal.SIGKILL)
