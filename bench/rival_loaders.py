"""DuckDB and dlt, run by ``bench.rivals`` in an environment of their own: job on stdin, seconds on stdout."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


def run_duckdb(job: dict[str, Any]) -> float:
    """Load by read_json into a table, and then write that to a CSV file.

    From the files behind the S3 server: its extension for S3 is downloaded from a server of its own.
    """
    import duckdb  # type: ignore[import-not-found,unused-ignore]

    connection = duckdb.connect(":memory:")
    columns = ", ".join(f"'{key}': 'VARCHAR'" for _, key, _ in job["columns"])
    values = ", ".join(
        f'"{key}"' if "VARCHAR" in kind else f"NULLIF(trim(\"{key}\"), '')::{kind}" for _, key, kind in job["columns"]
    )
    source = (
        f"read_json('{job['objects']}/{job['name']}/**/*.json*', format = 'newline_delimited', columns = {{{columns}}})"
    )
    started = time.perf_counter()
    connection.execute(f"CREATE TABLE loaded AS SELECT {values} FROM {source}")
    seconds = time.perf_counter() - started
    connection.execute(f"COPY loaded TO '{job['output']}' (FORMAT csv, HEADER false, FORCE_QUOTE *, NULLSTR '')")
    return seconds


def run_dlt(job: dict[str, Any]) -> float:
    """Load by a filesystem source and a postgres destination."""
    os.environ |= {"DLT_DATA_DIR": job["folder"], "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    import dlt  # type: ignore[import-not-found,unused-ignore]
    from dlt.sources.credentials import AwsCredentials  # type: ignore[import-not-found,unused-ignore]
    from dlt.sources.filesystem import filesystem, read_jsonl  # type: ignore[import-not-found,unused-ignore]

    credentials = AwsCredentials(
        aws_access_key_id=job["key"],
        aws_secret_access_key=job["secret"],
        endpoint_url=job["endpoint"],
        region_name="us-east-1",
    )
    started = time.perf_counter()
    files = filesystem(f"s3://{job['bucket']}/{job['name']}", file_glob="**/*.json*", credentials=credentials)
    destination = dlt.destinations.postgres(job["postgres"])
    pipeline = dlt.pipeline("bench", destination=destination, dataset_name="dlt")
    hints = {name: {"data_type": "double"} for name, _, kind in job["columns"] if kind.startswith("DOUBLE")}
    rows = (files | read_jsonl()).with_name(job["name"])
    rows.apply_hints(columns=hints)
    pipeline.run(rows, write_disposition="replace")
    return time.perf_counter() - started


if __name__ == "__main__":
    print({"duckdb": run_duckdb, "dlt": run_dlt}[sys.argv[1]](json.load(sys.stdin)))
