"""Tell errors that time can heal from errors that it cannot, and put them into one sentence.

Pure: takes exceptions, returns values. The operators raise what is transient as it is, so that Airflow
retries it, and wrap what is permanent in ``AirflowFailException``.
"""

from __future__ import annotations

from collections.abc import Iterator

#: SQLSTATE classes and codes after which the same statement can succeed later.
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_TRANSIENT_SQLSTATE_CLASSES = ("08", "53", "57P", "58")
_TRANSIENT_SQLSTATES = frozenset({"40001", "40P01", "55P03", "57014"})

#: Redshift reports a serialization conflict by this number in the text, not by SQLSTATE.
#: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
_TRANSIENT_SQL_TEXTS = (
    "1023",
    "serializable isolation violation",
    "could not serialize",
    "could not obtain lock",
    "connection refused",
    "connection reset",
    "connection timed out",
    "server closed the connection",
    "connection is closed",
    "connection already closed",
    "broken pipe",
    "terminating connection",
    "the database system is",
    "slow down",
    "slowdown",
    "server socket closed",
    "disk full",
)

#: S3 error codes that the SDKs retry as well.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_TRANSIENT_AWS_CODES = frozenset(
    {
        "InternalError",
        "OperationAborted",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "500",
        "503",
    }
)


class SourceChangedError(Exception):
    """An object of the source changed between being listed and being loaded; the next try sees it whole."""


def sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE of a psycopg or redshift_connector error, ``None`` when it carries none."""
    code = getattr(error, "sqlstate", None)
    if isinstance(code, str):
        return code
    fields = error.args[0] if error.args else None
    if isinstance(fields, dict):
        return fields.get("C")
    return None


def sql_message(error: BaseException) -> str:
    """Return the server's message, its detail and its hint as one line."""
    fields = error.args[0] if error.args else None
    if isinstance(fields, dict):
        parts = [fields.get("M"), fields.get("D"), fields.get("H")]
        return " ".join(" ".join(part.split()) for part in parts if part)
    return " ".join(str(error).split())


def is_transient(error: BaseException) -> bool:
    """Say whether a later try of the same work can succeed without anybody changing anything.

    :param error: what a driver, an AWS client or the standard library raised.
    """
    return any(_is_transient_itself(link) for link in _chain(error))


def is_serialization_conflict(error: BaseException) -> bool:
    """Say whether a transaction failed only because another one got in its way, so that it can run again at once.

    Redshift: error 1023; PostgreSQL: SQLSTATE 40001 and 40P01.
    """
    text = sql_message(error).lower() if _is_database_error(error) else ""
    return sqlstate(error) in {"40001", "40P01"} or any(
        hint in text for hint in ("serializable isolation violation", "could not serialize")
    )


def describe(error: BaseException) -> str:
    """Return an error as one sentence: its SQLSTATE where it has one, then the server's words."""
    code = sqlstate(error)
    message = sql_message(error) or type(error).__name__
    return f"[{code}] {message}" if code else message


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__


def _is_transient_itself(error: BaseException) -> bool:
    if isinstance(error, SourceChangedError | ConnectionError | TimeoutError):
        return True
    aws_code = _aws_code(error)
    if aws_code is not None:
        return aws_code in _TRANSIENT_AWS_CODES
    code = sqlstate(error)
    if code is not None and (code in _TRANSIENT_SQLSTATES or code.startswith(_TRANSIENT_SQLSTATE_CLASSES)):
        return True
    if code is None or code == "XX000":
        text = sql_message(error).lower()
        return _is_database_error(error) and any(hint in text for hint in _TRANSIENT_SQL_TEXTS)
    return False


def _is_database_error(error: BaseException) -> bool:
    """Only the drivers' words are searched for hints: anybody else's text may hold '1023' by chance."""
    module = type(error).__module__.partition(".")[0]
    return module in {"psycopg", "psycopg2", "redshift_connector", "botocore", "obstore", "urllib3"}


def _aws_code(error: BaseException) -> str | None:
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        code = response.get("Error", {}).get("Code")
        return str(code) if code is not None else None
    return None
