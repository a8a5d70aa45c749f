"""The table of a COPY: its columns as the session sees them, and the statement that loads it.

Contract: pure; the session runs the query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local_redshift.copy.model import Column
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError

#: Columns of the table that $1 names, found by the session's own search_path.
TARGET_QUERY = """
SELECT c.oid, n.nspname, c.relname, a.attname, pg_catalog.format_type(a.atttypid, NULL), a.atttypmod,
       a.attnotnull, a.atthasdef OR a.attidentity <> '', a.attidentity, a.attgenerated <> '',
       pg_catalog.pg_current_xact_id(), (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user),
       pg_catalog.current_setting('DateStyle')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
WHERE c.oid = $1::pg_catalog.text::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""

#: PostgreSQL's mark of GENERATED ALWAYS AS IDENTITY, which is Redshift's IDENTITY.
_ALWAYS = "a"
_CHARACTER_TYPES = frozenset(("character varying", "character"))
_TYPE_MODIFIER_OFFSET = 4


@dataclass(frozen=True)
class CopyTarget:
    """Where a COPY goes.

    :param oid: the table's object id.
    :param schema: its schema's name.
    :param table: its name.
    :param columns: those to load, in the order of the load's fields.
    :param copy_sql: the statement that takes the rows.
    :param transaction_id: the transaction it runs in.
    :param user_id: who runs it.
    """

    oid: int
    schema: str
    table: str
    columns: tuple[Column, ...]
    copy_sql: str
    transaction_id: int | None
    user_id: int | None


def target_name(copy: CopyStatement) -> str:
    """Return the table's name as text that PostgreSQL resolves."""
    return ".".join(_quote(part) for part in (copy.schema, copy.table) if part)


def read_target(copy: CopyStatement, rows: Sequence[Sequence[str | None]]) -> CopyTarget:
    """Return the target from the rows of ``TARGET_QUERY``.

    If the statement names a column that the table lacks, PostgreSQL reports it.

    :param copy: the statement.
    :param rows: the table's columns; the table exists, so there is at least one, or it has no columns.
    :raises RedshiftError: when the column list and EXPLICIT_IDS contradict each other.
    """
    first = rows[0] if rows else ("0", copy.schema, copy.table, *[None] * 10)
    by_name = {str(row[3]): row for row in rows}
    _check_identity(copy, rows)
    names = copy.columns if copy.columns is not None else _loadable(copy, rows)
    listed = ", ".join(_quote(name) for name in names)
    return CopyTarget(
        oid=int(first[0] or 0),
        schema=first[1] or "",
        table=first[2] or copy.table,
        columns=tuple(_column(by_name[name]) for name in names if name in by_name),
        copy_sql=f"COPY {target_name(copy)} ({listed}) FROM STDIN",
        transaction_id=int(first[10]) if first[10] else None,
        user_id=int(first[11]) if first[11] else None,
    )


def _loadable(copy: CopyStatement, rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Return the columns of a COPY without a list: all but generated ones.

    IDENTITY columns have to be in the data only with EXPLICIT_IDS:
    https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
    """
    return [str(row[3]) for row in rows if row[9] != "t" and (not row[8] or copy.explicit_ids)]


def _check_identity(copy: CopyStatement, rows: Sequence[Sequence[str | None]]) -> None:
    """A column list names the IDENTITY columns exactly if there is EXPLICIT_IDS; those BY DEFAULT may be in any list.

    https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-column-mapping.html
    """
    if copy.columns is None:
        return
    for row in rows:
        name, identity = str(row[3]), row[8]
        if identity == _ALWAYS and (name in copy.columns) != copy.explicit_ids:
            has = "is in the column list: add" if name in copy.columns else "is not in the column list: leave out"
            raise RedshiftError("42601", f'The IDENTITY column "{name}" {has} EXPLICIT_IDS.')


def _column(row: Sequence[str | None]) -> Column:
    type_name = str(row[4])
    modifier = int(row[5] or -1) - _TYPE_MODIFIER_OFFSET
    has_modifier = modifier >= 0
    is_number = type_name == "numeric" and has_modifier
    return Column(
        name=str(row[3]),
        type_name=type_name,
        max_bytes=modifier if type_name in _CHARACTER_TYPES and has_modifier else None,
        precision=modifier >> 16 if is_number else None,
        scale=modifier & 0x7FF if is_number else None,
        nullable=row[6] != "t",
        default=row[7] == "t",
        date_order=str(row[12]).rpartition(" ")[2],
    )


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
