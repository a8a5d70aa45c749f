"""What a server says of the pipeline's own statements: SYS_QUERY_HISTORY and SYS_QUERY_DETAIL.

https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_HISTORY.html
https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_DETAIL.html
Times are microseconds there, and seconds here.
"""

from __future__ import annotations

from bench.verify.model import Costs, ScanCost, StatementCost
from local_redshift.documented import Ask

STATEMENTS = """
SELECT
    TRIM(query_label),
    TRIM(query_type),
    COUNT(*),
    SUM(elapsed_time),
    MAX(elapsed_time),
    SUM(queue_time),
    SUM(compile_time),
    SUM(CASE WHEN compile_time > 0 THEN 1 ELSE 0 END),
    SUM(lock_wait_time)
FROM sys_query_history
WHERE TRIM(database_name) = '{database}' AND query_label LIKE 'sparkify%/%'
GROUP BY 1, 2
ORDER BY 1, 2
"""
SCANS = """
SELECT
    TRIM(h.query_label),
    TRIM(d.table_name),
    COUNT(*),
    SUM(CASE WHEN d.is_rrscan = 't' THEN 1 ELSE 0 END),
    SUM(d.input_rows)
FROM sys_query_detail AS d
INNER JOIN sys_query_history AS h ON d.query_id = h.query_id
WHERE
    TRIM(h.database_name) = '{database}' AND h.query_label LIKE 'sparkify%/%'
    AND d.step_name = 'scan' AND d.table_id > 0
GROUP BY 1, 2
ORDER BY 1, 2
"""
_MICRO = 1e6


def read_costs(ask: Ask, database: str) -> Costs:
    """Return what a server says of the statements that ran in a database.

    :param ask: asks it.
    :param database: the database.
    """
    statements, scans = ask(STATEMENTS.format(database=database)), ask(SCANS.format(database=database))
    problems = {
        name: answer.error
        for name, answer in (("SYS_QUERY_HISTORY", statements), ("SYS_QUERY_DETAIL", scans))
        if answer.error is not None
    }
    return Costs(
        tuple(_statement(row) for row in statements.rows or ()), tuple(_scan(row) for row in scans.rows or ()), problems
    )


def _statement(row: tuple[str | None, ...]) -> StatementCost:
    label, kind, *numbers = (value or "0" for value in row)
    count, elapsed, longest, queued, compiled, compilations, locked = map(float, numbers)
    return StatementCost(
        label,
        kind,
        int(count),
        elapsed / _MICRO,
        longest / _MICRO,
        queued / _MICRO,
        compiled / _MICRO,
        int(compilations),
        locked / _MICRO,
    )


def _scan(row: tuple[str | None, ...]) -> ScanCost:
    label, table, *numbers = (value or "0" for value in row)
    scans, restricted, rows = (int(float(number)) for number in numbers)
    return ScanCost(label, table, scans, restricted, rows)
