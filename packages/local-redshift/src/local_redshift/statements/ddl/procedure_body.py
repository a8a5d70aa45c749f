"""The body of a stored procedure: PL/pgSQL is PostgreSQL's, the SQL in it is Redshift's.

Contract: pure; one text in, one out. Of SQL that a procedure puts together at run time, functions and words in its
literals are rewritten, its statements are not: PostgreSQL refuses what it does not know of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from local_redshift.statements.queries.expressions import rewrite_expressions
from local_redshift.statements.tokens.edits import Edits, literal, matches
from local_redshift.statements.tokens.effort import spend
from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import STRING, SYMBOL, Token, tokenize
from local_redshift.statements.tokens.types import MAX_VARCHAR
from local_redshift.wire.errors import RedshiftError

_SQL = keywords(
    "SELECT INSERT UPDATE DELETE MERGE WITH CREATE DROP ALTER TRUNCATE GRANT REVOKE LOCK SET RESET ANALYZE COMMENT CALL"
)
_NOT_HERE = keywords("COPY UNLOAD VACUUM")
#: After these a statement begins.
_BEFORE_STATEMENT = keywords("BEGIN THEN ELSE LOOP")


def rewrite_body(body: str, plan_sql: Callable[[str], str]) -> str:
    """Return the body as PostgreSQL runs it.

    :param body: what stands between the quotes.
    :param plan_sql: plans one statement of SQL.
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
        elif verb == "EXECUTE" and _is_literal(statement):
            whole = statement[1]
            edits.replace(whole.start, whole.end, literal(plan_sql(whole.value.rstrip("; \n"))))
        else:
            if verb == "EXECUTE" or matches(statement, 1, ":", "=") or matches(statement, 1, ":="):
                _rewrite_pieces(statement, edits)
            rest += statement
    rewrite_expressions(rest, edits)
    _rewrite_lengths(tokens, edits)
    return edits.apply(0, len(body))


def _statements(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the parts between semicolons and block words."""
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


def _is_literal(statement: Sequence[Token]) -> bool:
    """Return whether an EXECUTE is of one literal."""
    following = statement[2].upper if len(statement) > 2 else "INTO"
    return len(statement) > 1 and statement[1].kind is STRING and following in ("INTO", "USING")


def _rewrite_pieces(statement: Sequence[Token], edits: Edits) -> None:
    """Rewrite the literals that SQL is put together of, each of which has to be whole in its brackets and quotes."""
    for token in statement:
        if token.kind is not STRING or " " not in token.text:
            continue
        text = token.value
        tokens, inner = tokenize(text), Edits(text)
        depth = sum((t.text in "([") - (t.text in ")]") for t in tokens if t.kind is SYMBOL)
        if not tokens or depth or any(t.kind is SYMBOL and t.text[0] in "'\"" for t in tokens):
            continue
        try:
            rewrite_expressions(tokens, inner)
        except RedshiftError:
            continue  # no SQL, or for PostgreSQL to complain of
        changed = inner.apply(0, len(text))
        if changed != text:
            edits.replace(token.start, token.end, literal(changed))


def _in_case(piece: Sequence[Token]) -> bool:
    """Return whether a CASE expression is open, whose THEN and ELSE begin no statement."""
    spend(len(piece))
    opened = sum(token.upper == "CASE" for token in piece)
    return opened > sum(token.upper == "END" for token in piece)


def _rewrite_lengths(tokens: Sequence[Token], edits: Edits) -> None:
    """VARCHAR(MAX) of variables: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html"""
    for index, token in enumerate(tokens):
        if token.upper in ("VARCHAR", "VARYING") and matches(tokens, index + 1, "(", "MAX", ")"):
            edits.replace(tokens[index + 2].start, tokens[index + 2].end, str(MAX_VARCHAR))
