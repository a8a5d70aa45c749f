"""Which columns a COPY fills, and how PostgreSQL is asked to take them."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from local_redshift.copy import Column
from local_redshift.copy.target import read_target, target_name
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError

Row = list[str | None]


def row(name: str, type_name: str = "integer", modifier: str = "-1", *flags: str) -> Row:
    """A row of the target query; flags: not null, default, identity, by default, generated."""
    values: list[str | None] = ["7", "public", "t", name, type_name, modifier]
    values += ["t" if flag in flags else "f" for flag in ("not null", "default")]
    values += ["a" if "identity" in flags else "d" if "by default" in flags else ""]
    return [*values, "t" if "generated" in flags else "f", "1234", "10", "ISO, MDY"]


def statement(columns: tuple[str, ...] | None = None, **options: bool) -> CopyStatement:
    return CopyStatement(schema=None, table="t", columns=columns, source="s3://b/k", **options)


ROWS = [row("id", "bigint", "-1", "identity"), row("a"), row("b", "text", "-1", "generated")]


def test_without_a_list_all_columns_but_identity_and_generated_ones_are_loaded() -> None:
    target = read_target(statement(), ROWS)
    assert [column.name for column in target.columns] == ["a"]
    assert target.copy_sql == 'COPY "t" ("a") FROM STDIN'


def test_explicit_ids_are_loaded() -> None:
    assert [column.name for column in read_target(statement(explicit_ids=True), ROWS).columns] == ["id", "a"]


# https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-column-mapping.html
@pytest.mark.parametrize(
    ("columns", "explicit", "refusal"),
    [
        (("id", "a"), True, None),
        (("a",), False, None),
        (("id", "a"), False, 'The IDENTITY column "id" is in the column list: add EXPLICIT_IDS.'),
        (("a",), True, 'The IDENTITY column "id" is not in the column list: leave out EXPLICIT_IDS.'),
    ],
)
def test_explicit_ids_and_the_column_list_go_together(
    columns: tuple[str, ...], explicit: bool, refusal: str | None
) -> None:
    with pytest.raises(RedshiftError, match=refusal) if refusal else nullcontext():
        read_target(statement(columns, explicit_ids=explicit), ROWS)
    assert read_target(statement(("n",)), [row("n", "bigint", "-1", "by default")]).columns


def test_a_list_gives_the_order_and_unknown_names_are_left_to_postgresql() -> None:
    target = read_target(statement(("c", "missing", "a")), [row("a"), row("b"), row("c")])
    assert [column.name for column in target.columns] == ["c", "a"]
    assert target.copy_sql == 'COPY "t" ("c", "missing", "a") FROM STDIN'


def test_types_are_read_with_their_limits() -> None:
    rows = [
        row("v", "character varying", "24", "not null"),
        row("w", "character varying"),
        row("n", "numeric", str(((18 << 16) | 2) + 4)),
        row("m", "numeric", "-1", "default"),
        row("ts", "timestamp without time zone", "6"),
    ]
    assert read_target(statement(), rows).columns == (
        Column("v", "character varying", max_bytes=20, nullable=False),
        Column("w", "character varying"),
        Column("n", "numeric", precision=18, scale=2),
        Column("m", "numeric", default=True),
        Column("ts", "timestamp without time zone"),
    )


def test_who_loads_where_in_which_transaction_is_known() -> None:
    target = read_target(statement(), ROWS)
    assert (target.oid, target.schema, target.table) == (7, "public", "t")
    assert (target.transaction_id, target.user_id) == (1234, 10)


def test_names_are_quoted_as_they_are() -> None:
    odd = CopyStatement(schema='sch"ema', table="Tab le", columns=None, source="s3://b/k")
    assert target_name(odd) == '"sch""ema"."Tab le"'
