"""Tells transient errors from permanent ones (:mod:`sparkify.hooks.error_rules`), and describes each in one sentence.

Pure: takes exceptions, returns values. The operators raise a transient error as it is, so that Airflow retries, and
wrap a permanent one in ``AirflowFailException``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sparkify.hooks.error_rules import RULES, Outcome, Rule

_RULES = tuple((rule, re.compile(rule.pattern) if rule.pattern else None) for rule in RULES)
#: Redshift frames the details of a message with lines of dashes.
_DASHES = re.compile(r"-{5,}")
#: SQLSTATEs that do not tell errors apart.
_VAGUE_STATES = (None, "XX000")

#: Error codes of AWS's services after which a retry can succeed.
TRANSIENT_AWS_CODES = frozenset(code for rule in RULES if rule.outcome is Outcome.RETRY for code in rule.aws)

#: What AWS's SDKs raise when there is no answer, or only a part of one.
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

_AWS_PACKAGES = frozenset({"botocore", "obstore", "urllib3"})
_FOR_AWS = next(rule for rule in RULES if rule.name == "S3 or AWS fails")
_FOR_WAREHOUSE = next(rule for rule in RULES if rule.name == "connection lost")


class LoginRefusedError(Exception):
    """The warehouse refused a login; the same password is not sent again for a while."""


class SourceChangedError(Exception):
    """An object of the source changed after it was listed; the next try lists it again."""


class LockWaitError(TimeoutError):
    """A lock was not free in time; a later try may get it. The message names its holder."""


def sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE of a psycopg or redshift_connector error, ``None`` when it has none."""
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
        return " ".join(" ".join(_DASHES.sub(" ", part).split()) for part in parts if part)
    return " ".join(str(error).split())


def is_transient(error: BaseException) -> bool:
    """Return whether a retry of the same work can succeed without any change.

    :param error: what a driver, an AWS client or the standard library raised.
    """
    return any(_is_transient_itself(link) for link in _chain(error))


def is_cancelled(error: BaseException) -> bool:
    """Return whether a statement was cancelled: by ``statement_timeout``, an administrator or a rule of its queue.

    https://docs.aws.amazon.com/redshift/latest/dg/r_statement_timeout.html
    """
    text = sql_message(error).lower() if is_database_error(error) else ""
    return sqlstate(error) == "57014" or bool(re.search(r"cancell?ed on user's request", text))


def is_serialization_conflict(error: BaseException) -> bool:
    """Return whether a transaction failed only because of another one, so that it can run again at once."""
    rule = rule_of(error)
    return rule is not None and rule.outcome is Outcome.RERUN


def is_refused_login(error: BaseException) -> bool:
    """Return whether the warehouse refused the login: more tries with the same password would lock the user."""
    if isinstance(error, LoginRefusedError):
        return True
    rule = rule_of(error)
    return rule is not None and rule.outcome is Outcome.LOGIN


def rule_of(error: BaseException) -> Rule | None:
    """Return the rule for an error of a driver or an AWS client; ``None`` when none matches."""
    aws_code, state = _aws_code(error), sqlstate(error)
    text = sql_message(error).lower() if state is not None or is_database_error(error) else ""
    for rule, pattern in _RULES:
        if aws_code is not None:
            if aws_code in rule.aws:
                return rule
        elif (state is not None and rule.states and state.startswith(rule.states)) or (
            pattern is not None and (rule.is_certain or state in _VAGUE_STATES) and pattern.search(text)
        ):
            return rule
    return None


def describe(error: BaseException) -> str:
    """Return an error as one sentence: its SQLSTATE if it has one, then the server's message."""
    code = sqlstate(error)
    message = sql_message(error) or type(error).__name__
    return f"[{code}] {message}" if code else message


def next_step(error: BaseException, *, role: str = "the COPY role", buckets: str = "the buckets") -> str:
    """Return what to do about a permanent error, as half a sentence.

    :param error: the error.
    :param role: the role, or other credentials, that the warehouse uses to read S3.
    :param buckets: the buckets that it reads.
    """
    rule = rule_of(error)
    return step_of(rule, role=role, buckets=buckets) if rule else "correct the cause"


def step_of(rule: Rule, *, role: str = "the COPY role", buckets: str = "the buckets") -> str:
    """Return what a rule says to do."""
    return rule.step.replace("{role}", role).replace("{buckets}", buckets)


def step_if_it_persists(error: BaseException) -> str:
    """Return what to do about a transient error that does not go away, as a sentence.

    It is empty for errors whose message says it already.
    """
    if isinstance(error, SourceChangedError | LockWaitError):
        return ""
    rule = next((rule for rule in map(rule_of, _chain(error)) if rule is not None), None)
    if rule is None:
        is_aws = _package(error) in _AWS_PACKAGES or "s3" in str(error).lower()
        rule = _FOR_AWS if is_aws else _FOR_WAREHOUSE
    return f"If it persists: {step_of(rule)}."


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__


def _is_transient_itself(error: BaseException) -> bool:
    if isinstance(error, SourceChangedError | ConnectionError | TimeoutError):
        return True
    if _package(error) in {"botocore", "urllib3"} and type(error).__name__ in UNREACHABLE_AWS_ERRORS:
        return True
    rule = rule_of(error)
    return rule is not None and rule.outcome in (Outcome.RETRY, Outcome.RERUN)


def _package(error: BaseException) -> str:
    return type(error).__module__.partition(".")[0]


def is_database_error(error: BaseException) -> bool:
    """Return whether a driver or an AWS client raised it: other errors may match a rule's pattern by chance."""
    return _package(error) in {"psycopg", "psycopg2", "redshift_connector"} | _AWS_PACKAGES


def _aws_code(error: BaseException) -> str | None:
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        code = response.get("Error", {}).get("Code")
        return str(code) if code is not None else None
    return None
