"""Each row of the table of errors: which errors it matches, whether time heals them, and what to do."""

from __future__ import annotations

import ssl
from typing import Any, NamedTuple

import psycopg
import pytest
import redshift_connector
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from sparkify.hooks.error_rules import RULES, Outcome
from sparkify.hooks.errors import is_refused_login, is_serialization_conflict, is_transient, next_step, rule_of
from sparkify.hooks.store_errors import StoreError, StoreUnavailableError, translate


def redshift(code: str, message: str, **more: str) -> Exception:
    """Return what Amazon's driver raises; it raises InterfaceError for 28000."""
    kind = redshift_connector.InterfaceError if code == "28000" else redshift_connector.ProgrammingError
    return kind({"S": "ERROR", "C": code, "M": message, **more})


def libpq(message: str) -> Exception:
    return psycopg.OperationalError(f'connection to server at "h" (10.0.0.1), port 5439 failed: {message}')


def aws(code: str, message: str = "…") -> Exception:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetObject")


class Row(NamedTuple):
    """One error, and the rule that has to match it."""

    rule: str
    error: Exception


ROWS = [
    Row("TLS required", redshift("28000", 'no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", SSL off')),
    Row("address not allowed", redshift("28000", 'no pg_hba.conf entry for host "::ffff:1.2.3.4", SSL on')),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_Users-user-lockout.html
    Row("refused login", redshift("28000", 'password authentication failed for user "loader"')),
    Row("refused login", redshift("28P01", 'password authentication failed for user "loader"')),
    Row("refused login", libpq('FATAL:  password authentication failed for user "loader"')),
    Row("refused login", libpq('FATAL:  user "loader" is locked')),
    Row("refused login", libpq('FATAL:  role "loader" is not permitted to log in')),
    Row("missing user", libpq('FATAL:  role "loader" does not exist')),
    Row("missing database", libpq('FATAL:  database "prod" does not exist')),
    Row("missing database", redshift("3D000", 'database "prod" does not exist')),
    Row("certificate", redshift_connector.InterfaceError("Server refuses SSL")),
    Row("certificate", libpq('server certificate for "a" does not match host name "b"')),
    # https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
    Row(
        "conflicting transactions", redshift("XX000", "1023", D="Serializable isolation violation on table in Redshift")
    ),
    Row("conflicting transactions", redshift("XX000", "ERROR:1023 DETAIL: Serializable isolation violation on table")),
    Row("table outside the snapshot", redshift("XX000", "1018", D="Relation does not exist.")),
    Row("table outside the snapshot", redshift("XX000", "ERROR: 1018 DETAIL: Relation does not exist.")),
    Row("table outside the snapshot", redshift("42P01", "1018 DETAIL: Relation does not exist.")),
    Row("table outside the snapshot", redshift("XX000", "1018", D='relation "songplays" does not exist')),
    Row("table outside the snapshot", redshift("XX000", "Relation does not exist", D="error: … code: 1018 context: …")),
    # https://github.com/dbt-labs/dbt-adapters/issues/626
    Row(
        "conflicting transactions",
        redshift("XX000", "could not complete because of conflict with concurrent transaction"),
    ),
    Row("conflicting transactions", redshift("XX000", "table 104 dropped by concurrent transaction")),
    Row("conflicting transactions", redshift("40001", "could not serialize access due to concurrent update")),
    Row("conflicting transactions", redshift("XX000", "tuple concurrently updated")),
    Row("conflicting transactions", psycopg.errors.DeadlockDetected("deadlock detected")),
    # https://github.com/dbt-labs/dbt-adapters/issues/617
    Row("table gone under the statement", redshift("XX000", "could not open relation with OID 6134794")),
    Row("table gone under the statement", redshift("42P01", "relation with OID 6134794 does not exist")),
    Row("lock timeout", redshift("55P03", "canceling statement due to lock timeout")),
    Row("usage limit", redshift("XX000", "Query rejected: usage limit of the workgroup is reached")),
    # segmentio/segment-docs, src/connections/storage/warehouses/warehouse-errors.md
    Row("resize or maintenance", redshift("57014", "Cannot execute query because system is in resize mode")),
    Row("resize or maintenance", redshift("25006", "cannot execute INSERT in a read-only transaction")),
    Row("resize or maintenance", redshift("XX000", "Connection is being drained")),
    Row("paused cluster", aws("InvalidClusterState", "The cluster is paused")),
    Row("no capacity", redshift("XX000", "Query waits: maximum capacity reached")),
    # https://repost.aws/knowledge-center/redshift-query-abort
    Row("statement cancelled", redshift("57014", "Query (500534) cancelled on user's request")),
    Row(
        "statement cancelled",
        redshift("XX000", "Query (500029) cancelled by WLM abort action of Query Monitoring Rule"),
    ),
    Row("statement cancelled", redshift("XX000", "abort query", D="context: system requested abort")),
    Row("too many connections", redshift("53300", "too many clients already")),
    Row("too many connections", libpq('FATAL:  connection limit "500" exceeded for non-bootstrap users')),
    Row("disk full", redshift("XX000", "Disk Full", D="error: Disk Full code: 1016")),
    Row("out of memory", redshift("XX000", "Out Of Memory:", D="error: Out Of Memory: code: 1004")),
    Row("aborted transaction", redshift("25P02", "current transaction is aborted")),
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    Row(
        "archived object",
        redshift(
            "XX000",
            "S3ServiceException:The operation is not valid for the object's storage class,Status 403,"
            "Error InvalidObjectState,Rid 5,CanRetry 1",
        ),
    ),
    Row("archived object", redshift("XX000", "The operation is not valid for the object's access tier")),
    Row("archived object", aws("InvalidObjectState")),
    Row(
        "throttled", redshift("XX000", "S3ServiceException:Please reduce your request rate.,Status 503,Error SlowDown")
    ),
    Row("throttled", redshift("XX000", "You have exceeded the rate at which you may call KMS. Reduce the frequency")),
    Row("throttled", aws("KMS.ThrottlingException")),
    Row("throttled", aws("ProvisionedThroughputExceededException")),
    Row(
        "S3 or AWS fails",
        redshift("XX000", "S3ServiceException:We encountered an error,Status 500,Error InternalError"),
    ),
    Row("S3 or AWS fails", redshift("XX000", "S3CurlException: Connection timed out after 50000 milliseconds")),
    Row("S3 or AWS fails", aws("503")),
    Row("S3 or AWS fails", CredentialRetrievalError(provider="iam-role", error_msg="no answer")),
    Row(
        "COPY's credentials expired", redshift("XX000", "S3ServiceException:The provided token has expired,Status 400")
    ),
    Row("clock", aws("RequestTimeTooSkewed")),
    Row(
        "clock",
        redshift(
            "XX000", "S3ServiceException:The difference between the request time and the current time is too large"
        ),
    ),
    Row(
        "key in KMS", redshift("XX000", "S3ServiceException:User is not authorized to perform: kms:Decrypt,Status 403")
    ),
    Row("key in KMS", aws("KMS.DisabledException")),
    Row(
        "COPY role",
        redshift("XX000", "User arn:aws:redshift:x is not authorized to assume IAM Role arn:aws:iam::1:role/r"),
    ),
    Row("COPY role", redshift("XX000", "Not authorized to get credentials of role arn:aws:iam::1:role/r")),
    Row("missing bucket", redshift("XX000", "S3ServiceException:The specified bucket does not exist,Status 404")),
    Row("wrong keys", aws("ExpiredToken")),
    Row("wrong keys", aws("InvalidClientTokenId")),
    Row("wrong keys", NoCredentialsError()),
    Row("refused by S3", redshift("XX000", "S3ServiceException:Access Denied,Status 403,Error AccessDenied")),
    Row("refused by AWS", aws("AccessDenied", "not authorized to perform: redshift:GetClusterCredentials")),
    Row("missing warehouse", aws("ClusterNotFound")),
    # https://docs.aws.amazon.com/redshift/latest/dg/queries-troubleshooting-load-fails.html
    Row(
        "other region",
        redshift("XX000", "The bucket you are attempting to access must be addressed using the specified endpoint"),
    ),
    Row("login by AWS SSO", TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed")),
    Row("login by AWS SSO", UnauthorizedSSOTokenError()),
    Row("connection lost", libpq("Connection refused")),
    Row("connection lost", libpq("connection failed: No route to host")),
    Row("connection lost", libpq("connection failed: Network is unreachable")),
    Row("connection lost", redshift_connector.InterfaceError("communication error", ssl.SSLEOFError(8, "EOF"))),
    Row("connection lost", redshift("57P01", "terminating connection due to administrator command")),
    Row("connection lost", libpq("FATAL:  the database system is in recovery mode")),
    Row("connection lost", redshift_connector.InterfaceError("communication error", TimeoutError(60, "timed out"))),
    Row("syntax", redshift("42601", 'syntax error at or near "SELEC"')),
    Row("missing column", redshift("42703", 'column "x" does not exist')),
    Row("missing schema", redshift("3F000", 'schema "x" does not exist')),
    Row("missing privilege", redshift("42501", "permission denied for relation t")),
    Row("missing table", redshift("42P01", 'relation "x" does not exist')),
    Row("wrong value", redshift("22003", "Overflow")),
]
BY_NAME = {rule.name: rule for rule in RULES}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.rule}: {str(row.error)[:50]}" for row in ROWS])
def test_an_error_is_met_by_its_rule(row: Row) -> None:
    rule = rule_of(row.error)
    assert rule is not None
    assert rule.name == row.rule
    assert is_transient(row.error) is (rule.outcome in (Outcome.RETRY, Outcome.RERUN))
    assert is_serialization_conflict(row.error) is (rule.outcome is Outcome.RERUN)
    assert is_refused_login(row.error) is (rule.outcome is Outcome.LOGIN)
    assert "{" not in next_step(row.error)


