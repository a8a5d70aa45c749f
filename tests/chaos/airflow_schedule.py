"""Schedules on a whole Airflow: its scheduler retries, its backfill runs hours in parallel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import obstore
import psycopg
from obstore.store import S3Store

from local.sample.faults import Faults
from sparkify.tables import STAR_COLUMNS
from tests.chaos.airflow_stack import HOUR, Cluster
from tests.chaos.boundaries import Boundary
from tests.chaos.history import START, Phase, make_history
from tests.chaos.injector import Deed, PlannedFault
from tests.chaos.schedule import faults_in_turn
from tests.chaos.tables import compare_tables, read_tables
from tests.support import oracle

DEEDS = (Deed.KILL_TASK, Deed.CUT, Deed.KILL_SCHEDULER, Deed.KILL_REDSHIFT)
#: What the oracle can read.
_FAULTS = Faults(duplicates=0.1, late=0.1)
#: Airflow refuses a backfill of hours that are not over.
_LAST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AirflowSchedule:
    """Some hours of a day, backfilled under faults; then a corrected hour and late songs, under others.

    :param seed: what it was drawn from.
    :param start: its first hour.
    :param hours: how many hours it has.
    :param faults: the faults of both phases.
    """

    seed: int
    start: datetime
    hours: int
    faults: list[list[PlannedFault]]

    @classmethod
    def draw(cls, seed: int, day: datetime, boundaries: Sequence[Boundary], hours: int = 4) -> AirflowSchedule:
        """Draw a schedule. Consecutive seeds go through all boundaries with all deeds.

        :param seed: the seed.
        :param day: the day of its hours.
        :param boundaries: what a survey found.
        :param hours: how many hours it has.
        """
        rng = Random(seed)
        first, second = (faults_in_turn(2 * seed + phase, 1, boundaries, DEEDS) for phase in range(2))
        for _ in range(rng.randrange(3)):
            first.append(PlannedFault(rng.choice(DEEDS), rng.choice(boundaries), rng.randint(1, 3)))
        return cls(seed, day, hours, [first, second])

    def __str__(self) -> str:
        """Return the schedule in one line."""
        faults = " / ".join("; ".join(map(str, phase)) for phase in self.faults)
        return f"seed {self.seed}, {self.hours} hours at once: {faults}"

    def play(self, cluster: Cluster) -> list[str]:
        """Play it and return what differs from the oracle, or changes when the hours are loaded again in peace.

        :raises RunnerError: when a run does not get green.
        """
        first, correction = make_history(self.seed, self.hours, 40, self.start, _FAULTS)
        _deliver(cluster, first)
        with cluster.injector.armed(self.faults[0]):
            cluster.backfill(self.start, self.hours, max_active_runs=self.hours)
        _deliver(cluster, correction)
        with cluster.injector.armed(self.faults[1]):
            for number in correction.hours:
                cluster.backfill(self.start + number * HOUR, 1, max_active_runs=1)
        problems = compare_star(cluster)
        before = _tables(cluster)
        cluster.load_window(self.start, self.hours)
        return problems + compare_tables(_tables(cluster), before)


def day_of(seed: int) -> datetime:
    """Return the day whose hours a seed's schedule loads: another one for each of many seeds, and never in the future.

    :param seed: of the schedule, any number.
    """
    return START + timedelta(days=seed % (_LAST - START).days)


def compare_star(cluster: Cluster) -> list[str]:
    """Return what differs between the star and what the oracle makes of the files of all hours in the ledger."""
    bucket = cluster.stack.folder / "s3" / cluster.stack.settings.bucket
    with psycopg.connect(cluster.stack.redshift.dsn(), autocommit=True) as connection:
        ledger = "SELECT source_partition FROM etl.load_ledger WHERE target_table = 'songplays'"
        hours = {hour: _events(bucket, hour) for (hour,) in connection.execute(ledger).fetchall()}
        expected = oracle.compute_star(hours, oracle.read_songs(bucket / "song_data")).tables()
        found = {table: _rows(connection, table) for table in expected}
    return compare_tables({name: sorted(rows, key=repr) for name, rows in expected.items()}, found)


def _events(bucket: Path, hour: str) -> list[oracle.Event]:
    folder = bucket / "log_data" / f"{datetime.fromisoformat(f'{hour}:00'):%Y/%m/%d/%H}"
    return [event for path in sorted(folder.glob("*")) for event in oracle.read_lines(path)]


def _rows(connection: psycopg.Connection[Any], table: str) -> list[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"' for name in STAR_COLUMNS[table])
    rows = connection.execute(f"SELECT {columns} FROM public.{table}").fetchall()
    return sorted(map(oracle.exact, rows), key=repr)


def _tables(cluster: Cluster) -> dict[str, Any]:
    with psycopg.connect(cluster.stack.redshift.dsn(), autocommit=True) as connection:
        return read_tables(connection)


def _deliver(cluster: Cluster, phase: Phase) -> None:
    server = cluster.stack.s3
    store = S3Store(
        cluster.stack.settings.bucket,
        endpoint=server.endpoint,
        access_key_id=server.access_key_id,
        secret_access_key=server.secret_access_key,
        region="us-east-1",
        client_options={"allow_http": True},
    )
    for key, body in phase.files.items():
        obstore.put(store, key, body)
