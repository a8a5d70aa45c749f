"""Helpers: what a statement becomes, and how it is refused."""

from __future__ import annotations

import json
import re

import pytest

from local_redshift.statements import plan_script
from local_redshift.wire.errors import RedshiftError


def rewritten(sql: str) -> str:
    """Return what PostgreSQL is sent for one statement, white space made single."""
    (statement,) = plan_script(sql)
    return " ".join(statement.sql.split())


def refusal(sql: str) -> RedshiftError:
    """Return the error of a refused statement."""
    with pytest.raises(RedshiftError) as caught:
        plan_script(sql)
    return caught.value


def without_comment(sql: str) -> str:
    """Return the same, without what is handed on to the catalog."""
    return re.sub(r" ?/\*redshift .*?\*/", "", rewritten(sql)).strip()


def storage(sql: str) -> dict[str, object]:
    """Return what is handed on to the catalog."""
    found = re.search(r"/\*redshift (.*?)\*/", rewritten(sql))
    return dict(json.loads(found.group(1))) if found else {}
