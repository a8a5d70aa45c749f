"""The running system: starts its parts in order, watches them, stops them.

Contract: ``start`` returns when everything answers; after ``stop`` nothing is left, and a start on a folder whose run
was killed first ends what that run left.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager, suppress
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

from local.runner.access import Access, remove_access, write_access
from local.runner.airflow_api import AirflowApi
from local.runner.airflow_environment import airflow_environment
from local.runner.child import Child
from local.runner.console import Console
from local.runner.environment import MARK, own_environment
from local.runner.errors import RunnerError
from local.runner.lock import FolderLock
from local.runner.metadata import retire_schedulers
from local.runner.ports import choose_ports
from local.runner.reader import create_reader
from local.runner.run_processes import end_processes, find_processes, make_mark
from local.runner.settings import RunnerSettings
from local.runner.source import open_source
from local.runner.watchdog import start_watchdog
from local_redshift import RedshiftServer, Settings, StartError
from local_redshift.postgres import PostgresCluster, PostgresError
from local_redshift.s3 import S3Error, S3Server
from local_redshift.supervision import use_environment

_AIRFLOW_SECONDS = 120.0
#: Running tasks get no more time: each can be killed at any point, and runs again at the next start.
_STOP_SECONDS = 4.0
_DATABASE = "airflow"


class Stack:
    """S3, the local Redshift and Airflow.

    :param settings: what to run.
    :param console: where progress is shown.
    :raises RunnerError: when the data folder, or the path of a folder, cannot be used.
    """

    def __init__(self, settings: RunnerSettings, console: Console | None = None) -> None:
        _require_plain_paths(settings)
        self.settings = settings
        self.console = console or Console()
        self.folder = settings.folder
        self.logs = self.folder / "logs"
        self.source = open_source(settings)
        self._lock = FolderLock(settings.state)
        self._mark = ""
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._airflow: list[Child] = []

    def start(self) -> None:
        """Start everything and wait until it answers. Call it from the main thread.

        :raises RunnerError: when another run uses the folder, or when a part does not start; the parts that did
            start are stopped again.
        """
        self._lock.take()
        try:
            remove_access(self.settings.state)  # a killed run's
            self.folder.mkdir(parents=True, exist_ok=True)
            self.settings.home.mkdir(exist_ok=True)
            self._recover()
            self.ports = choose_ports(self.settings.ports)
            self._mark = make_mark(self.folder)
            self._watchdog = start_watchdog(self._mark)
            with self.marked():
                self._start_parts()
        except (PostgresError, S3Error, StartError) as error:
            self.stop()
            raise RunnerError(str(error)) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything, Airflow first; nothing when another run holds the folder."""
        if not self._lock.held:
            return
        try:
            self.console.say("Stopping …")
        finally:
            self._stop_parts()
            self._end_watchdog()
            remove_access(self.settings.state)
            self._lock.release()

    def _stop_parts(self) -> None:
        for child in self._airflow:
            child.ask_to_stop()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._airflow:
            child.finish_stopping(max(0.0, deadline - time.monotonic()))
        self._airflow = []
        for name in ("api", "redshift", "s3", "metadata"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                (part.close if name == "api" else part.stop)()
        end_processes(self.folder, patience=0.5)

    def check(self) -> None:
        """Check that all parts run.

        :raises RunnerError: when one has ended; the message names it.
        """
        for child in self._airflow:
            child.require_running()
        if self.s3.has_died:
            raise RunnerError(f"The S3 server has ended. Its log is {self.s3.log}.")
        if self.redshift.pid is None:
            raise RunnerError(f"The local Redshift has ended. Its log is {self.redshift.log}.")
        if self.metadata.pid is None:
            raise RunnerError(f"Airflow's PostgreSQL has ended. Its log is {self.metadata.log}.")

    def marked(self) -> AbstractContextManager[None]:
        """Give the block, and everything that it starts, the run's own environment, with its mark.

        A part that is started again needs it too.
        """
        return use_environment({**own_environment(os.environ, self.settings.home), MARK: self._mark})

    def restart_scheduler(self) -> None:
        """Start the scheduler again after it was killed."""
        scheduler = self.scheduler
        scheduler.finish_stopping(_STOP_SECONDS)
        retire_schedulers(self.metadata.dsn(_DATABASE))
        scheduler.start()

    @property
    def scheduler(self) -> Child:
        """Airflow's scheduler."""
        return next(child for child in self._airflow if "scheduler" in child.name)

    @property
    def address(self) -> str:
        """The address of Airflow's UI and API."""
        return f"http://localhost:{self.ports.airflow}"

    def __enter__(self) -> Stack:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _start_parts(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with self.console.step("Airflow's PostgreSQL"):
            self.metadata = PostgresCluster(self.folder / "metadata", superuser=_DATABASE)
            self.metadata.start()
            self.metadata.create_database(_DATABASE)
        with self.console.step(f"S3 on port {self.ports.s3}"):
            self.s3 = S3Server(self.folder / "s3", self.ports.s3, log=self.logs / "s3.log")
            self.s3.start()
        self.environment = airflow_environment(
            self.settings, self.ports, self.s3, self._metadata_address(), self.source.layout
        )
        migration = self._start_migration()
        with self.console.step(f"Redshift on port {self.ports.redshift}"):
            self.redshift = RedshiftServer(self._redshift_settings(), log=self.logs / "redshift.log")
            self.redshift.start()
            create_reader(self.redshift.dsn(), self.settings.reader_login)
        self._write_access()
        with self.console.step(f"Airflow on port {self.ports.airflow}"):
            self._finish_migration(migration)
            retire_schedulers(self.metadata.dsn(_DATABASE))
            self._start_airflow()

    def _start_airflow(self) -> None:
        # Task logs are read from their files, so nothing needs to serve them on another port.
        parts = [("api-server",), ("scheduler", "--skip-serve-logs"), ("dag-processor",)]
        if self.settings.triggerer:
            parts.append(("triggerer", "--skip-serve-logs"))
        for part in parts:
            child = self._child(f"Airflow's {part[0]}", part, self.logs / f"{part[0]}.log")
            self._airflow.append(child)
            child.start()
        self.api = AirflowApi(f"http://127.0.0.1:{self.ports.airflow}", self.settings.airflow_login, self.check)
        self.api.wait_until(
            self._is_healthy,
            _AIRFLOW_SECONDS,
            lambda: f"Airflow is not healthy after {_AIRFLOW_SECONDS:.0f} s: {self.api.health()}; see {self.logs}.",
        )

    def _is_healthy(self) -> bool:
        health = self.api.health()
        needed = ["metadatabase", "scheduler", "dag_processor"] + ["triggerer"] * self.settings.triggerer
        return all(health.get(name, {}).get("status") == "healthy" for name in needed)

    def _start_migration(self) -> Child | None:
        """Start to create Airflow's tables, unless this version has created them; S3 and Redshift start meanwhile."""
        if self._migrated.exists() and self._migrated.read_text() == version("apache-airflow"):
            return None
        child = self._child("Airflow's db migrate", ("db", "migrate"), self.logs / "db-migrate.log")
        self._airflow.append(child)
        child.start()
        return child

    def _finish_migration(self, migration: Child | None) -> None:
        if migration is None:
            return
        migration.wait()
        self._airflow.remove(migration)
        self._migrated.write_text(version("apache-airflow"))

    @property
    def _migrated(self) -> Path:
        return self.folder / "metadata" / "airflow.version"

    def _child(self, name: str, words: tuple[str, ...], log: Path) -> Child:
        return Child(name, [sys.executable, "-m", "airflow", *words], self.environment, self.folder, log)

    def _metadata_address(self) -> str:
        return self.metadata.dsn(_DATABASE).replace("postgresql://", "postgresql+psycopg2://", 1)

    def _redshift_settings(self) -> Settings:
        login = self.settings.redshift_login
        return Settings(
            folder=self.folder / "redshift",
            port=self.ports.redshift,
            user=login.user,
            password=login.password,
            s3=self.s3.settings,
        )

    def _write_access(self) -> None:
        """Write what other commands need to reach this run. They do not end with it, so they do not get its mark."""
        environment = {name: value for name, value in self.environment.items() if name != MARK}
        access = Access(self.redshift.dsn(), str(self.redshift.trust.absolute()), self.address, environment)
        write_access(self.settings.state.resolve(), access)

    def _recover(self) -> None:
        """End what a killed run on the state folder left, whatever it loaded: we hold the lock, so no run is alive."""
        state = self.settings.state.resolve()
        if find_processes(state):
            with self.console.step("Ending what a killed run left"):
                end_processes(state, patience=5)

    def _end_watchdog(self) -> None:
        if self._watchdog is None:
            return
        if self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._watchdog.wait(20)
        self._watchdog = None


def _require_plain_paths(settings: RunnerSettings) -> None:
    """Refuse paths with a $: Airflow takes what follows it for a variable's name, and has no way to escape it."""
    for folder in (settings.folder, settings.dags.absolute(), settings.plugins.absolute()):
        if "$" in str(folder):
            raise RunnerError(
                f"The path {folder} has a $ in it, which Airflow takes for a variable: move the checkout."
            )
