"""Logging in: what is asked of AWS by IAM, what the drivers get, and how often a password is sent."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redshift_connector
from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook
from tenacity import wait_none

from sparkify.hooks import connecting
from sparkify.hooks.errors import LoginRefusedError
from sparkify.hooks.refused_logins import RefusedLogins

HOST = "sparkify.123456789012.eu-west-1.redshift-serverless.amazonaws.com"


class Client:
    """Both of boto3's clients of Redshift."""

    def __init__(self, asked: list[dict[str, Any]]) -> None:
        self._asked = asked

    def get_credentials(self, **wanted: Any) -> dict[str, str]:
        self._asked.append(wanted)
        return {"dbUser": "IAMR:airflow", "dbPassword": "temporary-1"}

    def get_cluster_credentials(self, **wanted: Any) -> dict[str, str]:
        self._asked.append(wanted)
        return {"DbUser": "IAM:sparkify_pipeline", "DbPassword": "temporary-2"}


@pytest.fixture(autouse=True)
def _own_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(connecting, "_REFUSED", RefusedLogins(tmp_path / "refused"))
    monkeypatch.setattr(RedshiftSQLHook.get_conn.retry, "wait", wait_none())
    monkeypatch.setenv("AIRFLOW_CONN_SPARKIFY_AWS", '{"conn_type": "aws"}')


