"""The command that runs the guide's examples, over a small guide of our own in all formats."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from local_redshift import RedshiftServer
from local_redshift.documented.guide.__main__ import main
from local_redshift.documented.guide.examples import read_page
from local_redshift.documented.guide.model import Outcome, Page, Verdict
from local_redshift.documented.guide.pages import PageRun
from local_redshift.documented.guide.tables import find_recipes, made_objects

GUIDE = Path(__file__).parent / "guide"
ARITHMETIC = [
    ("select 2 + 2 as four", Verdict.RIGHT),
    ("select 2 + 2 as five", Verdict.WRONG),
    ("select 'a' as letter, null as nothing", Verdict.RIGHT),
    ("select 1 / 0", Verdict.RIGHT),
    ("select cast('x' as integer)", Verdict.RIGHT),
    ("create external schema s from data catalog", Verdict.REFUSED),
    ("select no_function_of_this_name(1)", Verdict.FAILED),
]
TABLES = [
    ("CREATE TABLE seats (id INT, name VARCHAR(20))", Verdict.ACCEPTED),
    ("INSERT INTO seats VALUES (1, 'aisle & row'), (2, 'window')", Verdict.ACCEPTED),
    ("SELECT id, name FROM seats ORDER BY id", Verdict.RIGHT),
    ("SELECT count(*) FROM lent", Verdict.RIGHT),
    ("SELECT count(*) FROM blank", Verdict.ACCEPTED),
    ("SELECT count(*) FROM nowhere", Verdict.SKIPPED),
    ("SELECT getdate() AS t", Verdict.ACCEPTED),
    ("COPY seats FROM 's3://amzn-s3-demo-bucket/seats' IAM_ROLE default CSV", Verdict.SKIPPED),
    ("COPY seats FROM 's3://amzn-s3-demo-bucket/seats' IAM_ROLE default CVS", Verdict.FAILED),
    ("SELECT ... FROM seats", Verdict.SKIPPED),
]


def run(server: RedshiftServer, pages: list[Page], name: str) -> list[Outcome]:
    (page,) = (page for page in pages if page.name == name)
    run = PageRun(
        lambda: psycopg.connect(server.dsn(), autocommit=True), find_recipes(pages), made_objects(pages), own=True
    )
    return run.run(page)


@pytest.mark.parametrize(("name", "expected"), [("arithmetic", ARITHMETIC), ("tables", TABLES)])
def test_each_example_gets_its_verdict(
    redshift: RedshiftServer, name: str, expected: list[tuple[str, Verdict]]
) -> None:
    outcomes = run(redshift, [read_page(path) for path in sorted(GUIDE.iterdir())], name)
    assert [(outcome.example.sql, outcome.verdict) for outcome in outcomes] == expected


def command(server: RedshiftServer, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--dsn", server.dsn()])


def test_a_wrong_result_is_shown_beside_the_printed_one_and_fails_the_command(redshift: RedshiftServer) -> None:
    result = command(redshift, str(GUIDE))
    assert result.exit_code == 1
    assert "--- arithmetic: wrong\nselect 2 + 2 as five\nPrinted:\nfive\n5\nAnswered:\nfive\n4\n(" in result.output
    assert "--- arithmetic: failed\nselect no_function_of_this_name(1)\n42883 " in result.output
    assert "select 2 + 2 as four" not in result.output


def test_without_a_wrong_result_the_command_succeeds(redshift: RedshiftServer) -> None:
    result = command(redshift, str(GUIDE), "--page", "tab*", "--verbose")
    assert result.exit_code == 0
    assert "SELECT id, name FROM seats ORDER BY id" in result.output
    assert "2 results compared: 2 right, 0 wrong." in result.output
    assert "arithmetic" not in result.output


def test_tables_of_the_user_stand_in_for_those_that_no_page_makes(redshift: RedshiftServer, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("```\nselect a from nowhere;\n\n a\n---\n 7\n```\n")
    (tmp_path / "tables.sql").write_text("create table nowhere (a int); insert into nowhere values (7);")
    result = command(redshift, str(tmp_path / "page.md"), "--tables", str(tmp_path / "tables.sql"))
    assert "1 results compared: 1 right" in result.output


def test_nothing_of_a_page_is_left_behind(redshift: RedshiftServer, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(
        "```\ncreate schema left_over;\ncreate user left_user password 'Abcd1234';\n"
        "create table public.left_table (a int);\n```\n"
    )
    outcomes = run(redshift, [read_page(tmp_path / "page.md")], "page")
    assert [outcome.verdict for outcome in outcomes] == [Verdict.ACCEPTED] * 3
    with psycopg.connect(redshift.dsn()) as connection:
        left = connection.execute(
            """
            SELECT nspname FROM pg_namespace WHERE nspname IN ('left_over', 'guide_page')
            UNION ALL SELECT usename FROM pg_user WHERE usename = 'left_user'
            UNION ALL SELECT tablename FROM pg_tables WHERE tablename = 'left_table'
            """
        ).fetchall()
    assert not left


def test_a_section_that_makes_a_table_again_begins_with_its_own(redshift: RedshiftServer, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(
        "```\ncreate table t (a int);\ninsert into t values (1);\n```\n"
        "```\ncreate table t (a int);\ninsert into t values (2);\nselect a from t;\n\n a\n---\n 2\n```\n"
    )
    assert run(redshift, [read_page(tmp_path / "page.md")], "page")[-1].verdict is Verdict.RIGHT
