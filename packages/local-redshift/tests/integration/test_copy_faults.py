"""COPY when S3 is slow, throttles, stops in an object or refuses: it loads all, or nothing and says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer, S3Settings, Settings
from local_redshift.s3 import S3Server
from local_redshift.testing import ROLE, SLOW_DOWN, Answer, Bucket, Delay, Drop, Request, Reset, S3Fault, S3Proxy

_ROWS = 20_000


@pytest.fixture(scope="module")
def proxy(s3: S3Server) -> Iterator[S3Proxy]:
    """Faults in front of the S3 server."""
    with S3Proxy(s3.port) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, s3: S3Server, proxy: S3Proxy) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a local Redshift that reads through the proxy."""
    settings = Settings(tmp_path_factory.mktemp("faults") / "state", port=0, s3=s3.settings)
    access = S3Settings(proxy.endpoint, "us-east-1", s3.access_key_id, s3.secret_access_key)
    settings = replace(settings, s3=access)
    with RedshiftServer(settings) as redshift, psycopg.connect(**redshift.connection(), autocommit=True) as connection:
        connection.execute("CREATE TABLE t (a INTEGER, b VARCHAR(200))")
        yield connection


@pytest.fixture(scope="module")
def source(s3: S3Server, s3_client: Any) -> str:
    """Objects that are fetched whole, and one that is streamed."""
    s3.create_bucket("faults")
    bucket = Bucket("faults", s3_client)
    bucket.put_json("in/large.json", [{"a": number, "b": "x" * 100} for number in range(_ROWS)])
    for number in range(3):
        bucket.put_json(f"in/small-{number}.json", [{"a": number}])
    return "s3://faults/in/"


def once(fault: S3Fault, key: str = "") -> Any:
    """A fault that meets the first matching request for an object."""
    left = [fault]

    def rule(request: Request) -> S3Fault | None:
        return left.pop() if left and key in request.path and not request.is_listing else None

    return rule


def load(connection: psycopg.Connection[Any], source: str) -> int:
    connection.execute("DELETE FROM t")
    connection.execute(f"COPY t FROM '{source}' IAM_ROLE '{ROLE}' JSON 'auto'")
    return connection.execute("SELECT count(*) FROM t").fetchone()[0]  # type: ignore[index]


@pytest.mark.parametrize(
    "rule",
    [
        once(Delay(1.0)),
        once(SLOW_DOWN),
        once(Answer(500, "InternalError")),
        once(Drop(), "large"),
        once(Reset(after=1_500_000), "large"),
        once(Reset(after=300), "small"),
        lambda request: SLOW_DOWN if request.is_listing and request.number % 2 else None,
    ],
    ids=["slow", "503", "500", "dropped", "stopped in the middle", "stopped in a small one", "503 to listings"],
)
def test_what_time_heals_is_tried_again(
    behind: psycopg.Connection[Any], proxy: S3Proxy, source: str, rule: Any
) -> None:
    proxy.rule = rule
    assert load(behind, source) == _ROWS + 3


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (SLOW_DOWN, "S3ServiceException:SlowDown.*Status 503"),
        (Answer(403, "AccessDenied"), "S3ServiceException:AccessDenied.*Status 403"),
        (Answer(404, "NoSuchKey"), "S3ServiceException:NoSuchKey.*Status 404"),
        (Reset(after=10_000), "S3ServiceException"),
    ],
    ids=["throttled for good", "denied", "gone", "stops each time"],
)
def test_what_does_not_heal_is_said_and_nothing_is_loaded(
    behind: psycopg.Connection[Any], proxy: S3Proxy, source: str, fault: S3Fault, words: str
) -> None:
    proxy.rule = lambda request: fault if "large" in request.path else None
    with pytest.raises(psycopg.errors.InternalError_, match=words):
        load(behind, source)
    assert behind.execute("SELECT count(*) FROM t").fetchone() == (0,)
    proxy.rule = lambda request: None
    assert load(behind, source) == _ROWS + 3
