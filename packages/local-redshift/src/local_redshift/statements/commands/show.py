"""SHOW of the catalog's contents, as queries on this server's views with the same columns.

https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW.html

redshift_connector and Amazon's JDBC driver send these for their metadata calls, with parameters for names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.lexer import NUMBER, PARAMETER, QUOTED, STRING, WORD, Token

_DATABASE, _SCHEMA, _TABLE = "database_name", "schema_name", "table_name"


@dataclass(frozen=True)
class _Form:
    """A form of SHOW.

    :param words: the words after SHOW.
    :param view: the view in ``redshift_catalog`` that holds its rows, in order.
    :param path: the view's columns that the parts of the name are; of a shorter name, the last ones.
    :param like: the column that LIKE is about.
    :param columns: what is shown.
    """

    words: str
    view: str
    path: tuple[str, ...] = (_DATABASE, _SCHEMA, _TABLE)
    like: str = ""
    columns: str = "*"


_PARAMETERS = (
    "database_name, schema_name, {0}_name, parameter_name, ordinal_position, parameter_type, data_type, "
    "character_maximum_length, numeric_precision, numeric_scale"
)
_FORMS = (
    _Form("DATABASES", "show_databases", (), _DATABASE),
    _Form("SCHEMAS FROM DATABASE", "show_schemas", (_DATABASE,), _SCHEMA),
    _Form("TABLES FROM SCHEMA", "show_tables", (_DATABASE, _SCHEMA), _TABLE),
    _Form("TABLES FROM DATABASE", "show_tables", (_DATABASE,)),
    _Form("COLUMNS FROM TABLE", "show_columns", like="column_name"),
    _Form("COLUMNS FROM DATABASE", "show_columns", (_DATABASE,)),
    _Form("CONSTRAINTS PRIMARY KEYS FROM TABLE", "show_primary_keys"),
    _Form(
        "CONSTRAINTS FOREIGN KEYS EXPORTED FROM TABLE",
        "show_foreign_keys",
        ("pk_database_name", "pk_schema_name", "pk_table_name"),
    ),
    _Form(
        "CONSTRAINTS FOREIGN KEYS FROM TABLE",
        "show_foreign_keys",
        ("fk_database_name", "fk_schema_name", "fk_table_name"),
    ),
    _Form("COLUMN GRANTS ON TABLE", "show_column_grants", like="column_name"),
    _Form("GRANTS ON TABLES FROM DATABASE", "show_table_grants", (_DATABASE,)),
    _Form("GRANTS ON TABLE", "show_table_grants", (_DATABASE, _SCHEMA, "object_name")),
    _Form("GRANTS ON SCHEMA", "show_schema_grants", (_DATABASE, _SCHEMA)),
    _Form("PROCEDURES FROM SCHEMA", "show_procedures", (_DATABASE, _SCHEMA), "procedure_name"),
    _Form("FUNCTIONS FROM SCHEMA", "show_functions", (_DATABASE, _SCHEMA), "function_name"),
    _Form(
        "PARAMETERS OF PROCEDURE",
        "show_procedure_parameters",
        (_DATABASE, _SCHEMA, "procedure_name"),
        "parameter_name",
        _PARAMETERS.format("procedure"),
    ),
    _Form(
        "PARAMETERS OF FUNCTION",
        "show_function_parameters",
        (_DATABASE, _SCHEMA, "function_name"),
        "parameter_name",
        _PARAMETERS.format("function"),
    ),
)

#: What is shown as text: https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_TABLE.html and r_SHOW_VIEW.html
_DEFINITIONS = {
    "TABLE": ("table_ddl", "Show Table DDL statement"),
    "VIEW": ("view_ddl", "Show View DDL statement"),
}
#: The columns that a batch form can filter by.
_FILTERS = ("SCHEMA_NAME", "TABLE_NAME", "COLUMN_NAME", "OBJECT_NAME")
_NOT_HERE = frozenset(
    ("COLUMN", "CONSTRAINTS", "EXTERNAL", "GRANTS", "MODEL", "POLICIES", "PROCEDURE", "TEMPLATE", "TEMPLATES")
)


def show_query(tokens: Sequence[Token]) -> str | None:
    """Return the query that answers a SHOW; None when it is about a parameter.

    :param tokens: the statement.
    :raises RedshiftError: for a form that Redshift or this server does not have.
    """
    cursor = Cursor(tokens, 1)
    for form in _FORMS:
        if cursor.accept(*form.words.split()):
            return _query(form, cursor)
    if cursor.peek("SERVER_VERSION") and len(tokens) == 2:
        return "SELECT '8.0.2'::text AS server_version"
    if cursor.peek("ALL") and len(tokens) == 2:
        return "SELECT name, setting FROM redshift_catalog.parameters()"
    if len(tokens) > 2 and cursor.upper in _DEFINITIONS:
        return _definition(cursor)
    if cursor.peek("DATASHARES"):
        raise not_here("SHOW DATASHARES", tokens[0], "Data is shared between clusters; this is one server.")
    if len(tokens) > 2 and cursor.upper in _NOT_HERE:
        raise not_here(f"SHOW {cursor.upper}", tokens[0], "Ask SVV_TABLES, SVV_COLUMNS or PG_TABLE_DEF.")
    return None


def _definition(cursor: Cursor) -> str:
    function, title = _DEFINITIONS[cursor.take().upper]
    first = cursor.at
    cursor.names()
    name = "".join(token.text for token in cursor.tokens[first : cursor.at]).replace("'", "''")
    if not cursor.done:
        raise syntax_error(cursor.next)
    return f"SELECT redshift_catalog.{function}('{name}') AS \"{title}\""


def _query(form: _Form, cursor: Cursor) -> str:
    conditions = _path_conditions(form, cursor) if form.path else []
    if form.words.startswith("PARAMETERS") and cursor.peek("("):
        types = "".join(f", {_type(item)}" for item in cursor.bracketed() if item)
        conditions.append(f"argument_list = pg_catalog.concat_ws(', '{types})")
    if cursor.accept("DRIVER_TOKEN"):  # names the driver to Amazon's servers
        cursor.take()
    if form.like and cursor.accept("LIKE"):
        conditions.append(f"{form.like} LIKE {_operand(cursor)}")
    if cursor.accept("WHERE"):
        conditions += _filters(form, cursor)
    if "GRANTS" in form.words and cursor.accept("FOR"):
        conditions.append(_grantee(cursor))
    limit = f" LIMIT {_number(cursor)}" if cursor.accept("LIMIT") else ""
    if not cursor.done:
        raise syntax_error(cursor.next)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {form.columns} FROM redshift_catalog.{form.view}{where}{limit}"


def _path_conditions(form: _Form, cursor: Cursor) -> list[str]:
    parts = [_operand(cursor)]
    while cursor.accept("."):
        parts.append(_operand(cursor))
    if len(parts) > len(form.path):
        raise syntax_error(cursor.next)
    conditions = [f"{column} = {part}" for column, part in zip(form.path[-len(parts) :], parts, strict=True)]
    if len(form.path) == 3 and len(parts) == 1:
        conditions.append(f"{form.path[1]} = ANY (pg_catalog.current_schemas(true))")
    return conditions


def _filters(form: _Form, cursor: Cursor) -> list[str]:
    conditions = []
    while True:
        if cursor.upper not in _FILTERS:
            raise syntax_error(cursor.next)
        column = cursor.take().text.lower()
        if column == "table_name" and form.view == "show_table_grants":
            column = "object_name"
        comparison = "LIKE" if cursor.accept("LIKE") else "="
        if comparison == "=":
            cursor.expect("=")
        conditions.append(f"{column} {comparison} {_operand(cursor)}")
        if not cursor.accept("AND"):
            return conditions


def _grantee(cursor: Cursor) -> str:
    """FOR user | ROLE role | PUBLIC: https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_GRANTS.html"""
    if cursor.accept("PUBLIC"):
        return "identity_type = 'public'"
    # groups and roles are the same here
    kinds = "('role', 'group')" if cursor.accept("ROLE") else "('user')"
    return f"identity_type IN {kinds} AND identity_name = {_operand(cursor)}"


def _operand(cursor: Cursor) -> str:
    """Return a name, a string or a parameter as SQL text."""
    token = cursor.take()
    if token.kind is PARAMETER:
        return f"{token.text}::text"
    if token.kind is STRING:
        return token.text
    if token.kind in (WORD, QUOTED):
        return _literal(token.name)
    raise syntax_error(token)


def _type(item: Sequence[Token]) -> str:
    """Return an item of an argument list, a parameter or a type's words, as SQL text."""
    if item[0].kind is PARAMETER:
        return f"{item[0].text}::text"
    return _literal(" ".join(token.text.lower() for token in item))


def _literal(text: str) -> str:
    return "'{}'".format(text.replace("\\", "\\\\").replace("'", "''"))


def _number(cursor: Cursor) -> str:
    token = cursor.take()
    if token.kind not in (NUMBER, PARAMETER):
        raise syntax_error(token)
    return token.text
