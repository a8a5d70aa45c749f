"""MERGE: https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html"""

from __future__ import annotations

import pytest

from support.planning import refusal, rewritten

USING = "MERGE INTO t USING s ON t.id = s.id"
BOTH = "WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.a)"


def test_what_redshift_takes_is_sent_as_it_is() -> None:
    sql = f"{USING} {BOTH}"
    assert rewritten(sql) == sql


def test_remove_duplicates_deletes_the_matches_and_inserts_each_row_once() -> None:
    sent = rewritten(f"{USING} REMOVE DUPLICATES")
    assert "DELETE FROM t USING s WHERE t.id = s.id" in sent
    assert sent.endswith("INSERT INTO t SELECT DISTINCT * FROM s")


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        (f"MERGE INTO t AS x USING s ON x.id = s.id {BOTH}", "no alias for its target"),
        (f"MERGE INTO t USING (SELECT 1) s ON t.id = s.id {BOTH}", "The source of MERGE is a table"),
        (
            f"MERGE INTO t USING s ON t.id = s.id {BOTH.replace('MATCHED THEN', 'MATCHED AND a > 1 THEN', 1)}",
            "no further",
        ),
        (f"{USING} {BOTH.replace('UPDATE SET a = s.a', 'DO NOTHING')}", "no DO NOTHING"),
        (f"{USING} WHEN MATCHED THEN DELETE", "r_MERGE.html"),
    ],
    ids=["alias", "subquery", "condition", "do nothing", "one branch only"],
)
def test_what_only_postgresqls_merge_takes_is_refused(sql: str, hint: str) -> None:
    assert hint in (refusal(sql).hint or "")
