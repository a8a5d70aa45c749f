"""Logging in by IAM: what is asked of AWS, and what the driver gets."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from sparkify.hooks import connecting

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
    connecting.connect("by_iam")
    assert wanted == [asked]
    assert used == ["sparkify_aws"]
    assert (given["user"], given["host"], given["database"], given["port"]) == (user, HOST, "dev", 5439)
    assert given["password"].startswith("temporary-")
    assert (given["ssl"], given["sslmode"]) == (True, "verify-full")
    assert not {name for name in given if "iam" in name or "serverless" in name or "cluster" in name}
