"""What the runner tells Airflow's metadata database, since Airflow itself could only find it out by waiting."""

from __future__ import annotations

import psycopg

_RETIRE = "UPDATE job SET state = 'failed' WHERE job_type = 'SchedulerJob' AND state = 'running'"


def retire_schedulers(dsn: str) -> int:
    """Declare all schedulers dead, before the only one starts, which then takes up their tasks at once.

    Airflow goes by the age of a heartbeat, ``[scheduler] scheduler_health_check_threshold``. Were that short enough for
    a quick start after a kill, the scheduler of a busy machine would be late itself: it then marks its own job as
    failed, resets the tasks that are running, and does so again before they are through.

    :param dsn: the database's address.
    :return: how many there were.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(_RETIRE).rowcount
