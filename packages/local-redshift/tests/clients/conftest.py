"""Clients in an environment of their own, which `make test-clients` makes; without it, their tests are skipped."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from local_redshift import RedshiftServer
from support.programs import Run

_ENVIRONMENT = Path(".venv-clients").absolute()


@pytest.fixture
def run(redshift: RedshiftServer) -> Run:
    """Run a program of the clients' environment; its server is in the variables of libpq."""
    if not (_ENVIRONMENT / "bin" / "dbt").exists():
        pytest.skip("The clients are not installed: `make test-clients` installs and runs them.")
    given = redshift.connection()
    variables = {
        "PGHOST": given["host"],
        "PGPORT": str(given["port"]),
        "PGUSER": given["user"],
        "PGPASSWORD": given["password"],
        "PGDATABASE": given["dbname"],
    }

    def run_program(program: str, *arguments: str, folder: Path | None = None) -> str:
        done = subprocess.run(
            [str(_ENVIRONMENT / "bin" / program), *arguments],
            cwd=folder,
            env=os.environ | variables | {"PYTHONPATH": "", "DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    return run_program
