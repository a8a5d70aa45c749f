"""The runner tells Airflow at once that earlier schedulers are dead."""

from __future__ import annotations

from pathlib import Path

import psycopg

from local.runner.metadata import retire_schedulers
from local_redshift.postgres import PostgresCluster


def test_only_schedulers_that_count_as_running_are_retired(tmp_path: Path) -> None:
    rows = [("SchedulerJob", "running"), ("SchedulerJob", "success"), ("DagProcessorJob", "running")]
    with PostgresCluster(tmp_path / "pg") as cluster, psycopg.connect(cluster.dsn("postgres")) as connection:
        connection.execute("CREATE TABLE job (job_type VARCHAR(30), state VARCHAR(20))")
        connection.cursor().executemany("INSERT INTO job VALUES (%s, %s)", rows)
        connection.commit()
        assert [retire_schedulers(cluster.dsn("postgres")) for _ in range(2)] == [1, 0]
        found = connection.execute("SELECT job_type, state FROM job").fetchall()
    assert sorted(found) == [("DagProcessorJob", "running"), ("SchedulerJob", "failed"), ("SchedulerJob", "success")]
