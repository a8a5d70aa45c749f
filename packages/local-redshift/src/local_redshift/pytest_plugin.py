"""Fixtures for tests on a local Redshift; pytest finds them by the package's entry point.

Contract: loads nothing and starts nothing until a test asks for a fixture, and leaves the environment of the session
as it is. One server and one S3 server serve a session (each of pytest-xdist's workers has its own); a test gets a new
schema and a new bucket. All names begin with ``redshift_``.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import psycopg

    from local_redshift import RedshiftServer, Settings
    from local_redshift.s3 import S3Server
    from local_redshift.testing import Bucket

_numbers = itertools.count(1)

#: A test that failed leaves its connections open as long as pytest keeps its traceback. One that made a table and did
#: not commit holds a lock on the schema; nobody else sees the table.
_END_USERS = """
SELECT pg_terminate_backend(users.pid, 5000)
FROM (
    SELECT DISTINCT pg_locks.pid
    FROM pg_locks
    LEFT JOIN pg_class ON pg_locks.relation = pg_class.oid
    WHERE
        to_regnamespace('{}') IN (pg_class.relnamespace, pg_locks.objid)
        AND pg_locks.pid <> pg_backend_pid()
) AS users
"""


@pytest.fixture(scope="session")
def redshift_s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server: its ``endpoint``, ``access_key_id``, ``secret_access_key`` and a boto3 ``client()``.

    It needs the extra ``s3``; a test that uses it fails without.
    """
    from local_redshift.s3 import S3Error, S3Server

    try:
        with S3Server(tmp_path_factory.mktemp("redshift-s3") / "buckets") as server:
            yield server
    except S3Error as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def redshift_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of ``redshift_server``: a free port, a folder of the session, COPY from ``redshift_s3_server``.

    Where the extra ``s3`` is not installed, COPY reads from AWS. Override this fixture for other settings::

        @pytest.fixture(scope="session")
        def redshift_settings(redshift_settings):
            return dataclasses.replace(redshift_settings, isolation=Isolation.SERIALIZABLE)
    """
    from local_redshift import Settings
    from local_redshift.s3 import is_installed

    folder = tmp_path_factory.mktemp("redshift") / "state"
    if not is_installed():
        return Settings(folder, port=0)
    return Settings(folder, port=0, s3=request.getfixturevalue("redshift_s3_server").settings)


@pytest.fixture(scope="session")
def redshift_server(redshift_settings: Settings) -> Iterator[RedshiftServer]:
    """A running local Redshift: its ``dsn()``, ``connection()`` and ``certificate``.

    Its data is removed at the end of the session; its log stays in the session's temporary folder.
    """
    from local_redshift import RedshiftServer

    with RedshiftServer(redshift_settings) as server:
        yield server
    shutil.rmtree(redshift_settings.folder / "warehouse", ignore_errors=True)


@pytest.fixture
def redshift_schema(redshift_server: RedshiftServer) -> Iterator[str]:
    """The name of a new, empty schema, which is dropped with all that is in it after the test.

    Every connection that the administrator opens during the test has it first in its search_path, whatever the driver.
    A connection that the test left in a transaction on the schema's tables is ended.
    """
    name, user = f"test_{next(_numbers)}", redshift_server.settings.user
    _run(redshift_server.dsn(), f"CREATE SCHEMA {name}", f'ALTER USER "{user}" SET search_path TO {name}, public')
    yield name
    _run(redshift_server.postgres_dsn(), _END_USERS.format(name))
    _run(redshift_server.dsn(), f'ALTER USER "{user}" RESET search_path', f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def redshift_dsn(redshift_server: RedshiftServer, redshift_schema: str) -> str:
    """The ``postgresql://`` address for psycopg, SQLAlchemy or psql; tables are made in ``redshift_schema``."""
    return redshift_server.dsn()


@pytest.fixture
def redshift_connection(redshift_dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A psycopg connection in autocommit mode; tables are made in ``redshift_schema``."""
    import psycopg

    with psycopg.connect(redshift_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def redshift_connector_arguments(redshift_server: RedshiftServer, redshift_schema: str) -> dict[str, Any]:
    """The arguments of ``redshift_connector.connect``; tables are made in ``redshift_schema``.

    Without TLS: redshift_connector takes no certificate to trust as an argument.
    """
    given = redshift_server.connection()
    return {"database": given.pop("dbname"), **given, "ssl": False}


@pytest.fixture(scope="session")
def redshift_s3_client(redshift_s3_server: S3Server) -> Any:
    """A boto3 client of ``redshift_s3_server``."""
    return redshift_s3_server.client()


@pytest.fixture
def redshift_bucket(redshift_s3_server: S3Server, redshift_s3_client: Any) -> Bucket:
    """A new bucket to put files, rows and manifests into; each ``put`` returns the address for ``COPY … FROM``."""
    from local_redshift.testing import Bucket

    name = f"bucket-{next(_numbers)}"
    redshift_s3_server.create_bucket(name)
    return Bucket(name, redshift_s3_client)


def _run(dsn: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
