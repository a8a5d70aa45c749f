"""Scripts come apart at their semicolons and nowhere else, and nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_redshift.statements import plan_script
from local_redshift.statements.tokens.lexer import split, tokenize


@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';'; SELECT 2;", ["SELECT ';'", "SELECT 2"]),
        ("SELECT 'it''s; so'; SELECT 2", ["SELECT 'it''s; so'", "SELECT 2"]),
        ("SELECT 'a\\'; b'; SELECT 2", ["SELECT 'a\\'; b'", "SELECT 2"]),
        ('SELECT "a;b" FROM t; SELECT 2', ['SELECT "a;b" FROM t', "SELECT 2"]),
        ("SELECT 1 -- one; two\n; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("/* a; /* nested; */ b; */ SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        (
            "CREATE FUNCTION f() RETURNS int STABLE AS $$ SELECT 1; $$ LANGUAGE sql; SELECT 2",
            ["CREATE FUNCTION f() RETURNS int STABLE AS $$ SELECT 1; $$ LANGUAGE sql", "SELECT 2"],
        ),
        ("SELECT $a$;$b$;$a$", ["SELECT $a$;$b$;$a$"]),
        (";;SELECT 1;;", ["SELECT 1"]),
        ("SELECT 'never closed; SELECT 2", ["SELECT 'never closed; SELECT 2"]),
        ('SELECT "never closed; SELECT 2', ['SELECT "never closed; SELECT 2']),
        ("SELECT $$never closed; SELECT 2", ["SELECT $$never closed; SELECT 2"]),
        ("-- only a comment", ["-- only a comment"]),
        ("", [""]),
    ],
)
def test_a_script_is_split_at_semicolons_outside_of_strings_names_and_comments(
    script: str, statements: list[str]
) -> None:
    assert [statement.original for statement in plan_script(script)] == statements


@given(st.text(alphabet="ab1.'\"$-/*;\\() \n#é:", max_size=40))
def test_tokens_and_the_gaps_between_them_are_the_script_again(script: str) -> None:
    tokens = tokenize(script)
    position = 0
    for token in tokens:
        gap = script[position : token.start]
        assert not gap.strip() or gap.lstrip().startswith(("--", "/*"))
        assert script[token.start : token.end] == token.text
        position = token.end
    assert sum(map(len, split(tokens))) == sum(token.text != ";" or token.kind != "symbol" for token in tokens)


WORDS = st.sampled_from(
    ["a", "b_1", '"q"', "t.c", "'x;y'", "1.5", "$1", "+", "||", "=", "(a)", "f(b, 2)", "NULL", "/* c */"]
)


@given(st.lists(WORDS, min_size=1, max_size=8), st.sampled_from([" ", "\n", "\t", "  -- x\n "]))
def test_a_query_of_plain_words_keeps_every_byte(words: list[str], gap: str) -> None:
    query = "SELECT " + gap.join(words) + " FROM t"
    (statement,) = plan_script(query)
    assert statement.sql == statement.original == query


@given(st.text(alphabet="abc';\\\n -é", max_size=30))
def test_a_string_literal_keeps_every_byte(text: str) -> None:
    literal = "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    (statement,) = plan_script(f"SELECT {literal}")
    assert statement.sql == f"SELECT {literal}"
    assert tokenize(literal)[0].value == text


def test_of_many_rows_that_are_literals_only_the_last_has_tokens() -> None:
    row = "(1, 'a''b', -1.5, NULL, 'c\\'d')"
    rows = ", ".join([row] * 2_000)
    sql = f"INSERT INTO t VALUES {rows}, (now(), 2), {rows}, ('0x1F', 1e400); SELECT 1 WHERE a IN ({'1, ' * 50_000} 2)"
    texts = [token.text for token in tokenize(sql)]
    assert texts[:10] == ["INSERT", "INTO", "t", "VALUES", "(", "now", "(", ")", ",", "2"]
    assert texts[10:19] == [")", ",", "(", "'0x1F'", ",", "1e400", ")", ";", "SELECT"]
    assert texts[-4:] == ["IN", "(", "2", ")"]


def test_rows_that_are_more_than_literals_have_all_their_tokens() -> None:
    rows = ["(DATEADD(day, 1, a), 2)"] * 4_000
    assert len(tokenize(f"INSERT INTO t VALUES {', '.join(rows)}")) > 40_000
