"""Locks of the warehouse: how long they are waited for, and who holds one that was not free in time.

The queries of system views stand here, and not in a file: this room is generic, and ``sql/`` is the project's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

#: How long a transaction waits for its lock by default. An hour's publish holds the writers' lock for seconds, a long
#: window's for minutes; sixteen runs that queue are still served within this time.
LOCK_WAIT_SECONDS = 900

#: Returns the rows of a query with ``%s`` marks; the session's
#: :meth:`~sparkify.hooks.warehouse.WarehouseSession.rows`.
Query = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

#: Ordinary users see only their own sessions: https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TRANSACTIONS.html
_HELD = """FROM svv_transactions AS t
INNER JOIN pg_class AS c ON t.relation = c.oid
INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
WHERE t.granted AND n.nspname = %s"""
_HOLDERS = f"""SELECT t.pid, t.txn_owner, t.txn_start
{_HELD} AND c.relname = %s AND t.lock_mode = 'AccessExclusiveLock'"""
#: Dropping a schema waits for whoever uses one of its tables.
_USERS = f"""SELECT t.pid, t.txn_owner, MIN(t.txn_start)
{_HELD} GROUP BY t.pid, t.txn_owner"""
#: https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_HISTORY.html
_LAST_QUERY = """SELECT query_label, start_time, query_text
FROM sys_query_history
WHERE session_id = %s
ORDER BY start_time DESC
LIMIT 1"""
_TEXT_LENGTH = 120


def explain_table(query: Query, table: str, waited_seconds: float) -> str:
    """Return who holds a table's lock, since when, and how to end that session, as sentences.

    :param query: runs a query, outside of any transaction.
    :param table: the table, with its schema.
    :param waited_seconds: how long the lock was waited for.
    """
    schema, _, name = table.rpartition(".")
    return _explain(query, table, waited_seconds, _HOLDERS, (schema or "public", name))


def explain_schema(query: Query, schema: str, waited_seconds: float) -> str:
    """Return who uses a schema's tables, so that it cannot be dropped; see :func:`explain_table`."""
    return _explain(query, schema, waited_seconds, _USERS, (schema,))


def _explain(query: Query, subject: str, waited_seconds: float, sql: str, parameters: tuple[str, ...]) -> str:
    holders: list[tuple[Any, ...]] = []
    with suppress(Exception):  # the wait has to be reported even when its holder cannot be found
        holders = query(sql, parameters)
    named = "; ".join(_describe(query, *holder) for holder in holders)
    return f"{subject} was not free within {waited_seconds:g} s. " + (
        named or f"Who held it can no longer be seen: as a superuser, look for locks on {subject} in svv_transactions."
    )


def _describe(query: Query, pid: int, owner: Any, since: Any) -> str:
    last: list[tuple[Any, ...]] = []
    with suppress(Exception):
        last = query(_LAST_QUERY, (pid,))
    label, started, text = last[0] if last else ("", None, "")
    holder = (
        f"Session {pid} of user {str(owner).strip()} holds it, in a transaction since {since:%Y-%m-%d %H:%M:%S} UTC"
    )
    if str(label or "").strip():
        holder += f", labelled {str(label).strip()}"
    if started is not None:
        holder += f"; its last statement began at {started:%H:%M:%S}: {' '.join(str(text).split())[:_TEXT_LENGTH]}"
    return (
        f"{holder}. If it is a long load, wait for it. If its worker is gone or suspended, end it: "
        f"SELECT pg_terminate_backend({pid})"
    )
