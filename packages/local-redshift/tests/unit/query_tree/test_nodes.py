"""Query trees are read as PostgreSQL writes them."""

from __future__ import annotations

import pytest

from local_redshift.query_tree.nodes import Node, parse, unwrap


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{VAR :varno 1}", "1"),
        ("{VAR :location -1}", "-1"),
        ("{QUERY :hasAggs false}", "false"),
        ("{QUERY :utilityStmt <>}", None),
        (r"{ALIAS :aliasname \<>}", "<>"),
        ('{ALIAS :aliasname ""}', ""),
        ("{ALIAS :aliasname :x}", ":x"),
        (r"{ALIAS :aliasname q\)\ \{1'x\}}", "q) {1'x}"),
        ("{ALIAS :aliasname [}", "["),
        (r'{ALIAS :colnames ("a" "sp\ ace" "o" "")}', ["a", "sp ace", "o", ""]),
        ("{SETOPERATIONSTMT :colTypmods (i -1 7)}", ["-1", "7"]),
        ("{SETOPERATIONSTMT :colTypes (o 1700)}", ["1700"]),
        ("{VAR :varnullingrels (b)}", []),
        ("{CONST :constvalue 6 [ 28 0 0 0 -128 127 ]}", b"\x1c\x00\x00\x00\x80\x7f"),
        ("{CONST :constvalue <>}", None),
    ],
)
def test_field_is_read(text, value):
    node = parse(text)

    assert isinstance(node, Node)
    assert list(node.fields.values()) == [value]


def test_nodes_are_nested():
    node = parse("{A :first {B :x 1} :all ({B :x 2} {C :y ({B :x 3})}) :last 4}")

    assert node.child("first").number("x") == 1
    assert [item.tag for item in node.nodes("all")] == ["B", "C"]
    assert node.number("last") == 4
    assert [found.number("x") for found in node.walk() if found.tag == "B"] == [1, 2, 3]


def test_words_that_belong_to_no_field_are_passed_over():
    assert parse("{A_EXPR NOT_DISTINCT :location 3}").number("location") == 3


def test_nesting_may_be_deeper_than_the_stack():
    depth = 50_000

    node = parse("{A :x " * depth + "1" + "}" * depth)

    assert sum(1 for _ in node.walk()) == depth


@pytest.mark.parametrize("text", ["", "{A", "(1", "1 2", ")", "{}", "{A :x 1}}"])
def test_what_is_no_tree_is_an_error(text):
    with pytest.raises(ValueError, match="tree|tag"):
        parse(text)


def test_lines_of_the_log_are_joined():
    long_word = "x" * 78
    lines = f"{{QUERY :a 1\n:resname {'y' * 60}\n{long_word}\n{'z' * 5} :b 2}}\n"

    assert unwrap(lines.encode()).strip() == f"{{QUERY :a 1 :resname {'y' * 60} {long_word}{'z' * 5} :b 2}}"


def test_lines_may_end_within_a_letter():
    word = "é".encode() * 50

    assert unwrap(word[:78].replace(b" ", b"") + b"\n" + word[78:] + b"\n").strip() == "é" * 50
    assert unwrap(b"y" + word[:77] + b"\n" + word[77:]).strip() == "y" + "é" * 50
