"""The new files of a folder: which are staged, and what of those that are gone."""

from __future__ import annotations

import hashlib

import pytest

from sparkify.hooks.errors import SourceChangedError
from tests.support.fake_services import AS_OF
from tests.support.ledgers import ledger_of
from tests.support.staging_operators import stage_new_files

GIVEN = {
    "table": "staging",
    "columns": {"ts": "$.ts", "user_id": "$['userId']"},
    "row_key": "user_id",
    "bucket": "source",
    "prefix": "songs",
    "ledger": ledger_of("songs"),
}


@pytest.fixture
def stage(run_staging):
    """Stage files and return the session, the store, and the result or exception."""

    def make(**options):
        return stage_new_files(**{**GIVEN, "task_id": "t", **options})

    return lambda files, **options: run_staging(files, make, **options)


def test_files_are_staged_and_recorded_as_of_no_hour(stage):
    done = stage({"songs/A/x.json": b'{"ts":1}', "songs/A/y.json": b'{"ts":2}'})
    assert done.result["staged"] == 2
    assert done.session.inserted["staged_partitions"][0][1:4] == ("", 0, 0)


def test_of_new_files_only_those_are_looked_at_again(stage):
    def add(session, store):
        session.during_copy = lambda: store.files.update({"s3://source/songs/b.json": b'{"ts":2}'})

    done = stage({"songs/a.json": b'{"ts":1}'}, prepare=add)
    assert done.result["staged"] == 1


@pytest.mark.parametrize(
    ("accepted", "recorded", "removed"),
    [(True, [("s3://source/songs/gone.json", "", 0, None, 0)], 1), (False, [], None)],
)
def test_files_that_are_gone_are_recorded_without_an_etag_if_that_is_accepted(stage, accepted, recorded, removed):
    ledger = [
        ("s3://source/songs/a.json", hashlib.md5(b"{}").hexdigest(), 2),
        ("s3://source/songs/gone.json", "e", 2),
        ("s3://source/songs/gone_before.json", "", 0),
        ("s3://source/songs/empty.json", "e", 0),
    ]
    done = stage({"songs/a.json": b"{}"}, loaded=ledger, accept_removed=accepted)
    assert [row[2:] for row in done.session.inserted.get("staged_objects", [])] == recorded
    assert done.result.get("removed") == removed
    assert done.result["files"] == 0


def test_a_file_that_is_back_is_listed_again_by_the_next_try(stage):
    def put_back(session, store):
        def one(sql, parameters=None):
            store.files["s3://source/songs/gone.json"] = b"{}"
            return AS_OF, 0

        session.one = one

    ledger = [("s3://source/songs/gone.json", "e", 2)]
    done = stage({}, loaded=ledger, prepare=put_back, accept_removed=True)
    assert isinstance(done.result, SourceChangedError)
    assert "songs/gone.json is back" in str(done.result)


def test_versions_that_the_ledger_has_are_left_out(stage):
    a, b = b'{"ts":1}', b'{"ts":2}'
    known = [
        ("s3://source/songs/a.json", hashlib.md5(a).hexdigest(), 8),
        ("s3://source/songs/b.json", "another version", 8),
    ]
    done = stage(
        {"songs/a.json": a, "songs/b.json": b},
        loaded=known,
    )
    assert [row[2] for row in done.session.inserted["staged_objects"]] == ["s3://source/songs/b.json"]


def test_nothing_new_copies_nothing(stage):
    a = b'{"ts":1}'
    done = stage(
        {"songs/a.json": a},
        loaded=[("s3://source/songs/a.json", hashlib.md5(a).hexdigest(), 8)],
    )
    assert done.result["partitions"] == 1
    assert not any(s.startswith("COPY") for s in done.session.statements)
    assert done.store.deleted == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"row_key": "other"}, "row_key of staging is 'other': name a column whose path is one key"),
        (
            {"columns": {"user_id": "$['a']['b']"}},
            "row_key of staging is 'user_id': name a column whose path is one key",
        ),
        ({"listing_share": 5}, "listing_share is 5; set it to a number from 0 to 1"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_when_the_dag_is_read(options, words):
    with pytest.raises(ValueError, match=words):
        stage_new_files(**{**GIVEN, "task_id": "t", **options})


def test_new_files_need_a_ledger():
    with pytest.raises(TypeError, match="ledger"):
        stage_new_files(**{name: value for name, value in GIVEN.items() if name != "ledger"}, task_id="t")
