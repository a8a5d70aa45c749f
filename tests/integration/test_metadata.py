"""The runner tells Airflow at once that earlier schedulers are dead."""

from __future__ import annotations

from pathlib import Path

import psycopg
from airflow.jobs.dag_processor_job_runner import DagProcessorJobRunner
from airflow.jobs.job import Job, JobState
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from local.runner.metadata import retire_schedulers
from local_redshift.postgres import PostgresCluster

SCHEDULER, DAG_PROCESSOR = SchedulerJobRunner.job_type, DagProcessorJobRunner.job_type


def test_only_schedulers_that_count_as_running_are_retired(tmp_path: Path) -> None:
    given = [(SCHEDULER, JobState.RUNNING), (SCHEDULER, JobState.SUCCESS), (DAG_PROCESSOR, JobState.RUNNING)]
    with PostgresCluster(tmp_path / "pg") as cluster:
        dsn = cluster.dsn("postgres")
        engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
        Job.__table__.create(engine)  # type: ignore[attr-defined]
        with Session(engine) as session:
            session.add_all(Job(job_type=job_type, state=state) for job_type, state in given)
            session.commit()
        assert [retire_schedulers(dsn) for _ in range(2)] == [1, 0]
        with Session(engine) as session:
            found = [(job.job_type, job.state) for job in session.scalars(select(Job).order_by(Job.id))]
        engine.dispose()
    assert found == [(SCHEDULER, JobState.FAILED), *given[1:]]
