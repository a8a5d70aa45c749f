"""Every result that the guide documents, as far as it is in the table of documented results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer
from local_redshift.documented import Case, Place, load_cases, problem_of
from local_redshift.documented.client import ask
from local_redshift.testing import Bucket


@pytest.fixture(scope="module")
def families() -> dict[str, str]:
    """The schemas whose setup has run, by family."""
    return {}


@pytest.fixture(scope="module")
def connection(redshift: RedshiftServer, families: dict[str, str]) -> Iterator[psycopg.Connection[Any]]:
    """A connection for all cases; the schemas of the families are dropped at the end."""
    with psycopg.connect(redshift.dsn(), autocommit=True, prepare_threshold=None) as connection:
        yield connection
        for schema in families.values():
            connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())


@pytest.mark.parametrize("case", load_cases(), ids=str)
def test_the_documented_result(
    connection: psycopg.Connection[Any], families: dict[str, str], case: Case, request: pytest.FixtureRequest
) -> None:
    if case.family not in families:
        schema = families[case.family] = f"documented_{case.family}"
        connection.execute(f"CREATE SCHEMA {schema}".encode())
        connection.execute(f"SET search_path TO {schema}, public".encode())
        assert ask(connection, case.setup).error is None
    connection.execute("RESET ALL")  # of what an earlier case has set
    connection.execute(f"SET search_path TO {families[case.family]}, public".encode())
    problem = problem_of(case, ask(connection, _place(case, request).fill(case.sql)))
    assert problem is None


def _place(case: Case, request: pytest.FixtureRequest) -> Place:
    if not case.objects:
        return Place("s3://none", "IAM_ROLE default")
    bucket: Bucket = request.getfixturevalue("bucket")
    place = Place(f"s3://{bucket.name}", "IAM_ROLE default")
    for key, text in case.objects.items():
        bucket.put(key, place.fill(text))
    return place
