"""Checks everything that the pipeline needs from its environment, and says what was seen and what to do about it.

No check leaves a change behind: one small object is written to the manifest folder and removed again, and a COPY is
tried with NOLOAD.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparkify.hooks.errors import describe, rule_of, step_of
from sparkify.hooks.sql_files import SqlFiles
from sparkify.hooks.sql_text import put_values
from sparkify.hooks.table_definitions import defined_tables, differences, found_tables
from sparkify.ledger.migrations import Migrations
from sparkify.monitoring.orphans import describe_orphans
from sparkify.operators.upkeep.diagnose import Finding
from sparkify.settings import Settings
from sparkify.source.data_files import classify_objects
from sparkify.source.file_reading import find_compression
from sparkify.source.partitions import as_folder, layout_from_name, layouts
from sparkify.source.unclaimed import ADVICE, find_unclaimed
from sparkify.staging.copy_settings import CopySettings
from sparkify.staging.copy_statement import build_copy
from sparkify.tables import READER_GROUP

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession

_SCHEMAS = ("public", "etl", "staging_template")
_WRITING = ("select", "insert", "update", "delete")
#: How many files are looked at to find a folder's layout, and among how many objects they are searched for.
_LOOKED_AT, _SEARCHED = 20, 10_000


class CheckError(Exception):
    """A check that has failed.

    :param seen: what was seen.
    :param fix: what to do.
    :param is_fatal: whether it prevents the pipeline from working.
    """

    def __init__(self, seen: str, fix: str, *, is_fatal: bool = True) -> None:
        super().__init__(seen)
        self.fix = fix
        self.is_fatal = is_fatal


@dataclass(frozen=True)
class Doctor:
    """Checks connections, bucket, role, grants, isolation and tables, and looks for orphaned rows.

    The search for orphans reads the whole star and its bookkeeping; the other checks cost the same at any size.

    :param settings: the pipeline's settings.
    """

    settings: Settings

    def examine(self) -> Iterator[Finding]:
        """Run all checks, also after one has failed."""
        from sparkify.hooks.object_store import ObjectStore

        settings, store = self.settings, ObjectStore(self.settings.aws_conn_id)
        aws = f"correct the Airflow connection {settings.aws_conn_id!r}, or what its user may do."
        yield self._check("source bucket", lambda: self._list_source(store), aws)
        yield self._check("event logs", lambda: self._look_at_logs(store), aws)
        yield self._check("unclaimed files", lambda: self._find_unclaimed(store), aws)
        yield self._check("song files", lambda: self._look_at_songs(store), aws)
        yield self._check("manifest folder", lambda: self._write_manifest(store), aws)
        fix = f"correct the Airflow connection {settings.redshift_conn_id!r}, or start the warehouse."
        try:
            with self._warehouse(settings.redshift_conn_id) as session:
                yield self._check("warehouse", lambda: str(session.one("SELECT version()")[0]), fix)
                yield self._check(
                    "isolation level", lambda: self._look_at_isolation(session), "see whether the user may read it."
                )
                yield self._check("tables", lambda: self._compare_tables(session), "run sparkify_create_tables.")
                yield self._check(
                    "migrations", lambda: self._compare_migrations(session), "run sparkify_create_tables."
                )
                yield self._check("orphans", lambda: self._find_orphans(session), "run sparkify_create_tables.")
                yield self._check("encryption", lambda: _encryption(session), "take 'ssl' out of the extra.")
                yield self._check("grants", lambda: self._look_at_grants(session), "grant it to the connection's user.")
                yield self._check("copy role", lambda: self._try_copy(session, store), "see the message.")
        except Exception as error:
            yield Finding("warehouse", "failed", describe(error), _fix(error, fix))
        reader = f"correct the Airflow connection {settings.reader_conn_id!r}, or what its user may do."
        yield self._check("reader", self._look_at_reader, reader)

    def _warehouse(self, conn_id: str) -> AbstractContextManager[WarehouseSession]:
        from sparkify.hooks.warehouse import WarehouseHook

        hook = WarehouseHook(conn_id, self.settings.aws_conn_id)
        return hook.session(search_path=_SCHEMAS, label="doctor")

    @staticmethod
    def _check(name: str, look: Callable[[], str], fix: str) -> Finding:
        try:
            return Finding(name, "ok", look())
        except CheckError as problem:
            return Finding(name, "failed" if problem.is_fatal else "warning", str(problem), problem.fix)
        except Exception as error:
            return Finding(name, "failed", describe(error), _fix(error, fix))

    def _list_source(self, store: ObjectStore) -> str:
        bucket = self.settings.source_bucket
        next(store.iter_objects(bucket, ""), None)
        return f"s3://{bucket} can be listed at {store.endpoint}."

    def _look_at_logs(self, store: ObjectStore) -> str:
        folder, layout = as_folder(self.settings.log_prefix), self.settings.log_layout
        keys = self._first_keys(store, folder)
        where = f"s3://{self.settings.source_bucket}/{folder}"
        if not keys:
            raise CheckError(f"{where} holds no files.", "correct log_prefix, or wait for files.", is_fatal=False)
        paths = [key[len(folder) :] for key in keys]
        fitting = [name for name, form in layouts(folder).items() if any(map(form.partition_of, paths))]
        if layout not in fitting:
            other = f"set log_layout to {fitting[0]}." if fitting else "correct log_prefix or the files' names."
            raise CheckError(f"{keys[0]} does not fit the layout {layout}.", other)
        return f"{where} has files in the layout {layout}."

    def _find_unclaimed(self, store: ObjectStore) -> str:
        settings = self.settings
        layout = layout_from_name(settings.log_layout, settings.log_prefix)
        unclaimed = find_unclaimed(store, settings.source_bucket, layout, None, settings.other_prefixes)
        if unclaimed:
            raise CheckError(unclaimed.seen, ADVICE, is_fatal=False)
        return f"Every file below s3://{settings.source_bucket}/{layout.root} belongs to a partition."

    def _look_at_songs(self, store: ObjectStore) -> str:
        folder = as_folder(self.settings.song_prefix)
        if not self._first_keys(store, folder):
            seen = f"s3://{self.settings.source_bucket}/{folder} holds no files."
            raise CheckError(seen, "correct song_prefix, or wait for files.", is_fatal=False)
        return f"s3://{self.settings.source_bucket}/{folder} has files."

    def _first_keys(self, store: ObjectStore, prefix: str) -> list[str]:
        """Return the keys of the first data files; there may be other objects before them."""
        listed = islice(store.iter_objects(self.settings.source_bucket, prefix), _SEARCHED)
        data = (item.key for item in listed if classify_objects([item], prefix).data)
        return list(islice(data, _LOOKED_AT))

    def _write_manifest(self, store: ObjectStore) -> str:
        key = f"{self.settings.manifest_prefix}/doctor/{uuid.uuid4().hex}"
        uri = store.put(self.settings.manifest_bucket, key, b"{}")
        store.delete(self.settings.manifest_bucket, [key])
        return f"{uri.rpartition('/')[0]} can be written to and removed from."

    def _compare_tables(self, session: WarehouseSession) -> str:
        folder = Path(self.settings.sql_folder) / "tables"
        defined = defined_tables(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql")))
        found = found_tables(session.rows(self._query("columns_of_tables")))
        lines = differences(defined, found)
        if lines:
            missing = all(line.endswith("missing") and line.count(".") == 1 for line in lines)
            fix = "run sparkify_create_tables." if missing else "bring the tables up to date with sql/tables."
            raise CheckError(f"{'; '.join(lines[:5])}{f'; and {len(lines) - 5} more' * (len(lines) > 5)}.", fix)
        return f"{len(defined)} tables are as sql/tables defines them."

    def _compare_migrations(self, session: WarehouseSession) -> str:
        migrations = Migrations(SqlFiles(self.settings.sql_folder))
        missing = migrations.pending(session)
        if missing:
            seen = f"The warehouse lacks {', '.join(map(str, missing))}."
            raise CheckError(seen, "run sparkify_create_tables while nothing loads.")
        return f"The warehouse has all {len(migrations.read())} of sql/migrations."

    def _find_orphans(self, session: WarehouseSession) -> str:
        """Look for orphaned rows in whole tables: the checks of a run see only its own hours."""
        seen, fix = describe_orphans(session.rows(self._query("orphans")))
        if seen:
            raise CheckError(seen, fix)
        return "Every row of the star is delivered by a file that the ledger has."

    def _look_at_reader(self) -> str:
        conn_id = self.settings.reader_conn_id
        if conn_id == self.settings.redshift_conn_id:
            raise CheckError(
                "The pages in Airflow's UI read by the connection that loads.",
                "set reader_conn_id to a connection whose user may only read (docs/aws.md).",
                is_fatal=False,
            )
        with self._warehouse(conn_id) as session:
            may = {privilege: self._may_use(session, "etl.load_ledger", privilege) for privilege in _WRITING}
        if not may["select"]:
            raise CheckError(
                f"The user of {conn_id!r} may not read etl.load_ledger.",
                f"put it into the group {READER_GROUP} and run sparkify_create_tables.",
            )
        writing = [privilege for privilege, has in may.items() if has and privilege != "select"]
        if writing:
            seen = f"The user of {conn_id!r} may {', '.join(writing)} as well."
            raise CheckError(seen, "give the pages a user that may only read.", is_fatal=False)
        return f"The user of {conn_id!r} may read and nothing else."

    def _look_at_isolation(self, session: WarehouseSession) -> str:
        rows = session.rows(self._query("isolation_level"))
        level = str(rows[0][0]).strip() if rows else "unknown"
        if "snapshot" not in level.lower():
            raise CheckError(
                f"The database's isolation level is {level}: loads beside each other are retried more often.",
                "ALTER DATABASE … ISOLATION LEVEL SNAPSHOT, as its owner, while nobody is connected.",
                is_fatal=False,
            )
        return f"{level}."

    def _look_at_grants(self, session: WarehouseSession) -> str:
        missing = []
        if not session.one(self._query("may_create_schemas"))[0]:
            missing.append("CREATE on the database, for the runs' staging schemas")
        for schema in _SCHEMAS:
            if not session.one(self._query("may_use_schema", schema_name=schema))[0]:
                missing.append(f"USAGE on schema {schema}")
        tables = found_tables(session.rows(self._query("columns_of_tables")))
        used = sorted(table for table in tables if table.partition(".")[0] in _SCHEMAS)
        for table in used:
            for privilege in ("select",) if table.startswith("staging_template.") else _WRITING:
                if not self._may_use(session, table, privilege):
                    missing.append(f"{privilege.upper()} on {table}")
        if missing:
            raise CheckError(f"Missing: {'; '.join(missing[:5])}.", "grant it to the connection's user.")
        return f"The connection's user may use {len(used)} tables and create schemas."

    def _may_use(self, session: WarehouseSession, table: str, privilege: str) -> bool:
        return bool(session.one(self._query("may_use_table", table_name=table, privilege=privilege))[0])

    def _query(self, name: str, **values: Any) -> str:
        return put_values(SqlFiles(self.settings.sql_folder).statement(f"upkeep/{name}.sql"), values)

    def _try_copy(self, session: WarehouseSession, store: ObjectStore) -> str:
        """Have the warehouse read a file of the source, without loading it."""
        keys = self._first_keys(store, as_folder(self.settings.song_prefix))
        role = self.settings.copy_role
        if not keys:
            raise CheckError("There is no song file to try it with.", "run it again when there is.", is_fatal=False)
        folder = self.settings.manifest_prefix
        key = f"{folder}/doctor/{uuid.uuid4().hex}.manifest"
        entry = {"url": f"s3://{self.settings.source_bucket}/{keys[0]}", "mandatory": True}
        uri = store.put(self.settings.manifest_bucket, key, json.dumps({"entries": [entry]}).encode())
        options = CopySettings(role).options(store, region=self.settings.region)
        try:
            session.run("CREATE TEMP TABLE doctor_probe (song_id VARCHAR(64))")
            compression = find_compression(store, self.settings.source_bucket, keys[0])
            copy = build_copy("doctor_probe", [], uri, options, compression)
            session.run(f"{copy}\nNOLOAD", secret=True)
        except Exception as error:
            raise CheckError(
                f"The warehouse cannot read {entry['url']}: {describe(error)}",
                f"attach the role {role} to the warehouse, and allow it s3:GetObject and s3:ListBucket on the buckets.",
            ) from error
        finally:
            store.delete(self.settings.manifest_bucket, [key])
        return f"The warehouse reads s3://{self.settings.source_bucket} by {'keys' if options.keys else role}."


def _fix(error: Exception, otherwise: str) -> str:
    rule = rule_of(error)
    return f"{step_of(rule)}." if rule is not None else otherwise


def _encryption(session: WarehouseSession) -> str:
    if session.is_encrypted:
        return "The connection is encrypted."
    raise CheckError(
        "The connection is not encrypted: whoever is in between reads passwords and data.",
        "leave ssl and sslmode out of the connection's extra.",
        is_fatal=False,
    )
