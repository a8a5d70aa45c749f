"""Translates errors of PostgreSQL into Redshift's, where programs look at them.

Contract: one ErrorResponse in, one out; errors that are not named here are not changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from local_redshift.settings import SESSIONS
from local_redshift.statements.refusals.functions_not_here import HINTS
from local_redshift.statements.refusals.system_views import absent_view
from local_redshift.statements.tokens.errors import NOT_HERE
from local_redshift.wire import server_messages
from local_redshift.wire.errors import RedshiftError

_SERIALIZATION_FAILURE = "40001"
_QUERY_CANCELED = "57014"
_CHECK_VIOLATION = "23514"
_OUT_OF_RANGE = "22003"
_STRING_TOO_LONG = "22001"
_CARDINALITY_VIOLATION = "21000"
_INVALID_TEXT = "22P02"
_INVALID_TERMINATION = "2D000"
_INSUFFICIENT_PRIVILEGE = "42501"
_UNDEFINED_FUNCTION = "42883"
_FUNCTION = re.compile(r"function (?:\w+\.)?(\w+)\(")
_INVALID_FUNCTION_DEFINITION = "42P13"
_TOO_MANY_CONNECTIONS = "53300"
_UNDEFINED_TABLE = "42P01"

#: https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
_OVERFLOW = "Numeric data overflow (result precision)"

#: What PostgreSQL says when there is no connection left; a limit of the user or the database has another text.
_NONE_LEFT = ("sorry, too many clients", "remaining connection slots")

#: What late-binding views are made of: their functions, and what binds them.
_LATE_BINDING = ("late_binding_", "bind_here")

_RELATION = re.compile(r'relation "([^"]+)" does not exist')
_WHOLE_TYPE = re.compile(r"(?<=^invalid input syntax for )type (?:smallint|integer|bigint)(?=: )")
_BYTES = re.compile(r"redshift_bytes_(\d+)_.*?(_char|_decimal)?$")

#: Takes an ErrorResponse and the id of the session's running query.
ErrorTranslator = Callable[[bytes, int], bytes]


def translator(*, serializable: bool) -> ErrorTranslator:
    """Return the function that every error passes through on its way to the client.

    :param serializable: whether sessions run under SERIALIZABLE, whose conflicts Redshift reports as 1023.
    """

    def translate(frame: bytes, query_id: int) -> bytes:
        fields = server_messages.parse_fields(frame)
        code = fields.get("C", "")
        changed = None
        if code == _SERIALIZATION_FAILURE and serializable:
            changed = _serializable_conflict(fields)
        elif code == _QUERY_CANCELED:
            changed = _cancelled(fields, query_id)
        elif code in _BY_CODE:
            changed = _BY_CODE[code](fields)
        if changed is None and any(name in fields.get("W", "") for name in _LATE_BINDING):
            changed = _late_binding(fields)
        return frame if changed is None else server_messages.error_of_fields(changed)

    return translate


def cancelled(query_id: int) -> dict[str, str]:
    """Return the fields of the error of a cancelled query."""
    return _fields({}, _QUERY_CANCELED, f"Query ({query_id}) cancelled on user's request")


def too_many_connections() -> RedshiftError:
    """Return the error of a client that would have one session too many.

    https://repost.aws/knowledge-center/redshift-connection-limits
    """
    return RedshiftError(
        _TOO_MANY_CONNECTIONS,
        f'connection limit "{SESSIONS}" exceeded for non-bootstrap users',
        hint="Close sessions that are not used: STV_SESSIONS shows them, PG_TERMINATE_BACKEND ends them.",
    )


def _length_check(fields: dict[str, str]) -> dict[str, str] | None:
    """VARCHAR(n) counts bytes, which the catalog checks by constraints whose names begin ``redshift_bytes_<n>_``."""
    found = _BYTES.match(fields.get("n", ""))
    if found is None:
        return None
    if found[2] == "_decimal":
        return _fields(fields, _OUT_OF_RANGE, _OVERFLOW)
    name = "character" if found[2] else "character varying"
    return _fields(fields, _STRING_TOO_LONG, f"value too long for type {name}({found[1]})")


def _no_integer(fields: dict[str, str]) -> dict[str, str]:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_NVL_function.html shows the text
    return {**fields, "M": _WHOLE_TYPE.sub("integer", fields.get("M", ""))}


def _serializable_conflict(fields: dict[str, str]) -> dict[str, str]:
    # https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
    detail = f"Serializable isolation violation on table, transactions forming the cycle: {fields.get('M', '')}"
    return {**_fields(fields, "XX000", "1023"), "D": detail}


def _cancelled(fields: dict[str, str], query_id: int) -> dict[str, str] | None:
    # statement_timeout and lock_timeout have the same code and other texts.
    return cancelled(query_id) if "user request" in fields.get("M", "") else None


def _several_matches(fields: dict[str, str]) -> dict[str, str] | None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
    if not fields.get("M", "").startswith("MERGE"):
        return None
    return _fields(fields, _CARDINALITY_VIOLATION, "Found multiple matches to update the same tuple.")


def _ended_transaction(fields: dict[str, str]) -> dict[str, str]:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
    if "redshift_catalog.append_table" in fields.get("W", ""):
        return _fields(fields, "25001", "ALTER TABLE APPEND cannot run inside a transaction block")
    # https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-transaction-management.html
    what = "COMMIT or ROLLBACK in a procedure that is called in a transaction block"
    hint = "Call it outside of BEGIN … COMMIT."
    return {**_fields(fields, "0A000", f"{what} {NOT_HERE}"), "H": hint}


def _late_binding(fields: dict[str, str]) -> dict[str, str]:
    """A late-binding view is a function inside, whose text is none of the client's."""
    changed = {key: value for key, value in fields.items() if key not in "WqpP"}
    if fields.get("C") == _INVALID_FUNCTION_DEFINITION:
        # Its names have been looked up before the statement was sent, and another session has changed them since.
        changed |= {
            "M": "The columns of a view WITH NO SCHEMA BINDING have changed while it was read.",
            "H": "Run the statement again.",
        }
    return changed


