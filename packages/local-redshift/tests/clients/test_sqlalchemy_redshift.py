"""SQLAlchemy with the Redshift dialect, over both of its drivers.

https://sqlalchemy-redshift.readthedocs.io
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.programs import Run


@pytest.mark.parametrize("driver", ["psycopg2", "redshift_connector"])
def test_tables_are_made_filled_and_reflected(run: Run, driver: str) -> None:
    program = Path(__file__).parent / "programs" / "reflect_tables.py"
    assert run("python", str(program), driver).splitlines()[-1] == "all as declared"
