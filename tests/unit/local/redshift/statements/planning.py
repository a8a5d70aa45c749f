"""Helpers: what a statement becomes, and how it is refused."""

from __future__ import annotations

import pytest

from local.redshift.errors import RedshiftError
from local.redshift.statements import plan_script


def rewritten(sql: str) -> str:
    """Return what PostgreSQL is sent for one statement, white space made single."""
    (statement,) = plan_script(sql)
    return " ".join(statement.sql.split())


def refusal(sql: str) -> RedshiftError:
    """Return the error of a refused statement."""
    with pytest.raises(RedshiftError) as caught:
        plan_script(sql)
    return caught.value
