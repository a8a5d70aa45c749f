"""ALTER TABLE: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html"""

from __future__ import annotations

import pytest

from support.planning import refusal, storage, without_comment


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("ALTER TABLE t ADD COLUMN a INT", "ALTER TABLE t ADD COLUMN a INT"),
        (
            "ALTER TABLE s.t ADD COLUMN a VARCHAR DEFAULT 'x' ENCODE zstd",
            "ALTER TABLE s.t ADD COLUMN a varchar(256) DEFAULT 'x'",
        ),
        ("ALTER TABLE t DROP COLUMN a CASCADE", "ALTER TABLE t DROP COLUMN a CASCADE"),
        ("ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE t RENAME COLUMN a TO b"),
        ("ALTER TABLE t RENAME TO u", "ALTER TABLE t RENAME TO u"),
        ("ALTER TABLE t OWNER TO u", "ALTER TABLE t OWNER TO u"),
        ("ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(MAX)", "ALTER TABLE t ALTER COLUMN a TYPE varchar(65535)"),
        # storage and keys: the table has to be there, nothing else happens
        ("ALTER TABLE t ALTER COLUMN a ENCODE zstd", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t ALTER DISTKEY a", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t ALTER DISTSTYLE ALL", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t ALTER SORTKEY (a, b)", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t ALTER DISTKEY a, ALTER SORTKEY (b)", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t ALTER DISTSTYLE EVEN, ALTER ENCODE AUTO", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t ADD PRIMARY KEY (a)", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t ALTER COLUMN a ENCODE zstd, ALTER b ENCODE raw", "ALTER TABLE t RESET (fillfactor)"),
        ("ALTER TABLE t DROP CONSTRAINT f", "ALTER TABLE t RESET (fillfactor)"),
        # a temporary table's name
        ("ALTER TABLE #t ADD COLUMN a INT", 'ALTER TABLE "#t" ADD COLUMN a INT'),
    ],
)
def test_changes_become_postgresqls(sql: str, sent: str) -> None:
    assert without_comment(sql) == sent


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        ("ALTER TABLE t ADD COLUMN a INT, ADD COLUMN b INT", 'near ","', "one column at a time"),
        ("ALTER TABLE t ADD COLUMN a INT, b INT", 'near ","', "one column at a time"),
        ("ALTER TABLE t DROP COLUMN a, DROP COLUMN b", 'near ","', "one thing at a time"),
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT", 'near "NOT"', "no IF NOT EXISTS"),
        ("ALTER TABLE t DROP COLUMN IF EXISTS a", 'near "EXISTS"', "no IF EXISTS"),
        ("ALTER TABLE IF EXISTS t RENAME TO u", 'near "EXISTS"', "no IF EXISTS"),
        ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", 'near "SET"', "TYPE"),
        ("ALTER TABLE t ALTER COLUMN a SET DEFAULT 1", 'near "SET"', "TYPE"),
        ("ALTER TABLE t ALTER COLUMN a TYPE BIGINT", "only supported for VARCHAR", "Add a column"),
        ("ALTER TABLE t ADD CHECK (a > 0)", 'near "CHECK"', "no CHECK"),
        ("ALTER TABLE t ADD COLUMN a JSON", "unsupported type", "types"),
        ("ALTER TABLE t ADD COLUMN a INTERVAL DAY TO SECOND", 'unsupported type "interval"', "DATEDIFF"),
        ("ALTER TABLE t SET SCHEMA s", 'near "SET"', None),
        ("ALTER TABLE t ENABLE ROW LEVEL SECURITY", 'near "ENABLE"', None),
        ("ALTER TABLE t APPEND FROM u FILLTARGET IGNOREEXTRA", 'near "IGNOREEXTRA"', None),
    ],
)
def test_what_redshift_does_not_take_is_refused(sql: str, message: str, hint: str | None) -> None:
    error = refusal(sql)
    assert message in error.message
    assert hint is None or hint in (error.hint or "")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE t ADD COLUMN a INT ENCODE az64", {"table": "t", "encodings": {"a": "az64"}}),
        (
            "ALTER TABLE s.t ALTER SORTKEY (a, b)",
            {"table": "t", "schema": "s", "sort_key": ["a", "b"], "removed": ["sort_style"]},
        ),
        (
            "ALTER TABLE t ALTER DISTSTYLE KEY DISTKEY a",
            {"table": "t", "dist_style": "KEY", "dist_key": "a", "removed": ["dist_key", "dist_style"]},
        ),
        ("ALTER TABLE t ADD UNIQUE (a)", {"table": "t", "keys": [{"kind": "u", "columns": ["a"]}]}),
        (
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES s.u (id)",
            {
                "table": "t",
                "keys": [{"kind": "f", "columns": ["a"], "name": "f", "table": "s.u", "references": ["id"]}],
            },
        ),
        ("ALTER TABLE t DROP CONSTRAINT f CASCADE", {"table": "t", "dropped_key": "f"}),
        ("ALTER TABLE t RENAME TO u", {}),
    ],
)
def test_changed_storage_is_handed_on_in_a_comment(sql: str, expected: dict[str, object]) -> None:
    assert storage(sql) == expected
