"""The environment of Airflow's processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.runner.airflow_environment import airflow_environment
from local.runner.settings import Ports, RunnerSettings
from local.sample import Layout
from local_redshift.s3 import S3Server


@pytest.fixture
def settings(tmp_path: Path) -> RunnerSettings:
    return RunnerSettings(state=tmp_path, environment={"AIRFLOW__SPARKIFY__RETRY_DELAY_SECONDS": "1"})


def environment(settings: RunnerSettings, layout: Layout = Layout.HOURLY) -> dict[str, str]:
    s3 = S3Server(settings.folder / "s3", port=9001)
    return airflow_environment(settings, Ports(8081, 5440, 9001), s3, "postgresql+psycopg2://x", layout)


def test_a_changed_port_reaches_every_setting_that_depends_on_it(settings: RunnerSettings) -> None:
    values = environment(settings)
    assert values["AIRFLOW__API__PORT"] == "8081"
    assert values["AIRFLOW__API__BASE_URL"] == "http://localhost:8081"
    assert values["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8081/execution/"


def test_airflow_listens_on_this_machine_only(settings: RunnerSettings) -> None:
    assert environment(settings)["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_the_login_is_in_the_password_file(settings: RunnerSettings) -> None:
    values = environment(settings)
    path = Path(values["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    assert values["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "admin:admin"
    assert json.loads(path.read_text()) == {"admin": "admin"}
    assert path.stat().st_mode & 0o077 == 0


def test_keys_are_made_once_and_kept_private(settings: RunnerSettings) -> None:
    names = ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY")
    first, again = environment(settings), environment(settings)
    assert [first[name] for name in names] == [again[name] for name in names]
    assert len({first[name] for name in names}) == 3
    assert (settings.folder / "airflow" / "keys.json").stat().st_mode & 0o077 == 0


def test_connections_lead_to_the_local_servers(settings: RunnerSettings) -> None:
    values = environment(settings)
    redshift = json.loads(values["AIRFLOW_CONN_SPARKIFY_REDSHIFT"])
    aws = json.loads(values["AIRFLOW_CONN_SPARKIFY_AWS"])
    assert (redshift["conn_type"], redshift["host"], redshift["port"]) == ("redshift", "127.0.0.1", 5440)
    assert aws["extra"]["endpoint_url"] == "http://127.0.0.1:9001"


def test_nothing_of_the_callers_airflow_or_aws_is_inherited(
    settings: RunnerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "AWS_PROFILE",
        "AWS_SECRET_ACCESS_KEY",
        "AIRFLOW__CORE__EXECUTOR",
        "AIRFLOW_CONN_OTHER",
        "SSL_CERT_FILE",
    ):
        monkeypatch.setenv(name, "the caller's")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    values = environment(settings)
    assert "the caller's" not in values.values()
    assert "PYTHONDONTWRITEBYTECODE" not in values
    assert values["HOME"] == str(settings.home)


@pytest.mark.parametrize("layout", list(Layout))
def test_the_pipeline_is_told_of_bucket_and_layout(settings: RunnerSettings, layout: Layout) -> None:
    values = environment(settings, layout)
    assert values["AIRFLOW__SPARKIFY__SOURCE_BUCKET"] == settings.bucket
    assert values["AIRFLOW__SPARKIFY__LOG_LAYOUT"] == layout.value


def test_given_variables_win(settings: RunnerSettings) -> None:
    assert environment(settings)["AIRFLOW__SPARKIFY__RETRY_DELAY_SECONDS"] == "1"


def test_a_scheduler_that_a_busy_machine_delays_does_not_take_itself_for_dead(settings: RunnerSettings) -> None:
    values = environment(settings)
    assert int(values["AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD"]) >= 120
