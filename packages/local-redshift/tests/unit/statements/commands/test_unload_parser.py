"""UNLOAD as a value: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html"""

from __future__ import annotations

from typing import Any

import pytest

from local_redshift.statements import StatementKind, plan_script
from local_redshift.statements.model import UnloadStatement
from support.planning import refusal

START = "UNLOAD ('SELECT * FROM t') TO 's3://b/k_' IAM_ROLE default"


def unload(sql: str) -> UnloadStatement:
    (statement,) = plan_script(sql)
    assert statement.kind is StatementKind.UNLOAD
    assert statement.unload is not None
    return statement.unload


def test_the_query_is_redshifts_sql() -> None:
    found = unload(
        r"UNLOAD ('SELECT NVL(a, \'x\') FROM t') TO 's3://b/k' CREDENTIALS 'aws_iam_role=r' REGION 'eu-west-1'"
    )
    assert found.query.sql == "SELECT COALESCE(a, 'x') FROM t"
    assert (found.access.source, found.access.iam_role, found.access.region) == ("s3://b/k", "r", "eu-west-1")
    assert unload("UNLOAD ($$SELECT 'x'$$) TO 's3://b/k' IAM_ROLE default").query.sql == "SELECT 'x'"


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        ("", {}),
        ("FORMAT AS CSV HEADER GZIP", {"format": "csv", "header": True, "compression": "gzip"}),
        ("PARQUET PARTITION BY (y, m) INCLUDE", {"format": "parquet", "partition_by": ("y", "m"), "include": True}),
        ("FORMAT JSON MANIFEST VERBOSE", {"format": "json", "manifest": "verbose"}),
        ("DELIMITER AS '\\t' ESCAPE ADDQUOTES", {"delimiter": "\t", "escape": True, "add_quotes": True}),
        ("NULL AS '@' ALLOWOVERWRITE PARALLEL OFF", {"null_as": "@", "allow_overwrite": True, "parallel": False}),
        (
            "MAXFILESIZE 100 MB CLEANPATH MANIFEST",
            {"max_file_size": 104857600, "clean_path": True, "manifest": "plain"},
        ),
        (
            "FIXEDWIDTH 'a:3, b:5' BZIP2",
            {"format": "fixedwidth", "widths": (("a", 3), ("b", 5)), "compression": "bzip2"},
        ),
        ("EXTENSION 'csv' ZSTD", {"extension": "csv", "compression": "zstd"}),
    ],
)
def test_options_in_any_order(options: str, changes: dict[str, Any]) -> None:
    found = unload(f"{START} {options}")
    plain = unload(START)
    assert {name: value for name, value in vars(found).items() if value != vars(plain)[name]} == changes


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (f"{START} FORMAT ORC", 'near "ORC"'),
        (f"{START} ENCRYPTED", "UNLOAD with ENCRYPTED"),
        (f"{START} GZIP ZSTD", "conflicting or redundant options"),
        (f"{START} JSON HEADER", "does not go with HEADER"),
        (f"{START} PARQUET GZIP", "does not go with GZIP"),
        (f"{START} MAXFILESIZE 1 MB", "out of range"),
        ("UNLOAD ('SELECT 1') TO 's3://b/k'", "UNLOAD has no credentials"),
        ("UNLOAD ('SELECT 1 LIMIT 5') TO 's3://b/k' IAM_ROLE default", "Limit clause is not supported"),
        ("UNLOAD ('DELETE FROM t') TO 's3://b/k' IAM_ROLE default", "syntax error"),
        ("UNLOAD ('SELECT 1') TO '/tmp/k' IAM_ROLE default", "UNLOAD TO '/tmp/k'"),
        ("UNLOAD ('CREATE INDEX i ON t (a)') TO 's3://b/k' IAM_ROLE default", "CREATE INDEX"),
    ],
)
def test_what_cannot_be_unloaded_is_refused(sql: str, message: str) -> None:
    assert message in refusal(sql).message


def test_a_limit_in_a_subquery_is_no_limit_of_the_query() -> None:
    assert unload("UNLOAD ('SELECT * FROM (SELECT a FROM t LIMIT 5) AS q') TO 's3://b/k' IAM_ROLE default")
