"""Prepared statements, portals, batches and metadata through pgjdbc: https://jdbc.postgresql.org"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local_redshift import RedshiftServer

#: Where Debian's package libpostgresql-jdbc-java puts it.
DRIVER = Path(os.environ.get("JDBC_DRIVER", "/usr/share/java/postgresql.jar"))


@pytest.mark.skipif(
    not (shutil.which("java") and DRIVER.exists()),
    reason="No Java or no pgjdbc: apt install default-jdk-headless libpostgresql-jdbc-java, or set JDBC_DRIVER.",
)
@pytest.mark.parametrize("mode", ["extended", "simple"])
def test_a_java_program_works(redshift: RedshiftServer, mode: str) -> None:
    given = redshift.connection()
    url = f"jdbc:postgresql://{given['host']}:{given['port']}/{given['dbname']}?preferQueryMode={mode}&sslmode=require"
    program = Path(__file__).parent / "programs" / "Jdbc.java"
    done = subprocess.run(
        ["java", "-cp", str(DRIVER), str(program), url, given["user"], given["password"]],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "product PostgreSQL",
        "inserted 20",
        "updated 1",
        "read 10",
        "tables [child, parent]",
        "columns [id, at, d]",
        "types [int4, timestamp, numeric]",
        "key [id]",
        "imported [parent]",
        "schemas [jdbc]",
    ]