def test_every_rule_has_an_error() -> None:
    assert {row.rule for row in ROWS} == {rule.name for rule in RULES}
    assert len(BY_NAME) == len(RULES)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("42703", 'column "disk full" does not exist'),
        ("42P01", 'relation "status 503" does not exist'),
        ("22003", "value 1023 is out of range"),
        ("22003", "1018 is out of range for type smallint"),
        ("22P02", 'invalid input syntax for integer: "deadlock detected"'),
        ("22P02", 'invalid input syntax for integer: "connection reset"'),
    ],
)
def test_a_name_or_value_in_an_error_does_not_make_it_transient(state: str, message: str) -> None:
    assert not is_transient(redshift(state, message))


def test_a_missing_table_is_to_be_made_and_one_outside_the_snapshot_is_not() -> None:
    assert "make the table" in next_step(redshift("42P01", 'relation "songplays" does not exist'))
    assert "make the table" not in next_step(redshift("XX000", "1018 DETAIL: Relation does not exist."))


def test_a_refused_login_names_the_lock_out_and_how_to_lift_it() -> None:
    step = next_step(redshift("28000", 'password authentication failed for user "loader"'))
    for words in (
        "5 wrong passwords",
        "SHOW USER LOCKOUT",
        "ALTER USER <user> LOGIN PASSWORD",
        "by IAM is never locked",
    ):
        assert words in step


