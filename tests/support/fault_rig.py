"""The operators over proxies that spoil what passes between them, the warehouse and S3."""

from __future__ import annotations

import json
import re
import socket
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from local_redshift import RedshiftServer
from local_redshift.testing import Moment, Request, S3Fault, S3Proxy, S3Rule, Statement, WireFault, WireProxy, WireRule
from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.warehouse import WarehouseHook
from sparkify.loading.quality import Check
from sparkify.loading.table_load import TableLoad
from sparkify.operators.data_quality import DataQualityOperator
from sparkify.operators.load_fact import LoadFactOperator
from sparkify.operators.stage_to_redshift import StageToRedshiftOperator
from sparkify.tables import EVENT_COLUMNS, STAGING_TABLES, WRITERS_LOCK
from tests.support.faults.error_classes import Connecting, ErrorClass, Mistake, OnS3, OnStatement, Work
from tests.support.staging_operators import stage_partitions

TASK = "task"
HOUR = "log_data/2018/11/05/13/"
_EVENT = {"artist": "A", "auth": "Logged In", "page": "NextSong", "ts": 1541423000000, "userId": "1", "sessionId": 1}
#: The statement that does each operator's work.
_STATEMENTS = {Work.STAGE: r"^\s*COPY ", Work.LOAD: r"^\s*INSERT INTO ", Work.CHECK: r"COUNT\(\*\)"}


@dataclass(frozen=True)
class Servers:
    """A warehouse whose COPY reads S3 through a proxy, and a proxy before each of them.

    :param redshift: the warehouse.
    :param wire: the way to it.
    :param task_s3: the tasks' way to S3.
    :param copy_s3: COPY's way to S3.
    :param keys: S3's access key and secret.
    """

    redshift: RedshiftServer
    wire: WireProxy
    task_s3: S3Proxy
    copy_s3: S3Proxy
    keys: tuple[str, str]

    def warehouse(self, conn_type: str) -> dict[str, Any]:
        """Return the Airflow connection of the warehouse."""
        given = self.redshift.connection()
        return {
            "conn_type": conn_type,
            "host": "127.0.0.1",
            "port": self.wire.port,
            "login": given["user"],
            "password": given["password"],
            "schema": given["dbname"],
            "extra": {"ssl": False} if conn_type == "redshift" else {"sslmode": "disable"},
        }

    def s3(self) -> dict[str, Any]:
        """Return the Airflow connection of S3; its client gives up at once, to save the tests' time."""
        retries = {"config_kwargs": {"retries": {"mode": "standard", "total_max_attempts": 2}}}
        aws = {"endpoint_url": self.task_s3.endpoint, "region_name": "us-east-1", **retries}
        return {"conn_type": "aws", "login": self.keys[0], "password": self.keys[1], "extra": aws}


