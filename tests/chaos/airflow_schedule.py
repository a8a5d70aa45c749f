"""Schedules on a whole Airflow: its scheduler retries, its backfill runs hours in parallel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import obstore
import psycopg
from obstore.store import S3Store

from local.sample.faults import Faults
from sparkify.tables import STAR_COLUMNS
from tests import oracle
from tests.chaos.airflow_stack import HOUR, Cluster
from tests.chaos.boundaries import BOUNDARIES
from tests.chaos.history import Phase, make_history
from tests.chaos.injector import Deed, PlannedFault
from tests.chaos.tables import compare_tables, read_tables

DEEDS = (Deed.KILL_TASK, Deed.CUT, Deed.KILL_SCHEDULER, Deed.KILL_REDSHIFT)
#: What the oracle can read.
_FAULTS = Faults(duplicates=0.1, late=0.1)


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
    def draw(cls, seed: int, day: datetime, hours: int = 4) -> AirflowSchedule:
        """Draw a schedule. Consecutive seeds go through all named boundaries with all deeds."""
        rng = Random(seed)
        names = list(BOUNDARIES)
        named = PlannedFault(DEEDS[seed // len(names) % len(DEEDS)], names[seed % len(names)])
        more = [PlannedFault(rng.choice(DEEDS), rng.choice(names), rng.randint(1, 3)) for _ in range(rng.randrange(3))]
        return cls(seed, day, hours, [[named, *more], [named]])

    def __str__(self) -> str:
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
