"""Listings of large folders are compared group by group, whatever the order in which their pages came."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sparkify.hooks.s3_object import S3Object
from sparkify.source.folder_listing import GROUPS, FolderListing, group_of

keys = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
objects = st.builds(
    lambda key, etag, size, modified: S3Object("b", key, etag, size, modified),
    keys,
    st.text("0123456789abcdef-", min_size=1, max_size=8),
    st.integers(0, 2**40),
    moments,
)


def listing(items: list[S3Object]) -> FolderListing:
    found = FolderListing("b")
    found.add(items)
    return found


@given(st.lists(objects, unique_by=lambda item: item.key), st.randoms(use_true_random=False))
def test_a_listing_holds_what_was_added_and_its_fingerprint_knows_no_order(items: list[S3Object], rng: Random) -> None:
    first = listing(items)
    shuffled = rng.sample(items, len(items))
    second = FolderListing("b")
    for item in shuffled:
        second.add([item])
    assert first.count == len(items)
    assert first.fingerprint == second.fingerprint
    assert first.objects(GROUPS) == sorted(items, key=lambda item: item.key)
    assert not first.changed_groups(second.fingerprint)


@given(st.lists(objects, unique_by=lambda item: item.key, min_size=1), st.data())
def test_only_the_groups_of_changed_and_missing_objects_differ(items: list[S3Object], data: st.DataObject) -> None:
    changed = data.draw(st.sampled_from(items))
    others = [item for item in items if item is not changed]
    again = S3Object("b", changed.key, changed.etag + "x", changed.size, changed.last_modified)
    before = listing(items)
    for now in (listing([*others, again]), listing(others)):
        assert now.changed_groups(before.fingerprint) == [group_of(changed.uri)]
    assert list(before.changed_groups(None)) == list(GROUPS)


def test_a_thousand_fingerprints_fit_their_column() -> None:
    assert len(listing([]).fingerprint) == 4096
