"""Checks by its text only whether the server takes a script."""

from __future__ import annotations


def check_statements(script: str) -> int:
    """Check that nothing in a script is refused as what Redshift does not have; no server is needed.

    Names are not looked up: whether tables and columns exist shows only when a statement runs.

    :param script: statements, separated by semicolons.
    :returns: how many there are.
    :raises RedshiftError: for the first that is refused, with a hint.
    """
    from local_redshift.statements import plan_script  # not needed by those who only put files into buckets

    return len(plan_script(script))
