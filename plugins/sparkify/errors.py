"""Tell errors that time can heal from errors that it cannot, and put them into one sentence.

Pure: takes exceptions, returns values. The operators raise what is transient as it is, so that Airflow
retries it, and wrap what is permanent in ``AirflowFailException``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: SQLSTATE classes and codes after which the same statement can succeed later.
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_TRANSIENT_SQLSTATE_CLASSES = ("08", "53", "57P", "58")
#: 57014: cancelled by workload management or a timeout. 25P02: an error was passed over, which a new session forgets.
_TRANSIENT_SQLSTATES = frozenset({"25P02", "40001", "40P01", "55P03", "57014"})

#: The drivers' and Redshift's words for it; Redshift gives many errors the SQLSTATE XX000, and an error of connecting
#: has none.
#: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
_TRANSIENT_SQL_TEXTS = (
    # another transaction in the way; an object dropped under a running statement
    "serializable isolation violation",
    "could not serialize",
    "could not obtain lock",
    "deadlock detected",
    "could not open relation with oid",
    # the connection
    "communication error",
    "connection refused",
    "connection reset",
    "connection timed out",
    "connection time out",
    "connection timeout expired",
    "connection has been closed unexpectedly",
    "server closed the connection",
    "the connection is lost",
    "connection is closed",
    "connection already closed",
    "broken pipe",
    "server socket closed",
    "ssl syscall error",
    "timeout expired",
    "could not receive data from server",
    "could not send data to server",
    "name or service not known",
    "temporary failure in name resolution",
    # the server
    "terminating connection",
    "the database system is",
    "too many clients",
    "connection limit exceeded",
    "remaining connection slots",
    "disk full",
    "system requested abort",
    "cancelled on user's request",
    "cancelled by wlm",
    "canceled by wlm",
    # S3, where COPY reads it
    "reduce your request rate",
)
_TRANSIENT_SQL_PATTERN = re.compile(
    r"^(error: *)?1023\b|\bstatus:? *(5\d\d|429)\b"
    r"|\berror:? *(slowdown|internalerror|serviceunavailable|requesttimeout)\b"
)
_RULE = re.compile(r"-{5,}")
#: Errors of connecting that a hint above may stand beside: a driver tells of every address that it tried.
_PERMANENT_SQL_PATTERN = re.compile(
    r"password authentication failed|no pg_hba\.conf entry|(database|role|user) \".*?\" does not exist"
    r"|certificate.verify.failed|refuses ssl"
)

#: What to do about a permanent error, by SQLSTATE or its class, for those without one by words.
_STEPS = {
    "42601": "correct the statement",
    "42P01": "make the table (the DAG sparkify_create_tables makes the pipeline's own), or correct its name",
    "42703": "correct the column's name, or bring the table up to date with sql/tables",
    "3F000": "make the schema, or correct its name",
    "42501": "grant the connection's user what the statement needs",
    "28": "correct the connection's login and password",
    "3D000": "correct the connection's database",
    "22": "correct the value or the query that makes it",
}
_STEPS_BY_WORDS = {
    "password authentication failed": _STEPS["28"],
    "permission denied": _STEPS["42501"],
    "no pg_hba.conf entry": "allow this machine's address to connect",
    "certificate": "correct the connection's SSL settings",
    "refuses ssl": "correct the connection's SSL settings",
    'database "': _STEPS["3D000"],
    "does not exist": _STEPS["42P01"],
}

#: Error codes of S3 and other AWS services that the SDKs retry as well, and the status codes that HEAD has instead.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
#: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
TRANSIENT_AWS_CODES = frozenset(
    {
        "429",
        "500",
        "502",
        "503",
        "504",
        "BandwidthLimitExceeded",
        "InternalError",
        "InternalFailure",
        "InternalServerException",
        "OperationAborted",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

#: What AWS's SDKs raise when there is no answer, or half of one.
UNREACHABLE_AWS_ERRORS = frozenset(
    {
        "ConnectionClosedError",
        "ConnectionError",
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "HTTPClientError",
        "IncompleteReadError",
        "ProxyConnectionError",
        "ReadTimeoutError",
        "ResponseStreamingError",
    }
)


class SourceChangedError(Exception):
    """An object of the source changed between being listed and being loaded; the next try sees it whole."""


class LockWaitError(TimeoutError):
    """The writers' lock was not free in time; a later try may find it so. The message names who holds it."""


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
        # Redshift frames its details with rules of dashes.
        return " ".join(" ".join(_RULE.sub(" ", part).split()) for part in parts if part)
    return " ".join(str(error).split())


