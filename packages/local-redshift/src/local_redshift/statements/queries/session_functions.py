"""Functions about the session and the system whose text has to be changed.

https://docs.aws.amazon.com/redshift/latest/dg/r_System_information_functions.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.parameters import PARAMETERS, posix_zone
from local_redshift.statements.tokens.edits import Edits, arguments
from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.lexer import STRING, Token


def setting(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """CURRENT_SETTING('query_group') and SET_CONFIG: parameters that only Redshift has are settings of this server.

    The second argument of CURRENT_SETTING tells whether an unknown variable is an error; in PostgreSQL, whether it is
    none.

    https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_SETTING.html
    https://docs.aws.amazon.com/redshift/latest/dg/r_SET_CONFIG.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :returns: index of what follows.
    """
    items = arguments(tokens, index + 1)
    token = items[0][0] if items else None
    name = token.value.lower() if token is not None and token.kind is STRING else ""
    if token is not None and name.upper() in PARAMETERS:
        edits.replace(token.start, token.end, f"'redshift.{name}'")
    elif name == "timezone" and len(items) > 1 and items[1][0].kind is STRING:
        edits.replace_token(items[1][0], posix_zone(items[1][0].value) or items[1][0].text)
    if tokens[index].upper == "CURRENT_SETTING" and len(items) == 2:
        edits.insert(items[1][0].start, "NOT (")
        edits.insert(items[1][-1].end, ")")
    return index + 1


def no_account(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """CURRENT_AWS_ACCOUNT: https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_AWS_ACCOUNT.html

    :param tokens: the statement.
    :param index: place of the word.
    :param edits: takes no changes.
    :raises RedshiftError: always.
    """
    raise not_here("CURRENT_AWS_ACCOUNT", tokens[index], "This server belongs to no account: write its number.")


def slice_num(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """SLICE_NUM() without a table is 10000, the leader node.

    https://docs.aws.amazon.com/redshift/latest/dg/r_SLICE_NUM.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :returns: index of what follows.
    """
    if tokens[0].upper == "SELECT" and all(token.upper != "FROM" for token in tokens):
        edits.replace(tokens[index].start, tokens[index].end, "redshift_catalog.leader_slice_num")
    return index + 1
