"""Other ways to load JSON objects from S3, for ``bench.copy``.

Each loads into its own table and returns that table's name with the seconds that it took. DuckDB and dlt are installed
separately (``requirements/bench-rivals.txt``), so that they do not constrain the versions of the pipeline's packages.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
import psycopg

from local.install import main as install_environment
from local_redshift.postgres import find_binaries

if TYPE_CHECKING:
    from bench.copied import Bench, Source

_ROOT = Path(__file__).parents[1]
_ENVIRONMENT = _ROOT / ".state" / "bench" / "rivals-venv"
_LOCK = Path(__file__).parents[1] / "requirements" / "bench-rivals.txt"
#: The Python that has DuckDB and dlt.
_PYTHON = _ENVIRONMENT / "bin" / "python"
_BATCH = 1000


def install() -> None:
    """Install DuckDB and dlt into their own virtual environment, unless they are installed."""
    _ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    install_environment(_ENVIRONMENT, _LOCK)


class NotInstalled(Exception):
    """The rival is not installed."""


def timed(table: str, started: float) -> str:
    """Return a table's name with the seconds since a moment."""
    return f"{table} {time.perf_counter() - started}"


def name_of(table: str) -> str:
    """Return the table's name from the result of :func:`timed`."""
    return table.split(" ")[0]


def seconds_of(table: str, otherwise: float) -> float:
    """Return the seconds from the result of :func:`timed`.

    :param otherwise: the seconds to return when there are none.
    """
    _, _, seconds = table.partition(" ")
    return float(seconds) if seconds else otherwise


def psql_copy(bench: Bench, source: Source, files: Sequence[Path]) -> str:
    """Load CSV files with psql's \\copy, one after the other, in one transaction."""
    table = f"{source.name}_psql"
    bench.execute(f"DROP TABLE IF EXISTS {table}")
    bench.execute(source.ddl(table))
    script = "BEGIN;\n" + "".join(f"\\copy {table} FROM '{file}' (FORMAT csv)\n" for file in files) + "COMMIT;\n"
    command = [str(find_binaries() / "psql"), "-qX", "-v", "ON_ERROR_STOP=1", bench.postgres]
    started = time.perf_counter()
    subprocess.run(command, input=script, text=True, check=True)
    return timed(table, started)


def executemany(bench: Bench, source: Source, keys: Sequence[str]) -> str:
    """Load as a simple Python program would: get, parse, executemany."""
    table = f"{source.name}_executemany"
    bench.execute(f"DROP TABLE IF EXISTS {table}")
    bench.execute(source.ddl(table))
    marks = ", ".join(["%s"] * len(source.columns))
    started = time.perf_counter()
    with psycopg.connect(bench.postgres) as connection, connection.cursor() as cursor:
        rows: list[list[Any]] = []
        for key in keys:
            raw = bytes(obstore.get(bench.store, key).bytes())
            for line in (gzip.decompress(raw) if source.gzip else raw).splitlines():
                found = json.loads(line)
                rows.append([_plain(found.get(key), kind) for _, key, kind in source.columns])
                if len(rows) == _BATCH:
                    cursor.executemany(f"INSERT INTO {table} VALUES ({marks})".encode(), rows)
                    rows = []
        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})".encode(), rows)
    return timed(table, started)


def _plain(value: Any, kind: str) -> Any:
    return None if value == "" and "VARCHAR" not in kind else value


def duckdb(bench: Bench, source: Source) -> str:
    """Load with DuckDB. Its table is then copied to PostgreSQL as CSV, which is not measured."""
    output = bench.folder / f"{source.name}-duckdb.csv"
    seconds = _run("duckdb", bench, source, {"output": str(output)})
    table = f"{source.name}_duckdb"
    bench.execute(f"DROP TABLE IF EXISTS {table}")
    bench.execute(source.ddl(table))
    statement = f"COPY {table} FROM STDIN (FORMAT csv)".encode()
    with psycopg.connect(bench.postgres) as connection, connection.cursor().copy(statement) as copy:
        copy.write(output.read_bytes())
    return f"{table} {seconds}"


def dlt(bench: Bench, source: Source) -> str:
    """Load with a dlt pipeline from a filesystem source into PostgreSQL."""
    bench.execute("DROP SCHEMA IF EXISTS dlt CASCADE")
    # dlt requires a host in the URL; libpq uses the parameter, which is the socket's folder
    address = bench.postgres.replace("@/", "@localhost:5432/")
    seconds = _run("dlt", bench, source, {"postgres": address, "folder": str(bench.folder / "dlt")})
    bench.execute(f"DROP VIEW IF EXISTS {source.name}_dlt")
    values = ", ".join(
        f"{name}::{kind}" if "VARCHAR" in kind else f"NULLIF({name}::text, '')::{kind} AS {name}"
        for name, _, kind in source.columns
    )
    bench.execute(f"CREATE VIEW {source.name}_dlt AS SELECT {values} FROM dlt.{source.name}")
    return f"{source.name}_dlt {seconds}"


def _run(rival: str, bench: Bench, source: Source, more: dict[str, Any]) -> float:
    if not _PYTHON.exists():
        raise NotInstalled("it is not installed")
    job = {
        "endpoint": bench.s3.endpoint,
        "key": bench.s3.access_key_id,
        "secret": bench.s3.secret_access_key,
        "bucket": "bench",
        "objects": str(bench.s3.folder / "bench"),
        "name": source.name,
        "gzip": source.gzip,
        "columns": source.columns,
        **more,
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AIRFLOW"))}
    # -I: bench/ contains a module named copy, which would hide Python's own
    command = [str(_PYTHON), "-I", str(Path(__file__).with_name("rival_loaders.py")), rival]
    done = subprocess.run(
        command, input=json.dumps(job), text=True, check=True, stdout=subprocess.PIPE, env=environment, cwd=bench.folder
    )
    return float(done.stdout.splitlines()[-1])
