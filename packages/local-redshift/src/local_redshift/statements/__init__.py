"""Redshift's SQL: what a script's statements are, and what PostgreSQL is sent for them.

Pure. ``planner`` splits a script and calls the rooms: ``refusals``, ``ddl``, ``queries`` and ``commands``, which all
read ``tokens``.
"""

from local_redshift.statements.model import CopyStatement, Statement, StatementKind
from local_redshift.statements.planner import plan_script

__all__ = ["CopyStatement", "Statement", "StatementKind", "plan_script"]
