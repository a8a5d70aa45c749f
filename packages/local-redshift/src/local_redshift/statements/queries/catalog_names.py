"""Names of PostgreSQL's catalog: where Redshift's differs, they become names of this server's views and functions.

https://docs.aws.amazon.com/redshift/latest/dg/c_intro_catalog_views.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.tokens.edits import Edits, matches
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, SYMBOL, WORD, Token

_FUNCTIONS = frozenset(("pg_get_constraintdef", "pg_get_expr", "pg_get_indexdef", "pg_get_viewdef"))
_RELATIONS = frozenset(
    (
        *("pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_depend", "pg_index", "pg_namespace"),
        *("pg_default_acl", "pg_group", "pg_indexes", "pg_locks", "pg_stat_activity", "pg_tables", "pg_user"),
        "pg_views",
    )
)
_SCHEMAS = {
    "pg_catalog": frozenset((*_FUNCTIONS, *_RELATIONS)),
    "information_schema": frozenset(
        (
            *("constraint_column_usage", "key_column_usage", "referential_constraints", "table_constraints"),
            *("columns", "schemata", "tables", "views"),
        )
    ),
}
_BEFORE_RELATIONS = keywords("FROM JOIN")

#: Words at which something may have to be rewritten.
FIRST_WORDS = frozenset(name.upper() for name in (*_SCHEMAS, *_RELATIONS, *_FUNCTIONS))


def rewrite_catalog_name(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """Put the server's own schema before a name of the catalog, or in place of PostgreSQL's.

    :param tokens: the statement.
    :param index: of one of ``FIRST_WORDS``, which nothing qualifies.
    :param edits: takes the change.
    :returns: index of what follows.
    """
    token = tokens[index]
    if matches(tokens, index + 1, ".") and index + 2 < len(tokens):
        name = tokens[index + 2]
        if name.kind in (WORD, QUOTED) and name.name in _SCHEMAS.get(token.name, ()):
            edits.replace(token.start, token.end, "redshift_catalog")
            return index + 3
        return index + 1
    is_call = token.name in _FUNCTIONS and matches(tokens, index + 1, "(")
    if is_call or (token.name in _RELATIONS and _is_relation(tokens, index)):
        edits.insert(token.start, "redshift_catalog.")
    return index + 1


def _is_relation(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a name stands where a table does: after FROM, JOIN or a comma of FROM's."""
    before = tokens[index - 1] if index else None
    if before is None:
        return False
    if before.kind is WORD:
        return before.upper in _BEFORE_RELATIONS
    return before.kind is SYMBOL and before.text in (",", "(")