def _absent_function(fields: dict[str, str]) -> dict[str, str] | None:
    """A function that Redshift has is refused by name also where the planner does not look at functions."""
    found = _FUNCTION.match(fields.get("M", ""))
    hint = HINTS.get(found[1].lower()) if found is not None else None
    if found is None or hint is None:
        return None
    position = {"P": fields["P"]} if "P" in fields else {}
    return {**_fields(fields, "0A000", f"{found[1]}() {NOT_HERE}"), "H": hint, **position}


def _other_user(fields: dict[str, str]) -> dict[str, str] | None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_SET_SESSION_AUTHORIZATION.html
    if not fields.get("M", "").startswith("permission denied to set session authorization"):
        return None
    return {**_fields(fields, "0A000", f"SET SESSION AUTHORIZATION {NOT_HERE}"), "H": "Open a session as that user."}


def _absent_view(fields: dict[str, str]) -> dict[str, str] | None:
    """A system view that Redshift has is refused by name: "does not exist" would be wrong about Redshift."""
    found = _RELATION.fullmatch(fields.get("M", ""))
    absent = absent_view(found[1]) if found is not None else None
    if absent is None:
        return None
    position = {"P": fields["P"]} if "P" in fields else {}
    return {**_fields(fields, "0A000", absent[0]), "H": absent[1], **position}


def _overflow(fields: dict[str, str]) -> dict[str, str] | None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
    if fields.get("M") != "numeric field overflow":
        return None
    return {**fields, "M": _OVERFLOW}


def _too_many_connections(fields: dict[str, str]) -> dict[str, str] | None:
    if not fields.get("M", "").startswith(_NONE_LEFT):
        return None
    error = too_many_connections()
    return {**_fields(fields, error.sqlstate, error.message), "H": error.hint or ""}


def _fields(fields: dict[str, str], sqlstate: str, text: str) -> dict[str, str]:
    severity = fields.get("V", "ERROR")
    return {"S": severity, "V": severity, "C": sqlstate, "M": text}


#: What looks at an error, by its code.
_BY_CODE: dict[str, Callable[[dict[str, str]], dict[str, str] | None]] = {
    _CHECK_VIOLATION: _length_check,
    _CARDINALITY_VIOLATION: _several_matches,
    _INVALID_TERMINATION: _ended_transaction,
    _TOO_MANY_CONNECTIONS: _too_many_connections,
    _UNDEFINED_TABLE: _absent_view,
    _UNDEFINED_FUNCTION: _absent_function,
    _INVALID_TEXT: _no_integer,
    _INSUFFICIENT_PRIVILEGE: _other_user,
    _OUT_OF_RANGE: _overflow,
}
