"""The kinds of values that only settings have, in addition to :mod:`sparkify.hooks.value_kinds`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sparkify.hooks import value_kinds
from sparkify.hooks.s3_object import split_uri
from sparkify.hooks.value_kinds import Kind

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; buckets that were made in us-east-1
#: before 2018 may have capitals and underscores.
_BUCKET = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
#: How an S3 address begins: as a URI, as Hadoop writes it, or as an ARN.
_S3 = re.compile(r"s3[an]?://|arn:aws[a-z-]*:s3:::", re.IGNORECASE)
#: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-authorization.html; chained roles follow each other,
#: separated by commas.
_ONE_ROLE = r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+"
_ROLE = re.compile(rf"{_ONE_ROLE}(,{_ONE_ROLE})*")
#: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_REGION = re.compile(r"[a-z]{2,5}(-[a-z]+){1,3}-\d{1,2}")
#: What Airflow accepts as an id: airflow.utils.sqlalchemy and the UI's own check.
_CONN_ID = re.compile(r"[\w#!()\-.:/\\]{1,250}")
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.?[^@\s,;<>]+")
_FIRST_DATE, _LAST_DATE = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Advice(ValueError):
    """What would be right, where that depends on the given value."""


def boolean() -> Kind:
    """Return the kind of booleans, in the words of Airflow's own configuration."""
    return replace(value_kinds.boolean(), right="True or False")


def share() -> Kind:
    """Return the kind of numbers from 0 to 1."""

    def read(value: str) -> float:
        number = float(value)
        if not 0 <= number <= 1:
            raise ValueError
        return number

    return Kind("a number from 0 to 1", read)


def conn_id() -> Kind:
    """Return the kind of an Airflow connection's id."""
    return Kind("the id of an Airflow connection", _matching(_CONN_ID))


def region() -> Kind:
    """Return the kind of an AWS region."""
    return Kind("an AWS region such as eu-west-1", lambda value: _matching(_REGION)(value.lower()))


def role() -> Kind:
    """Return the kind of the role that COPY uses to read S3."""

    def read(value: str) -> str:
        return "default" if value.lower() == "default" else str(_matching(_ROLE)(value))

    return Kind("the ARN of an IAM role (arn:aws:iam::<account>:role/<name>), or default", read)


def addresses() -> Kind:
    """Return the kind of a list of e-mail addresses."""

    def read(value: str) -> str:
        parts = [part.strip() for part in value.split(",")]
        return ",".join(str(_matching(_ADDRESS)(part)) for part in parts if part)

    return Kind("e-mail addresses with commas between them", read)


def date() -> Kind:
    """Return the kind of a date or time, UTC when it names no zone."""

    def read(value: str) -> datetime:
        given = datetime.fromisoformat(value)
        try:
            found = given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
        except OverflowError:  # the first or last hours of the calendar
            raise ValueError from None
        if not _FIRST_DATE <= found < _LAST_DATE:
            raise ValueError
        return found

    return Kind(f"a date from {_FIRST_DATE:%Y-%m-%d} to before {_LAST_DATE:%Y-%m-%d}, such as 2018-11-01", read)


def folder() -> Kind:
    """Return the kind of an existing folder."""

    def read(value: str) -> str:
        if not Path(value).is_dir():
            raise ValueError
        return value

    return Kind("an existing folder", read)


def bucket() -> Kind:
    """Return the kind of a bucket's name, which may be given as an S3 URI or an ARN as well."""

    def read(value: str) -> str:
        name, _, key = value[len(_s3_scheme(value)) :].partition("/")
        if key.strip("/") and _BUCKET.fullmatch(name):
            raise Advice(
                f"the name of a bucket only, here {name}; what follows it belongs to the setting of the prefix"
            )
        if key.strip("/"):
            raise ValueError
        return str(_matching(_BUCKET)(name))

    return Kind("the name of a bucket", read)


def prefix() -> Kind:
    """Return the kind of a folder of a bucket, which is read without slashes at its beginning and end.

    An S3 URI or ARN keeps its scheme and bucket until the bucket is known (:func:`within`).
    """

    def read(value: str) -> str:
        if "\\" in value:
            raise Advice("a folder with / between its parts, as S3 has it")
        written = _s3_scheme(value)
        scheme, rest = "s3://" if written else "", value[len(written) :]
        parts = rest.strip("/").split("/")
        if parts == [""] and not scheme:
            return ""
        if any(part in ("", ".", "..") or not part.isprintable() for part in parts) or "://" in rest or "*" in rest:
            raise ValueError
        return scheme + "/".join(parts)

    return Kind("a folder of the bucket such as log_data, without .., // or *", read)


def within(folder: str, bucket: str, *, is_root_allowed: bool = True) -> str:
    """Return a folder's path in its bucket.

    :param folder: as :func:`prefix` read it.
    :param bucket: the bucket that it has to be in.
    :param is_root_allowed: whether it may be the whole bucket.
    :raises Advice: when it is not such a folder.
    """
    path = folder
    if folder.startswith("s3://"):
        named, path = split_uri(folder)
        if named != bucket:
            raise Advice(f"a folder of the bucket {bucket}, not of {named or 'no bucket'}")
    if not path and not is_root_allowed:
        raise Advice("a folder of the bucket, not the whole bucket")
    return path


def _s3_scheme(value: str) -> str:
    found = _S3.match(value)
    return found[0] if found else ""


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError
        return value

    return read