class Rig:
    """A staging schema, a source of one hour, and the three operators' work upon them."""

    def __init__(self, servers: Servers, conn_type: str, patch: pytest.MonkeyPatch) -> None:
        self.servers = servers
        self.patch = patch
        self.given = {"FAULTS_DB": servers.warehouse(conn_type), "FAULTS_S3": servers.s3()}
        for name, value in self.given.items():
            patch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))
        self.schema = f"run_{uuid.uuid4().hex[:12]}"
        self.hook = WarehouseHook("faults_db")
        self.store = ObjectStore("faults_s3")
        with self.hook.session() as session:
            session.run(f"CREATE SCHEMA {self.schema}")
            for table in STAGING_TABLES:
                session.run(f"CREATE TABLE {self.schema}.{table} (LIKE staging_template.{table})")
            session.run(f"CREATE TABLE {self.schema}.t (id INTEGER, name VARCHAR(9))")
            session.run(f"CREATE TABLE {self.schema}.source (id INTEGER, name VARCHAR(9))")
            session.run(f"INSERT INTO {self.schema}.source VALUES (1, 'a'), (2, 'b')")
        self.put([json.dumps(_EVENT | {"itemInSession": number}) for number in range(3)])

    def put(self, lines: list[str]) -> None:
        """Deliver the hour's file."""
        self.store.put("stage", f"{self.schema}/{HOUR}a.json", "\n".join(lines).encode())

    def drop(self) -> None:
        """Drop the schema."""
        with self.hook.session() as session:
            session.run(f"DROP SCHEMA {self.schema} CASCADE")

    def run(self, work: Work, **options: Any) -> dict[str, Any]:
        """Execute one try of an operator."""
        operator = {Work.STAGE: self._stage, Work.LOAD: self._load, Work.CHECK: self._check}[work](options)
        ti = SimpleNamespace(dag_id="dag", run_id=self.schema, task_id=TASK, try_number=1)
        counts: dict[str, Any] = operator.execute({"ti": ti, "outlet_events": defaultdict(SimpleNamespace)})
        return counts

    def rows(self) -> list[list[Any]]:
        """Return what the operators' work leaves."""
        with self.hook.session(search_path=(self.schema,)) as session:
            return [
                session.rows("SELECT item_in_session, source_partition FROM staging_events ORDER BY 1"),
                session.rows("SELECT source_partition, source_lines, staged, rejected FROM staged_partitions"),
                session.rows("SELECT id, name FROM t ORDER BY 1"),
            ]

    @contextmanager
    def spoiled(self, error: ErrorClass, work: Work, times: int | None = None) -> Iterator[dict[str, Any]]:
        """Bring an error about while the block runs; yields the operator's options.

        :param times: how often it happens; ``None``: always.
        """
        cause, options = error.cause, {}
        with pytest.MonkeyPatch.context() as patch:
            if isinstance(cause, OnStatement):
                patch.setattr(self.servers.wire, "rule", on_statement(cause, work, times))
            elif isinstance(cause, OnS3):
                proxies = {"task": self.servers.task_s3, "copy": self.servers.copy_s3}
                for reader, proxy in proxies.items():
                    if cause.reader in (reader, "both"):
                        patch.setattr(proxy, "rule", _on_s3(cause))
            elif isinstance(cause, Mistake):
                options = dict(cause.options)
                if cause.line:
                    self.put([cause.line])
            else:
                self._misdirect(cause, patch)
            yield options

    def _misdirect(self, cause: Connecting, patch: pytest.MonkeyPatch) -> None:
        changes = dict(cause.changes)
        if cause.server == "resets":
            patch.setattr(self.servers.wire, "refuse_connections", True)
        elif cause.server:
            listener = socket.create_server(("127.0.0.1", 0))
            changes["port"] = listener.getsockname()[1]
            if cause.server == "closed":
                listener.close()
            else:
                patch.setattr(self, "_listener", listener, raising=False)  # open for as long as the patch
                changes["extra"] = self._waiting_briefly()
        for name, changed in (("FAULTS_DB", changes), ("FAULTS_S3", cause.s3_changes)):
            patch.setenv(f"AIRFLOW_CONN_{name}", json.dumps({**self.given[name], **changed}))

    def _waiting_briefly(self) -> dict[str, Any]:
        """Return the extra of a connection that waits 2 seconds for an answer, not half a minute."""
        given = self.given["FAULTS_DB"]
        limit = "timeout" if given["conn_type"] == "redshift" else "connect_timeout"
        return {**given["extra"], limit: 2}

    def _stage(self, options: dict[str, Any]) -> StageToRedshiftOperator:
        return stage_partitions(
            **{
                "task_id": TASK,
                "redshift_conn_id": "faults_db",
                "aws_conn_id": "faults_s3",
                "search_path": [self.schema, "public", "etl"],
                "table": "staging_events",
                "columns": EVENT_COLUMNS,
                "bucket": "stage",
                "prefix": f"{self.schema}/log_data",
                "window": "2018-11-05T13:00Z to 2018-11-05T14:00Z",
                "manifest_bucket": "manifests",
                "copy_role": "arn:aws:iam::123456789012:role/copy",
                **options,
            }
        )

    def _load(self, options: dict[str, Any]) -> LoadFactOperator:
        given = {"table": "t", "columns": ["id", "name"], "key": ["id"], "sql": "SELECT id, name FROM source"}
        load = {name: options.pop(name, value) for name, value in given.items()}
        return LoadFactOperator(
            task_id=TASK,
            redshift_conn_id="faults_db",
            search_path=[self.schema, "public", "etl"],
            load=TableLoad(**load),
            lock=WRITERS_LOCK,
            **options,
        )

    def _check(self, options: dict[str, Any]) -> DataQualityOperator:
        sql = options.pop("check", "SELECT id FROM source WHERE id < 0")
        return DataQualityOperator(
            task_id=TASK,
            redshift_conn_id="faults_db",
            search_path=[self.schema, "public", "etl"],
            checks=[Check("ids_positive", sql)],
        )


def on_statement(cause: OnStatement, work: Work, times: int | None) -> WireRule:
    pattern = re.compile(cause.statement or _STATEMENTS[work], re.IGNORECASE)
    met = 0

    def rule(statement: Statement, moment: Moment) -> WireFault | None:
        nonlocal met
        if statement.task != TASK or moment is not cause.moment or not pattern.search(statement.text):
            return None
        met += 1
        return cause.fault if times is None or met <= times else None

    return rule


def _on_s3(cause: OnS3) -> S3Rule:
    def rule(request: Request) -> S3Fault | None:
        meets = request.is_listing if cause.listing else request.method == "GET" and HOUR in request.path
        return cause.fault if meets else None

    return rule
