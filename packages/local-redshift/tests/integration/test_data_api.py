"""The Data API through boto3: https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_redshift import RedshiftServer, Settings
from local_redshift.ports import free_port
from local_redshift.s3 import S3Server

WHERE = {"Database": "dev", "WorkgroupName": "local"}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory, s3: S3Server) -> Iterator[str]:
    """A server with a Data API."""
    folder: Path = tmp_path_factory.mktemp("data-api") / "state"
    port = free_port()
    with RedshiftServer(Settings(folder, port=0, s3=s3.settings, data_api_port=port)):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def api(endpoint: str) -> Any:
    """The API's client."""
    return boto3.client(
        "redshift-data",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )


def finished(api: Any, identifier: str) -> dict[str, Any]:
    """Wait for a statement and return its description."""
    for _ in range(1000):
        described: dict[str, Any] = api.describe_statement(Id=identifier)
        if described["Status"] in ("FINISHED", "FAILED", "ABORTED"):
            return described
        time.sleep(0.01)
    raise AssertionError("The statement did not end.")


def execute(endpoint: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """Return status and answer of a call with any body."""
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=30)
    with closing(connection):
        headers = {"X-Amz-Target": "RedshiftData.ExecuteStatement", "Content-Type": "application/x-amz-json-1.1"}
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"Sql": ""}', b'{"Sql": "SELECT 1", "Parameters": 7}'])
def test_a_malformed_call_is_refused(endpoint: str, body: bytes) -> None:
    status, answer = execute(endpoint, body)
    assert status == 400
    assert answer["__type"] in ("SerializationException", "ValidationException")


@pytest.mark.parametrize(
    "body",
    [
        b'{"Sql": 1}',
        b'{"Sql": "SELECT :a", "Parameters": [{}]}',
        b'{"Sql": "select qualify b"}',
        b'{"Sql": "SELECT \'\\ud800\'"}',
    ],
)
def test_a_statement_that_cannot_be_run_ends(api: Any, endpoint: str, body: bytes) -> None:
    status, answer = execute(endpoint, body)
    assert status == 200
    described = finished(api, answer["Id"])
    assert described["Status"] in ("FAILED", "FINISHED")


def test_a_statement_with_parameters_gives_its_rows(api: Any) -> None:
    sql = "SELECT :n::INT + 1 AS n, NVL(NULL, :s) AS s, 1.5::FLOAT AS f, TRUE AS b, NULL AS nothing"
    parameters = [{"name": "n", "value": "6"}, {"name": "s", "value": "x"}]
    started = api.execute_statement(Sql=sql, Parameters=parameters, StatementName="first", **WHERE)
    described = finished(api, started["Id"])
    assert (described["Status"], described["HasResultSet"], described["ResultRows"]) == ("FINISHED", True, 1)
    result = api.get_statement_result(Id=started["Id"])
    assert result["Records"] == [
        [{"longValue": 7}, {"stringValue": "x"}, {"doubleValue": 1.5}, {"booleanValue": True}, {"isNull": True}]
    ]
    assert [column["name"] for column in result["ColumnMetadata"]] == ["n", "s", "f", "b", "nothing"]
    assert [found["Id"] for found in api.list_statements(StatementName="first")["Statements"]] == [started["Id"]]


def test_a_batch_is_one_transaction(api: Any) -> None:
    failed = api.batch_execute_statement(
        Sqls=["CREATE TABLE batch (a INT)", "INSERT INTO batch VALUES (1)", "SELECT 1 / 0", "SELECT 2"], **WHERE
    )
    described = finished(api, failed["Id"])
    assert described["Status"] == "FAILED"
    assert "division by zero" in described["Error"]
    assert [sub["Status"] for sub in described["SubStatements"]] == ["FINISHED", "FINISHED", "FAILED", "ABORTED"]
    done = api.batch_execute_statement(Sqls=["CREATE TABLE batch (a INT)", "SELECT 5 AS a"], **WHERE)
    assert finished(api, done["Id"])["Status"] == "FINISHED"
    assert api.get_statement_result(Id=f"{done['Id']}:2")["Records"] == [[{"longValue": 5}]]


def test_tables_are_listed_and_described(api: Any) -> None:
    made = api.execute_statement(Sql="CREATE TABLE listed (id INT, name VARCHAR(5))", **WHERE)
    assert finished(api, made["Id"])["Status"] == "FINISHED"
    assert api.list_tables(TablePattern="listed", **WHERE)["Tables"] == [
        {"schema": "public", "name": "listed", "type": "TABLE"}
    ]
    assert [c["name"] for c in api.describe_table(Table="listed", **WHERE)["ColumnList"]] == ["id", "name"]
    assert "public" in api.list_schemas(**WHERE)["Schemas"]
    assert "dev" in api.list_databases(**WHERE)["Databases"]


def test_a_long_result_comes_in_pages_and_errors_have_names(api: Any) -> None:
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT i FROM n"
    started = api.execute_statement(Sql=numbers, **WHERE)
    finished(api, started["Id"])
    pages = api.get_paginator("get_statement_result").paginate(Id=started["Id"])
    assert sum(len(page["Records"]) for page in pages) == 1500
    with pytest.raises(api.exceptions.ResourceNotFoundException):
        api.describe_statement(Id="00000000-0000-0000-0000-000000000000")
    with pytest.raises(ClientError, match="already in FINISHED state"):
        api.cancel_statement(Id=started["Id"])


def test_other_requests_are_refused(endpoint: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(endpoint, data=b"{}"), timeout=10)
    assert caught.value.code == 400
