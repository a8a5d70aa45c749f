"""What S3 refuses, in Redshift's words."""

from __future__ import annotations

import re
from typing import Any

from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError

from local_redshift.wire.errors import RedshiftError

_HINTS = {
    "NoSuchBucket": "Create the bucket, or correct its name.",
    "NoSuchKey": "Put the object there, or correct its key.",
    "AccessDenied": "Allow the role or key s3:GetObject and s3:ListBucket on the bucket.",
    "InvalidAccessKeyId": "Correct the access key.",
    "SignatureDoesNotMatch": "Correct the secret key.",
}

_STATUS = {
    "NoSuchKey": 404,
    "NoSuchBucket": 404,
    "InternalError": 500,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
}


class translated_errors:
    """Turns what S3 refuses into a RedshiftError.

    :param uri: what was asked for.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Translate the error, if there is one."""
        is_boto3s = type(error).__module__.startswith("botocore.")
        if error is None or not (is_boto3s or isinstance(error, BaseError | FileNotFoundError | PermissionError)):
            return
        code, status = _reason(error)
        raise RedshiftError(
            "XX000",
            f"S3ServiceException:{code} for {self._uri},Status {status},Error {code}",
            detail=error_block(8001, f"S3ServiceException:{code},Status {status},Error {code}", self._uri),
            hint=_HINTS.get(code),
        ) from error


def error_block(code: int, context: str, location: str) -> str:
    """Return the block that Redshift prints as DETAIL of an internal error."""
    line = "-" * 47
    return f"\n  {line}\n  error:  {code}\n  code:      {code}\n  context:   {context or location}\n  {line}\n"


def _reason(error: BaseException) -> tuple[str, int]:
    found = re.search(r"<Code>(\w+)</Code>", str(error))
    response: dict[str, Any] = getattr(error, "response", {})  # of boto3
    if found:
        code = found.group(1)
    elif response:
        given = str(response["Error"]["Code"])
        code = {"404": "NoSuchKey", "403": "AccessDenied"}.get(given, given)
    elif isinstance(error, NotFoundError | FileNotFoundError):
        code = "NoSuchBucket" if "NoSuchBucket" in str(error) else "NoSuchKey"
    elif isinstance(error, PermissionDeniedError | UnauthenticatedError | PermissionError):
        code = "AccessDenied"
    else:
        code = "ServiceUnavailable"
    return code, _STATUS.get(code, 403)
