"""Addresses of S3 objects."""

from __future__ import annotations

import pytest

from sparkify.hooks.s3_object import S3Object, name_files, split_uri


@pytest.mark.parametrize("key", ["a.json", "log_data/a b+c%20.json", "/leading", "double//slash", "folder/", ""])
def test_an_address_is_split_into_what_it_was_made_of(key: str) -> None:
    item = S3Object("bucket", key, "etag", 1)
    assert item.uri == f"s3://bucket/{key}"
    assert split_uri(item.uri) == ("bucket", key)


def test_a_bucket_without_a_key_has_an_empty_one() -> None:
    assert split_uri("s3://bucket") == ("bucket", "")


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, ""), (1, "s3://b/0"), (3, "s3://b/0, s3://b/1, s3://b/2"), (5, "s3://b/0, s3://b/1, s3://b/2 or 2 more")],
)
def test_a_message_names_the_first_files_and_counts_the_others(count: int, text: str) -> None:
    assert name_files([S3Object("b", str(number), "e", 1) for number in range(count)]) == text