class PermissionDeniedError(Exception):
    """What obstore raises for every answer 403."""


_XML = "<Error><Code>{}</Code><Message>{}</Message></Error>"


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (aws("InvalidObjectState"), StoreError, "restore it (aws s3api restore-object)"),
        (PermissionDeniedError(_XML.format("InvalidObjectState", "not valid")), StoreError, "restore it"),
        (PermissionDeniedError(_XML.format("AccessDenied", "Access Denied")), StoreError, "allow them to"),
        (
            PermissionDeniedError(_XML.format("AccessDenied", "cannot kms:Decrypt")),
            StoreError,
            "allow the connection 'a' kms:",
        ),
        (aws("AccessDenied", "is not authorized to perform: kms:Decrypt"), StoreError, "kms:Decrypt on the key"),
        (aws("KMS.DisabledException"), StoreError, "the key is enabled"),
        (aws("RequestTimeTooSkewed"), StoreError, "set this machine's clock"),
        (aws("ExpiredToken"), StoreError, "correct the connection"),
        (CredentialRetrievalError(provider="iam-role", error_msg="none"), StoreUnavailableError, "tried again"),
    ],
)
def test_s3_says_what_to_do(error: Exception, kind: type[Any], words: str) -> None:
    told = translate(error, action="read", uri="s3://b/kms/a.json", conn_id="a")
    assert isinstance(told, kind)
    assert words in str(told)
