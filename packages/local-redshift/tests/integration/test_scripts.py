"""Whole scripts as projects on Redshift have them, statement by statement, in ``scripts/``.

Behind a query stands ``-- rows:`` with what it returns as JSON, behind a statement that has to fail ``-- error:`` with
a part of the message. The scripts are written in the manner of public projects and of AWS's documentation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Any

import psycopg2
import pytest
import redshift_connector

from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server
from local_redshift.statements.tokens.lexer import split, tokenize
from local_redshift.testing import ROLE, Bucket
from support.clients import redshift_connection

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.sql"))

EVENT = {
    "artist": None, "auth": "Logged In", "firstName": "Kaylee", "gender": "F", "itemInSession": 0,
    "lastName": "Summers", "length": None, "level": "free", "location": "Phoenix-Mesa-Scottsdale, AZ", "method": "GET",
    "page": "Home", "registration": 1540344794796.0, "sessionId": 139, "song": None, "status": 200,
    "ts": 1541106106000, "userAgent": '"Mozilla/5.0"', "userId": "8",
}  # fmt: skip
SYLVIE = {"firstName": "Sylvie", "lastName": "Cruz", "userId": "10"}
EVENTS = [
    EVENT,
    EVENT | {"page": "NextSong", "artist": "Des'ree", "song": "You Gotta Be", "length": 246.30812},
    EVENT | SYLVIE | {
        "page": "NextSong", "artist": "Elena", "song": "Setanta matins", "length": 269.58322, "sessionId": 10,
        "ts": 1541290200000,
    },
    EVENT | SYLVIE | {
        "page": "NextSong", "artist": "Mr Oizo", "song": "Flat 55", "length": 144.03873, "sessionId": 11,
        "level": "paid", "ts": 1541381242000,
    },
    EVENT | {"auth": "Logged Out", "firstName": None, "lastName": None, "gender": None, "userId": ""},
]  # fmt: skip
SONGS = [
    {
        "num_songs": 1, "artist_id": "AR5KOSW1187FB35FF4", "artist_latitude": 49.80388, "artist_longitude": -15.47491,
        "artist_location": "Dubai UAE", "artist_name": "Elena", "song_id": "SOZCTXZ12AB0182364",
        "title": "Setanta matins", "duration": 269.58322, "year": 0,
    },
    {
        "num_songs": 1, "artist_id": "ARD7TVE1187B99BFB1", "artist_latitude": None, "artist_longitude": None,
        "artist_location": "California - LA", "artist_name": "Casual", "song_id": "SOMZWCG12A8C13C480",
        "title": "I Didn't Mean To", "duration": 218.93179, "year": 0,
    },
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A statement, and what it has to do."""

    sql: str
    rows: list[list[Any]] | None
    error: str | None


def steps(script: str) -> Iterator[Step]:
    """Give a script's statements with the comments behind them."""
    statements = split(tokenize(script))
    for index, tokens in enumerate(statements):
        end = statements[index + 1][0].start if index + 1 < len(statements) else len(script)
        behind = script[tokens[-1].end : end]
        rows = "".join(re.findall(r"^-- rows:(.*)$", behind, re.MULTILINE))
        error = re.search(r"^-- error: (.*)$", behind, re.MULTILINE)
        yield Step(
            script[tokens[0].start : tokens[-1].end],
            json.loads(rows) if rows else None,
            error.group(1) if error else None,
        )


def plain(value: Any) -> Any:
    """Return a value as JSON would hold it."""
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, date | datetime) else value


def run(cursor: Any, step: Step) -> None:
    if step.error is not None:
        with pytest.raises((psycopg2.Error, redshift_connector.Error), match=re.escape(step.error)):
            cursor.execute(step.sql)
        return
    cursor.execute(step.sql)
    if step.rows is not None:
        assert [[plain(value) for value in row] for row in cursor.fetchall()] == step.rows, step.sql


@pytest.fixture
def script_values(bucket: Bucket, s3: S3Server) -> dict[str, str]:
    """The public sample in small, in a bucket, and the names that scripts have for it."""
    bucket.put_json("log_data/2018/11/2018-11-01-events.json", EVENTS)
    for song in SONGS:
        bucket.put_json(f"song_data/A/A/A/{song['song_id']}.json", [song])
    bucket.put("log_json_path.json", json.dumps({"jsonpaths": [f"$['{name}']" for name in EVENT]}))
    return {"bucket": f"s3://{bucket.name}", "role": ROLE, "key": s3.access_key_id, "secret": s3.secret_access_key}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("driver", ["psycopg2", "redshift_connector"])
def test_scripts_of_public_projects_run_unchanged(
    redshift: RedshiftServer, schema: str, script_values: dict[str, str], path: Path, driver: str
) -> None:
    script = Template(path.read_text(encoding="utf-8")).safe_substitute(script_values, driver=driver)
    connect = {"psycopg2": psycopg2_connection, "redshift_connector": redshift_connection}[driver]
    with closing(connect(redshift)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SET search_path TO {schema}")
        for step in steps(script):
            run(cursor, step)


def psycopg2_connection(server: RedshiftServer) -> Any:
    """Return a connection of psycopg2 in autocommit mode."""
    connection = psycopg2.connect(**server.connection())
    connection.autocommit = True
    return connection


def test_the_scripts_hold_a_hundred_statements() -> None:
    assert sum(len(list(steps(path.read_text(encoding="utf-8")))) for path in SCRIPTS) > 100
