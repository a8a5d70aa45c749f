"""CREATE PROCEDURE and CREATE FUNCTION: their signatures as PostgreSQL's, and Redshift's SQL in their bodies.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_PROCEDURE.html
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_FUNCTION.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local_redshift.statements.ddl.procedure_body import rewrite_body
from local_redshift.statements.ddl.procedure_transactions import end_transactions
from local_redshift.statements.parameters import PARAMETERS
from local_redshift.statements.queries.selects import end_of_list, select_items
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits, matches
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import DOLLAR, PARAMETER, STRING, WORD, Token, tokenize
from local_redshift.statements.tokens.types import DataType, read_type

#: Plans the SQL of a body: https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
PlanSql = Callable[[str], str]

_MODES = ("IN", "OUT", "INOUT")
#: Words that follow the first word of a type.
_SECOND_WORDS = keywords("PRECISION VARYING WITHOUT WITH")
_NOT_IN_FUNCTIONS = keywords("FROM INTO WHERE GROUP ORDER LIMIT")


def rewrite_procedure(tokens: Sequence[Token], at: int, edits: Edits, plan_sql: PlanSql) -> None:
    """Add the edits that turn a CREATE PROCEDURE into PostgreSQL's.

    :param tokens: the statement.
    :param at: index of the word PROCEDURE.
    :param edits: takes the changes.
    :param plan_sql: plans a statement of the body.
    :raises RedshiftError: for what Redshift or this server does not have.
    """
    cursor = Cursor(tokens, at + 1)
    cursor.names()
    opening = cursor.at
    arguments = cursor.bracketed()
    # CALL has no output arguments: so they come last, with a default.
    given = [item for item in arguments if _mode(item) != "OUT"]
    returned = [item for item in arguments if _mode(item) == "OUT"]
    written = [_argument(item, edits) for item in given] + [
        f"{_argument(item, edits)} DEFAULT NULL" for item in returned
    ]
    edits.replace(tokens[opening].end, tokens[cursor.at - 1].start, ", ".join(written))
    atomic = True
    if cursor.peek("NONATOMIC"):
        atomic = False
        edits.remove_with_gap(tokens, cursor.at, cursor.at + 1)
    if _language(tokens) != "plpgsql":
        raise syntax_error(tokens[at], "Stored procedures are written in LANGUAGE plpgsql.")
    definer = any(matches(tokens, index, "SECURITY", "DEFINER") for index in range(at, len(tokens)))

    def rewrite(body: str) -> str:
        return end_transactions(rewrite_body(body, plan_sql), atomic=atomic, definer=definer)

    _replace_body(tokens, edits, rewrite)
    for index in range(cursor.at, len(tokens) - 2):
        if tokens[index].upper == "SET" and tokens[index + 1].upper in PARAMETERS:
            edits.insert(tokens[index + 1].start, "redshift.")


def rewrite_function(tokens: Sequence[Token], at: int, edits: Edits, plan_sql: PlanSql) -> None:
    """Add the edits that turn a CREATE FUNCTION into PostgreSQL's.

    :param tokens: the statement.
    :param at: index of the word FUNCTION.
    :param edits: takes the changes.
    :param plan_sql: plans the SELECT of the body.
    :raises RedshiftError: for Python, and for what Redshift does not take.
    """
    language = _language(tokens)
    if language == "plpythonu":
        raise not_here("LANGUAGE plpythonu", tokens[0], "Write it in SQL.")
    if language != "sql":
        raise syntax_error(tokens[at], "Functions are written in LANGUAGE sql; write a procedure in LANGUAGE plpgsql.")
    cursor = Cursor(tokens, at + 1)
    cursor.names()
    arguments = cursor.bracketed()
    for item in arguments:
        if len(item) > 1 and item[1].kind is WORD and item[1].upper not in _SECOND_WORDS:
            raise syntax_error(item[0], "Arguments of SQL functions have no names: write the type, and $1 in the body.")
        _rewrite_type(Cursor(item), edits, "The argument")
    cursor.expect("RETURNS")
    first = cursor.at
    _rewrite_type(cursor, edits, "The result")
    types = [_decimal(item, edits) for item in arguments]
    result = _decimal(tokens[first : cursor.at], edits)
    _replace_body(tokens, edits, lambda body: _with_decimals(_function_body(body, plan_sql), types, result))


def _decimal(item: Sequence[Token], edits: Edits) -> str | None:
    """Return a type if it is a DECIMAL: PostgreSQL forgets precision and scale of arguments and results."""
    if not item or item[0].upper not in ("DECIMAL", "NUMERIC"):
        return None
    written = edits.text[item[0].start : item[-1].end]
    return written if len(item) > 1 else "decimal(18,0)"


def _with_decimals(body: str, arguments: Sequence[str | None], result: str | None) -> str:
    """Return a function's SELECT in which the arguments and the result have the types that it declares."""
    tokens = tokenize(body)
    edits = Edits(body)
    for token in tokens:
        number = int(token.text[1:]) - 1 if token.kind is PARAMETER else -1
        if 0 <= number < len(arguments) and arguments[number] is not None:
            edits.replace(token.start, token.end, f"({token.text}::{arguments[number]})")
    (item, *others) = select_items(tokens, 1, end_of_list(tokens, 1)) if len(tokens) > 1 else (None,)
    if result is not None and item is not None and not others:
        edits.insert(item.tokens[0].start, "(")
        edits.insert(item.tokens[-1].end, f")::{result}")
    return edits.apply(0, len(body))


