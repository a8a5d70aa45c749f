"""Which texts may read a late-binding view."""

from __future__ import annotations

import pytest

from local_redshift.session.late_binding import LateBindingNames, Use

LATE = "CREATE VIEW s.Late AS SELECT a FROM s.t WITH NO SCHEMA BINDING"


@pytest.mark.parametrize(
    ("before", "text", "use"),
    [
        ([], "SELECT * FROM late", None),
        ([LATE], "SELECT * FROM other", None),
        ([LATE], "SELECT a FROM s.LATE", Use(("late", "s"), ("late",))),
        ([LATE], 'SELECT a FROM "s"."late" x', Use(("late", "s"), ("late",))),
        ([LATE], "INSERT INTO t SELECT a FROM u, late", Use(("late",), ("late",))),
        ([LATE], "SELECT late FROM other", Use(("late",), ())),
        ([LATE], "SELECT lately FROM latest", None),
        ([LATE], "DROP VIEW late", None),
        ([LATE], "CREATE VIEW w AS SELECT a FROM s.late WITH NO SCHEMA BINDING", None),
        ([LATE, "CREATE OR REPLACE VIEW w AS SELECT a FROM s.late"], "SELECT a FROM w", Use(None, ())),
        ([LATE, "CREATE PROCEDURE p() AS $$ BEGIN DELETE FROM t USING late; END $$"], "CALL p()", Use(None, ())),
        ([LATE, "ALTER VIEW s.late RENAME TO later"], "SELECT a FROM later", Use(("later",), ("later",))),
        ([LATE, "ALTER TABLE other RENAME TO others"], "SELECT a FROM others", None),
        ([LATE], "SELECT * FROM pg_get_late_binding_view_cols() c (a NAME)", Use(None, ())),
        ([], "SELECT * FROM svv_columns", None),
        (
            ['CREATE VIEW "my view" AS SELECT 1 AS a FROM s.t WITH NO SCHEMA BINDING'],
            'SELECT a FROM "My View"',
            Use(("my view",), ("my view",)),
        ),
    ],
)
def test_a_text_reads_a_view_if_it_has_the_views_name(before: list[str], text: str, use: Use | None) -> None:
    names = LateBindingNames()
    for statement in before:
        names.follow(statement)
    assert names.use_of(text) == use