def is_transient(error: BaseException) -> bool:
    """Say whether a later try of the same work can succeed without anybody changing anything.

    :param error: what a driver, an AWS client or the standard library raised.
    """
    return any(_is_transient_itself(link) for link in _chain(error))


def is_cancelled(error: BaseException) -> bool:
    """Return whether a statement was ended from outside: by ``statement_timeout``, an administrator or a queue's rule.

    https://docs.aws.amazon.com/redshift/latest/dg/r_statement_timeout.html
    """
    text = sql_message(error).lower() if is_database_error(error) else ""
    return sqlstate(error) == "57014" or bool(re.search(r"cancell?ed on user's request", text))


def is_serialization_conflict(error: BaseException) -> bool:
    """Say whether a transaction failed only because another one got in its way, so that it can run again at once.

    Redshift: error 1023; PostgreSQL: SQLSTATE 40001 and 40P01.
    """
    text = sql_message(error).lower() if is_database_error(error) else ""
    return sqlstate(error) in {"40001", "40P01"} or any(
        hint in text for hint in ("serializable isolation violation", "could not serialize")
    )


def describe(error: BaseException) -> str:
    """Return an error as one sentence: its SQLSTATE where it has one, then the server's words."""
    code = sqlstate(error)
    message = sql_message(error) or type(error).__name__
    return f"[{code}] {message}" if code else message


def next_step(error: BaseException) -> str:
    """Return what to do about an error that time cannot heal, as half a sentence."""
    code = sqlstate(error) or ""
    for key in (code, code[:2]):
        if key in _STEPS:
            return _STEPS[key]
    text = sql_message(error).lower() if is_database_error(error) else ""
    return next((step for words, step in _STEPS_BY_WORDS.items() if words in text), "correct the cause")


def step_if_it_persists(error: BaseException) -> str:
    """Return what to do when an error that time can heal does not heal, as a sentence; empty when it says so itself."""
    if isinstance(error, SourceChangedError | LockWaitError):
        return ""
    if is_serialization_conflict(error):
        return "If it goes on: see who else writes these tables; the pipeline's own writers queue on etl.load_mutex."
    words = f"{sql_message(error)} {_aws_code(error) or ''}".lower()
    if any(hint in words for hint in ("slowdown", "slow down", "throttl", "toomanyrequests", "limitexceeded")):
        return "If it goes on: have fewer runs at once ([sparkify] max_active_runs), or wait until AWS throttles less."
    if _aws_code(error) is not None or _package(error) in {"botocore", "obstore", "urllib3"} or "s3" in words:
        return "If it goes on: see whether S3 can be reached from here, and AWS's health page for its region."
    return (
        "If it goes on: see that the warehouse is running, that the connection's host and port are right, and that "
        "its security group lets this machine in; the DAG sparkify_doctor checks them."
    )


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
        return aws_code in TRANSIENT_AWS_CODES
    if _package(error) in {"botocore", "urllib3"} and type(error).__name__ in UNREACHABLE_AWS_ERRORS:
        return True
    code = sqlstate(error)
    if code is not None and (code in _TRANSIENT_SQLSTATES or code.startswith(_TRANSIENT_SQLSTATE_CLASSES)):
        return True
    if code is None or code == "XX000":
        text = sql_message(error).lower()
        return is_database_error(error) and _has_transient_words(text)
    return False


def _has_transient_words(text: str) -> bool:
    if _PERMANENT_SQL_PATTERN.search(text):
        return False
    return any(hint in text for hint in _TRANSIENT_SQL_TEXTS) or bool(_TRANSIENT_SQL_PATTERN.search(text))


def _package(error: BaseException) -> str:
    return type(error).__module__.partition(".")[0]


def is_database_error(error: BaseException) -> bool:
    """Say whether a driver or an AWS client raised it: anybody else's words may hold a hint by chance."""
    return _package(error) in {"psycopg", "psycopg2", "redshift_connector", "botocore", "obstore", "urllib3"}


def _aws_code(error: BaseException) -> str | None:
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        code = response.get("Error", {}).get("Code")
        return str(code) if code is not None else None
    return None
