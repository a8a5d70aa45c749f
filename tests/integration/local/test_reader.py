"""The warehouse's read-only user reads what its group may read, and makes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from local.runner.reader import create_reader
from local.runner.settings import Login
from local_redshift import RedshiftServer

LOGIN = Login("reader_of_tests", "it's a Secret 1")


@pytest.fixture
def reader(redshift: RedshiftServer) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the user, which was created twice, as by two runs."""
    for _ in range(2):
        create_reader(redshift.dsn(), LOGIN)
    given = redshift.connection() | {"user": LOGIN.user, "password": LOGIN.password}
    with psycopg.connect(**given, autocommit=True) as connection:
        yield connection
    with psycopg.connect(redshift.dsn(), autocommit=True) as admin:
        admin.execute(f"DROP USER {LOGIN.user}")
        admin.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")  # as other tests know it


def test_a_reader_reads_what_its_group_is_granted(redshift: RedshiftServer, reader: psycopg.Connection[Any]) -> None:
    with psycopg.connect(redshift.dsn(), autocommit=True) as admin:
        admin.execute("CREATE TABLE public.for_readers (a INTEGER)")
        try:
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute("SELECT a FROM public.for_readers")
            admin.execute("GRANT SELECT ON public.for_readers TO GROUP sparkify_readers")
            assert reader.execute("SELECT a FROM public.for_readers").fetchall() == []
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute("INSERT INTO public.for_readers VALUES (1)")
        finally:
            admin.execute("DROP TABLE public.for_readers")


def test_a_reader_makes_no_table(reader: psycopg.Connection[Any]) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute("CREATE TABLE public.of_a_reader (a INTEGER)")
