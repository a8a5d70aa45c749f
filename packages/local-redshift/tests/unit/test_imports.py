"""What the server loads at its start: it has to be ready soon and stay small."""

from __future__ import annotations

import subprocess
import sys

#: Large, and needed by few statements.
_LATER = {"pyarrow", "numpy", "pandas", "boto3", "sqlglot", "airflow"}


def test_the_server_starts_without_what_few_statements_need() -> None:
    code = "import sys, local_redshift.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert _LATER.isdisjoint(loaded)


def test_a_worker_process_of_copy_needs_no_client_and_no_network() -> None:
    code = "import sys, local_redshift.__main__, local_redshift.copy.workers; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert (_LATER | {"psycopg", "uvloop", "click", "cryptography"}).isdisjoint(loaded)
