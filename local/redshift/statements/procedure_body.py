"""The body of a stored procedure: PL/pgSQL is PostgreSQL's, the SQL in it is Redshift's.

Contract: pure; one text in, one out. SQL that a procedure puts together at run time is not seen here: PostgreSQL
refuses what it does not know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from local.redshift.statements.cursor import syntax_error
from local.redshift.statements.edits import Edits, words
from local.redshift.statements.expressions import rewrite_expressions
from local.redshift.statements.keywords import keywords
from local.redshift.statements.lexer import STRING, Token, tokenize
from local.redshift.statements.types import MAX_VARCHAR
from local.redshift.statements.verbs import not_here

_SQL = keywords(
    "SELECT INSERT UPDATE DELETE MERGE WITH CREATE DROP ALTER TRUNCATE GRANT REVOKE LOCK SET RESET ANALYZE COMMENT CALL"
)
_NOT_HERE = keywords("COPY UNLOAD VACUUM")
#: After these a statement begins.
_BEFORE_STATEMENT = keywords("BEGIN THEN ELSE LOOP")
_OPENS_BLOCK = keywords("BEGIN IF CASE LOOP")


def rewrite_body(body: str, plan_sql: Callable[[str], str], *, atomic: bool) -> str:
    """Return the body as PostgreSQL runs it.

    :param body: what stands between the quotes.
    :param plan_sql: plans one statement of SQL.
    :param atomic: whether a handled exception is raised again, as in all procedures but NONATOMIC ones:
        https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html#r_PLpgSQL-exception
    :raises RedshiftError: for SQL that Redshift or this server does not have.
    """
    tokens, edits = tokenize(body), Edits(body)
    rest: list[Token] = []
    for statement in _statements(tokens):
        verb = statement[0].upper
        if verb in _NOT_HERE:
            raise not_here(f"{verb} in a stored procedure", statement[0]._replace(start=-1), "Send it by itself.")
        if verb in _SQL:
            start, end = statement[0].start, statement[-1].end
            edits.replace(start, end, plan_sql(body[start:end]))
        elif verb == "EXECUTE" and len(statement) == 2 and statement[1].kind is STRING:
            literal = statement[1]
            edits.replace(literal.start, literal.end, f"$redshift_sql${plan_sql(literal.value)}$redshift_sql$")
        else:
            rest += statement
    rewrite_expressions(rest, edits)
    _rewrite_lengths(tokens, edits)
    if atomic:
        _raise_again(tokens, edits)
    return edits.apply(0, len(body))


def _statements(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Give the pieces between semicolons and block words."""
    piece: list[Token] = []
    for token in tokens:
        if token.text == ";" or (token.upper in _BEFORE_STATEMENT and not _in_case(piece)):
            if piece:
                yield piece
            piece = []
        else:
            piece.append(token)
    if piece:
        yield piece


def _in_case(piece: Sequence[Token]) -> bool:
    """Whether a CASE expression is open, whose THEN and ELSE begin no statement."""
    opened = sum(token.upper == "CASE" for token in piece)
    return opened > sum(token.upper == "END" for token in piece)


def _rewrite_lengths(tokens: Sequence[Token], edits: Edits) -> None:
    """VARCHAR(MAX) of variables: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html"""
    for index, token in enumerate(tokens):
        if token.upper in ("VARCHAR", "VARYING") and words(tokens, index + 1, "(", "MAX", ")"):
            edits.replace(tokens[index + 2].start, tokens[index + 2].end, str(MAX_VARCHAR))


def _raise_again(tokens: Sequence[Token], edits: Edits) -> None:
    """Let each exception handler end by raising its exception again."""
    for index, token in enumerate(tokens):
        if token.upper != "EXCEPTION" or not words(tokens, index + 1, "WHEN"):
            continue
        if not words(tokens, index + 2, "OTHERS"):
            raise syntax_error(tokens[index + 2]._replace(start=-1), "The one condition that can be handled is OTHERS.")
        end = _end_of_block(tokens, index + 1)
        edits.insert(tokens[end].start, "RAISE; ")


def _end_of_block(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for index in range(at, len(tokens)):
        token, before = tokens[index], tokens[index - 1]
        begins = before.text == ";" or before.upper in _BEFORE_STATEMENT
        if token.upper == "END":
            if depth == 0:
                return index
            depth -= 1
        elif before.upper != "END" and token.upper in _OPENS_BLOCK:
            depth += token.upper != "IF" or begins
    raise syntax_error(None)
