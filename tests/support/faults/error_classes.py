"""The classes of errors, what is done about each, and how to cause each. docs/troubleshooting.md says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from local_redshift.testing import SLOW_DOWN, Answer, Cut, Drop, Moment, Refuse, Reset, S3Fault, Shorten, WireFault


class Outcome(StrEnum):
    """What a task does about an error."""

    RETRIED = "retried"
    AT_ONCE = "failed at once"


class Work(StrEnum):
    """The operators that meet it."""

    STAGE = "StageToRedshift"
    LOAD = "LoadFact"
    CHECK = "DataQuality"


ALL = (Work.STAGE, Work.LOAD, Work.CHECK)


@dataclass(frozen=True)
class OnStatement:
    """A fault of the database, at the statement that does an operator's work.

    :param fault: what happens.
    :param moment: when.
    :param statement: part of another statement's text, to meet that one instead.
    """

    fault: WireFault
    moment: Moment = Moment.BEFORE
    statement: str = ""


@dataclass(frozen=True)
class OnS3:
    """A fault of S3.

    :param fault: what happens.
    :param reader: ``task``, ``copy`` or ``both``, who meets it.
    :param listing: meets listings, not objects.
    """

    fault: S3Fault
    reader: str
    listing: bool = False


@dataclass(frozen=True)
class Connecting:
    """A fault of connecting: the warehouse's address leads nowhere, or changes to the connection.

    :param server: ``closed`` (nobody listens), ``resets``, ``mute`` (accepts and says nothing), or none.
    :param changes: to the warehouse's Airflow connection.
    :param s3_changes: to S3's.
    """

    server: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    s3_changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mistake:
    """Something wrong with the work itself.

    :param options: of the operator.
    :param line: a line of the source that cannot be loaded.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    line: str = ""


@dataclass(frozen=True)
class ErrorClass:
    """One class.

    :param name: as docs/troubleshooting.md calls it.
    :param outcome: what a task does.
    :param cause: how it is brought about.
    :param words: a part of what the task says.
    :param works: the operators that are shown to meet it.
    """

    name: str
    outcome: Outcome
    cause: OnStatement | OnS3 | Connecting | Mistake
    words: str
    works: tuple[Work, ...] = ALL


def _refused(sqlstate: str, message: str) -> OnStatement:
    return OnStatement(Refuse(sqlstate, message))


_ISOLATION = "1023 DETAIL: Serializable isolation violation on table - 104, transactions forming the cycle are: 7, 8"
#: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
_NOT_IN_SNAPSHOT = "1018 DETAIL: Relation does not exist."
_CONCURRENT = "could not complete because of conflict with concurrent transaction"
_RESIZE = "Cannot execute query because system is in resize mode"
_USAGE = "Query cancelled: the compute usage limit of the workgroup was reached"
_ARCHIVED = Answer(403, "InvalidObjectState", "The operation is not valid for the object's storage class")
_KMS = Answer(403, "AccessDenied", "User is not authorized to perform: kms:Decrypt on the resource")
_SKEWED = Answer(
    403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."
)
_DENIED = Answer(403, "AccessDenied", "Access Denied")
_THROTTLED = Answer(429, "TooManyRequestsException", "Rate exceeded")
_MISSING = Answer(404, "NoSuchKey", "The specified key does not exist.")
_INTERNAL = Answer(500, "InternalError", "We encountered an internal error. Please try again.")

_STAGE, _LOAD, _CHECK = (Work.STAGE,), (Work.LOAD,), (Work.CHECK,)
_R, _F = Outcome.RETRIED, Outcome.AT_ONCE