def _function_body(body: str, plan_sql: PlanSql) -> str:
    depth = 0
    for token in tokenize(body):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.upper in _NOT_IN_FUNCTIONS:
            hint = "The SELECT of a function has no FROM, INTO, WHERE, GROUP BY, ORDER BY and LIMIT."
            raise syntax_error(token._replace(start=-1), hint)
    return plan_sql(body)


def _language(tokens: Sequence[Token]) -> str:
    for index, token in enumerate(tokens[:-1]):
        if token.upper == "LANGUAGE":
            return tokens[index + 1].text.strip("'").lower()
    return ""


def _replace_body(tokens: Sequence[Token], edits: Edits, rewrite: Callable[[str], str]) -> None:
    """Rewrite the body in its quotes."""
    for index, token in enumerate(tokens[:-1]):
        body = tokens[index + 1]
        if token.upper != "AS" or body.kind not in (DOLLAR, STRING):
            continue
        if body.kind is DOLLAR:
            quote = body.text[: body.text.index("$", 1) + 1]
            edits.replace(body.start, body.end, f"{quote}{rewrite(body.text[len(quote) : -len(quote)])}{quote}")
        else:
            edits.replace(body.start, body.end, f"$redshift_body${rewrite(body.value)}$redshift_body$")
        return
    raise syntax_error(None, "The body is missing: AS $$ … $$.")


def _mode(item: Sequence[Token]) -> str:
    return next((token.upper for token in item[:2] if token.upper in _MODES), "IN")


def _argument(item: Sequence[Token], edits: Edits) -> str:
    """Return an argument as PostgreSQL takes it: mode, name and type."""
    mode = _mode(item)
    rest = [token for index, token in enumerate(item) if index > 1 or token.upper not in _MODES]
    name = ""
    cursor = Cursor(rest)
    if len(rest) > 1 and rest[1].text != "(" and rest[1].upper not in _SECOND_WORDS:
        name = rest[0].text + " "
        cursor.take()
    first = cursor.at
    # what returns result sets: https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-result-set.html
    data_type = DataType("refcursor") if cursor.accept("REFCURSOR") else read_type(cursor, "The argument")
    if not cursor.done:
        raise syntax_error(cursor.next)
    written = data_type.sql or edits.text[rest[first].start : rest[-1].end]
    return f"{'INOUT' if mode == 'OUT' else mode} {name}{written}"


def _rewrite_type(cursor: Cursor, edits: Edits, subject: str) -> None:
    first = cursor.at
    data_type = read_type(cursor, subject)
    if data_type.sql is not None:
        edits.replace(cursor.tokens[first].start, cursor.tokens[cursor.at - 1].end, data_type.sql)
