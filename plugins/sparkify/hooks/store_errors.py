"""Turns what S3's clients raise into errors of one sentence with the next step. Pure: exceptions in, exceptions out."""

from __future__ import annotations

import re

from sparkify.hooks.error_rules import RULES, Rule
from sparkify.hooks.errors import TRANSIENT_AWS_CODES, UNREACHABLE_AWS_ERRORS, step_of
from sparkify.hooks.s3_object import split_uri

#: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_REFUSED = frozenset(
    {
        "403",
        "AccessDenied",
        "AllAccessDisabled",
        "AuthorizationHeaderMalformed",
        "ExpiredToken",
        "Forbidden",
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_NO_CREDENTIALS = frozenset({"NoCredentialsError", "PartialCredentialsError"})
#: What obstore raises without saying more, and what botocore raises when a body is cut off or is not from S3, or when
#: the source of credentials does not answer.
_PASSING = frozenset(
    {"GenericError", "JoinError", "ResponseParserError", "CredentialRetrievalError", "MetadataRetrievalError"}
)
#: Rules for errors whose code is that of a refusal, or that do not come from S3's clients.
_HIDDEN = {rule.name: rule for rule in RULES if rule.name in ("archived object", "clock", "key in KMS")}
#: obstore has S3's answer in its message.
_CODE = re.compile(r"<Code>(\w[\w.]*)</Code>")


class StoreError(Exception):
    """S3 refuses, and a retry would not change that."""


class StoreUnavailableError(ConnectionError):
    """S3 cannot be reached or is busy: a retry can succeed."""


def translate(error: Exception, *, action: str, uri: str, conn_id: str, endpoint: str = "S3") -> Exception:
    """Return the exception to raise in place of one from boto3 or obstore.

    :param error: what the client raised.
    :param action: what was tried, as a verb: ``list``, ``read``, ``write``, ``delete``.
    :param uri: on what, an S3 URI.
    :param conn_id: the Airflow connection whose credentials were used.
    :param endpoint: the server's address.
    """
    code = error_code(error)
    name = type(error).__name__
    rule = _hidden_rule(error, code)
    if rule is not None:
        step = step_of(rule, role=f"the connection {conn_id!r}", buckets=uri)
        return StoreError(f"S3 could not {action} {uri} ({code or name}): {step}.")
    bucket, _ = split_uri(uri)
    if code in ("NoSuchBucket", "404") or (name == "ParamValidationError" and "bucket name" in str(error)):
        return StoreError(
            f"There is no bucket {bucket!r} at {endpoint}, so {uri} cannot be {_past(action)}: correct the "
            "bucket's name, or create it."
        )
    if code in _REFUSED or name in ("PermissionDeniedError", "UnauthenticatedError"):
        return StoreError(
            f"S3 refuses to {action} {uri} with the credentials of the connection {conn_id!r} ({code or name}): "
            f"allow them to, or correct the connection."
        )
    if name in _NO_CREDENTIALS:
        return StoreError(
            f"The connection {conn_id!r} has no usable credentials to {action} {uri} ({_brief(error)}): "
            "give it keys or a role, or run where AWS provides a role."
        )
    if code in TRANSIENT_AWS_CODES or name in UNREACHABLE_AWS_ERRORS or name in _PASSING:
        return StoreUnavailableError(
            f"{endpoint} did not answer when asked to {action} {uri} ({code or name}: {_brief(error)}): "
            "it is tried again; if that does not help, check that it runs and can be reached."
        )
    return StoreError(f"S3 could not {action} {uri} ({code or name}): {_brief(error)}")


def error_code(error: Exception) -> str | None:
    """Return S3's error code from a boto3 error, ``None`` when it has none."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return None if code is None else str(code)


def _hidden_rule(error: Exception, code: str | None) -> Rule | None:
    """Return the rule for an error that its class and its code do not show."""
    found = _CODE.search(str(error))
    codes = {code, found[1] if found else None} - {None}
    text = str(error).lower()
    return next(
        (
            rule
            for rule in _HIDDEN.values()
            if codes & set(rule.aws) or (rule.pattern and re.search(rule.pattern, text))
        ),
        None,
    )


def _past(action: str) -> str:
    return {"read": "read", "write": "written", "list": "listed"}.get(action, f"{action}d")


def _brief(error: Exception) -> str:
    """Return an error as one line, without the structures that obstore adds to it."""
    return " ".join(str(error).split()).partition(" Debug source:")[0][:300]
