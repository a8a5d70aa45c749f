"""The PostgreSQL behind the server: its cluster, its database with Redshift's catalog, its administrator.

Contract: owns ``<folder>/warehouse``. Everything that needs a superuser happens here; clients are never one.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from local_redshift import catalog
from local_redshift.catalog import bootstrap
from local_redshift.postgres.cluster import PostgresCluster
from local_redshift.postgres.processes import PostgresError
from local_redshift.settings import SESSIONS, Settings

log = logging.getLogger(__name__)

#: Owns the system objects, as on Redshift.
_SUPERUSER = "rdsdb"

#: Redshift's administrator may create users and databases, and cancel anybody's queries.
_ADMINISTRATOR = "LOGIN CREATEDB CREATEROLE"

#: Connections that clients never get; as many again are for those that are just ending.
_RESERVED = 10

_SETTINGS = {
    # Redshift asks for MD5 too; every driver for it can answer that.
    "password_encryption": "md5",
    "md5_password_warnings": "off",
    # A client that vanishes during a statement releases its locks.
    "client_connection_check_interval": "2s",
    "work_mem": "32MB",
    # NOT IN of a large subquery is hashed, as Redshift has it: without room for the hash, PostgreSQL would read the
    # subquery's rows once for each row.
    "hash_mem_multiplier": "8",
    # A laptop's warehouse fits into the page cache, where random reads cost little more than sequential ones: a join
    # with a few rows should use the index on the sort key even if the table is small.
    # https://www.postgresql.org/docs/current/runtime-config-query.html#RUNTIME-CONFIG-QUERY-CONSTANTS
    "seq_page_cost": "0.1",
    "random_page_cost": "0.11",
    # Under SERIALIZABLE, conflicts are between tables as on Redshift: reading a row counts as reading the table.
    "max_pred_locks_per_relation": "0",
    # The server's own connections are the superuser's: no number of clients keeps it from its work.
    "max_connections": str(SESSIONS + 2 * _RESERVED),
    "superuser_reserved_connections": str(_RESERVED),
    # The server has asked for the password before, and answers at once.
    "authentication_timeout": "10s",
}


class Warehouse:
    """The embedded PostgreSQL of one local Redshift.

    :param settings: folder, names and passwords.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.cluster = PostgresCluster(
            settings.folder / "warehouse",
            superuser=_SUPERUSER,
            authentication="md5",
            settings=_SETTINGS,
            binaries=settings.binaries,
        )
        self.first_query_id = 1
        self.session_defaults = {"default_transaction_isolation": settings.isolation.postgres}

    @property
    def socket(self) -> Path:
        """The socket that sessions connect to."""
        return self.cluster.socket_folder / ".s.PGSQL.5432"

    @property
    def dsn(self) -> str:
        """The address of the database, as the superuser."""
        return self.cluster.dsn(self._settings.database)

    def start(self) -> None:
        """Start PostgreSQL and create what is missing.

        Call it from a thread that lives as long as the server, the main one for instance.

        :raises PostgresError: when it does not start, or refuses a name.
        """
        if _SUPERUSER in (self._settings.user, *dict(self._settings.users)):
            raise PostgresError(f"The user {_SUPERUSER} is the server's own, as on Redshift. Choose another name.")
        self.cluster.start()
        try:
            self._prepare()
        except psycopg.Error as error:
            self.cluster.stop()
            raise PostgresError(
                f"The warehouse in {self.cluster.folder} could not be prepared: {str(error).strip()}. "
                f"Its log is {self.cluster.log}."
            ) from error
        except BaseException:
            self.cluster.stop()
            raise

    def stop(self) -> None:
        """Stop PostgreSQL."""
        self.cluster.stop()

    @property
    def running(self) -> bool:
        """Whether PostgreSQL runs."""
        return self.cluster.pid is not None

    def restart(self) -> None:
        """Start PostgreSQL again after it died."""
        self.cluster.stop()
        self.cluster.start()

    def _prepare(self) -> None:
        settings = self._settings
        self.cluster.create_role(settings.user, settings.password, _ADMINISTRATOR)
        for name, password in settings.users:
            self.cluster.create_role(name, password)
        user = sql.Identifier(settings.user)
        with self.cluster.connect() as connection:
            connection.execute(sql.SQL("GRANT pg_signal_backend, pg_monitor TO {}").format(user))
        self.cluster.create_database(settings.database, owner=settings.user)
        with self.cluster.connect(settings.database) as connection:
            is_new = _value(connection, "SELECT to_regnamespace('redshift_catalog') IS NULL") == "True"
            self._make_catalog(connection)
            if is_new:
                # "By default, all users have CREATE and USAGE privileges on the PUBLIC schema of a database":
                # https://docs.aws.amazon.com/redshift/latest/dg/r_Schemas_and_tables.html
                connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
            connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(user))
            self.first_query_id = int(_value(connection, "SELECT nextval('redshift_catalog.query_ids')"))

    def _make_catalog(self, connection: psycopg.Connection[Any]) -> None:
        """Create Redshift's catalog, unless this version of the code has created it already."""
        digest = _catalog_digest()
        if _value(connection, "SELECT obj_description(to_regnamespace('redshift_catalog'), 'pg_namespace')") != digest:
            try:
                self._run_bootstrap(connection, digest)
            except psycopg.errors.InvalidTableDefinition:  # a view of an older version has other columns
                log.warning("The system views are created again; your views that read them are dropped.")
                self._run_bootstrap(connection, digest, recreate=True)
        connection.execute("TRUNCATE redshift_catalog.recorded_load_errors")

    def _run_bootstrap(self, connection: psycopg.Connection[Any], digest: str, *, recreate: bool = False) -> None:
        with connection.transaction():
            for script in bootstrap(recreate=recreate):
                connection.execute(script.encode())
            connection.execute(sql.SQL("COMMENT ON SCHEMA redshift_catalog IS {}").format(digest))


def _catalog_digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(catalog.__file__).parent.glob("*.*")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _value(connection: psycopg.Connection[Any], query: LiteralString) -> str:
    row = connection.execute(query).fetchone()
    return str(row[0]) if row else ""
