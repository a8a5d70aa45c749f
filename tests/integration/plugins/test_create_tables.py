"""What the DAG that creates the tables leaves."""

from __future__ import annotations

import json

import psycopg
import pytest

from bench.rig.dag_runs import Run, load_dag
from tests.support.services import Services


def test_tables_and_columns_say_what_they_mean_and_may_be_made_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in services.connections().items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))
    monkeypatch.setenv("AIRFLOW__SPARKIFY__REDSHIFT_CONN_ID", "stage_redshift")
    Run(load_dag("sparkify_create_tables"), None, None).run_task("create_tables")
    query = """SELECT pg_catalog.obj_description(c.oid, 'pg_class'), pg_catalog.col_description(c.oid, a.attnum)
        FROM pg_catalog.pg_class AS c
        INNER JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid AND n.nspname = 'public'
        INNER JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'level'
        WHERE c.relname = 'songplays'"""
    with psycopg.connect(services.redshift.dsn()) as connection:
        [(table, column)] = connection.execute(query).fetchall()
    assert table.startswith("The fact: one row for each song played")
    assert column == "Subscription at the time of the play: free or paid (source: level; example: paid)"
