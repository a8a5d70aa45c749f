"""The environment of Airflow's processes: every setting that differs on a laptop, with its reason."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any

from local.runner.environment import own_environment
from local.runner.private_files import write_secret
from local.runner.settings import Login, Ports, RunnerSettings
from local.sample import Layout
from local_redshift import RedshiftServer, Settings
from local_redshift.s3 import S3Server


def airflow_environment(
    settings: RunnerSettings, ports: Ports, s3: S3Server, metadata: str, layout: Layout
) -> dict[str, str]:
    """Return the environment.

    :param settings: the run's settings.
    :param ports: the ports in use.
    :param s3: the S3 server.
    :param metadata: SQLAlchemy address of the metadata database.
    :param layout: of the event logs.
    """
    sections = {
        **_core(settings, ports),
        **_keys(settings.folder / "airflow" / "keys.json"),
        **_pace(settings),
        **_pipeline(settings, layout),
        "database": {"sql_alchemy_conn": metadata},
        "usage_data_collection": {"enabled": "False"},
    }
    return {
        **own_environment(os.environ, settings.home),
        "AIRFLOW_HOME": str(settings.folder / "airflow"),
        **_variables(sections),
        **_connections(settings, ports, s3),
        # setproctitle would overwrite the mark.
        "SPT_NOENV": "1",
        # Never ask a cloud's metadata service for credentials.
        "AWS_EC2_METADATA_DISABLED": "true",
        # Amazon's driver verifies the local Redshift's certificate by what the process trusts.
        **RedshiftServer(Settings(folder=settings.folder / "redshift")).trust_variables({}),
        **settings.environment,
    }


def _core(settings: RunnerSettings, ports: Ports) -> dict[str, dict[str, str]]:
    logs = settings.folder / "airflow" / "logs"
    return {
        "core": {
            "dags_folder": str(settings.dags.absolute()),
            "plugins_folder": str(settings.plugins.absolute()),
            "load_examples": "False",
            "executor": "LocalExecutor",
            # LocalExecutor forks all of these at its start.
            "parallelism": str(settings.parallelism),
            "auth_manager": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
            "simple_auth_manager_users": f"{settings.airflow_login.user}:admin",
            "simple_auth_manager_passwords_file": str(_password_file(settings)),
            # Where tasks report to; by default it is port 8080.
            "execution_api_server_url": f"http://127.0.0.1:{ports.airflow}/execution/",
        },
        "api": {
            "host": "127.0.0.1",
            "port": str(ports.airflow),
            "base_url": f"http://localhost:{ports.airflow}",
            "workers": "1",
        },
        "logging": {
            "uvicorn_logging_level": "WARNING",
            "colored_console_log": "False",
            # Their defaults are not found under a path that has a %.
            "base_log_folder": str(logs),
            "dag_processor_child_process_log_directory": str(logs / "dag_processor"),
        },
    }


def _pace(settings: RunnerSettings) -> dict[str, dict[str, str]]:
    return {
        "scheduler": {
            # 0.3 s a task instead of 1.1 s.
            "scheduler_idle_sleep_time": "0.1",
            "use_job_schedule": str(settings.schedule),
            # A busy machine delays the heartbeats of a healthy scheduler; retire_schedulers marks a killed one.
            "scheduler_health_check_threshold": "300",
            "task_instance_heartbeat_timeout": "120",
        },
        "workers": {
            # On a busy laptop the API server may take longer to answer a task than the 5 s of a cluster.
            "execution_api_timeout": "60",
            # A slot waits this long for a task process that ends while it is being checked: 5 s by default, in which
            # the slot could run ten tasks.
            "min_heartbeat_interval": "1",
        },
        "dag_processor": {
            # New DAG files are found soon; unchanged files are rarely read again.
            "refresh_interval": "10",
            "min_file_process_interval": "60",
            "parsing_processes": "1",
        },
    }


def _pipeline(settings: RunnerSettings, layout: Layout) -> dict[str, dict[str, str]]:
    return {
        "sparkify": {
            "source_bucket": settings.bucket,
            "log_layout": layout.value,
            "reader_conn_id": "sparkify_redshift_reader",
            "start_date": "2018-11-01",
            "catchup": "False",
        }
    }


def _connections(settings: RunnerSettings, ports: Ports, s3: S3Server) -> dict[str, str]:
    aws: dict[str, Any] = {
        "conn_type": "aws",
        "login": s3.access_key_id,
        "password": s3.secret_access_key,
        "extra": {"endpoint_url": s3.endpoint, "region_name": "us-east-1"},
    }
    return {
        "AIRFLOW_CONN_SPARKIFY_REDSHIFT": _redshift(settings.redshift_login, ports),
        "AIRFLOW_CONN_SPARKIFY_REDSHIFT_READER": _redshift(settings.reader_login, ports),
        "AIRFLOW_CONN_SPARKIFY_AWS": json.dumps(aws),
    }


def _redshift(login: Login, ports: Ports) -> str:
    connection = {
        "conn_type": "redshift",
        "host": "127.0.0.1",
        "port": ports.redshift,
        "schema": "dev",
        "login": login.user,
        "password": login.password,
    }
    return json.dumps(connection)


def _password_file(settings: RunnerSettings) -> Path:
    """Write the file from which the simple auth manager takes passwords; without one it generates passwords."""
    path = settings.folder / "airflow" / "passwords.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_secret(path, json.dumps({settings.airflow_login.user: settings.airflow_login.password}))
    return path


def _keys(path: Path) -> dict[str, dict[str, str]]:
    """Return the keys that Airflow's processes must share, made at the first start and kept."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {
            "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "jwt": secrets.token_urlsafe(48),
            "secret": secrets.token_urlsafe(48),
        }
        write_secret(path, json.dumps(made))
    keys = json.loads(path.read_text())
    return {
        "core#keys": {"fernet_key": keys["fernet"]},
        "api_auth": {"jwt_secret": keys["jwt"]},
        "api#keys": {"secret_key": keys["secret"]},
    }


def _variables(sections: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        f"AIRFLOW__{section.partition('#')[0].upper()}__{name.upper()}": value
        for section, values in sections.items()
        for name, value in values.items()
    }
