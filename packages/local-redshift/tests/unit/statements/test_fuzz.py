"""Whatever a client sends, the planner answers: with statements or with an error of Redshift's kind, and soon."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_redshift.session.plans import plan
from local_redshift.statements import Statement, plan_script
from local_redshift.wire.errors import RedshiftError

_WORDS = (
    "SELECT FROM WHERE CREATE TABLE TEMP VIEW INSERT INTO VALUES UPDATE SET DELETE USING MERGE WHEN "
    "MATCHED COPY UNLOAD JSON CSV IAM_ROLE default MANIFEST DISTKEY SORTKEY DISTSTYLE ENCODE IDENTITY "
    "VARCHAR ( ) , ; . * = < > || :: + - / % 'a' 's3://b/k' 'it''s' \"Q\" \"a\"\"b\" $$ $1 1 1.5 1e9 -- "
    "/* */ \n \t LISTAGG WITHIN GROUP ORDER BY OVER PARTITION DATEADD DATEDIFF day month GETDATE SYSDATE "
    "TOP LIMIT AS WITH RECURSIVE CASE WHEN THEN ELSE END NULL NOT LIKE ILIKE SIMILAR TO BETWEEN AND OR IN "
    "EXISTS CAST INTERVAL EXTRACT PIVOT QUALIFY ALTER ADD COLUMN DROP CASCADE VACUUM ANALYZE TRUNCATE "
    "BEGIN COMMIT ROLLBACK LOCK SHOW RESET GRANT CALL EXECUTE PREPARE DECLARE FETCH é 名 \\ ' \" # @ ? ~ ^ "
    "& | [ ] {"
)
TOKENS = st.sampled_from([*_WORDS.split(" "), "\n", "\x00", "\udcff", "/*", "*/", "--", "$tag$"])
SOUP = st.lists(TOKENS, max_size=25).map(" ".join)


@settings(deadline=None)
@given(st.one_of(SOUP, st.text(max_size=60), st.lists(TOKENS, max_size=12).map("".join)))
@example("COPY t FROM 's3://b/k' IAM_ROLE default " + "(" * 200)
@example("SELECT " + "(" * 2000 + ")" * 2000)
@example("SELECT 'a" + "''" * 5000)
@example("/*" * 3000)
def test_any_text_is_planned_or_refused(sql: str) -> None:
    with suppress(RedshiftError):  # any other exception is a crash
        assert all(isinstance(statement, Statement) for statement in plan_script(sql))


_NAMES = st.sampled_from(["a", "b", "t", "orders", '"quoted"', "schema_1.t", "x.y"])
_VALUES = st.one_of(
    st.integers(-9, 9).map(str),
    st.text(st.characters(exclude_characters="\x00\\", codec="utf-8"), max_size=8).map(
        lambda text: "'" + text.replace("'", "''") + "'"
    ),
    st.sampled_from(["NULL", "1.5", "TRUE", "$1", "CURRENT_DATE - 1"]),
)
_CONDITIONS = st.builds(" {} {} {}".format, _NAMES, st.sampled_from(["=", "<>", "<", "LIKE", ">="]), _VALUES)
_QUERIES = st.builds(
    "SELECT {}, {}{} FROM {} WHERE{} ORDER BY 1".format,
    _NAMES,
    _VALUES,
    st.sampled_from([" /* a ; comment */", " -- to the end\n", "", "\t"]),
    _NAMES,
    _CONDITIONS,
)
_PASSING = st.one_of(
    _QUERIES,
    st.builds("INSERT INTO {} VALUES ({}, {})".format, _NAMES, _VALUES, _VALUES),
    st.builds("UPDATE {} SET a = {} WHERE{}".format, _NAMES, _VALUES, _CONDITIONS),
    st.builds("DELETE FROM {} WHERE{}".format, _NAMES, _CONDITIONS),
    st.sampled_from(["BEGIN", "COMMIT", "ROLLBACK"]),
)


@settings(deadline=None)
@given(st.lists(_PASSING, min_size=1, max_size=3), st.sampled_from([";", " ;\n", ";;"]))
def test_what_needs_no_change_is_handed_on_as_it_came(statements: list[str], separator: str) -> None:
    for statement in statements:
        assert plan(statement).forward == statement
    script = separator.join(statements)
    assert plan(script).forward == script