CLASSES = (
    # the connection
    ErrorClass("connection refused", _R, Connecting("closed"), "refused"),
    ErrorClass("connection reset on connecting", _R, Connecting("resets"), ""),
    ErrorClass("no answer on connecting", _R, Connecting("mute"), "time", _LOAD),
    ErrorClass("connection reset before a statement", _R, OnStatement(Cut()), ""),
    ErrorClass("connection lost in COMMIT", _R, OnStatement(Cut(), Moment.AFTER, "COMMIT"), "", (*_STAGE, *_LOAD)),
    ErrorClass("server shuts down", _R, _refused("57P01", "terminating connection due to administrator command"), ""),
    ErrorClass("wrong password", _F, Connecting(changes={"password": "wrong"}), "lifts it by ALTER USER"),
    ErrorClass("missing database", _F, Connecting(changes={"schema": "nowhere"}), "correct the connection's database"),
    # other transactions, and the server's means
    ErrorClass("serialization error 1023", _R, _refused("XX000", _ISOLATION), "1023"),
    ErrorClass("serialization error 40001", _R, _refused("40001", "could not serialize access"), "serialize"),
    ErrorClass("conflicting transactions", _R, _refused("XX000", _CONCURRENT), "concurrent transaction"),
    ErrorClass("error 1018", _R, _refused("XX000", _NOT_IN_SNAPSHOT), "1018"),
    ErrorClass("deadlock", _R, _refused("40P01", "deadlock detected"), "deadlock"),
    ErrorClass("lock timeout", _R, _refused("55P03", "canceling statement due to lock timeout"), "lock timeout"),
    ErrorClass("statement cancelled", _R, _refused("57014", "Query (77) cancelled on user's request"), "cancelled"),
    ErrorClass(
        "aborted by workload management", _R, _refused("XX000", "abort query DETAIL: system requested abort"), "abort"
    ),
    ErrorClass("resize", _R, _refused("57014", _RESIZE), "resize"),
    ErrorClass("usage limit", _F, _refused("XX000", _USAGE), "raise the warehouse's usage limit", _LOAD),
    ErrorClass("too many connections", _R, _refused("53300", "too many clients already"), "too many"),
    ErrorClass("disk full", _R, _refused("XX000", "Disk Full DETAIL: error: Disk Full code: 1016"), "Disk Full"),
    # what the statement says
    ErrorClass("syntax error", _F, Mistake({"sql": "SELEC 1 AS id, 'a' AS name"}), "correct the statement", _LOAD),
    ErrorClass("missing table", _F, Mistake({"sql": "SELECT id, name FROM nowhere"}), "make the table", _LOAD),
    ErrorClass("missing column", _F, Mistake({"sql": "SELECT id, nothing FROM source"}), "correct the column", _LOAD),
    ErrorClass(
        "missing privilege", _F, _refused("42501", "permission denied for relation t"), "grant", (*_LOAD, *_CHECK)
    ),
    # S3
    ErrorClass("S3 503 SlowDown to the task", _R, OnS3(SLOW_DOWN, "task", listing=True), "", _STAGE),
    ErrorClass("S3 503 SlowDown to COPY", _R, OnS3(SLOW_DOWN, "copy"), "SlowDown", _STAGE),
    ErrorClass("S3 500 InternalError to the task", _R, OnS3(_INTERNAL, "task"), "", _STAGE),
    ErrorClass("S3 500 InternalError to COPY", _R, OnS3(_INTERNAL, "copy"), "InternalError", _STAGE),
    ErrorClass("S3 throttling", _R, OnS3(_THROTTLED, "task", listing=True), "", _STAGE),
    ErrorClass("S3 closes the connection", _R, OnS3(Drop(), "task", listing=True), "", _STAGE),
    ErrorClass("S3 resets the connection within an object", _R, OnS3(Reset(400), "task"), "", _STAGE),
    ErrorClass("S3 cuts an answer to the task short", _R, OnS3(Shorten(40), "task"), "S3 sent 40 of", _STAGE),
    ErrorClass("S3 cuts all answers short", _R, OnS3(Shorten(40), "both"), "S3 sent 40 of", _STAGE),
    ErrorClass("S3 NoSuchKey after the listing", _R, OnS3(_MISSING, "copy"), "gone since it was listed", _STAGE),
    ErrorClass("S3 AccessDenied to the task", _F, OnS3(_DENIED, "task", listing=True), "allow them to", _STAGE),
    ErrorClass("S3 AccessDenied to COPY", _F, OnS3(_DENIED, "copy"), "s3:GetObject", _STAGE),
    ErrorClass("archived object to the task", _F, OnS3(_ARCHIVED, "task"), "restore it", _STAGE),
    ErrorClass("archived object to COPY", _F, OnS3(_ARCHIVED, "copy"), "restore it", _STAGE),
    ErrorClass("key in KMS refused to the task", _F, OnS3(_KMS, "task"), "kms:Decrypt", _STAGE),
    ErrorClass("key in KMS refused to COPY", _F, OnS3(_KMS, "copy"), "allow the role", _STAGE),
    ErrorClass("clock that is wrong", _F, OnS3(_SKEWED, "task", listing=True), "clock", _STAGE),
    ErrorClass("S3 NoSuchBucket", _F, Mistake({"bucket": "nowhere"}), "correct the bucket's name", _STAGE),
    ErrorClass("wrong keys for S3", _F, Connecting(s3_changes={"password": "wrong"}), "connection", _STAGE),
    # the data
    ErrorClass("load errors past the limit", _F, Mistake(line="{oops"), "raise max_rejected", _STAGE),
    ErrorClass("file that is not JSON lines", _F, Mistake(line="<?xml version='1.0'?>"), "an XML or HTML doc", _STAGE),
    ErrorClass("quality failure", _F, Mistake({"check": "SELECT id FROM source"}), "checks failed", _CHECK),
)

#: Run again inside the operators that write, before anything is raised.
CONFLICTS = (
    *("serialization error 1023", "serialization error 40001", "conflicting transactions", "error 1018"),
    "deadlock",
)

BY_NAME = {error.name: error for error in CLASSES}
