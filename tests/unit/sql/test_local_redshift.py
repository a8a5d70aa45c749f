"""sql/ contains nothing that PostgreSQL supports and Redshift does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_redshift.testing import check_statements

FILES = sorted((Path(__file__).parents[3] / "sql").rglob("*.sql"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_local_redshift_refuses_no_statement(path: Path) -> None:
    assert check_statements(path.read_text(encoding="utf-8"))
