"""What PostgreSQL would take and Redshift does not: refused by name, since passing here and failing on AWS is the
worst that this server can do.

https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html
https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-datatypes.html
https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local.redshift.errors import RedshiftError
from local.redshift.statements.edits import words
from local.redshift.statements.lexer import SYMBOL, WORD, Token

#: First words of Redshift's own statements and of harmless ones.
#: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html
KNOWN = frozenset(
    (
        *("ABORT", "ALTER", "ANALYZE", "BEGIN", "CANCEL", "CLOSE", "COMMENT", "COMMIT", "COPY", "CREATE"),
        *("DEALLOCATE", "DECLARE", "DELETE", "DROP", "END", "EXECUTE", "EXPLAIN", "FETCH", "GRANT", "INSERT"),
        *("LOCK", "MERGE", "PREPARE", "RESET", "REVOKE", "ROLLBACK", "SELECT", "SET", "SHOW", "START"),
        *("TRUNCATE", "UPDATE", "VACUUM", "VALUES", "WITH"),
    )
)

#: Redshift's statements that this server does not have.
_NOT_HERE = {
    "UNLOAD": "UNLOAD",
    "CALL": "Stored procedures",
}

#: CREATE, ALTER and DROP of these exist in PostgreSQL only.
_OBJECTS = {
    "INDEX": 'SQL command "{} INDEX" not supported on Redshift tables.',
    "UNIQUE": 'SQL command "{} UNIQUE INDEX" not supported on Redshift tables.',
    "SEQUENCE": 'SQL command "{} SEQUENCE" not supported.',
    "TRIGGER": 'SQL command "{} TRIGGER" not supported.',
    "EXTENSION": 'SQL command "{} EXTENSION" not supported.',
    "DOMAIN": 'SQL command "{} DOMAIN" not supported.',
    "TYPE": 'SQL command "{} TYPE" not supported.',
    "RULE": 'SQL command "{} RULE" not supported.',
    "TABLESPACE": 'SQL command "{} TABLESPACE" not supported.',
    "UNLOGGED": 'SQL command "{} UNLOGGED TABLE" not supported.',
    "AGGREGATE": 'SQL command "{} AGGREGATE" not supported.',
    "OPERATOR": 'SQL command "{} OPERATOR" not supported.',
    "CAST": 'SQL command "{} CAST" not supported.',
    "EVENT": 'SQL command "{} EVENT TRIGGER" not supported.',
    "PUBLICATION": 'SQL command "{} PUBLICATION" not supported.',
    "SUBSCRIPTION": 'SQL command "{} SUBSCRIPTION" not supported.',
    "FUNCTION": 'SQL command "{} FUNCTION" not supported by this server.',
    "PROCEDURE": 'SQL command "{} PROCEDURE" not supported by this server.',
    "EXTERNAL": 'SQL command "{} EXTERNAL" not supported by this server.',
    "MATERIALIZED": 'SQL command "{} MATERIALIZED VIEW" not supported by this server.',
    "MODEL": 'SQL command "{} MODEL" not supported by this server.',
    "DATASHARE": 'SQL command "{} DATASHARE" not supported by this server.',
    "LIBRARY": 'SQL command "{} LIBRARY" not supported by this server.',
}

_TYPES = frozenset(
    (
        *("JSON", "JSONB", "UUID", "SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8", "BYTEA"),
        *("MONEY", "XML", "INET", "CIDR", "MACADDR", "TSVECTOR", "TSQUERY", "POINT", "BOX", "CIRCLE", "BIT"),
    )
)

_FUNCTIONS = {
    "STRING_AGG": "LISTAGG",
    "ARRAY_AGG": "LISTAGG",
    "JSON_AGG": "LISTAGG",
    "JSONB_AGG": "LISTAGG",
    "UNNEST": None,
    "TO_JSON": None,
    "ROW_TO_JSON": None,
    "JSON_BUILD_OBJECT": None,
    "JSONB_BUILD_OBJECT": None,
    "FORMAT": None,
    "REGEXP_MATCHES": "REGEXP_SUBSTR",
    "REGEXP_SPLIT_TO_TABLE": None,
    "MAKE_DATE": None,
    "MAKE_TIMESTAMP": None,
    "NEXTVAL": None,
    "CURRVAL": None,
    "SETVAL": None,
    "CLOCK_TIMESTAMP": "GETDATE",
    "STATEMENT_TIMESTAMP": "GETDATE",
}

#: Sequences of words that only PostgreSQL has, with what to do instead.
_PHRASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("ON", "CONFLICT"), "Redshift has no upsert by key: DELETE … USING and INSERT in one transaction, or MERGE."),
    (("DISTINCT", "ON", "("), "Rank with ROW_NUMBER() OVER (…) and keep the first."),
    (("FILTER", "(", "WHERE"), "Aggregate a CASE expression."),
    (("FOR", "UPDATE"), "LOCK the table at the beginning of the transaction."),
    (("FOR", "SHARE"), "LOCK the table at the beginning of the transaction."),
    (("DISTINCT", "FROM"), "Compare with = and IS NULL."),
    (("LATERAL", "("), "Join with a subquery that does not refer to the other tables."),
    (("TABLESAMPLE",), "Order by RANDOM() and LIMIT."),
    (("CONCURRENTLY",), "Leave it out."),
    (("STORED", ")"), "Compute the column when loading."),
    (("STORED", ","), "Compute the column when loading."),
    (("SET", "DEFAULT"), "Redshift cannot change a column's default: add a column instead."),
    (("DROP", "DEFAULT"), "Redshift cannot change a column's default: add a column instead."),
    (("SKIP", "LOCKED"), "Leave it out."),
    (("WITH", "NO", "SCHEMA"), "This server has no late-binding views yet."),
    (("QUALIFY",), "This server has no QUALIFY yet: filter in an outer query."),
    (("PIVOT", "("), "This server has no PIVOT yet: aggregate CASE expressions."),
    (("IGNORE", "NULLS"), "This server has no IGNORE NULLS yet."),
    (("TEXTFILE",), "This server has no external tables."),
)


def refuse_unknown(tokens: Sequence[Token]) -> None:
    """Refuse a statement that Redshift does not have.

    :param tokens: the statement.
    :raises RedshiftError: with a hint at what Redshift has instead.
    """
    first = tokens[0]
    word = first.upper
    if word in _NOT_HERE:
        raise _unsupported(f"{_NOT_HERE[word]} is not supported by this server.", first, None)
    if word not in KNOWN and first.text != "(":
        raise RedshiftError("42601", f'syntax error at or near "{first.text}"', position=first.start + 1)
    if word in ("CREATE", "ALTER", "DROP"):
        _refuse_objects(tokens)
    names_table = any(words(tokens, at, "TABLE") for at in range(1, min(4, len(tokens))))
    if (
        word in ("CREATE", "ALTER")
        and names_table
        and not any(words(tokens, at, "SELECT") for at in range(len(tokens)))
    ):
        _refuse_table_features(tokens)
    _refuse_anywhere(tokens, word)


def _refuse_objects(tokens: Sequence[Token]) -> None:
    skipped = ("OR", "REPLACE", "CONSTRAINT", "GLOBAL")
    kinds = [token for token in tokens[1:5] if token.upper not in skipped][:1]
    for token in kinds:
        if token.upper in _OBJECTS:
            text = _OBJECTS[token.upper].format(tokens[0].upper)
            hint = "Redshift has no indexes: declare a SORTKEY and a DISTKEY." if "INDEX" in text else None
            raise _unsupported(text, token, hint)


def _refuse_table_features(tokens: Sequence[Token]) -> None:
    for index, token in enumerate(tokens):
        previous = tokens[index - 1] if index else None
        if token.kind is not WORD or previous is None:
            continue
        # a type follows a column's name, never an opening bracket or a comma
        if token.upper in _TYPES and previous.text not in ("(", ",", "."):
            raise _unsupported(
                f'Column "{previous.text}" has unsupported type "{token.text.lower()}".',
                token,
                "Redshift's types: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html",
            )
        if token.upper in ("EXCLUDE", "INHERITS", "CHECK") and words(tokens, index + 1, "("):
            raise _unsupported(f"{token.upper} is not supported in CREATE TABLE.", token, None)
        if words(tokens, index, "PARTITION", "BY") or words(tokens, index, "PARTITION", "OF"):
            raise _unsupported("Partitioned tables are not supported.", token, "Declare a SORTKEY.")
    adds = sum(1 for index in range(len(tokens)) if words(tokens, index, "ADD"))
    if tokens[0].upper == "ALTER" and adds > 1:
        raise _unsupported(
            "ALTER TABLE adds one column at a time.", tokens[0], "Write one ALTER TABLE … ADD COLUMN for each."
        )


def _refuse_anywhere(tokens: Sequence[Token], verb: str) -> None:
    for index, token in enumerate(tokens):
        if token.kind is SYMBOL and token.text == "[" and index:
            raise _unsupported("Arrays are not supported.", token, "Use a SUPER column on Redshift.")
        if token.kind is not WORD:
            continue
        if token.upper == "RETURNING" and verb in ("INSERT", "UPDATE", "DELETE", "MERGE", "WITH"):
            raise _unsupported("RETURNING is not supported.", token, "SELECT the rows in the same transaction.")
        for phrase, hint in _PHRASES:
            if token.upper == phrase[0] and words(tokens, index, *phrase):
                raise _unsupported(f"{' '.join(phrase).rstrip(' (,)')} is not supported.", token, hint)
        called = words(tokens, index + 1, "(") and (not index or tokens[index - 1].text != ".")
        if called and token.upper in _FUNCTIONS:
            instead = _FUNCTIONS[token.upper]
            raise RedshiftError(
                "42883",
                f"function {token.text.lower()}(…) does not exist",
                hint=f"Redshift has {instead}." if instead else "Redshift does not have it.",
                position=token.start + 1,
            )
        if verb == "MERGE" and words(tokens, index, "MATCHED", "AND"):
            raise _unsupported("MERGE … WHEN MATCHED AND is not supported.", token, "Filter the source before.")


def _unsupported(text: str, token: Token, hint: str | None) -> RedshiftError:
    return RedshiftError("0A000", text, hint=hint, position=token.start + 1)
