"""A database and a folder in S3 for the time of a verification, and nothing else is touched.

The pipeline names its schemas (``public``, ``etl``, ``staging_template``), so that only a database of its own keeps it
apart. It is made and dropped here; who may not make databases names an empty one, which is emptied again at the end.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from bench.verify.asking import Asker, open_asker
from bench.verify.redaction import Redaction
from sparkify.hooks.connecting import find_login

#: The pipeline's own names of its Airflow connections.
REDSHIFT, AWS = "sparkify_redshift", "sparkify_aws"
#: What users have made: Redshift's own objects, which are in every database, belong to its user 1.
_TABLES = """
SELECT n.nspname, c.relname, c.relkind
FROM pg_class AS c INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'v')
    AND c.relowner <> 1
ORDER BY 1, 2
"""
_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"


class ScratchError(Exception):
    """There is no database to work in: none can be made, or the one that was named holds something."""


@dataclass(frozen=True)
class Target:
    """A server to ask, and a place in S3 that it reads from.

    :param name: in the report.
    :param bucket: for the source's files and manifests.
    :param prefix: key prefix in it, without a slash at its end.
    :param role: that COPY names, an ARN or ``default``.
    :param region: the bucket's, when it is not the server's.
    :param database: an empty database to use; None to make one.
    :param variables: the environment by which Airflow finds the connections, beside what is there.
    """

    name: str
    bucket: str
    prefix: str = ""
    role: str = "default"
    region: str = ""
    database: str | None = None
    variables: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Scratch:
    """What is made for one target.

    :param target: where.
    :param name: of what is made; nobody can guess it.
    :param database: the database.
    :param folder: the key prefix of everything in S3.
    :param redaction: takes secrets, and what is named differently on each server, out of texts.
    """

    target: Target
    name: str
    database: str
    folder: str
    redaction: Redaction

    @property
    def credentials(self) -> str:
        """COPY's clause for them."""
        role = self.target.role
        region = f" REGION '{self.target.region}'" if self.target.region else ""
        return (f"IAM_ROLE {role}" if role == "default" else f"IAM_ROLE '{role}'") + region

    def asker(self) -> AbstractContextManager[Asker]:
        """Open a session in the database."""
        return open_asker(REDSHIFT, AWS, database=self.database)

    def put(self, key: str, body: bytes) -> str:
        """Put an object below the folder, and return its address."""
        _s3().put_object(Bucket=self.target.bucket, Key=f"{self.folder}/{key}", Body=body)
        return f"s3://{self.target.bucket}/{self.folder}/{key}"


@contextmanager
def open_scratch(target: Target, tell: Callable[[str], None]) -> Iterator[Scratch]:
    """Make a scratch database and folder, point the pipeline to them, and remove them at the end, also after an error.

    :param target: where.
    :param tell: is told what could not be removed.
    :raises ScratchError: when no database can be made, or the target names one that holds something.
    """
    name = f"verify_{secrets.token_hex(8)}"
    with _environment(target.variables or {}):
        login = find_login(REDSHIFT, AWS)
        database = target.database or name
        folder = f"{target.prefix}/{name}".strip("/")
        words = {"bucket": target.bucket, "folder": folder, "role": target.role, "database": database}
        scratch = Scratch(target, name, database, folder, Redaction.of(login, **words))
        with _database(scratch, tell), _environment(_settings(login, scratch)):
            try:
                yield scratch
            finally:
                _remove_objects(scratch, tell)


@contextmanager
def _database(scratch: Scratch, tell: Callable[[str], None]) -> Iterator[None]:
    if scratch.target.database is not None:
        with _emptied(scratch, tell):
            yield
        return
    with open_asker(REDSHIFT, AWS) as asker:
        answer = asker(f"CREATE DATABASE {scratch.name}")
    if answer.error is not None:
        raise ScratchError(
            f"No scratch database can be made: {answer.error}. Connect as a user with CREATEDB, or name an empty "
            "database."
        )
    try:
        yield
    finally:
        with open_asker(REDSHIFT, AWS) as asker:
            # FORCE ends sessions that a failed step left; clusters before it know the plain statement only.
            answers = (asker(f"DROP DATABASE {scratch.name}{force}") for force in (" FORCE", ""))
            if all(answer.error is not None for answer in answers):
                tell(f"Still there: the database {scratch.name}. Drop it: DROP DATABASE {scratch.name} FORCE;")


@contextmanager
def _emptied(scratch: Scratch, tell: Callable[[str], None]) -> Iterator[None]:
    with scratch.asker() as asker:
        if tables := asker.rows(_TABLES):
            raise ScratchError(
                f"The database {scratch.database} holds {len(tables)} tables and views, {tables[0][0]}.{tables[0][1]} "
                "for instance: name an empty one, or none, and one is made."
            )
        before = set(asker.rows(_SCHEMAS))
    try:
        yield
    finally:
        with scratch.asker() as asker:
            drops = [f'DROP SCHEMA "{schema}" CASCADE' for (schema,) in sorted(set(asker.rows(_SCHEMAS)) - before)]
            failed = [sql for sql in drops if asker(sql).error]
            for schema, table, kind in asker.rows(_TABLES):
                drop = f'DROP {"VIEW" if kind == "v" else "TABLE"} "{schema}"."{table}" CASCADE'
                failed += [drop] if asker(drop).error else []
            for sql in failed if asker.rows(_TABLES) else []:
                tell(f"Still there, in the database {scratch.database}: {sql};")


def _settings(login: Any, scratch: Scratch) -> dict[str, str]:
    """Return the variables that point the pipeline to the scratch database and folder."""
    target, folder = scratch.target, scratch.folder
    connection = {
        "conn_type": login.conn_type,
        "host": login.host,
        "port": login.port,
        "login": login.login,
        "password": login.password,
        "schema": scratch.database,
        "extra": login.extra_dejson,
    }
    return {
        "AIRFLOW_CONN_SPARKIFY_REDSHIFT": json.dumps(connection),
        "AIRFLOW__SPARKIFY__SOURCE_BUCKET": target.bucket,
        "AIRFLOW__SPARKIFY__MANIFEST_BUCKET": target.bucket,
        "AIRFLOW__SPARKIFY__LOG_PREFIX": f"{folder}/log_data",
        "AIRFLOW__SPARKIFY__SONG_PREFIX": f"{folder}/song_data",
        "AIRFLOW__SPARKIFY__MANIFEST_PREFIX": f"{folder}/manifests",
        "AIRFLOW__SPARKIFY__LOG_LAYOUT": "hourly",
        "AIRFLOW__SPARKIFY__COPY_ROLE": target.role,
        "AIRFLOW__SPARKIFY__REGION": target.region,
    }


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _s3() -> Any:
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    return S3Hook(AWS).get_conn()


def _remove_objects(scratch: Scratch, tell: Callable[[str], None]) -> None:
    bucket, prefix = scratch.target.bucket, f"{scratch.folder}/"
    try:
        client = _s3()
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                client.delete_object(Bucket=bucket, Key=item["Key"])
    except Exception as error:
        tell(f"Still there: objects below s3://{bucket}/{prefix} ({type(error).__name__}). Delete them.")
