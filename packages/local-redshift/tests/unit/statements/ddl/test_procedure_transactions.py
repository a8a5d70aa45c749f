"""What procedures commit: https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-transaction-management.html"""

from __future__ import annotations

import pytest

from local_redshift.statements.ddl.procedure_transactions import end_transactions
from local_redshift.wire.errors import RedshiftError

MAY = "IF redshift_catalog.may_end_transaction() THEN"
ENTER, LEAVE = "PERFORM redshift_catalog.enter_block();", "PERFORM redshift_catalog.leave_block();"


def changed(body: str, *, atomic: bool, definer: bool = False) -> str:
    return " ".join(end_transactions(body, atomic=atomic, definer=definer).split())


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN INSERT INTO t VALUES (1); END",
        "DECLARE i INT := 1; BEGIN IF i = 1 THEN DELETE FROM t; ELSE i := CASE WHEN i > 2 THEN 1 END; END IF; END;",
        "BEGIN FOR r IN SELECT * FROM t LOOP DROP TABLE IF EXISTS u; END LOOP; END;",
    ],
)
def test_a_body_without_a_handler_is_left_as_it_is(body: str) -> None:
    assert changed(body, atomic=True) == body


def test_a_handler_runs_in_a_transaction_of_its_own() -> None:
    body = "BEGIN DELETE FROM t; EXCEPTION WHEN OTHERS THEN INSERT INTO log VALUES (1); END;"
    assert changed(body, atomic=True) == (
        f"BEGIN {ENTER} DELETE FROM t; {LEAVE} EXCEPTION WHEN OTHERS THEN {MAY} ROLLBACK; END IF; "
        f"INSERT INTO log VALUES (1); {MAY} COMMIT; END IF; RAISE; END;"
    )
    assert changed(body, atomic=True, definer=True) == (
        f"BEGIN {ENTER} DELETE FROM t; {LEAVE} EXCEPTION WHEN OTHERS THEN INSERT INTO log VALUES (1); RAISE; END;"
    )


def test_each_statement_of_a_nonatomic_procedure_commits() -> None:
    body = "DECLARE i INT := 1; BEGIN DELETE FROM t; SELECT INTO i 2; IF i = 2 THEN UPDATE t SET a = 1; END IF; END;"
    assert changed(body, atomic=False) == (
        f"DECLARE i INT := 1; BEGIN DELETE FROM t; {MAY} COMMIT; END IF; SELECT INTO i 2; "
        f"IF i = 2 THEN UPDATE t SET a = 1; {MAY} COMMIT; END IF; END IF; END;"
    )


def test_an_exception_in_a_nonatomic_block_undoes_its_statement_only() -> None:
    body = "BEGIN DELETE FROM t; EXCEPTION WHEN OTHERS THEN RAISE INFO 'x'; END;"
    assert changed(body, atomic=False) == (
        f"BEGIN {ENTER} <<redshift_block_0>> BEGIN BEGIN DELETE FROM t; "
        "EXCEPTION WHEN OTHERS THEN RAISE INFO 'x'; EXIT redshift_block_0; END; "
        f"END; {LEAVE} EXCEPTION WHEN OTHERS THEN RAISE INFO 'x'; END;"
    )


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN DELETE FROM t; EXCEPTION WHEN division_by_zero THEN RAISE; END",
        "BEGIN DELETE FROM t;",
        "DELETE FROM t; END",
    ],
)
def test_what_is_no_block_of_redshift_is_a_syntax_error(body: str) -> None:
    with pytest.raises(RedshiftError, match="syntax error"):
        end_transactions(body, atomic=True, definer=False)
