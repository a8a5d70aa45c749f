"""What time can heal is retried; the rest fails at once."""

import psycopg
import pytest
import redshift_connector
from botocore.exceptions import ClientError, EndpointConnectionError

from sparkify.hooks.errors import SourceChangedError, describe, is_serialization_conflict, is_transient


def redshift(code: str, message: str) -> Exception:
    return redshift_connector.ProgrammingError({"S": "ERROR", "C": code, "M": message})


def aws(code: str) -> Exception:
    return ClientError({"Error": {"Code": code, "Message": "…"}}, "GetObject")


TRANSIENT = {
    "connection refused": ConnectionRefusedError(111, "Connection refused"),
    "connection reset": ConnectionResetError(104, "Connection reset by peer"),
    "timeout": TimeoutError("timed out"),
    "serialization failure by SQLSTATE": psycopg.errors.SerializationFailure("could not serialize access"),
    "Redshift's 1023 in the text": redshift("XX000", "1023 DETAIL: Serializable isolation violation on table"),
    "deadlock": psycopg.errors.DeadlockDetected("deadlock detected"),
    "lock timeout": psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"),
    "server is starting": psycopg.OperationalError("the database system is starting up"),
    "server closed the connection": psycopg.OperationalError("server closed the connection unexpectedly"),
    "disk full": redshift("53100", "Disk Full"),
    "aborted by workload management": redshift("XX000", "abort query DETAIL: context: system requested abort"),
    "connecting took too long, Amazon's driver": redshift_connector.OperationalError("connection time out"),
    "connecting took too long, psycopg": psycopg.errors.ConnectionTimeout("connection timeout expired"),
    "name not resolved": redshift_connector.InterfaceError("communication error", OSError(-3, "Temporary failure")),
    "too many connections": psycopg.OperationalError('FATAL: connection limit "500" exceeded, too many clients'),
    "S3 busy under COPY": redshift("XX000", "S3ServiceException:Please reduce your request rate.,Status 503"),
    "S3 failing under COPY": redshift(
        "XX000", "S3ServiceException:We encountered an error,Status 500,Error InternalError"
    ),
    "no answer from AWS": EndpointConnectionError(endpoint_url="https://redshift.us-east-1.amazonaws.com"),
    "throttled by the credentials' service": aws("RequestLimitExceeded"),
    "S3 slow down": aws("SlowDown"),
    "S3 internal error": aws("InternalError"),
    "throttling": aws("ThrottlingException"),
    "source changed": SourceChangedError("s3://b/k changed"),
}

PERMANENT = {
    "syntax error": redshift("42601", 'syntax error at or near "SELEC"'),
    "missing table": redshift("42P01", 'relation "x" does not exist'),
    "missing column": psycopg.errors.UndefinedColumn('column "x" does not exist'),
    "access denied in S3": aws("AccessDenied"),
    "no such bucket": aws("NoSuchBucket"),
    "wrong password": redshift("28P01", 'password authentication failed for user "x"'),
    "wrong password after an address that refuses": psycopg.OperationalError(
        'connection to "::1" failed: Connection refused; to "127.0.0.1": password authentication failed for user "x"'
    ),
    "missing database": psycopg.OperationalError('FATAL: database "x" does not exist'),
    "wrong certificate": redshift_connector.InterfaceError(
        "communication error", OSError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    ),
    "access denied under COPY": redshift(
        "XX000", "S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 1023,CanRetry 1"
    ),
    "load errors": redshift("XX000", "Load into table 't' failed. Check 'stl_load_errors' system table."),
    "a number that happens to be in a message": ValueError("line 1023 of the file"),
}


@pytest.mark.parametrize("error", TRANSIENT.values(), ids=TRANSIENT.keys())
def test_time_can_heal(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize("error", PERMANENT.values(), ids=PERMANENT.keys())
def test_time_cannot_heal(error: Exception) -> None:
    assert not is_transient(error)


def test_the_cause_of_an_error_counts() -> None:
    error = RuntimeError("COPY failed")
    error.__cause__ = ConnectionResetError("reset")
    assert is_transient(error)


def test_only_conflicts_between_transactions_are_run_again_at_once() -> None:
    assert is_serialization_conflict(TRANSIENT["Redshift's 1023 in the text"])
    assert is_serialization_conflict(TRANSIENT["serialization failure by SQLSTATE"])
    assert not is_serialization_conflict(TRANSIENT["connection reset"])


def test_a_redshift_error_is_described_by_sqlstate_message_detail_and_hint() -> None:
    error = redshift_connector.ProgrammingError({"C": "42601", "M": "syntax error", "H": "look\n there"})
    assert describe(error) == "[42601] syntax error look there"
