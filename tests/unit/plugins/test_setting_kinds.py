"""Each kind of setting: what it takes, what it makes of it, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sparkify import setting_kinds as kinds
from sparkify.hooks import value_kinds
from sparkify.hooks.value_kinds import Kind
from sparkify.setting_kinds import Advice, within

TAKEN: list[tuple[Kind, Any, Any]] = [
    (value_kinds.text(), " as it is ", " as it is "),
    (value_kinds.choice("hourly", "daily"), "DAILY", "daily"),
    (kinds.boolean(), 1, True),
    (value_kinds.whole(1, 16), 1, 1),
    (value_kinds.whole(1, 16), 16, 16),
    (kinds.share(), 0.0, 0.0),
    (kinds.share(), 1.0, 1.0),
    (kinds.conn_id(), "aws-default.eu:1/x", "aws-default.eu:1/x"),
    (kinds.region(), "US-GOV-West-1", "us-gov-west-1"),
    (kinds.role(), "Default", "default"),
    (kinds.role(), "arn:aws:iam::123456789012:role/a/b", "arn:aws:iam::123456789012:role/a/b"),
    (kinds.addresses(), " a@b.org ,, c@d.org", "a@b.org,c@d.org"),
    (kinds.addresses(), "", ""),
    (kinds.date(), "1970-01-01", datetime(1970, 1, 1, tzinfo=UTC)),
    (kinds.date(), "2018-11-01T01:00+02:00", datetime(2018, 10, 31, 23, tzinfo=UTC)),
    (kinds.bucket(), "s3://events/", "events"),
    (kinds.prefix(), "s3://events", "s3://events"),
    (kinds.prefix(), "/a/b/", "a/b"),
    (kinds.prefix(), "", ""),
]
REFUSED: list[tuple[Kind, Any]] = [
    *[(value_kinds.whole(1, 16), value) for value in (0, 17)],
    *[(kinds.share(), value) for value in (-0.1, 1.1, float("nan"))],
    *[(kinds.conn_id(), value) for value in ("", "two words", "x" * 251)],
    *[(kinds.region(), value) for value in ("", "europe", "eu-west", "eu_west_1")],
    *[(kinds.role(), value) for value in ("", "copy", "arn:aws:iam::12:role/copy", "arn:aws:iam::123456789012:user/x")],
    *[(kinds.addresses(), value) for value in ("nobody", "a@b.org;c@d.org", "a b@c.org")],
    *[(kinds.date(), value) for value in ("", "yesterday", "1969-12-31", "2200-01-01", "0001-01-01T00:00+14:00")],
    *[(kinds.bucket(), value) for value in ("", "ab", "a..b", "-ab", "a/b/c/*", "s3://")],
    *[(kinds.prefix(), value) for value in ("a//b", "a/../b", "a/*", "a\nb", "http://a")],
]


@pytest.mark.parametrize(("kind", "given", "read"), TAKEN)
def test_a_value_is_read(kind: Kind, given: Any, read: Any) -> None:
    assert kind.read(given) == read


@pytest.mark.parametrize(("kind", "given"), REFUSED)
def test_another_value_is_refused(kind: Kind, given: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the settings say what would be right
        kind.read(given)


@pytest.mark.parametrize(
    ("kind", "given", "advice"),
    [
        (kinds.bucket(), "s3://events/log_data", "the name of a bucket only, here events"),
        (kinds.prefix(), "a\\b", "a folder with / between its parts"),
    ],
)
def test_a_value_that_is_meant_otherwise_gets_advice(kind: Kind, given: str, advice: str) -> None:
    with pytest.raises(Advice, match=advice):
        kind.read(given)


def test_a_folder_has_to_exist(tmp_path: Path) -> None:
    assert kinds.folder().read(str(tmp_path)) == str(tmp_path)
    with pytest.raises(ValueError):  # noqa: PT011 - the settings say what would be right
        kinds.folder().read(str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("folder", "path"), [("a/b", "a/b"), ("", ""), ("s3://events/a/b", "a/b"), ("s3://events", "")]
)
def test_a_folder_is_a_path_of_its_bucket(folder: str, path: str) -> None:
    assert within(folder, "events") == path


@pytest.mark.parametrize(
    ("folder", "is_root_allowed", "advice"),
    [
        ("s3://other/a", True, "a folder of the bucket events, not of other"),
        ("s3://", True, "not of no bucket"),
        ("", False, "not the whole bucket"),
        ("s3://events", False, "not the whole bucket"),
    ],
)
def test_a_folder_of_another_bucket_or_the_whole_of_it_gets_advice(
    folder: str, is_root_allowed: bool, advice: str
) -> None:
    with pytest.raises(Advice, match=advice):
        within(folder, "events", is_root_allowed=is_root_allowed)