@pytest.mark.parametrize(
    ("login", "extra", "asked", "user"),
    [
        (
            "",
            {"iam": True, "is_serverless": True, "serverless_work_group": "sparkify"},
            {"dbName": "dev", "workgroupName": "sparkify", "durationSeconds": 3600},
            "IAMR:airflow",
        ),
        (
            "sparkify_pipeline",
            {"iam": True, "cluster_identifier": "sparkify"},
            {"DbUser": "sparkify_pipeline", "DbName": "dev", "ClusterIdentifier": "sparkify", "AutoCreate": False},
            "IAM:sparkify_pipeline",
        ),
        (  # as a URI has it: texts
            "",
            {
                **{"iam": "true", "is_serverless": "True", "serverless_work_group": "sparkify"},
                "serverless_token_duration_seconds": "900",
            },
            {"dbName": "dev", "workgroupName": "sparkify", "durationSeconds": 900},
            "IAMR:airflow",
        ),
        (
            "",
            {"iam": "1", "cluster_identifier": "sparkify", "db_user": "sparkify_pipeline", "is_serverless": "false"},
            {"DbUser": "sparkify_pipeline", "DbName": "dev", "ClusterIdentifier": "sparkify", "AutoCreate": False},
            "IAM:sparkify_pipeline",
        ),
    ],
)
def test_the_driver_gets_a_temporary_password_and_nothing_of_iam(
    monkeypatch: pytest.MonkeyPatch, login: str, extra: dict[str, Any], asked: dict[str, Any], user: str
) -> None:
    wanted: list[dict[str, Any]] = []
    used: list[str] = []
    given: dict[str, Any] = {}

    def aws_hook(aws_conn_id: str, client_type: str) -> Any:
        used.append(aws_conn_id)
        return SimpleNamespace(conn=Client(wanted))

    def open_connection(**kwargs: Any) -> Any:
        given.update(kwargs)
        return SimpleNamespace(_usock=SimpleNamespace(settimeout=lambda _: None))

    module = "airflow.providers.amazon.aws.hooks.redshift_sql"
    monkeypatch.setattr(f"{module}.AwsBaseHook", aws_hook)
    monkeypatch.setattr(f"{module}.redshift_connector.connect", open_connection)
    connection = {"conn_type": "redshift", "host": HOST, "schema": "dev", "login": login, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_BY_IAM", json.dumps(connection))
    connecting.connect("by_iam", "sparkify_aws")
    assert wanted == [asked]
    assert used == ["sparkify_aws"]
    assert (given["user"], given["host"], given["database"], given["port"]) == (user, HOST, "dev", 5439)
    assert given["password"].startswith("temporary-")
    assert (given["ssl"], given["sslmode"]) == (True, "verify-full")
    assert not {name for name in given if "iam" in name or "serverless" in name or "cluster" in name}


@pytest.mark.parametrize(
    ("extra", "asked", "user"),
    [
        (
            {"iam": "true", "redshift": "true", "cluster-identifier": "sparkify"},
            {"DbUser": "pipeline", "DbName": "dev", "ClusterIdentifier": "sparkify", "AutoCreate": False},
            "IAM:sparkify_pipeline",
        ),
        (
            {"iam": True, "redshift-serverless": True, "workgroup-name": "sparkify"},
            {"dbName": "dev", "workgroupName": "sparkify"},
            "IAMR:airflow",
        ),
    ],
)
def test_libpq_gets_a_temporary_password_and_nothing_of_iam(
    monkeypatch: pytest.MonkeyPatch, extra: dict[str, Any], asked: dict[str, Any], user: str
) -> None:
    # https://airflow.apache.org/docs/apache-airflow-providers-postgres/stable/connections/postgres.html
    wanted: list[dict[str, Any]] = []
    used: list[str] = []
    given: dict[str, Any] = {}

    def aws_hook(aws_conn_id: str, client_type: str) -> Any:
        used.append(aws_conn_id)
        return SimpleNamespace(conn=Client(wanted))

    monkeypatch.setattr("airflow.providers.amazon.aws.hooks.base_aws.AwsBaseHook", aws_hook)
    monkeypatch.setattr("psycopg.connection.Connection.connect", lambda **kwargs: given.update(kwargs))
    monkeypatch.setattr("airflow.providers.postgres.hooks.postgres.register_default_adapters", lambda _: None)
    connection = {"conn_type": "postgres", "host": HOST, "schema": "dev", "login": "pipeline", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_BY_IAM", json.dumps(connection))
    connecting.connect("by_iam", "sparkify_aws")
    assert wanted == [asked]
    assert used == ["sparkify_aws"]
    assert (given["user"], given["host"], given["dbname"], given["port"]) == (user, HOST, "dev", 5439)
    assert given["password"].startswith("temporary-")
    assert given["sslmode"] == "verify-full"
    assert not {"iam", "redshift", "redshift-serverless", "cluster-identifier", "workgroup-name"} & given.keys()


@pytest.mark.parametrize("code", ["28000", "28P01"])
def test_amazons_hook_does_not_send_a_refused_password_five_times(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    sent: list[str] = []

    def refuse(**kwargs: Any) -> Any:
        sent.append(kwargs["password"])
        # the driver raises InterfaceError for 28000, which the provider's hook takes for a refused connection
        kind = redshift_connector.InterfaceError if code == "28000" else redshift_connector.ProgrammingError
        raise kind({"C": code, "M": 'password authentication failed for user "u"'})

    monkeypatch.setattr("airflow.providers.amazon.aws.hooks.redshift_sql.redshift_connector.connect", refuse)
    connection = {"conn_type": "redshift", "host": HOST, "schema": "dev", "login": "u", "password": "outdated"}
    monkeypatch.setenv("AIRFLOW_CONN_OUTDATED", json.dumps(connection))
    with pytest.raises(redshift_connector.Error):
        connecting.connect("outdated")
    with pytest.raises(LoginRefusedError):
        connecting.connect("outdated")
    assert sent == ["outdated"]


def test_a_refused_connection_is_tried_five_times(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def refuse(**kwargs: Any) -> Any:
        tried.append(kwargs["host"])
        raise redshift_connector.InterfaceError("communication error", ConnectionRefusedError(111, "refused"))

    monkeypatch.setattr("airflow.providers.amazon.aws.hooks.redshift_sql.redshift_connector.connect", refuse)
    connection = {"conn_type": "redshift", "host": HOST, "schema": "dev", "login": "u", "password": "p"}
    monkeypatch.setenv("AIRFLOW_CONN_DOWN", json.dumps(connection))
    with pytest.raises(redshift_connector.InterfaceError):
        connecting.connect("down")
    assert tried == [HOST] * 5


def test_a_missing_connection_is_refused_at_once() -> None:
    with pytest.raises(
        ValueError, match="There is no Airflow connection 'nobody': create it, with the type 'redshift'"
    ):
        connecting.connect("nobody")


def test_a_login_by_iam_is_not_made_by_another_identity_than_the_one_named(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"iam": True, "cluster_identifier": "sparkify", "aws_conn_id": "nobody"}
    connection = {"conn_type": "redshift", "host": HOST, "schema": "dev", "login": "u", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_BY_IAM", json.dumps(connection))
    with pytest.raises(ValueError, match="There is no Airflow connection 'nobody': create it, with the type 'aws'"):
        connecting.connect("by_iam", "sparkify_aws")
