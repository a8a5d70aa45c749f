"""Whatever a client sends, the planner answers: with statements or with an error of Redshift's kind, and soon."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_redshift.session.plans import plan
from local_redshift.statements import Statement, plan_script, planner
from local_redshift.statements.tokens.effort import within
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
    require_answer(sql)


def require_answer(sql: str) -> None:
    """Require that a text is planned, or refused for a reason: a fault of the planner's own is none."""
    refused = ""
    try:
        with within(30.0):
            assert all(isinstance(statement, Statement) for statement in plan_script(sql))
    except RedshiftError as error:
        refused = error.message
    assert not refused.startswith("Internal error")


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


#: How statements begin, for the words that come after.
_BEGINNINGS = (
    "SELECT",
    "SELECT a FROM (SELECT 1 AS b)",
    "SELECT * FROM t",
    "WITH a AS (",
    "INSERT INTO t",
    "CREATE TABLE t (",
    "CREATE TABLE t AS SELECT",
    "CREATE VIEW v AS",
    "CREATE PROCEDURE p () AS",
    "CREATE FUNCTION",
    "CREATE USER",
    "MERGE INTO t USING s ON",
    "ALTER TABLE t",
    "ALTER",
    "DROP",
    "COPY t FROM",
    "UNLOAD (",
    "GRANT",
    "SET",
    "SHOW",
)
_GRAMMAR_TEXT = (
    "SELECT FROM WHERE INTO VALUES SET DELETE USING WHEN MATCHED THEN JSON IAM_ROLE DISTKEY SORTKEY LISTAGG "
    "WITHIN GROUP ORDER BY OVER PARTITION DATEADD TOP LIMIT AS WITH RECURSIVE CASE ELSE END NULL NOT IN EXISTS "
    "CAST CONVERT INTERVAL EXTRACT PIVOT UNPIVOT QUALIFY INCLUDE NULLS EXCLUDE FOR ADD COLUMN DROP LAG LEAD "
    "NTH_VALUE FIRST_VALUE IGNORE RESPECT PERCENTILE_CONT MEDIAN RATIO_TO_REPORT DECODE NVL2 AVG UNION ALL "
    "DISTINCT JOIN LEFT ON REMOVE DUPLICATES LANGUAGE plpgsql sql RETURNS BEGIN EXCEPTION OTHERS IF LOOP "
    "EXECUTE ROLE TO USER PASSWORD TABLES SCHEMA COLUMNS SESSION AUTHORIZATION query_group statement_timeout "
    "MATERIALIZED AUTO REFRESH NO BINDING IDENTITY DEFAULT ENCODE PRIMARY KEY REFERENCES LIKE APPEND CURSOR "
    "FORMAT MANIFEST NULL_IF a b t \"Q\" #t s.t 1 1.5 1e400 'a' 's3://b/k' $1 * 'year' VARCHAR(10) int decimal "
    "( ) ( ) , , , . ; = :: || [ ] + - -- /* ' \" $$ \\ e' é \x00 � \ufeff \xa0"
)
_GRAMMAR = _GRAMMAR_TEXT.split(" ")
_SCRIPTS = sorted((Path(__file__).parents[2] / "integration" / "scripts").glob("*.sql"))
_PIECE = re.compile(r"\w+|\s+|'[^']*'|.", re.DOTALL)


def _written(random: Random) -> str:
    """A statement's beginning, and words that may come after it."""
    words = [random.choice(_GRAMMAR) for _ in range(random.randrange(15))]
    return " ".join([random.choice(_BEGINNINGS), *words])


def _changed(random: Random, pieces: list[str]) -> str:
    """A part of a script of a public project with a few pieces left out, added, moved or cut off."""
    start = random.randrange(len(pieces))
    part = pieces[start : start + random.randrange(2, 200)]
    for _ in range(random.randrange(1, 5)):
        at, other = random.randrange(len(part)), random.choice([*_GRAMMAR, *pieces[:300]])
        change: list[str] = random.choice([[], [other], [part[at], other], [part[at]] * 3, part[:at], part[at:]])
        part[at : at + 1] = change
        part = part or [other]
    return "".join(part)


@pytest.mark.parametrize("seed", range(4))
def test_statements_of_redshifts_words_are_planned_or_refused_for_a_reason(seed: int) -> None:
    random = Random(seed)
    for _ in range(400):
        require_answer(_written(random))


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda path: path.stem)
def test_scripts_with_pieces_changed_are_planned_or_refused_for_a_reason(script: Path) -> None:
    random, pieces = Random(script.stem), _PIECE.findall(script.read_text())
    for _ in range(40):
        require_answer(_changed(random, pieces))


@pytest.mark.parametrize(
    "sql",
    [
        "select qualify b",
        "SELECT QUALIFY FIRST_VALUE",
        "select a from (select 1 as jan) unpivot (jan, feb)",
        "SELECT * FROM (SELECT a, AS b FROM t) PIVOT (count(a) FOR c IN ('x'))",
        "SELECT * FROM PIVOT (count(a) FOR c IN ('x'))",
        "SELECT * FROM (SELECT *) PIVOT (count(a) FOR c IN ('x'))",
        "SELECT * FROM (SELECT 1 AS a) PIVOT (count(a) FOR b IN ())",
        "SELECT * FROM (SELECT 1 AS a) PIVOT (FOR b IN ('x'))",
        "SELECT * FROM (SELECT 1 AS a) UNPIVOT (v FOR n IN (a) b)",
        "SELECT TOP 1",
        "SELECT TOP 1 SELECT 2",
    ],
)
def test_clauses_that_are_incomplete_are_syntax_errors(sql: str) -> None:
    with pytest.raises(RedshiftError) as caught:
        plan_script(sql)
    assert caught.value.sqlstate == "42601"


def test_a_fault_of_the_planner_is_an_error_of_that_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[tuple[object, ...]] = []
    monkeypatch.setattr(planner.log, "exception", lambda *said: logged.append(said))
    monkeypatch.setattr(planner, "split", lambda tokens: 1 / 0)
    with pytest.raises(RedshiftError, match="Internal error of this local Redshift: ZeroDivisionError") as caught:
        plan_script("SELECT 1")
    assert caught.value.sqlstate == "XX000"
    assert "report" in (caught.value.hint or "")
    assert logged == [("A statement could not be planned: %.2000s", "SELECT 1")]
