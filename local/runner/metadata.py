"""What the runner writes to Airflow's metadata database, because Airflow would find it out only by waiting."""

from __future__ import annotations

import psycopg

_RETIRE = "UPDATE job SET state = 'failed' WHERE job_type = 'SchedulerJob' AND state = 'running'"


def retire_schedulers(dsn: str) -> int:
    """Mark all schedulers as failed, before the only one starts, which then takes over their tasks at once.

    Airflow goes by the age of a heartbeat, ``[scheduler] scheduler_health_check_threshold``. If that were short enough
    for a quick start after a kill, the scheduler of a busy machine would miss it too: it would mark its own job as
    failed and reset the running tasks, again and again.

    :param dsn: the database's address.
    :returns: how many there were.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(_RETIRE).rowcount
